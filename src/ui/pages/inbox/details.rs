//! What is known around a conversation: the customer, the channel, the number, the chatbot.

use super::{erase::Erase, place::use_place};
use crate::{
    domain::conversation::Conversation,
    texts::{contacts, inbox},
    ui::{
        components::{Avatar, BackLink, Badge, ChannelPopover, Moment, Pending, Skeleton, Tone},
        prelude::*,
        state::{
            clock::use_clock,
            data::{Data, derived},
        },
    },
};

#[component]
pub(super) fn Details(conversation: Data<Conversation>) -> impl IntoView {
    let place = use_place();
    // Rebuilt only when something in it has changed, or an open popover would go with each message.
    let known = move || conversation.get().and_then(Result::ok);
    view! {
        <aside class="details" aria-label=inbox::details()>
            <BackLink
                class="button button--quiet details__back"
                href=Signal::derive(move || place.filter.get().href(place.open.get()))
                label=inbox::back_to_messages()
            />
            <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
                {
                    let known = derived(move |_| known());
                    move || known.get().map(|c| view! { <Facts conversation=c /> })
                }
                {
                    // Apart from what changes with every message, or a dialog that asks would go.
                    let who = derived(move |_| known().map(|c| (c.id, c.contact.id, c.contact.name)));
                    move || who.get().map(|(id, contact, name)| view! { <Erase conversation=id contact=contact name=name /> })
                }
            </Pending>
        </aside>
    }
}

#[component]
fn Facts(conversation: Conversation) -> impl IntoView {
    let clock = use_clock();
    let c = conversation;
    let name = c.contact.name;
    let chatbot = format!("/chatbots/{}", c.chatbot_id);
    let contact = format!("/contacts/{}", c.contact.id);
    view! {
        <div class="details__who">
            <Avatar name=name.clone() />
            <h2 class="details__name" dir="auto">{name}</h2>
            {c.contact.username.map(|u| view! { <p class="details__small" dir="auto">"@" {u}</p> })}
            <a class="details__small" href=contact>{contacts::open()}</a>
            <div class="cluster">
                <ChannelPopover channel=c.channel integration_id=c.integration_id id="details-channel" />
                {c.sandbox.then(|| view! { <Badge tone=Tone::Accent icon="phone" text=inbox::sandbox() /> })}
            </div>
        </div>
        <dl class="facts facts--tall">
            {c.contact.phone.map(|phone| fact(inbox::phone_number(), phone.into_any()))}
            {c.contact.has_user_id.then(|| fact(inbox::known_by(), inbox::user_id().into_any()))}
            {c.integration_name.map(|name| fact(inbox::integration(), name.into_any()))}
            {c.business_number.map(|number| fact(inbox::business_number(), number.into_any()))}
            {fact(inbox::chatbot(), view! { <a href=chatbot dir="auto">{c.chatbot_name}</a> })}
            {c.window_ends_at.map(|ends| fact(inbox::window_until(), view! {
                <Moment at=ends />
                {move || clock.now().is_some_and(|now| now >= ends).then(|| format!(" {}", inbox::closed()))}
            }.into_any()))}
            {c.last_inbound_at.map(|at| fact(inbox::last_in(), view! { <Moment at=at /> }))}
            {fact(inbox::since(), view! { <Moment at=c.created_at /> })}
        </dl>
    }
}

fn fact(term: &'static str, what: AnyView) -> impl IntoView {
    view! { <div><dt>{term}</dt><dd class="numeric" dir="auto">{what}</dd></div> }
}
