//! Makes a number in the WhatsApp simulator for one chatbot.

use leptos::ev::SubmitEvent;

use super::desk::Desk;
use crate::{
    api::whatsapp::use_sandbox,
    domain::{ids::ChatbotId, integration::Integration},
    texts::{integrations, shell},
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel, Select},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn SandboxDialog(desk: Desk) -> impl IntoView {
    view! {
        <Dialog open=desk.sandbox title=integrations::use_sandbox()>
            <Steps desk=desk />
        </Dialog>
    }
}

#[component]
fn Steps(desk: Desk) -> impl IntoView {
    let (open, chatbots) = (desk.sandbox, desk.chatbots);
    let chosen = desk.chatbot.get_untracked();
    let chatbot = RwSignal::new(chosen.map(|id| id.to_string()).unwrap_or_default());
    effect(move || {
        let first = chatbots.with(|c| c.first().map(|c| c.id.to_string()));
        if let Some(first) = first.filter(|_| chatbot.with_untracked(String::is_empty)) {
            chatbot.set(first);
        }
    });
    let options =
        Signal::derive(move || chatbots.with(|c| c.iter().map(|c| (c.id.to_string(), c.name.clone())).collect()));
    let made = RwSignal::new(None::<Integration>);
    let work = Work::new();
    let (live, toasts) = (use_live(), use_toasts());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Ok(id) = chatbot.get_untracked().parse::<ChatbotId>() else { return };
        work.run(use_sandbox(id), move |integration| {
            toasts.success(integrations::sandbox_connected());
            live.touch_integrations();
            made.set(Some(integration));
        });
    };
    view! {
        {move || match made.get() {
            Some(integration) => view! {
                <p>{integrations::sandbox_number()} " " <strong class="numeric">{integration.display_phone_number}</strong> " " {integrations::sandbox_write()}</p>
                <div class="dialog__actions">
                    <Button label=shell::close() on_press=move || open.set(false) />
                    <a class="button button--primary" href="/sandbox">{integrations::open_phone()}</a>
                </div>
            },
            None => view! {
                <form class="form" on:submit=submit>
                    <p>{integrations::sandbox_text()}</p>
                    <Select id="sandbox-chatbot" label=integrations::chatbot() value=chatbot options=options />
                    {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
                    <div class="dialog__actions">
                        <Button label=shell::cancel() on_press=move || open.set(false) />
                        <Button label=integrations::connect_sandbox() kind=ButtonKind::Primary submit=true busy=work.busy() />
                    </div>
                </form>
            },
        }}
    }
}
