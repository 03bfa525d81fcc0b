//! Tests a saved connection, and mends what can be mended from here.

use leptos::ev::SubmitEvent;

use super::{
    desk::{Desk, Errand},
    test_run::TestRun,
    test_steps::TestSteps,
};
use crate::{
    api::whatsapp::{send_test_message, subscribe_integration, test_integration},
    domain::integration::{Check, IntegrationFields, Remedy},
    texts::{integrations, shell},
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel, Field},
        prelude::*,
        state::{unsaved::hold, work::Work},
    },
};

#[component]
pub(super) fn TestDialog(desk: Desk) -> impl IntoView {
    let title = Signal::derive(move || integrations::test_title(&desk.name()));
    view! {
        <Dialog open=desk.test title=title wide=true>
            <Test desk=desk />
        </Dialog>
    }
}

#[component]
fn Test(desk: Desk) -> impl IntoView {
    let run = TestRun::new();
    let test = move || {
        let Some(id) = desk.id() else { return };
        run.run(|run_id| test_integration(Some(id), IntegrationFields::default(), run_id));
    };
    let subscribe = move || {
        let Some(id) = desk.id() else { return };
        run.run(|run_id| subscribe_integration(id, run_id));
    };
    if desk.subscribe.get_untracked() {
        subscribe();
    } else {
        test();
    }
    let mend = Callback::new(move |(remedy, check): (Remedy, Check)| match remedy {
        Remedy::Subscribe => subscribe(),
        Remedy::CheckNetwork | Remedy::Wait | Remedy::OpenMeta => test(),
        _ => {
            if let Some(integration) = desk.subject.get_untracked() {
                desk.turn_to(Errand::Mend(remedy, Some(check)), integration);
            }
        }
    });
    let choose = Callback::new(move |number: String| {
        desk.test.set(false);
        desk.choose_number(number);
    });
    view! {
        <TestSteps run=run running=run.work.busy() on_remedy=mend on_choose=choose />
        <Trial desk=desk />
        <div class="dialog__actions dialog__actions--stay">
            <Button label=integrations::test_again() icon="refresh" busy=run.work.busy() on_press=test />
            <Button label=shell::close() kind=ButtonKind::Primary on_press=move || desk.test.set(false) />
        </div>
    }
}

/// A real message to the person's own number, if they ask for it.
#[component]
fn Trial(desk: Desk) -> impl IntoView {
    let to = RwSignal::new(String::new());
    let work = Work::new();
    // Said here and not in a toast, which the open dialog would hide.
    let sent = RwSignal::new(false);
    hold(move || !sent.get() && to.with(|to| !to.trim().is_empty()));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(id) = desk.id() else { return };
        sent.set(false);
        work.run(send_test_message(id, to.get_untracked()), move |()| sent.set(true));
    };
    view! {
        <details class="disclosure">
            <summary>{integrations::trial()}</summary>
            <form class="form__fields" on:submit=send novalidate=true>
                <Field
                    id="test-message-to"
                    label=integrations::trial_to()
                    kind="tel"
                    value=to
                    hint=integrations::trial_hint()
                    error=work.field_error("to")
                />
                {move || work.error_beside(&["to"]).get().map(|error| view! { <ErrorPanel error=error /> })}
                <div role="status">
                    {move || sent.get().then(|| view! {
                        <p class="notice" data-tone="good">{integrations::trial_sent()}</p>
                    })}
                </div>
                <div><Button label=integrations::trial_send() submit=true busy=work.busy() /></div>
            </form>
        </details>
    }
}
