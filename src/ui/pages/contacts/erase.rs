//! Erases everything of a contact, after asking.

use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    api::contacts::erase_contact,
    domain::{ids::ContactId, role::Permission},
    texts::inbox,
    ui::{
        components::{Button, ButtonKind, ConfirmDialog},
        prelude::*,
        state::{session::use_session, toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn Erase(id: ContactId, name: RwSignal<String>) -> impl IntoView {
    let may = use_session().may(Permission::Erase);
    let (open, work, toasts) = (RwSignal::new(false), Work::new(), use_toasts());
    let navigate = StoredValue::new(use_navigate());
    let confirm = move || {
        work.run(erase_contact(id), move |erased| {
            open.set(false);
            // The page of what is gone has nothing to load again, not even for the browser's back button.
            let instead = NavigateOptions { replace: true, ..NavigateOptions::default() };
            navigate.try_with_value(|go| go("/contacts", instead));
            toasts.success(if erased.all { inbox::contact_erased() } else { inbox::erasing() });
        });
    };
    view! {
        {move || may.get().then(|| view! {
            <Button
                label=inbox::erase_contact()
                icon="trash"
                kind=ButtonKind::Quiet
                on_press=move || { work.forget_error(); open.set(true); }
            />
        })}
        <ConfirmDialog
            open=open
            title=Signal::derive(move || inbox::erase_contact_title(&name.get()))
            consequence=Signal::derive(|| inbox::erase_contact_text().to_owned())
            verb=inbox::erase()
            work=work
            on_confirm=confirm
        />
    }
}
