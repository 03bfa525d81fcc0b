//! The way back to the page above. It goes back in the tab's history where that leads there, so that the browser's own button
//! does not lead here again.

use leptos::ev::MouseEvent;

use super::Icon;
use crate::ui::{browser, prelude::*};

#[component]
pub(crate) fn BackLink(
    #[prop(into)] href: Signal<String>,
    class: &'static str,
    label: &'static str,
    /// Shows the arrow alone; the label is read out.
    #[prop(optional)]
    icon_only: bool,
) -> impl IntoView {
    let press = move |event: MouseEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if !modified && browser::previous_page().is_some_and(|before| before == href.get_untracked()) {
            event.prevent_default();
            browser::go(-1);
        }
    };
    // The router reads `replace`: where the page above is not the one before, it takes the place of this one.
    view! {
        <a class=class href=move || href.get() prop:replace=true on:click=press>
            <Icon name="back" />
            <span class:visually-hidden=icon_only>{label}</span>
        </a>
    }
}
