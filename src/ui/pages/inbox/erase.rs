//! Erases the conversation or everything of the contact, after asking.

use leptos_router::{NavigateOptions, hooks::use_navigate};
use uuid::Uuid;

use super::place::use_place;
use crate::{
    api::{contacts::erase_contact, conversations::erase_conversation},
    domain::{conversation::Erased, role::Permission},
    ui::{
        components::{Button, ButtonKind, ConfirmDialog},
        prelude::*,
        state::{session::use_session, toasts::use_toasts, work::Work},
    },
};

const CONVERSATION: &str = "All its messages go for good, also from the event log, and what waits to be sent is withdrawn. Whoever writes again begins a new conversation.";
const CONTACT: &str = "Name, numbers and every conversation with them go for good, on all channels, also from the event log. What waits to be sent is withdrawn.";

#[component]
pub(super) fn Erase(conversation: Uuid, contact: Uuid, name: String) -> impl IntoView {
    let may = use_session().may(Permission::Erase);
    let (toasts, place) = (use_toasts(), use_place());
    let navigate = StoredValue::new(use_navigate());
    let (open, whole, work) = (RwSignal::new(false), RwSignal::new(false), Work::new());
    let title = Signal::derive(move || {
        let what = if whole.get() { "contact" } else { "conversation with" };
        format!("Erase the {what} “{name}”?")
    });
    let ask = move |all: bool| {
        work.forget_error();
        whole.set(all);
        open.set(true);
    };
    let confirm = move || {
        let all = whole.get_untracked();
        let done = move |erased: Erased| {
            open.set(false);
            // Away first: the page of what is gone has nothing to load again, not even for the browser's back button. The list
            // hears of it by the live event.
            let instead = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate.try_with_value(|go| go(&place.filter.get_untracked().href(None), instead));
            toasts.success(match (erased.all, all) {
                (true, true) => "The contact was erased.",
                (true, false) => "The conversation was erased.",
                (false, _) => "There is a lot to erase: the rest goes by itself within minutes.",
            });
        };
        if all { work.run(erase_contact(contact), done) } else { work.run(erase_conversation(conversation), done) }
    };
    view! {
        {move || may.get().then(|| view! {
            <div class="details__erase">
                <Button label="Erase conversation…" icon="trash" kind=ButtonKind::Quiet on_press=move || ask(false) />
                <Button label="Erase contact…" icon="trash" kind=ButtonKind::Quiet on_press=move || ask(true) />
            </div>
        })}
        <ConfirmDialog
            open=open
            title=title
            consequence=Signal::derive(move || if whole.get() { CONTACT } else { CONVERSATION }.to_owned())
            verb="Erase"
            work=work
            on_confirm=confirm
        />
    }
}
