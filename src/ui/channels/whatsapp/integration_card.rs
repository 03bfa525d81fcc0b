//! One channel of a chatbot at a glance: is it connected, which number, what went in and out, what is wrong and what to do.

use super::{card_facts::Facts, card_menu::CardMenu, card_notices::Notices, desk::Errand};
use crate::{
    domain::{
        channel::Channel,
        ids::ChatbotId,
        integration::{Integration, IntegrationStatus, Provider},
    },
    texts::{inbox, integrations, shell},
    ui::{
        components::{Badge, Button, ButtonKind, ChannelIndicator, StatusBadge, Tone},
        prelude::*,
    },
};

#[component]
pub(crate) fn IntegrationCard(
    /// None: nothing is connected yet.
    #[prop(into)]
    integration: Signal<Option<Integration>>,
    /// Whose channel it is, where nothing is connected yet.
    #[prop(into)]
    chatbot_name: Signal<String>,
    #[prop(into)] manages: Signal<bool>,
    /// Connects a number.
    #[prop(into)]
    on_connect: Callback<()>,
    /// Connects a number of the simulator; none where there is none.
    #[prop(into)]
    on_simulate: Signal<Option<Callback<()>>>,
    #[prop(into)] on_manage: Callback<(Errand, Integration)>,
) -> impl IntoView {
    let is_there = Memo::new(move |_| integration.with(Option::is_some));
    let manage = Callback::new(move |errand: Errand| {
        if let Some(integration) = integration.get_untracked() {
            on_manage.run((errand, integration));
        }
    });
    let name = move || {
        integration
            .with(|i| i.as_ref().map(|i| i.name.clone()))
            .unwrap_or_else(|| integrations::whatsapp_for(&chatbot_name.get()))
    };
    view! {
        <li>
            <article class="card integration" aria-label=name>
                {move || if is_there.get() {
                    // Each part changes by itself, so that a press does not lose its button.
                    let known = Memo::new(move |before: Option<&Option<Integration>>| {
                        integration.get().or_else(|| before.cloned().flatten())
                    });
                    view! { <Connected integration=known manages=manages on_manage=manage /> }
                } else {
                    view! { <Missing chatbot_name=chatbot_name manages=manages on_connect=on_connect on_simulate=on_simulate /> }
                }}
            </article>
        </li>
    }
}

#[component]
fn Connected(
    integration: Memo<Option<Integration>>,
    manages: Signal<bool>,
    on_manage: Callback<Errand>,
) -> impl IntoView {
    let head = Memo::new(move |_| integration.with(|i| i.as_ref().map(Head::of)));
    view! {
        {move || head.get().map(|head| view! { <CardHead head=head /> })}
        <Notices integration=integration manages=manages on_manage=on_manage />
        <Facts integration=integration />
        {move || manages.get().then(|| {
            let id = integration.with_untracked(|i| i.as_ref().map(|i| i.id)).unwrap_or_default();
            view! { <CardMenu id=id integration=integration on_manage=on_manage /> }
        })}
    }
}

/// What the head of a card shows.
#[derive(Clone, PartialEq)]
struct Head {
    name: String,
    chatbot_id: ChatbotId,
    chatbot_name: String,
    sandbox: bool,
    status: IntegrationStatus,
}

impl Head {
    fn of(i: &Integration) -> Self {
        Self {
            name: i.name.clone(),
            chatbot_id: i.chatbot_id,
            chatbot_name: i.chatbot_name.clone(),
            sandbox: i.provider == Provider::Sandbox,
            status: i.status,
        }
    }
}

#[component]
fn CardHead(head: Head) -> impl IntoView {
    let chatbot = format!("/chatbots/{}", head.chatbot_id);
    view! {
        <header class="integration__head">
            <div class="integration__name">
                <h2 class="card__title" dir="auto">{head.name}</h2>
                <p class="card__small">{integrations::answers()} " " <a href=chatbot dir="auto">{head.chatbot_name}</a></p>
            </div>
            <div class="cluster">
                <ChannelIndicator channel=Channel::Whatsapp />
                {head.sandbox.then(|| view! { <Badge tone=Tone::Accent icon="phone" text=shell::sandbox() /> })}
                <StatusBadge status=head.status />
            </div>
        </header>
    }
}

#[component]
fn Missing(
    chatbot_name: Signal<String>,
    manages: Signal<bool>,
    on_connect: Callback<()>,
    on_simulate: Signal<Option<Callback<()>>>,
) -> impl IntoView {
    view! {
        <header class="integration__head">
            <div class="integration__name">
                <h2 class="card__title">{inbox::whatsapp()}</h2>
                <p class="card__small">{integrations::would_answer()} " " <span dir="auto">{move || chatbot_name.get()}</span></p>
            </div>
            <div class="cluster">
                <ChannelIndicator channel=Channel::Whatsapp />
                <StatusBadge status=IntegrationStatus::NotConnected />
            </div>
        </header>
        <p class="integration__lead">{integrations::connect_lead()}</p>
        {move || manages.get().then(|| view! {
            <footer class="integration__actions">
                <Button label=integrations::connect() icon="plug" kind=ButtonKind::Primary on_press=on_connect />
                {move || on_simulate.get().map(|simulate| view! {
                    <Button label=integrations::use_sandbox() icon="phone" on_press=simulate />
                })}
            </footer>
        })}
    }
}
