//! Light, dark, or what the system says. Kept in a cookie, so that the server renders it right at once.

use super::Icon;
use crate::{
    texts::{Words, shell},
    ui::{browser, prelude::*},
};

const CHOICES: [(&str, Words, &str); 3] =
    [("light", shell::light, "sun"), ("dark", shell::dark, "moon"), ("", shell::system, "monitor")];

#[component]
pub(crate) fn ThemeSwitch() -> impl IntoView {
    // The root element knows; on the server nothing is marked, the browser does it once it is alive.
    let theme = RwSignal::new(None::<String>);
    effect(move || theme.set(Some(browser::root_mark("data-theme").unwrap_or_default())));
    let choose = move |value: &'static str| {
        browser::set_cookie("theme", value);
        browser::mark_root("data-theme", (!value.is_empty()).then_some(value));
        theme.set(Some(value.to_owned()));
    };
    let buttons = CHOICES
        .into_iter()
        .map(|(value, label, icon)| {
            let pressed = move || theme.with(|t| t.as_deref() == Some(value));
            view! {
                <button
                    class="segment"
                    type="button"
                    aria-pressed=move || if pressed() { "true" } else { "false" }
                    on:click=move |_| choose(value)
                >
                    <Icon name=icon />
                    <span>{label()}</span>
                </button>
            }
        })
        .collect_view();
    view! { <div class="segments" role="group" aria-label=shell::theme()>{buttons}</div> }
}
