//! Adds a customer with a phone to a simulated number.

use leptos::ev::SubmitEvent;

use crate::{
    api::sandbox::add_sandbox_customer,
    domain::sandbox::SandboxCustomer,
    texts::{sandbox, shell},
    ui::{
        components::{Button, ButtonKind, Dialog, ErrorPanel, Field},
        prelude::*,
        state::{
            unsaved::{hold, use_leave},
            work::Work,
        },
    },
};

#[component]
pub(super) fn AddCustomer(number: Signal<String>, on_added: Callback<SandboxCustomer>) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <Button label=sandbox::add_customer() icon="plus" on_press=move || open.set(true) />
        <Dialog open=open title=sandbox::add_title()>
            <AddForm number=number open=open on_added=on_added />
        </Dialog>
    }
}

#[component]
fn AddForm(number: Signal<String>, open: RwSignal<bool>, on_added: Callback<SandboxCustomer>) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let hide_phone = RwSignal::new(false);
    hold(move || name.with(|name| !name.trim().is_empty()));
    let leave = use_leave();
    let work = Work::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let call = add_sandbox_customer(number.get_untracked(), name.get_untracked(), hide_phone.get_untracked());
        work.run(call, move |customer| {
            open.set(false);
            on_added.run(customer);
        });
    };
    view! {
        <form class="form" on:submit=submit>
            <Field
                id="customer-name"
                label=sandbox::name()
                value=name
                hint=sandbox::name_hint()
                required=true
                autofocus=true
                error=work.field_error("name")
            />
            <div class="choice">
                <input
                    id="hide-phone"
                    type="checkbox"
                    aria-describedby="hide-phone-hint"
                    prop:checked=move || hide_phone.get()
                    on:change=move |event| hide_phone.set(event_target_checked(&event))
                />
                <div>
                    <label class="field__label" for="hide-phone">{sandbox::hide_phone()}</label>
                    <p class="field__hint" id="hide-phone-hint">{sandbox::hide_phone_hint()}</p>
                </div>
            </div>
            {move || work.error_beside(&["name"]).get().map(|error| view! { <ErrorPanel error=error /> })}
            <div class="dialog__actions">
                <Button label=shell::cancel() on_press=leave />
                <Button label=sandbox::add() kind=ButtonKind::Primary submit=true busy=work.busy() />
            </div>
        </form>
    }
}
