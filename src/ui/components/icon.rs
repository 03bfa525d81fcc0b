//! A picture from the sprite `public/icons.svg`. It never speaks: the words stand beside it.

use crate::ui::prelude::*;

#[component]
pub(crate) fn Icon(
    /// The id of the symbol in the sprite.
    name: &'static str,
) -> impl IntoView {
    let href = format!("/icons.svg#{name}");
    view! { <svg class="icon" aria-hidden="true" focusable="false"><use href=href></use></svg> }
}
