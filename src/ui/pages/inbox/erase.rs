//! Erases the conversation or everything of the contact, after asking.

use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::place::use_place;
use crate::{
    api::{contacts::erase_contact, conversations::erase_conversation},
    domain::{
        conversation::Erased,
        ids::{ContactId, ConversationId},
        role::Permission,
    },
    texts::inbox,
    ui::{
        components::{Button, ButtonKind, ConfirmDialog},
        prelude::*,
        state::{session::use_session, toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn Erase(conversation: ConversationId, contact: ContactId, name: String) -> impl IntoView {
    let may = use_session().may(Permission::Erase);
    let (toasts, place) = (use_toasts(), use_place());
    let navigate = StoredValue::new(use_navigate());
    let (open, whole, work) = (RwSignal::new(false), RwSignal::new(false), Work::new());
    let title = Signal::derive(move || {
        if whole.get() { inbox::erase_contact_title(&name) } else { inbox::erase_conversation_title(&name) }
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
                (true, true) => inbox::contact_erased(),
                (true, false) => inbox::conversation_erased(),
                (false, _) => inbox::erasing(),
            });
        };
        if all { work.run(erase_contact(contact), done) } else { work.run(erase_conversation(conversation), done) }
    };
    view! {
        {move || may.get().then(|| view! {
            <div class="details__erase">
                <Button label=inbox::erase_conversation() icon="trash" kind=ButtonKind::Quiet on_press=move || ask(false) />
                <Button label=inbox::erase_contact() icon="trash" kind=ButtonKind::Quiet on_press=move || ask(true) />
            </div>
        })}
        <ConfirmDialog
            open=open
            title=title
            consequence=Signal::derive(move || if whole.get() { inbox::erase_contact_text() } else { inbox::erase_conversation_text() }.to_owned())
            verb=inbox::erase()
            work=work
            on_confirm=confirm
        />
    }
}
