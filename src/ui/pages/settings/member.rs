//! Somebody who works here, and what can be done with them.

use super::member_dialogs::{MemberDesk, MemberErrand};
use crate::{
    domain::people::Member,
    texts::{settings, words},
    ui::{
        browser,
        components::{Avatar, Badge, Icon, Moment, MomentStyle, Tone},
        live::use_live,
        prelude::*,
        state::toasts::use_toasts,
    },
};

#[component]
pub(super) fn MemberRow(member: ArcRwSignal<Member>, desk: MemberDesk) -> impl IntoView {
    view! { <li class="row row--person">{move || view! { <Person member=member.get() desk=desk /> }}</li> }
}

#[component]
fn Person(member: Member, desk: MemberDesk) -> impl IntoView {
    let menu = member.manageable.then(|| view! { <MemberMenu member=member.clone() desk=desk /> });
    view! {
        <Avatar name=member.name.clone() />
        <div class="row__words">
            <p class="row__title cluster">
                <span dir="auto">{member.name}</span>
                {member.you.then(|| view! { <Badge tone=Tone::Accent text=settings::you() /> })}
                {member.disabled.then(|| view! { <Badge tone=Tone::Bad icon="ban" text=settings::disabled() /> })}
                {member.second_factor.then(|| view! { <Badge tone=Tone::Good icon="key" text=settings::with_second_factor() /> })}
            </p>
            <p class="card__small">{member.email} " · " {words::role(member.role)}</p>
            <p class="card__small">
                {match member.seen_at {
                    Some(at) => view! { {settings::seen()} " " <Moment at=at style=MomentStyle::Short /> },
                    None => view! { {settings::never_seen()} },
                }}
            </p>
        </div>
        {menu}
    }
}

#[component]
fn MemberMenu(member: Member, desk: MemberDesk) -> impl IntoView {
    let (menu, button) = (format!("menu-{}", member.user_id), format!("more-{}", member.user_id));
    let (target, label) = (menu.clone(), settings::manage_person(&member.name));
    let opener = StoredValue::new(format!("#{button}"));
    let (let_in, subject) = (!member.disabled, StoredValue::new(member));
    let (live, toasts) = (use_live(), use_toasts());
    let item = move |icon: &'static str, label: &'static str, errand: Option<MemberErrand>| {
        let press = move |_| {
            // The menu goes: its button takes the focus, and gets it back when the dialog is closed.
            opener.with_value(|opener| browser::focus(opener));
            match errand {
                Some(errand) => desk.open(errand, subject.get_value()),
                None => desk.reactivate(subject.get_value(), live, toasts),
            }
        };
        view! {
            <button class="menu__item" type="button" on:click=press><Icon name=icon /><span>{label}</span></button>
        }
    };
    let access = if let_in {
        item("ban", settings::disable(), Some(MemberErrand::Disable))
    } else {
        item("check-circle", settings::enable(), None)
    };
    view! {
        <button class="button button--quiet button--icon" type="button" id=button popovertarget=target aria-label=label>
            <Icon name="more" />
        </button>
        <div class="menu" id=menu popover="auto" role="group">
            {item("edit", settings::change_role(), Some(MemberErrand::Role))}
            {access}
            {item("sign-out", settings::sign_out_everywhere(), Some(MemberErrand::SignOut))}
            {item("trash", settings::remove(), Some(MemberErrand::Remove))}
        </div>
    }
}
