//! All chatbots of the workspace.

use leptos_meta::Title;

use super::create_chatbot::CreateChatbot;
use crate::{
    api::chatbots::list_chatbots,
    domain::{chatbot::Chatbot, role::Permission},
    texts::chatbots,
    ui::{
        components::{Avatar, Button, ButtonKind, EmptyState, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded, session::use_session},
    },
};

#[component]
pub(crate) fn ChatbotsPage() -> impl IntoView {
    let live = use_live();
    let session = use_session();
    let chatbots = load(move || live.chatbots(), |_| guarded(list_chatbots()));
    let creating = RwSignal::new(false);
    let manages = session.may(Permission::ManageChatbots);
    view! {
        <Title text=chatbots::title() />
        <div class="page">
            <header class="page__head">
                <h1 class="page__title">{chatbots::title()}</h1>
                <Pending>
                    {move || {
                        let some = chatbots.with(|c| c.as_ref().is_some_and(|c| c.as_ref().is_ok_and(|c| !c.is_empty())));
                        (manages.get() && some).then(|| view! {
                            <Button
                                label=chatbots::create()
                                icon="plus"
                                kind=ButtonKind::Primary
                                on_press=move || creating.set(true)
                            />
                        })
                    }}
                </Pending>
            </header>
            <Pending fallback=|| view! { <Skeleton shape="cards" count=3 /> }>
                {move || {
                    chatbots.get().map(|found| match found {
                        Err(error) => view! { <ErrorPanel error=error on_retry=move || chatbots.refetch() /> },
                        Ok(list) if list.is_empty() => view! {
                            <EmptyState
                                icon="bot"
                                title=chatbots::none_yet()
                                text=chatbots::none_yet_text()
                            >
                                {move || manages.get().then(|| view! {
                                    <Button
                                        label=chatbots::create()
                                        icon="plus"
                                        kind=ButtonKind::Primary
                                        on_press=move || creating.set(true)
                                    />
                                })}
                            </EmptyState>
                        },
                        Ok(list) => view! {
                            <ul class="cards" aria-label=chatbots::title()>
                                {list.into_iter().map(|chatbot| view! { <ChatbotCard chatbot=chatbot /> }).collect_view()}
                            </ul>
                        },
                    })
                }}
            </Pending>
        </div>
        <CreateChatbot open=creating />
    }
}

#[component]
fn ChatbotCard(chatbot: Chatbot) -> impl IntoView {
    let href = format!("/chatbots/{}", chatbot.id);
    view! {
        <li>
            <a class="card card--link" href=href>
                <Avatar name=chatbot.name.clone() />
                <div class="card__words">
                    <h2 class="card__title" dir="auto">{chatbot.name}</h2>
                    <p class="card__small">
                        {chatbots::count_questions(chatbot.knowledge_count)} " · "
                        {chatbots::count_integrations(chatbot.integration_count)}
                    </p>
                </div>
            </a>
        </li>
    }
}
