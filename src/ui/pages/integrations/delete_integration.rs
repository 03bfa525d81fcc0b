//! Deletes an integration, after asking what should become of its conversations.

use super::target::Target;
use crate::{
    api::integrations::delete_integration,
    domain::integration::ConversationsFate,
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

const FATES: [(ConversationsFate, &str, &str); 2] = [
    (ConversationsFate::Keep, "Keep the conversations", "They stay in the inbox as history, to read only."),
    (ConversationsFate::Erase, "Erase the conversations", "They go with all messages. This cannot be undone."),
];

#[component]
pub(super) fn DeleteIntegration(target: Target) -> impl IntoView {
    let open = target.open;
    let fate = RwSignal::new(ConversationsFate::Keep);
    let work = Work::new();
    let (live, toasts) = (use_live(), use_toasts());
    let title = Signal::derive(move || format!("Delete the integration “{}”?", target.name()));
    effect(move || {
        if open.get() {
            work.forget_error();
            fate.set(ConversationsFate::Keep);
        }
    });
    let delete = move || {
        let Some(id) = target.id() else { return };
        let done = untrack(move || format!("The integration “{}” was deleted.", target.name()));
        work.run(delete_integration(id, fate.get_untracked()), move |_| {
            open.set(false);
            toasts.success(done);
            live.touch_integrations();
        });
    };
    let choices = move || {
        FATES
            .into_iter()
            .map(|(value, label, hint)| {
                view! {
                    <label class="choice">
                        <input
                            type="radio"
                            name="fate"
                            value=value.as_str()
                            prop:checked=move || fate.get() == value
                            on:change=move |_| fate.set(value)
                        />
                        <span><strong>{label}</strong><br />{hint}</span>
                    </label>
                }
            })
            .collect_view()
    };
    view! {
        <Dialog open=open title=title>
            <p>"New WhatsApp messages to this number will no longer arrive. Its access token and secret are forgotten."</p>
            <fieldset class="choices"><legend>"Its conversations"</legend>{choices}</fieldset>
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label="Cancel" on_press=move || open.set(false) />
                <Button label="Delete" kind=ButtonKind::Danger busy=work.busy() on_press=delete />
            </div>
        </Dialog>
    }
}
