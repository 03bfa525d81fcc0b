//! Several lines of input with label, hint and error.

use super::Icon;
use crate::{domain::text::html, ui::prelude::*};

#[component]
pub(crate) fn TextArea(
    /// Unique on the page.
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] hint: Option<&'static str>,
    #[prop(optional, into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let described = format!("{error_id} {hint_id}");
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <textarea
                id=id
                name=id
                class="input input--area"
                rows=rows.to_string()
                dir="auto"
                aria-describedby=described
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                // Also in the page as it comes. A first line break does not count in HTML, and a text child would carry a mark.
                inner_html=format!("\n{}", html(&value.get_untracked()))
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            <p class="field__error" id=error_id aria-live="polite">
                {move || error.get().map(|text| view! { <Icon name="alert" /><span>{text}</span> })}
            </p>
            <p class="field__hint" id=hint_id>{hint}</p>
        </div>
    }
}
