//! Who was asked to come and has not come yet.

use crate::{
    api::people::withdraw_invitation,
    domain::people::Invitation,
    texts::{settings, words},
    ui::{
        components::{Button, Each, ErrorPanel, Moment},
        live::use_live,
        prelude::*,
        state::{toasts::use_toasts, work::Work},
    },
};

#[component]
pub(super) fn Invitations(invitations: Signal<Vec<Invitation>>) -> impl IntoView {
    let (live, toasts, work) = (use_live(), use_toasts(), Work::new());
    let withdraw = Callback::new(move |invitation: Invitation| {
        work.run(withdraw_invitation(invitation.id), move |()| {
            live.touch_people();
            toasts.success(settings::withdrawn(&invitation.email));
        });
    });
    move || {
        invitations.with(|i| !i.is_empty()).then(|| {
            view! {
                <section class="panel" aria-labelledby="invitations-title">
                    <h2 class="panel__title" id="invitations-title">{settings::invitations()}</h2>
                    {move || work.error().get().map(|error| view! { <ErrorPanel error=error /> })}
                    <ul class="rows" aria-labelledby="invitations-title">
                        <Each each=move || invitations.get() key=|i: &Invitation| i.id.to_string() let:invitation>
                            <InvitationRow invitation=invitation busy=work.busy() on_withdraw=withdraw />
                        </Each>
                    </ul>
                </section>
            }
        })
    }
}

#[component]
fn InvitationRow(invitation: Invitation, busy: Signal<bool>, on_withdraw: Callback<Invitation>) -> impl IntoView {
    let subject = invitation.clone();
    view! {
        <li class="row">
            <div class="row__words">
                <p class="row__title">{invitation.email}</p>
                <p class="card__small">
                    {words::role(invitation.role)} " · " <span dir="auto">{settings::invited_by(&invitation.invited_by)}</span>
                    " · " {settings::holds_until()} " " <Moment at=invitation.expires_at />
                </p>
            </div>
            <Button label=settings::withdraw() busy=busy on_press=move || on_withdraw.run(subject.clone()) />
        </li>
    }
}
