//! The name that people give a contact, and the values of the workspace's own fields.

use leptos::ev::SubmitEvent;

use crate::{
    api::contacts::update_contact,
    domain::contact::record::{Contact, ContactField, CustomValue, FieldKind},
    texts::{contacts, shell},
    ui::{
        components::{Button, ButtonKind, ErrorPanel, Field},
        prelude::*,
        state::{toasts::use_toasts, unsaved::hold, work::Work},
    },
};

#[component]
pub(super) fn About(
    contact: Contact,
    fields: Vec<ContactField>,
    /// The name at the top of the page.
    name: RwSignal<String>,
) -> impl IntoView {
    let id = contact.id;
    let typed = RwSignal::new(contact.name.clone());
    let values: Vec<(ContactField, RwSignal<String>)> = fields
        .into_iter()
        .map(|field| {
            let value = contact.custom.iter().find(|value| value.key == field.key).map(|value| value.value.clone());
            (field, RwSignal::new(value.unwrap_or_default()))
        })
        .collect();
    let stored = StoredValue::new(all(typed, &values));
    let inputs = StoredValue::new(values.clone());
    hold(move || inputs.with_value(|inputs| all_now(typed, inputs)) != stored.get_value());
    let (work, toasts) = (Work::new(), use_toasts());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let (name_now, custom) = inputs.with_value(|inputs| changed(typed, inputs, &stored.get_value()));
        work.run(update_contact(id, name_now, Some(custom)), move |saved| {
            name.set(saved.name.clone());
            typed.set(saved.name);
            inputs.with_value(|inputs| {
                for (field, value) in inputs {
                    let now = saved.custom.iter().find(|now| now.key == field.key).map(|now| now.value.clone());
                    value.set(now.unwrap_or_default());
                }
                stored.set_value(all(typed, inputs));
            });
            toasts.success(contacts::saved());
        });
    };
    view! {
        <section class="panel" aria-labelledby="contact-about">
            <h2 class="panel__title" id="contact-about">{contacts::about()}</h2>
            <form class="form" on:submit=submit>
                <Field id="contact-name" label=contacts::name() value=typed hint=contacts::name_hint() error=work.field_error("name") />
                {values.into_iter().map(|(field, value)| view! { <CustomInput field=field value=value /> }).collect_view()}
                {move || work.error_beside(&["name"]).get().map(|error| view! { <ErrorPanel error=error /> })}
                <div><Button label=shell::save() kind=ButtonKind::Primary submit=true busy=work.busy() /></div>
            </form>
        </section>
    }
}

/// The name and the values that are not as they were stored: what colleagues change meanwhile stays theirs.
fn changed(
    name: RwSignal<String>,
    values: &[(ContactField, RwSignal<String>)],
    stored: &[String],
) -> (Option<String>, Vec<CustomValue>) {
    let name = Some(name.get_untracked()).filter(|name| stored.first() != Some(name));
    let values = values.iter().zip(stored.iter().skip(1));
    let values = values.filter(|((_, value), stored)| value.get_untracked() != **stored);
    let given = |((field, value), _): (&(ContactField, RwSignal<String>), &String)| CustomValue {
        key: field.key.clone(),
        value: value.get_untracked(),
    };
    (name, values.map(given).collect())
}

/// What stands in the form.
fn all(name: RwSignal<String>, values: &[(ContactField, RwSignal<String>)]) -> Vec<String> {
    let mut all = vec![name.get_untracked()];
    all.extend(values.iter().map(|(_, value)| value.get_untracked()));
    all
}

/// The same, heard of when it changes.
fn all_now(name: RwSignal<String>, values: &[(ContactField, RwSignal<String>)]) -> Vec<String> {
    let mut all = vec![name.get()];
    all.extend(values.iter().map(|(_, value)| value.get()));
    all
}

#[component]
fn CustomInput(field: ContactField, value: RwSignal<String>) -> impl IntoView {
    let id = format!("field-{}", field.key);
    let input = if field.kind == FieldKind::Choice {
        // One that is no choice any more is shown until it is changed.
        let mut choices = field.choices;
        let now = value.get_untracked();
        if !now.is_empty() && !choices.contains(&now) {
            choices.push(now);
        }
        choices.insert(0, String::new());
        let options = choices
            .into_iter()
            .map(|choice| {
                let own = choice.clone();
                let label = if choice.is_empty() { contacts::none().to_owned() } else { choice.clone() };
                view! { <option value=choice selected=move || value.with(|v| *v == own)>{label}</option> }
            })
            .collect_view();
        view! {
            <select id=id.clone() class="input input--select" on:change=move |event| value.set(event_target_value(&event))>
                {options}
            </select>
        }
    } else {
        view! {
            <input
                id=id.clone()
                class="input"
                type=if field.kind == FieldKind::Date { "date" } else { "text" }
                inputmode=(field.kind == FieldKind::Number).then_some("decimal")
                autocomplete="off"
                dir="auto"
                value=value.get_untracked()
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        }
    };
    view! {
        <div class="field">
            <label class="field__label" for=id dir="auto">{field.label}</label>
            <div class="field__line">{input}</div>
        </div>
    }
}
