//! Who is signed in, the theme, and the way out. A native popover: Escape and a click beside it close it.

use crate::{
    domain::session::Session,
    texts::{shell, words},
    ui::{
        components::{Avatar, Icon, LanguageSwitch, Pending, ThemeSwitch},
        prelude::*,
        state::session::use_session,
    },
};

#[component]
pub(crate) fn UserMenu() -> impl IntoView {
    let session = use_session();
    view! {
        <div class="nav__user">
            <button class="nav__item" type="button" popovertarget="user-menu" aria-label=shell::account()>
                <Icon name="user" />
                <span class="nav__label" aria-hidden="true">{shell::account()}</span>
            </button>
            <div class="user-menu" id="user-menu" popover="auto" role="group" aria-label=shell::account()>
                <Pending>
                    {move || session.get().and_then(Result::ok).map(|session| view! { <Who session=session /> })}
                </Pending>
                <a class="button user-menu__out" href="/settings"><Icon name="settings" /><span>{shell::settings()}</span></a>
                <ThemeSwitch />
                <LanguageSwitch />
                <form method="post" action="/sign-out">
                    <button class="button user-menu__out" type="submit"><Icon name="sign-out" /><span>{shell::sign_out()}</span></button>
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
                <p class="user-menu__small">{words::role(session.role)} " · " <span dir="auto">{session.workspace_name}</span></p>
            </div>
        </div>
    }
}
