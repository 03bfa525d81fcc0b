//! Asks somebody in: an address and a role, then the link to pass on.

use leptos::ev::SubmitEvent;

use super::member_dialogs::grantable;
use crate::{
    api::people::invite_person,
    domain::{people::Invited, role::Role},
    texts::{settings, shell, sign_in},
    ui::{
        components::{Button, ButtonKind, CopyButton, Dialog, ErrorPanel, Field, Pending, Select, next_step},
        live::use_live,
        prelude::*,
        state::{
            unsaved::{hold, use_leave},
            work::Work,
        },
    },
};

#[component]
pub(super) fn Invite(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open=open title=settings::invite()>
            {
                let made = RwSignal::new(None::<Invited>);
                move || match made.get() {
                    Some(invited) => view! { <Link invited=invited open=open /> },
                    None => view! { <InviteForm made=made /> },
                }
            }
        </Dialog>
    }
}

#[component]
fn InviteForm(made: RwSignal<Option<Invited>>) -> impl IntoView {
    let (email, role) = (RwSignal::new(String::new()), RwSignal::new(Role::Agent.to_string()));
    hold(move || email.with(|e| !e.trim().is_empty()));
    let (work, live, leave) = (Work::new(), use_live(), use_leave());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let role = Role::from_word(&role.get_untracked()).unwrap_or(Role::Agent);
        work.run(invite_person(email.get_untracked(), role), move |invited| {
            email.set(String::new());
            live.touch_people();
            made.set(Some(invited));
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <p>{settings::invite_text()}</p>
            <Field
                id="invite-email"
                label=sign_in::email()
                kind="email"
                value=email
                required=true
                autofocus=true
                error=work.field_error("email")
            />
            <Pending><Select id="invite-role" label=settings::role() value=role options=grantable() /></Pending>
            {move || work.error_beside(&["email"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=settings::invite_verb() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}

#[component]
fn Link(invited: Invited, open: RwSignal<bool>) -> impl IntoView {
    next_step();
    view! {
        <div class="form">
            <p>{settings::invited(&invited.invitation.email)}</p>
            <div class="field">
                <label class="field__label" for="invite-link">{settings::link()}</label>
                <input class="input" id="invite-link" readonly=true value=invited.link.clone() />
            </div>
            <div class="dialog__actions">
                <CopyButton value=invited.link label=settings::copy_link() copied=settings::link_copied() />
                <Button label=shell::done() kind=ButtonKind::Primary on_press=move || open.set(false) />
            </div>
        </div>
    }
}
