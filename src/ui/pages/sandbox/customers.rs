//! The simulated customers of a number.

use crate::{
    domain::{ids::CustomerId, sandbox::SandboxCustomer},
    texts::sandbox,
    ui::{
        components::{Avatar, Each},
        prelude::*,
    },
};

#[component]
pub(super) fn Customers(
    customers: Memo<Vec<SandboxCustomer>>,
    current: Memo<Option<CustomerId>>,
    /// Gets the one that is chosen.
    wanted: RwSignal<Option<CustomerId>>,
) -> impl IntoView {
    view! {
        <ul class="customers" aria-label=sandbox::customers()>
            <Each each=move || customers.get() key=key let:customer>
                <li>
                    <button
                        class="customer"
                        type="button"
                        aria-pressed=move || if current.get() == Some(customer.id) { "true" } else { "false" }
                        on:click=move |_| wanted.set(Some(customer.id))
                    >
                        <Avatar name=customer.name.clone() />
                        <span class="customer__words">
                            <span class="customer__name" dir="auto">{customer.name.clone()}</span>
                            <span class="customer__small numeric" dir="auto">
                                {customer.phone.clone().unwrap_or_else(|| sandbox::phone_hidden().to_owned())}
                            </span>
                        </span>
                    </button>
                </li>
            </Each>
        </ul>
    }
}

/// Everything that a row shows: what changed is a new row.
fn key(customer: &SandboxCustomer) -> String {
    format!("{} {} {}", customer.id, customer.name, customer.phone.as_deref().unwrap_or_default())
}
