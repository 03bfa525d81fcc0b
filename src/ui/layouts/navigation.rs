//! Where one can go: a rail beside the page, on phones a bar below it.

use leptos_router::hooks::use_location;

use super::user_menu::UserMenu;
use crate::{
    texts::shell,
    ui::{
        chunks::prefetch,
        components::{Icon, Pending},
        prelude::*,
        state::session::use_session,
    },
};

#[component]
pub(crate) fn Navigation() -> impl IntoView {
    let session = use_session();
    view! {
        <header class="nav">
            <a class="nav__brand" href="/inbox" aria-label="Parlance"><Icon name="logo" /></a>
            <nav class="nav__places" aria-label=shell::main()>
                <NavItem href="/inbox" icon="inbox" label=shell::inbox() />
                <NavItem href="/contacts" icon="user" label=shell::contacts() />
                <NavItem href="/chatbots" icon="bot" label=shell::chatbots() />
                <NavItem href="/integrations" icon="plug" label=shell::integrations() />
                <Pending>
                    {move || {
                        session.sandbox().then(|| view! { <NavItem href="/sandbox" icon="phone" label=shell::sandbox() /> })
                    }}
                </Pending>
            </nav>
            <div class="nav__settings"><NavItem href="/settings" icon="settings" label=shell::settings() /></div>
            <UserMenu />
        </header>
    }
}

#[component]
fn NavItem(href: &'static str, icon: &'static str, label: &'static str) -> impl IntoView {
    let path = use_location().pathname;
    let current =
        Memo::new(move |_| path.with(|p| p.strip_prefix(href).is_some_and(|r| r.is_empty() || r.starts_with('/'))));
    view! {
        <a
            class="nav__item"
            href=href
            aria-current=move || current.get().then_some("page")
            // Prefetched on hover, so that the page is loaded when it is pressed.
            on:pointerenter=move |_| prefetch(href)
            on:focus=move |_| prefetch(href)
        >
            <Icon name=icon />
            <span class="nav__label">{label}</span>
        </a>
    }
}
