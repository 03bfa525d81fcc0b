//! Switches an integration off or on, after saying what follows from it.

use super::desk::Desk;
use crate::{
    api::integrations::set_integration_active,
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

const OFF: &str = "Messages to this number still arrive and are kept, but the chatbot does not answer, and nothing can be sent by it. Answers that wait now are held, and withdrawn when they grow old.";
const ON: &str = "The chatbot answers again. Of what came in meanwhile it answers only what is a few minutes old; the rest waits in the inbox for you.";

#[component]
pub(super) fn SwitchDialog(desk: Desk) -> impl IntoView {
    let is_active = move || desk.subject.with(|s| s.as_ref().is_some_and(|s| s.active));
    let verb = move || if is_active() { "Deactivate" } else { "Activate" };
    let title = Signal::derive(move || format!("{} the integration “{}”?", verb(), desk.name()));
    view! {
        <Dialog open=desk.switch title=title>
            <Question desk=desk active=untrack(is_active) verb=untrack(verb) />
        </Dialog>
    }
}

#[component]
fn Question(desk: Desk, active: bool, verb: &'static str) -> impl IntoView {
    let work = Work::new();
    let (live, toasts) = (use_live(), use_toasts());
    let switch = move || {
        let Some(id) = desk.id() else { return };
        work.run(set_integration_active(id, !active), move |integration| {
            toasts.success(if integration.active {
                format!("“{}” is active again.", integration.name)
            } else {
                format!("“{}” is inactive.", integration.name)
            });
            live.touch_integrations();
            desk.switch.set(false);
        });
    };
    view! {
        <p>{if active { OFF } else { ON }}</p>
        {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
        <div class="dialog__actions">
            <Button label="Cancel" on_press=move || desk.switch.set(false) />
            <Button
                label=verb
                kind=if active { ButtonKind::Danger } else { ButtonKind::Primary }
                busy=work.busy()
                on_press=switch
            />
        </div>
    }
}
