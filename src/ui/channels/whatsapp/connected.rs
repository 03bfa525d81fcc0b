//! What is left to do when a number is saved: callback URL and verify token at Meta's, then a first message.

use super::{
    console,
    copy_line::CopyLine,
    desk::{Desk, Errand},
    entry_form::ConsoleLink,
    first_message::FirstMessage,
    test_run::TestRun,
    test_steps::TestSteps,
    unreached::Unreached,
};
use crate::{
    api::whatsapp::{subscribe_integration, test_integration},
    domain::integration::{Check, Integration, IntegrationFields, Provider, Remedy},
    texts::{integrations, shell},
    ui::{
        browser,
        components::{Button, ButtonKind, Icon, StatusBadge},
        prelude::*,
    },
};

#[component]
pub(super) fn Connected(
    desk: Desk,
    integration: Integration,
    /// Begins by subscribing the app to the account.
    #[prop(optional)]
    subscribe: bool,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let id = integration.id;
    let run = TestRun::new();
    let test = move || run.run(|run_id| test_integration(Some(id), IntegrationFields::default(), run_id));
    let repair = move || run.run(|run_id| subscribe_integration(id, run_id));
    if subscribe {
        repair();
    }
    // The form before it was longer.
    browser::reveal("dialog[open] .dialog__body");
    let subject = StoredValue::new(integration.clone());
    let mend = Callback::new(move |(remedy, check): (Remedy, Check)| match remedy {
        Remedy::Subscribe => repair(),
        // It is right here.
        Remedy::SetCallback => browser::reveal("dialog[open] .copy-line"),
        Remedy::ReplaceToken | Remedy::ReplaceSecret | Remedy::FixIds => {
            desk.turn_to(Errand::Mend(remedy, Some(check)), subject.get_value());
        }
        _ => test(),
    });
    let choose = Callback::new(move |number: String| {
        desk.turn_to(Errand::Edit, subject.get_value());
        desk.number.set(Some(number));
    });
    let trouble = integration.status_reason.clone().map(|reason| (reason, integration.status_action.clone()));
    view! {
        <p class="cluster"><StatusBadge status=integration.status /></p>
        {trouble.map(|(reason, action)| view! {
            <div class="notice" data-tone="bad"><Icon name="alert" /><p><strong>{reason}</strong> " " {action}</p></div>
        })}
        <Webhook integration=integration.clone() />
        {move || run.has_begun().then(|| view! {
            <TestSteps run=run running=run.work.busy() on_remedy=mend on_choose=choose />
        })}
        <FirstMessage integration=integration />
        <div class="dialog__actions dialog__actions--stay">
            <Button label=integrations::test_connection() icon="refresh" busy=run.work.busy() on_press=test />
            <Button label=shell::done() kind=ButtonKind::Primary on_press=on_done />
        </div>
    }
}

/// The two values that Meta needs.
#[component]
fn Webhook(integration: Integration) -> impl IntoView {
    if integration.provider == Provider::Sandbox {
        return ().into_any();
    }
    let link = console::configuration(integration.app_id.as_deref().unwrap_or_default());
    view! {
        <section class="stack" aria-labelledby="webhook-title">
            <h3 class="part__title" id="webhook-title">{integrations::webhook_title()}</h3>
            <Unreached />
            <ol class="numbered">
                <li>{integrations::step_open()} " " <ConsoleLink href=link label=integrations::configuration() /> " " {integrations::step_edit()}</li>
                <li>{integrations::step_paste()}</li>
                <li>
                    {integrations::step_fields()} " " <code>"messages"</code> ". " {integrations::step_echoes()} " "
                    <code>"smb_message_echoes"</code> "."
                </li>
            </ol>
            <CopyLine
                label=integrations::callback_url()
                copy=integrations::copy_callback()
                copied=integrations::callback_copied()
                value=integration.callback_url
            />
            {integration.verify_token.map(|token| view! {
                <CopyLine
                    label=integrations::verify_token()
                    copy=integrations::copy_verify()
                    copied=integrations::verify_copied()
                    value=token
                />
            })}
        </section>
    }
}
