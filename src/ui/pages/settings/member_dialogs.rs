//! What is asked before something is done with somebody, once for the page.

use leptos::ev::SubmitEvent;

use crate::{
    api::people::{remove_person, set_person_disabled, set_person_role, sign_person_out},
    domain::{
        people::Member,
        role::{Permission, Role},
    },
    error::ApiError,
    texts::{settings, shell},
    ui::{
        components::{Button, ButtonKind, ConfirmDialog, Dialog, ErrorPanel, Pending, Select},
        live::{Live, use_live},
        prelude::*,
        state::{
            session::use_session,
            toasts::{Toasts, use_toasts},
            unsaved::use_leave,
            work::Work,
        },
    },
};

/// What is to be done with somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MemberErrand {
    Role,
    Disable,
    SignOut,
    Remove,
}

/// Which dialog is open, and about whom.
#[derive(Clone, Copy)]
pub(super) struct MemberDesk {
    subject: RwSignal<Option<Member>>,
    role: RwSignal<bool>,
    disable: RwSignal<bool>,
    sign_out: RwSignal<bool>,
    remove: RwSignal<bool>,
    disabling: Work,
    enabling: Work,
    signing_out: Work,
    removing: Work,
}

impl MemberDesk {
    pub(super) fn new() -> Self {
        let closed = || RwSignal::new(false);
        Self {
            subject: RwSignal::new(None),
            role: closed(),
            disable: closed(),
            sign_out: closed(),
            remove: closed(),
            disabling: Work::new(),
            enabling: Work::new(),
            signing_out: Work::new(),
            removing: Work::new(),
        }
    }

    pub(super) fn open(self, errand: MemberErrand, member: Member) {
        // Nothing of the last time, which was about somebody else.
        for work in [self.disabling, self.enabling, self.signing_out, self.removing] {
            work.forget_error();
        }
        self.subject.set(Some(member));
        match errand {
            MemberErrand::Role => self.role.set(true),
            MemberErrand::Disable => self.disable.set(true),
            MemberErrand::SignOut => self.sign_out.set(true),
            MemberErrand::Remove => self.remove.set(true),
        }
    }

    /// Lets somebody in again. Nothing is lost by it, so nothing is asked.
    pub(super) fn reactivate(self, member: Member, live: Live, toasts: Toasts) {
        self.enabling.run(set_person_disabled(member.user_id, false), move |()| {
            live.touch_people();
            toasts.success(settings::enabled_done(&member.name));
        });
    }

    /// Why somebody could not be let in again.
    pub(super) fn refused(self) -> RwSignal<Option<ApiError>> {
        self.enabling.error()
    }

    fn name(self) -> String {
        self.subject.with(|s| s.as_ref().map(|s| s.name.clone()).unwrap_or_default())
    }
}

#[component]
pub(super) fn MemberDialogs(desk: MemberDesk) -> impl IntoView {
    let (live, toasts) = (use_live(), use_toasts());
    let subject = move || desk.subject.get_untracked();
    let title = |words: fn(&dyn std::fmt::Display) -> String| Signal::derive(move || words(&desk.name()));
    let disable = move || {
        let Some(member) = subject() else { return };
        desk.disabling.run(set_person_disabled(member.user_id, true), move |()| {
            desk.disable.set(false);
            live.touch_people();
            toasts.success(settings::disabled_done(&member.name));
        });
    };
    let sign_out = move || {
        let Some(member) = subject() else { return };
        desk.signing_out.run(sign_person_out(member.user_id), move |()| {
            desk.sign_out.set(false);
            toasts.success(settings::signed_out_done(&member.name));
        });
    };
    let remove = move || {
        let Some(member) = subject() else { return };
        desk.removing.run(remove_person(member.user_id), move |()| {
            desk.remove.set(false);
            live.touch_people();
            toasts.success(settings::removed_done(&member.name));
        });
    };
    view! {
        <Dialog open=desk.role title=title(settings::change_role_of)><RoleForm desk=desk /></Dialog>
        <ConfirmDialog
            open=desk.disable
            title=title(settings::disable_title)
            consequence=settings::disable_text()
            verb=settings::disable()
            work=desk.disabling
            on_confirm=disable
        />
        <ConfirmDialog
            open=desk.sign_out
            title=title(settings::sign_out_title)
            consequence=settings::sign_out_text()
            verb=settings::sign_out_everywhere()
            work=desk.signing_out
            on_confirm=sign_out
        />
        <ConfirmDialog
            open=desk.remove
            title=title(settings::remove_title)
            consequence=settings::remove_text()
            verb=settings::remove()
            work=desk.removing
            on_confirm=remove
        />
    }
}

/// The roles that the caller may give, with what they mean.
pub(super) fn grantable() -> Signal<Vec<(String, String)>> {
    let session = use_session();
    let own = session.may(Permission::ManageWorkspace);
    Signal::derive(move || {
        let of = |role: Role, words: &str| (role.to_string(), words.to_owned());
        let mut roles = vec![of(Role::Agent, settings::role_agent()), of(Role::Admin, settings::role_admin())];
        if own.get() {
            roles.push(of(Role::Owner, settings::role_owner()));
        }
        roles
    })
}

#[component]
fn RoleForm(desk: MemberDesk) -> impl IntoView {
    let member = desk.subject.get_untracked();
    let role = RwSignal::new(member.as_ref().map(|m| m.role.to_string()).unwrap_or_default());
    let (live, toasts, work, leave) = (use_live(), use_toasts(), Work::new(), use_leave());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some((member, role)) = member.clone().zip(Role::from_word(&role.get_untracked())) else { return };
        work.run(set_person_role(member.user_id, role), move |()| {
            desk.role.set(false);
            live.touch_people();
            toasts.success(settings::role_changed(&member.name));
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <Pending><Select id="member-role" label=settings::role() value=role options=grantable() /></Pending>
            {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=shell::save() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}
