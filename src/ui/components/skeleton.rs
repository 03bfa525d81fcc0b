//! The shape of what is about to come.

use crate::{texts::shell, ui::prelude::*};

#[component]
pub(crate) fn Skeleton(
    /// `rows` for lists, `cards` for cards, `bubbles` for a thread.
    shape: &'static str,
    #[prop(default = 4)] count: u8,
) -> impl IntoView {
    let parts = (0..count).map(|_| view! { <span class="skeleton__part"></span> }).collect_view();
    view! {
        <div class="skeleton" data-shape=shape>
            <span class="visually-hidden" role="status">{shell::loading()}</span>
            {parts}
        </div>
    }
}
