//! A round sign for a person: the first letter of the name on one of a few quiet colours.

use crate::ui::prelude::*;

#[component]
pub(crate) fn Avatar(
    /// The name it stands for; it is not read out, because the name stands beside it.
    name: String,
) -> impl IntoView {
    // The style sheet makes it a capital: Rust's table of them is large.
    let letter = name.chars().find(|c| c.is_alphanumeric()).unwrap_or('?').to_string();
    let hue = name.bytes().fold(0_u8, |sum, b| sum.wrapping_mul(31).wrapping_add(b)) % 6;
    view! { <span class="avatar" data-hue=hue.to_string() aria-hidden="true">{letter}</span> }
}
