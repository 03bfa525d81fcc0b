//! One chatbot: what it says, what it knows, where it is connected.

use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{
    channels::Channels, delete_chatbot::DeleteChatbot, knowledge::Knowledge, settings::Settings, try_it::TryIt,
};
use crate::{
    api::chatbots::get_chatbot,
    domain::{chatbot::Chatbot, ids::ChatbotId, role::Permission},
    error::{ApiError, ApiResult},
    texts::chatbots,
    ui::{
        components::{BackLink, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{
            data::{Data, derived, load},
            guard::guarded,
            session::use_session,
        },
    },
};

#[component]
pub(crate) fn ChatbotPage() -> impl IntoView {
    let params = use_params_map();
    // On the way to another page there is none; then it stays.
    let id = Memo::new(move |before: Option<&Option<ChatbotId>>| {
        params.with(|p| p.get_str("chatbot").map_or(before.copied().flatten(), |id| id.parse().ok()))
    });
    view! {
        <div class="page">
            <BackLink class="page__back" href="/chatbots".to_owned() label=chatbots::all() />
            {move || match id.get() {
                Some(id) => view! { <Loaded id=id /> },
                None => view! { <Missing /><ErrorPanel error=ApiError::not_found(chatbots::the_chatbot()) /> },
            }}
        </div>
    }
}

#[component]
fn Loaded(id: ChatbotId) -> impl IntoView {
    let live = use_live();
    let chatbot = load(move || live.chatbots(), move |_| guarded(get_chatbot(id)));
    view! {
        <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
            <Outcome chatbot=chatbot />
        </Pending>
    }
}

#[component]
fn Outcome(chatbot: Data<Chatbot>) -> impl IntoView {
    // The parts keep what is being typed, so they are built once, from what was loaded first: a reload changes the memo
    // only when it fails or heals. Reading the resource beside it would rebuild them each time, even untracked, because a
    // Transition follows every read below it.
    let first = derived(move |before: Option<&Option<ApiResult<Chatbot>>>| match (before, chatbot.get()) {
        (Some(Some(Ok(first))), Some(Ok(_))) => Some(Ok(first.clone())),
        (_, now) => now,
    });
    let outcome = move || {
        first.get().map(|first| match first {
            Err(error) => view! { <Missing /><ErrorPanel error=error on_retry=move || chatbot.refetch() /> },
            Ok(chatbot) => view! { <Parts chatbot=chatbot /> },
        })
    };
    view! { {move || outcome()} }
}

/// Title and heading of a page whose chatbot cannot be shown.
#[component]
fn Missing() -> impl IntoView {
    view! {
        <Title text=chatbots::chatbot() />
        <header class="page__head"><h1 class="page__title">{chatbots::chatbot()}</h1></header>
    }
}

#[component]
fn Parts(chatbot: Chatbot) -> impl IntoView {
    let session = use_session();
    let manages = session.may(Permission::ManageChatbots);
    let id = chatbot.id;
    // The server may ask for the title after these parts were rebuilt: it has to outlive them.
    let title = ArcRwSignal::new(chatbot.name.clone());
    let name = RwSignal::from(title.clone());
    view! {
        <Title text=move || title.get() />
        <header class="page__head">
            <h1 class="page__title" dir="auto">{move || name.get()}</h1>
            {move || manages.get().then(|| view! { <DeleteChatbot id=id name=name /> })}
        </header>
        <div class="chatbot">
            <div class="chatbot__main">
                <Knowledge chatbot_id=id manages=manages />
                <Settings chatbot=chatbot name=name manages=manages />
            </div>
            <div class="chatbot__side">
                <TryIt chatbot_id=id />
                <Channels chatbot_id=id name=name />
            </div>
        </div>
    }
}
