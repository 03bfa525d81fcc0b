//! The language of the pages. Kept in a cookie, so that the server writes in it at once; the page is reloaded in it.

use crate::{
    texts::{Language, current, shell},
    ui::{browser, prelude::*},
};

#[component]
pub(crate) fn LanguageSwitch() -> impl IntoView {
    let choose = |tag: &'static str| {
        browser::set_cookie(Language::COOKIE, tag);
        browser::reload();
    };
    let buttons = Language::ALL
        .into_iter()
        .map(|language| {
            let tag = language.tag();
            let pressed = if language == current() { "true" } else { "false" };
            view! {
                <button class="segment" type="button" lang=tag aria-pressed=pressed on:click=move |_| choose(tag)>
                    {language.name()}
                </button>
            }
        })
        .collect_view();
    view! { <div class="segments" role="group" aria-label=shell::language()>{buttons}</div> }
}
