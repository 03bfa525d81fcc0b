//! A choice among a few things, on the browser's own `<select>`.

use crate::ui::prelude::*;

#[component]
pub(crate) fn Select(
    /// Unique on the page.
    id: &'static str,
    label: &'static str,
    /// The chosen value.
    value: RwSignal<String>,
    /// Pairs of value and label.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    #[prop(optional)] hint: Option<&'static str>,
) -> impl IntoView {
    let items = move || {
        options
            .get()
            .into_iter()
            .map(|(key, text)| {
                let own = key.clone();
                view! { <option value=key selected=move || value.with(|v| *v == own)>{text}</option> }
            })
            .collect_view()
    };
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <select id=id name=id class="input input--select" on:change=move |event| value.set(event_target_value(&event))>
                {move || items()}
            </select>
            {hint.map(|hint| view! { <p class="field__hint">{hint}</p> })}
        </div>
    }
}
