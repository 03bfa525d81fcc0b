//! A line of input with its label, hint and error.

use super::Icon;
use crate::{texts::shell, ui::prelude::*};

#[component]
pub(crate) fn Field(
    /// Unique on the page.
    id: &'static str,
    label: &'static str,
    value: RwSignal<String>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] autofocus: bool,
    /// Called when the person leaves the field.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
    /// Stands behind the hint: where to find the value.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let error_id = format!("{id}-error");
    let has_hint = hint.is_some() || children.is_some();
    let described = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        move || match (has_hint, error.with(Option::is_some)) {
            (true, true) => Some(format!("{error_id} {hint_id}")),
            (false, true) => Some(error_id.clone()),
            (true, false) => Some(hint_id.clone()),
            (false, false) => None,
        }
    };
    let is_password = kind == "password";
    let shown = RwSignal::new(false);
    view! {
        <div class="field">
            <label class="field__label" for=id>{label}</label>
            <div class="field__line">
                <input
                    id=id
                    name=id
                    class="input"
                    type=move || if is_password && shown.get() { "text" } else { kind }
                    autocomplete=autocomplete.unwrap_or("off")
                    autocapitalize=if kind == "text" { "sentences" } else { "off" }
                    spellcheck=(kind != "text").then_some("false")
                    placeholder=placeholder
                    required=required
                    autofocus=autofocus
                    aria-describedby=described
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    // Also in the page as it comes, so that it is no other than the one that people will save.
                    value=value.get_untracked()
                    prop:value=move || value.get()
                    on:input=move |event| value.set(event_target_value(&event))
                    on:blur=move |_| {
                        if let Some(leave) = on_leave {
                            leave.run(());
                        }
                    }
                />
                {is_password
                    .then(|| {
                        view! {
                            <button
                                class="button button--quiet field__reveal"
                                type="button"
                                aria-controls=id
                                aria-pressed=move || if shown.get() { "true" } else { "false" }
                                on:click=move |_| shown.update(|s| *s = !*s)
                            >
                                {move || if shown.get() { shell::hide() } else { shell::show() }}
                            </button>
                        }
                    })}
            </div>
            <p class="field__error" id=error_id aria-live="polite">
                {move || {
                    error.get().map(|text| view! { <Icon name="alert" /><span>{text}</span> })
                }}
            </p>
            {has_hint.then(|| view! { <p class="field__hint" id=hint_id>{hint} {children.map(|c| view! { " " {c()} })}</p> })}
        </div>
    }
}
