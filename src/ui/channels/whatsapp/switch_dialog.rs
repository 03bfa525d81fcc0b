//! Switches an integration off or on, after saying what follows from it.

use super::desk::Desk;
use crate::{
    api::whatsapp::set_integration_active,
    texts::{integrations, shell},
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn SwitchDialog(desk: Desk) -> impl IntoView {
    let is_active = move || desk.subject.with(|s| s.as_ref().is_some_and(|s| s.active));
    let verb = move || if is_active() { integrations::deactivate() } else { integrations::activate() };
    let title = Signal::derive(move || {
        let title = if is_active() { integrations::deactivate_title } else { integrations::activate_title };
        title(&desk.name())
    });
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
                integrations::active_again(&integration.name)
            } else {
                integrations::is_inactive(&integration.name)
            });
            live.touch_integrations();
            desk.switch.set(false);
        });
    };
    view! {
        <p>{if active { integrations::deactivate_text() } else { integrations::activate_text() }}</p>
        {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
        <div class="dialog__actions">
            <Button label=shell::cancel() on_press=move || desk.switch.set(false) />
            <Button
                label=verb
                kind=if active { ButtonKind::Danger } else { ButtonKind::Primary }
                busy=work.busy()
                on_press=switch
            />
        </div>
    }
}
