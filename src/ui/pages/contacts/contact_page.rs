//! One contact: what is noted of them, how they are known, and their conversations.

use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{about::About, block::Block, consent::ConsentPanel, erase::Erase, who::Who};
use crate::{
    api::contacts::{get_contact, list_contact_fields},
    domain::{
        contact::record::{Contact, ContactConversation, ContactField},
        conversation::ConversationStatus,
        ids::ContactId,
    },
    error::{ApiError, ApiResult},
    texts::contacts,
    ui::{
        components::{BackLink, Badge, ChannelIndicator, ErrorPanel, Moment, Pending, Skeleton, Tone},
        prelude::*,
        state::{
            data::{Data, derived, load},
            guard::guarded,
        },
    },
};

#[component]
pub(crate) fn ContactDetailPage() -> impl IntoView {
    let params = use_params_map();
    // On the way to another page there is none; then it stays.
    let id = Memo::new(move |before: Option<&Option<ContactId>>| {
        params.with(|p| p.get_str("contact").map_or(before.copied().flatten(), |id| id.parse().ok()))
    });
    view! {
        <div class="page">
            <BackLink class="page__back" href="/contacts".to_owned() label=contacts::all() />
            {move || match id.get() {
                Some(id) => view! { <Loaded id=id /> },
                None => view! { <Missing /><ErrorPanel error=ApiError::not_found(contacts::the_contact()) /> },
            }}
        </div>
    }
}

/// Title and heading of a page whose contact cannot be shown.
#[component]
fn Missing() -> impl IntoView {
    view! {
        <Title text=contacts::contact() />
        <header class="page__head"><h1 class="page__title">{contacts::contact()}</h1></header>
    }
}

type Both = (Contact, Vec<ContactField>);

async fn both(id: ContactId) -> ApiResult<Both> {
    let contact = guarded(get_contact(id)).await?;
    Ok((contact, guarded(list_contact_fields()).await?))
}

#[component]
fn Loaded(id: ContactId) -> impl IntoView {
    let found = load(|| (), move |()| both(id));
    view! {
        <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
            <Outcome found=found />
        </Pending>
    }
}

#[component]
fn Outcome(found: Data<Both>) -> impl IntoView {
    // The parts keep what is being typed, so they are built once, from what was loaded first.
    let first = derived(move |before: Option<&Option<ApiResult<Both>>>| match (before, found.get()) {
        (Some(Some(Ok(first))), Some(Ok(_))) => Some(Ok(first.clone())),
        (_, now) => now,
    });
    let outcome = move || {
        first.get().map(|first| match first {
            Err(error) => view! { <Missing /><ErrorPanel error=error on_retry=move || found.refetch() /> },
            Ok((contact, fields)) => view! { <Parts contact=contact fields=fields /> },
        })
    };
    view! { {move || outcome()} }
}

#[component]
fn Parts(contact: Contact, fields: Vec<ContactField>) -> impl IntoView {
    // The server may ask for the title after these parts were rebuilt: it has to outlive them.
    let title = ArcRwSignal::new(contact.name.clone());
    let name = RwSignal::from(title.clone());
    let blocked_at = RwSignal::new(contact.blocked_at);
    let (id, conversations) = (contact.id, contact.conversations.clone());
    view! {
        <Title text=move || title.get() />
        <header class="page__head">
            <h1 class="page__title" dir="auto">{move || name.get()}</h1>
            {move || blocked_at.get().map(|_| view! { <Badge tone=Tone::Bad icon="ban" text=contacts::is_blocked() /> })}
        </header>
        <div class="contact">
            <div class="contact__main">
                <About contact=contact.clone() fields=fields name=name />
                <ConsentPanel contact=contact.clone() />
            </div>
            <div class="contact__side">
                <Who contact=contact />
                <section class="panel" aria-labelledby="contact-conversations">
                    <h2 class="panel__title" id="contact-conversations">{contacts::conversations()}</h2>
                    {conversations.is_empty().then(|| view! { <p class="panel__note">{contacts::no_conversation()}</p> })}
                    <ul class="rows" aria-label=contacts::conversations()>
                        {conversations.into_iter().map(conversation).collect_view()}
                    </ul>
                </section>
                <div class="contact__acts">
                    <Block id=id name=name blocked_at=blocked_at />
                    <Erase id=id name=name />
                </div>
            </div>
        </div>
    }
}

fn conversation(c: ContactConversation) -> AnyView {
    let status = match c.status {
        ConversationStatus::Open => contacts::status_open(),
        ConversationStatus::Snoozed => contacts::status_snoozed(),
        ConversationStatus::Resolved => contacts::status_resolved(),
        ConversationStatus::Newer => contacts::status_other(),
    };
    let href = format!("/inbox/{}?status=all", c.id);
    view! {
        <li class="row">
            <div class="row__words">
                <a class="row__title" href=href dir="auto">
                    {c.chatbot_name.unwrap_or_else(|| contacts::deleted_chatbot().to_owned())}
                </a>
                <p class="card__small cluster"><ChannelIndicator channel=c.channel /> {status} " · " <Moment at=c.last_message_at /></p>
            </div>
        </li>
    }
}
