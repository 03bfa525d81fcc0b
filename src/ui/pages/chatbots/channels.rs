//! The channels of a chatbot: a card for each one it can have, connected or not.

use super::website::{Website, WebsiteDesk, WebsiteDialogs};
use crate::{
    api::whatsapp::list_integrations,
    domain::{
        ids::{ChatbotId, IntegrationId},
        integration::Integration,
        role::Permission,
    },
    texts::chatbots,
    ui::{
        channels::whatsapp::{Desk, Dialogs, Errand, IntegrationCard},
        components::{Each, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{
            data::{Data, load},
            guard::guarded,
            session::use_session,
        },
    },
};

#[component]
pub(super) fn Channels(chatbot_id: ChatbotId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let live = use_live();
    let integrations = load(move || live.integrations_in_use(), move |_| guarded(list_integrations(Some(chatbot_id))));
    let desk = Desk::new();
    let website = WebsiteDesk::new(chatbot_id, name);
    view! {
        <section class="channels" aria-labelledby="channels-title">
            <h2 class="panel__title" id="channels-title">{chatbots::channels()}</h2>
            <Pending fallback=|| view! { <Skeleton shape="cards" count=2 /> }>
                {move || integrations.get().and_then(Result::err).map(|error| view! {
                    <ErrorPanel error=error on_retry=move || integrations.refetch() />
                })}
                <ul class="cards" aria-label=chatbots::channels()>
                    <WhatsApp chatbot_id=chatbot_id name=name integrations=integrations desk=desk />
                    <Website website=website />
                </ul>
            </Pending>
        </section>
        <Dialogs desk=desk />
        <WebsiteDialogs website=website />
    }
}

/// One card for each number; one that offers to connect while there is none.
#[component]
fn WhatsApp(
    chatbot_id: ChatbotId,
    name: Signal<String>,
    integrations: Data<Vec<Integration>>,
    desk: Desk,
) -> impl IntoView {
    let session = use_session();
    let manages = session.may(Permission::ManageIntegrations);
    let simulate = Callback::new(move |()| desk.simulate(Some(chatbot_id)));
    let manage = Callback::new(move |(errand, integration): (Errand, Integration)| desk.manage(errand, integration));
    let cards = move || match integrations.get() {
        Some(Ok(all)) if all.is_empty() => vec![None],
        Some(Ok(all)) => all.into_iter().map(|i| Some(i.id)).collect(),
        _ => Vec::new(),
    };
    let find = move |id: IntegrationId| {
        integrations
            .with(|i| i.as_ref().and_then(|i| i.as_ref().ok()).and_then(|all| all.iter().find(|i| i.id == id).cloned()))
    };
    let key = |id: &Option<IntegrationId>| id.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <Each each=cards key=key let:id>
            <IntegrationCard
                integration=Memo::new(move |_| id.and_then(find))
                chatbot_name=name
                manages=manages
                on_connect=move || desk.connect(Some(chatbot_id))
                on_simulate=Signal::derive(move || session.sandbox().then_some(simulate))
                on_manage=manage
            />
        </Each>
    }
}
