//! A label, in its colour. Its name is always there: colour is never the only sign.

use crate::{domain::label::Label, ui::prelude::*};

#[component]
pub(crate) fn LabelTag(label: Label) -> impl IntoView {
    view! { <span class="label" data-colour=label.colour.as_str() dir="auto">{label.name}</span> }
}
