//! A picture from the sprite `icons.svg`, which is part of every document: so it is there without a line, and nothing
//! is asked for when another page or row is shown. It never speaks: the words stand beside it.

use crate::ui::prelude::*;

/// Only the server writes documents: the program carries no pictures.
const SPRITE: &str = if cfg!(feature = "ssr") { include_str!("icons.svg") } else { "" };

#[component]
pub(crate) fn Icon(
    /// The id of the symbol in the sprite.
    name: &'static str,
) -> impl IntoView {
    let href = format!("#icon-{name}");
    view! { <svg class="icon" aria-hidden="true" focusable="false"><use href=href></use></svg> }
}

/// All pictures, at the end of a document; not shown themselves.
#[component]
pub(crate) fn Icons() -> impl IntoView {
    view! { <div hidden inner_html=SPRITE></div> }
}
