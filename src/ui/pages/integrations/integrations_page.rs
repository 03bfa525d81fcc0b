//! All integrations, and the ways to make one.

use leptos_meta::Title;

use super::{
    connect_dialog::ConnectDialog, delete_integration::DeleteIntegration, integration_card::IntegrationCard,
    sandbox_dialog::SandboxDialog, target::Targets, test_connection::TestConnection,
};
use crate::{
    api::{chatbots::list_chatbots, integrations::list_integrations},
    domain::{chatbot::Chatbot, integration::Integration, role::Permission},
    error::ApiResult,
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

#[component]
pub(crate) fn IntegrationsPage() -> impl IntoView {
    let live = use_live();
    let session = use_session();
    let loaded = load(move || (live.integrations(), live.chatbots()), |_| load_all());
    let connecting = RwSignal::new(false);
    let simulating = RwSignal::new(false);
    let manages = session.may(Permission::ManageIntegrations);
    let sandbox = Signal::derive(move || session.sandbox());
    let chatbots = RwSignal::new(Vec::<Chatbot>::new());
    effect(move || {
        if let Some(Ok((_, all))) = loaded.get() {
            chatbots.set(all);
        }
    });
    let targets = Targets::new();
    let shape = Signal::derive(move || {
        loaded.with(|l| l.as_ref().and_then(|l| l.as_ref().ok()).map(|(i, c)| (i.is_empty(), c.is_empty())))
    });
    let buttons = move || {
        manages.get().then(|| view! {
            <Button label="Connect WhatsApp" icon="plug" kind=ButtonKind::Primary on_press=move || connecting.set(true) />
            {move || {
                sandbox.get().then(|| view! {
                    <Button label="Use the sandbox" icon="phone" on_press=move || simulating.set(true) />
                })
            }}
        })
    };
    let integrations = move || loaded.get().and_then(Result::ok).map(|(i, _)| i).unwrap_or_default();
    view! {
        <Title text="Integrations" />
        <div class="page">
            <header class="page__head">
                <h1 class="page__title">"Integrations"</h1>
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
                            title="First make a chatbot"
                            text="An integration connects a chatbot to a WhatsApp number. There is no chatbot yet."
                        >
                            <a class="button button--primary" href="/chatbots">"Go to the chatbots"</a>
                        </EmptyState>
                    }.into_any()),
                    Some((true, false)) => Some(view! {
                        <EmptyState
                            icon="plug"
                            title="Nothing is connected yet"
                            text="Connect a WhatsApp Business number so that customers reach your chatbot. The sandbox lets you try everything without Meta."
                        >
                            {buttons}
                        </EmptyState>
                    }.into_any()),
                    _ => None,
                }}
                <ul class="cards cards--wide" aria-label="Integrations">
                    <Each each=integrations key=|i: &Integration| i.id.to_string() let:integration>
                        {
                            let id = integration.id;
                            let integration = Memo::new(move |before: Option<&Integration>| {
                                let now = integrations().into_iter().find(|i| i.id == id);
                                now.or_else(|| before.cloned()).unwrap_or_else(|| integration.clone())
                            });
                            view! { <IntegrationCard integration=integration manages=manages targets=targets /> }
                        }
                    </Each>
                </ul>
            </Pending>
        </div>
        <ConnectDialog open=connecting chatbots=chatbots />
        <SandboxDialog open=simulating chatbots=chatbots />
        <TestConnection target=targets.test />
        <DeleteIntegration target=targets.delete />
    }
}
