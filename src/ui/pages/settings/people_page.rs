//! The people of the workspace, and who was asked to come.

use super::{
    frame::Frame,
    invitations::Invitations,
    invite::Invite,
    member::MemberRow,
    member_dialogs::{MemberDesk, MemberDialogs},
};
use crate::{
    api::people::list_people,
    domain::people::Member,
    texts::settings,
    ui::{
        components::{Button, ButtonKind, EachLive, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{data::load, guard::guarded},
    },
};

#[component]
pub(crate) fn PeoplePage() -> impl IntoView {
    let live = use_live();
    let people = load(move || live.people(), |_| guarded(list_people()));
    let inviting = RwSignal::new(false);
    let desk = MemberDesk::new();
    let members = move || people.get().and_then(Result::ok).map(|p| p.members).unwrap_or_default();
    let invitations = move || people.get().and_then(Result::ok).map(|p| p.invitations).unwrap_or_default();
    let invite = move || {
        view! {
            <Button
                label=settings::invite()
                icon="plus"
                kind=ButtonKind::Primary
                on_press=move || inviting.set(true)
            />
        }
    };
    view! {
        <Frame title=settings::people() lead=settings::people_lead() action=invite>
            <Pending fallback=|| view! { <Skeleton shape="rows" count=3 /> }>
                {move || people.get().and_then(Result::err).map(|e| view! { <ErrorPanel error=e on_retry=move || people.refetch() /> })}
                {move || desk.refused().get().map(|error| view! { <ErrorPanel error=error /> })}
                <div class="stack">
                    {move || people.get().is_some_and(|p| p.is_ok()).then(|| view! {
                        <section class="panel">
                            <ul class="rows" aria-label=settings::people()>
                                <EachLive each=members key=|m: &Member| m.user_id.to_string() let:member>
                                    <MemberRow member=member desk=desk />
                                </EachLive>
                            </ul>
                        </section>
                    })}
                    <Invitations invitations=Signal::derive(invitations) />
                </div>
            </Pending>
        </Frame>
        <Invite open=inviting />
        <MemberDialogs desk=desk />
    }
}
