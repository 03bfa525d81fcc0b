//! A value with a button that copies it.

use crate::ui::{components::CopyButton, prelude::*};

#[component]
pub(super) fn CopyLine(label: &'static str, copy: &'static str, copied: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="copy-line">
            <span class="copy-line__label">{label}</span>
            <code class="copy-line__value">{value.clone()}</code>
            <CopyButton value=value label=copy copied=copied />
        </div>
    }
}
