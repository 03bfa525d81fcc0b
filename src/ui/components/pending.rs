//! Waits for the data that is read inside: shows something else until it is there, and the old while it loads again.

use leptos::children::ViewFnOnce;

use crate::ui::prelude::*;

/// Leptos' `<Transition>`, compiled once and not for each kind of content.
#[component]
pub(crate) fn Pending(
    /// What is shown at first.
    #[prop(optional, into)]
    fallback: ViewFnOnce,
    children: Children,
) -> impl IntoView {
    view! { <Transition fallback=move || fallback.run()>{children()}</Transition> }
}
