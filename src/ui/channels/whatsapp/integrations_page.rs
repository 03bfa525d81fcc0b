//! All integrations, and the ways to make one.

use std::collections::BTreeSet;

use leptos_meta::Title;

use super::{
    desk::{Desk, Errand},
    dialogs::Dialogs,
    integration_card::IntegrationCard,
};
use crate::{
    api::{chatbots::list_chatbots, whatsapp::list_integrations},
    domain::{
        chatbot::Chatbot,
        ids::{ChatbotId, IntegrationId},
        integration::Integration,
        role::Permission,
    },
    error::ApiResult,
    texts::integrations,
    ui::{
        components::{Button, ButtonKind, Each, EmptyState, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded, session::use_session},
    },
};

async fn load_all() -> ApiResult<(Vec<Integration>, Vec<Chatbot>)> {
    let integrations = guarded(list_integrations(None)).await?;
    Ok((integrations, guarded(list_chatbots()).await?))
}

/// A card: an integration, or a chatbot that has none yet.
#[derive(Clone)]
enum Card {
    Integration(IntegrationId),
    Missing(Box<Chatbot>),
}

impl Card {
    fn key(&self) -> String {
        match self {
            Self::Integration(id) => id.to_string(),
            Self::Missing(chatbot) => format!("missing {}", chatbot.id),
        }
    }

    fn all(integrations: &[Integration], chatbots: Vec<Chatbot>) -> Vec<Self> {
        let connected: BTreeSet<ChatbotId> = integrations.iter().map(|i| i.chatbot_id).collect();
        let there = integrations.iter().map(|i| Self::Integration(i.id));
        let missing = chatbots.into_iter().filter(|c| !connected.contains(&c.id)).map(|c| Self::Missing(Box::new(c)));
        // While nothing is there at all, the page says so once and not for each chatbot.
        if integrations.is_empty() { Vec::new() } else { there.chain(missing).collect() }
    }
}

#[component]
pub(crate) fn IntegrationsPage() -> impl IntoView {
    let live = use_live();
    let session = use_session();
    let loaded = load(move || (live.integrations_in_use(), live.chatbots()), |_| load_all());
    let manages = session.may(Permission::ManageIntegrations);
    let sandbox = Signal::derive(move || session.sandbox());
    let desk = Desk::new();
    effect(move || {
        if let Some(Ok((_, all))) = loaded.get() {
            desk.chatbots.set(all);
        }
    });
    let shape = Signal::derive(move || {
        loaded.with(|l| l.as_ref().and_then(|l| l.as_ref().ok()).map(|(i, c)| (i.is_empty(), c.is_empty())))
    });
    let buttons = move || {
        manages.get().then(|| view! {
            <Button label=integrations::connect() icon="plug" kind=ButtonKind::Primary on_press=move || desk.connect(None) />
            {move || {
                sandbox.get().then(|| view! {
                    <Button label=integrations::use_sandbox() icon="phone" on_press=move || desk.simulate(None) />
                })
            }}
        })
    };
    let cards = move || {
        let known = loaded.get().and_then(Result::ok);
        known.map(|(integrations, chatbots)| Card::all(&integrations, chatbots)).unwrap_or_default()
    };
    let find = move |id: IntegrationId| {
        loaded.with(|l| {
            l.as_ref().and_then(|l| l.as_ref().ok()).and_then(|(all, _)| all.iter().find(|i| i.id == id).cloned())
        })
    };
    let manage = Callback::new(move |(errand, integration): (Errand, Integration)| desk.manage(errand, integration));
    view! {
        <Title text=integrations::title() />
        <div class="page">
            <header class="page__head">
                <h1 class="page__title">{integrations::title()}</h1>
                <div class="cluster">
                    <Pending>{move || (shape.get() == Some((false, false))).then(buttons)}</Pending>
                </div>
            </header>
            <Pending fallback=|| view! { <Skeleton shape="cards" count=2 /> }>
                {move || loaded.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || loaded.refetch() /> })}
                {move || match shape.get() {
                    Some((true, true)) => Some(view! {
                        <EmptyState
                            icon="bot"
                            title=integrations::no_chatbot()
                            text=integrations::no_chatbot_text()
                        >
                            <a class="button button--primary" href="/chatbots">{integrations::to_chatbots()}</a>
                        </EmptyState>
                    }.into_any()),
                    Some((true, false)) => Some(view! {
                        <EmptyState
                            icon="plug"
                            title=integrations::none_yet()
                            text=integrations::none_yet_text()
                        >
                            {buttons}
                        </EmptyState>
                    }.into_any()),
                    _ => None,
                }}
                <ul class="cards cards--wide" aria-label=integrations::title()>
                    <Each each=cards key=Card::key let:card>
                        {
                            let (id, chatbot) = match card {
                                Card::Integration(id) => (Some(id), None),
                                Card::Missing(chatbot) => (None, Some(*chatbot)),
                            };
                            let chatbot_id = chatbot.as_ref().map(|c| c.id);
                            let simulate = Callback::new(move |()| desk.simulate(chatbot_id));
                            view! {
                                <IntegrationCard
                                    integration=Memo::new(move |_| id.and_then(find))
                                    chatbot_name=chatbot.map(|c| c.name).unwrap_or_default()
                                    manages=manages
                                    on_connect=move || desk.connect(chatbot_id)
                                    on_simulate=Signal::derive(move || sandbox.get().then_some(simulate))
                                    on_manage=manage
                                />
                            }
                        }
                    </Each>
                </ul>
            </Pending>
        </div>
        <Dialogs desk=desk />
    }
}
