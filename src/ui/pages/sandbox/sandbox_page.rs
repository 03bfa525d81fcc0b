//! The simulated numbers, their customers, and the phone of one of them.

use leptos_meta::Title;

use super::{add_customer::AddCustomer, customers::Customers, phone::Phone};
use crate::{
    api::sandbox::get_sandbox_overview,
    domain::{
        ids::CustomerId,
        sandbox::{SandboxCustomer, SandboxNumber, SandboxOverview},
    },
    texts::sandbox,
    ui::{
        components::{EmptyState, ErrorPanel, Pending, Select, Skeleton},
        live::{Hidden, follow},
        prelude::*,
        state::{
            data::{Data, derived, load},
            guard::guarded,
        },
    },
};

#[component]
pub(crate) fn SandboxPage() -> impl IntoView {
    let version = RwSignal::new(0_u32);
    follow(
        "/api/v1/sandbox/events",
        Hidden::Closes,
        Callback::new(move |_| {
            version.try_update(|v| *v = v.wrapping_add(1));
        }),
    );
    let overview = load(move || version.get(), |_| guarded(get_sandbox_overview()));
    view! {
        <Title text=sandbox::title() />
        <div class="page">
            <header class="page__head">
                <div>
                    <h1 class="page__title">{sandbox::title()}</h1>
                    <p class="page__lead">{sandbox::lead()}</p>
                </div>
            </header>
            <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
                <Outcome overview=overview version=version />
            </Pending>
        </div>
    }
}

#[component]
fn Outcome(overview: Data<SandboxOverview>, version: RwSignal<u32>) -> impl IntoView {
    // What reads a resource has to be made below the Transition, or the server would not wait for it.
    let state = derived(move |_| {
        overview.with(|o| o.as_ref().map(|o| o.as_ref().map(|o| o.numbers.is_empty()).map_err(Clone::clone)))
    });
    let numbers = derived(move |_| overview.get().and_then(Result::ok).map(|o| o.numbers).unwrap_or_default());
    let customers = derived(move |_| overview.get().and_then(Result::ok).map(|o| o.customers).unwrap_or_default());
    let outcome = move || {
        state.get().map(|state| match state {
            Err(error) => view! { <ErrorPanel error=error on_retry=move || overview.refetch() /> },
            Ok(true) => view! {
                <EmptyState
                    icon="phone"
                    title=sandbox::no_number()
                    text=sandbox::no_number_text()
                >
                    <a class="button button--primary" href="/integrations">{sandbox::to_integrations()}</a>
                </EmptyState>
            },
            Ok(false) => view! {
                <Phones numbers=numbers customers=customers version=version on_change=move || overview.refetch() />
            },
        })
    };
    view! { {move || outcome()} }
}

#[component]
fn Phones(
    numbers: Signal<Vec<SandboxNumber>>,
    customers: Signal<Vec<SandboxCustomer>>,
    /// Grows whenever something happened on a phone.
    version: RwSignal<u32>,
    #[prop(into)] on_change: Callback<()>,
) -> impl IntoView {
    let number = RwSignal::new(String::new());
    let wanted = RwSignal::new(None::<CustomerId>);
    // The first number and its first customer until the person chooses.
    let current_number = Memo::new(move |_| {
        let chosen = number.get();
        numbers.with(|n| n.iter().find(|n| n.phone_number_id == chosen).or_else(|| n.first()).cloned())
    });
    let here = Memo::new(move |_| {
        let id = current_number.get().map(|n| n.phone_number_id).unwrap_or_default();
        customers.with(|c| c.iter().filter(|c| c.phone_number_id == id).cloned().collect::<Vec<_>>())
    });
    let current = Memo::new(move |_| {
        let wanted = wanted.get();
        here.with(|c| c.iter().find(|c| Some(c.id) == wanted).or_else(|| c.first()).map(|c| c.id))
    });
    let options = Signal::derive(move || {
        numbers.with(|n| n.iter().map(|n| (n.phone_number_id.clone(), label(n))).collect::<Vec<_>>())
    });
    let number_id = Signal::derive(move || current_number.get().map(|n| n.phone_number_id).unwrap_or_default());
    let added = Callback::new(move |customer: SandboxCustomer| {
        wanted.set(Some(customer.id));
        on_change.run(());
    });
    view! {
        <div class="sandbox">
            <div class="sandbox__side">
                <Select id="number" label=sandbox::number() value=number options=options />
                {move || current_number.get().filter(|n| !n.connected).map(|_| view! {
                    <p class="notice" data-tone="waiting">{sandbox::no_webhook()}</p>
                })}
                <Customers customers=here current=current wanted=wanted />
                <AddCustomer number=number_id on_added=added />
            </div>
            {move || match current.get() {
                Some(id) => view! { <Phone customer_id=id business=current_number version=version /> },
                None => view! {
                    <EmptyState icon="user" title=sandbox::no_customer() text=sandbox::no_customer_text() />
                },
            }}
        </div>
    }
}

fn label(number: &SandboxNumber) -> String {
    format!("{} · {}", number.verified_name, number.display_phone_number)
}
