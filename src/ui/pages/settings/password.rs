//! A new password of one's own.

use leptos::ev::SubmitEvent;

use crate::{
    api::account::change_password,
    texts::{set_up, settings},
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field},
        prelude::*,
        state::{toasts::use_toasts, unsaved::hold, work::Work},
    },
};

#[component]
pub(super) fn Password() -> impl IntoView {
    let (old, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let tokens = RwSignal::new(false);
    hold(move || [old, new].iter().any(|field| field.with(|f| !f.is_empty())));
    let (work, toasts) = (Work::new(), use_toasts());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let call = change_password(old.get_untracked(), new.get_untracked(), tokens.get_untracked());
        work.run(call, move |()| {
            old.set(String::new());
            new.set(String::new());
            toasts.success(settings::password_changed());
        });
    };
    view! {
        <section class="panel" aria-labelledby="password-title">
            <h2 class="panel__title" id="password-title">{settings::password()}</h2>
            // A post, so that no password ever comes into an address, whatever sends this form.
            <form class="form" method="post" on:submit=submit>
                <Field
                    id="old-password"
                    label=settings::old_password()
                    kind="password"
                    value=old
                    autocomplete="current-password"
                    required=true
                    error=work.field_error("old")
                />
                <Field
                    id="new-password"
                    label=settings::new_password()
                    kind="password"
                    value=new
                    hint=set_up::password_hint()
                    autocomplete="new-password"
                    required=true
                    error=work.field_error("new")
                />
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=move || tokens.get()
                        on:change=move |event| tokens.set(event_target_checked(&event))
                    />
                    <span>{settings::revoke_tokens_too()}</span>
                </label>
                <p class="field__hint">{settings::password_text()}</p>
                {move || work.error_beside(&["old", "new"]).get().map(|error| view! { <ErrorPanel error=error /> })}
                <div><Button label=settings::change_password() kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
            </form>
        </section>
    }
}
