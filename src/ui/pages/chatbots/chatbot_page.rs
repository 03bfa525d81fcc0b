//! One chatbot: what it says, what it knows, where it is connected.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use uuid::Uuid;

use super::{
    delete_chatbot::DeleteChatbot, integrations_summary::IntegrationsSummary, knowledge::Knowledge, settings::Settings,
    try_it::TryIt,
};
use crate::{
    api::chatbots::get_chatbot,
    domain::{chatbot::Chatbot, role::Permission},
    error::{ApiError, ApiResult},
    ui::{
        components::{ErrorPanel, Icon, Skeleton},
        live::use_live,
        state::{guard::guarded, session::use_session},
    },
};

#[component]
pub(crate) fn ChatbotPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|p| p.get("id").and_then(|id| id.parse::<Uuid>().ok())));
    view! {
        <div class="page">
            <a class="page__back" href="/chatbots"><Icon name="back" />"All chatbots"</a>
            {move || match id.get() {
                Some(id) => view! { <Loaded id=id /> }.into_any(),
                None => view! { <ErrorPanel error=ApiError::not_found("The chatbot") /> }.into_any(),
            }}
        </div>
    }
}

#[component]
fn Loaded(id: Uuid) -> impl IntoView {
    let live = use_live();
    let chatbot = Resource::new(move || live.chatbots(), move |_| guarded(get_chatbot(id)));
    view! {
        <Transition fallback=|| view! { <Skeleton shape="rows" /> }>
            <Outcome chatbot=chatbot />
        </Transition>
    }
}

#[component]
fn Outcome(chatbot: Resource<ApiResult<Chatbot>>) -> impl IntoView {
    // The parts keep what is being typed, so they are built once and not again after each reload: they depend on
    // whether it loaded, and on nothing that changes later.
    let state = Memo::new(move |_| match chatbot.get() {
        None => None,
        Some(Ok(_)) => Some(Ok(())),
        Some(Err(error)) => Some(Err(error)),
    });
    move || {
        state.get().map(|state| match state {
            Err(error) => view! { <ErrorPanel error=error on_retry=move || chatbot.refetch() /> }.into_any(),
            Ok(()) => match chatbot.get_untracked() {
                Some(Ok(chatbot)) => view! { <Parts chatbot=chatbot /> }.into_any(),
                _ => ().into_any(),
            },
        })
    }
}

#[component]
fn Parts(chatbot: Chatbot) -> impl IntoView {
    let session = use_session();
    let manages = session.may(Permission::ManageChatbots);
    let id = chatbot.id;
    let name = RwSignal::new(chatbot.name.clone());
    view! {
        <Title text=move || name.get() />
        <header class="page__head">
            <h1 class="page__title" dir="auto">{move || name.get()}</h1>
            {manages.then(|| view! { <DeleteChatbot id=id name=name /> })}
        </header>
        <div class="chatbot">
            <div class="chatbot__main">
                <Knowledge chatbot_id=id manages=manages />
                <Settings chatbot=chatbot name=name manages=manages />
            </div>
            <div class="chatbot__side">
                <TryIt chatbot_id=id />
                <IntegrationsSummary chatbot_id=id />
            </div>
        </div>
    }
}
