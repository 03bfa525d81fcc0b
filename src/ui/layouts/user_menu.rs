//! Who is signed in, the theme, and the way out. A native popover: Escape and a click beside it close it.

use crate::{
    domain::session::Session,
    ui::{
        components::{Avatar, Icon, Pending, ThemeSwitch},
        prelude::*,
        state::session::use_session,
    },
};

#[component]
pub(crate) fn UserMenu() -> impl IntoView {
    let session = use_session();
    view! {
        <div class="nav__user">
            <button class="nav__item" type="button" popovertarget="user-menu" aria-label="Account">
                <Icon name="user" />
                <span class="nav__label" aria-hidden="true">"Account"</span>
            </button>
            <div class="user-menu" id="user-menu" popover="auto" role="group" aria-label="Account">
                <Pending>
                    {move || session.get().and_then(Result::ok).map(|session| view! { <Who session=session /> })}
                </Pending>
                <ThemeSwitch />
                <form method="post" action="/sign-out">
                    <button class="button user-menu__out" type="submit"><Icon name="sign-out" /><span>"Sign out"</span></button>
                </form>
            </div>
        </div>
    }
}

#[component]
fn Who(session: Session) -> impl IntoView {
    view! {
        <div class="user-menu__who">
            <Avatar name=session.name.clone() />
            <div>
                <p class="user-menu__name" dir="auto">{session.name}</p>
                <p class="user-menu__small">{session.email}</p>
                <p class="user-menu__small">{session.role.label()} " · " <span dir="auto">{session.workspace_name}</span></p>
            </div>
        </div>
    }
}
