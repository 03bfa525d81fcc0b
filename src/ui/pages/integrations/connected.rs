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
    api::integrations::{subscribe_integration, test_integration},
    domain::integration::{Check, Integration, IntegrationFields, Provider, Remedy},
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
            <Button label="Test connection" icon="refresh" busy=run.work.busy() on_press=test />
            <Button label="Done" kind=ButtonKind::Primary on_press=on_done />
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
            <h3 class="part__title" id="webhook-title">"Tell Meta where to send messages"</h3>
            <Unreached />
            <ol class="numbered">
                <li>"Open " <ConsoleLink href=link label="WhatsApp → Configuration" /> " and press “Edit” at Webhook."</li>
                <li>"Paste these two values and press “Verify and save”."</li>
                <li>
                    "Under Webhook fields subscribe to " <code>"messages"</code>
                    ". If people also answer on a phone with this number, so that the bot is silent then, also to "
                    <code>"smb_message_echoes"</code> "."
                </li>
            </ol>
            <CopyLine label="Callback URL" what="callback URL" value=integration.callback_url />
            {integration.verify_token.map(|token| view! { <CopyLine label="Verify token" what="verify token" value=token /> })}
        </section>
    }
}
