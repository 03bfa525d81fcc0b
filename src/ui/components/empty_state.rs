//! What stands where there is nothing yet: what this place is for, and the one next step.

use super::Icon;
use crate::ui::prelude::*;

#[component]
pub(crate) fn EmptyState(
    icon: &'static str,
    title: &'static str,
    text: &'static str,
    /// The next step: a button or link.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty-state">
            <span class="empty-state__icon"><Icon name=icon /></span>
            <h2 class="empty-state__title">{title}</h2>
            <p class="empty-state__text">{text}</p>
            {children.map(|c| view! { <div class="empty-state__action">{c()}</div> })}
        </div>
    }
}
