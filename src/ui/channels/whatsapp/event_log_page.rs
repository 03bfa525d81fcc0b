//! What came in for an integration, and what became of it. It answers “the webhook is verified, but no messages come”.

use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{dead_letters::DeadLetters, deliveries::Deliveries};
use crate::{
    api::whatsapp::get_integration,
    domain::ids::IntegrationId,
    error::ApiError,
    texts::integrations,
    ui::{
        components::{BackLink, ErrorPanel, Pending, Skeleton},
        live::use_live,
        prelude::*,
        state::{
            data::{derived, load},
            guard::guarded,
        },
    },
};

#[component]
pub(crate) fn EventLogPage() -> impl IntoView {
    let params = use_params_map();
    // On the way to another page there is none; then it stays.
    let id = Memo::new(move |before: Option<&Option<IntegrationId>>| {
        params.with(|p| p.get_str("integration").map_or(before.copied().flatten(), |id| id.parse().ok()))
    });
    view! {
        <Title text=integrations::event_log() />
        <div class="page">
            <BackLink class="page__back" href="/integrations".to_owned() label=integrations::all() />
            {move || match id.get() {
                Some(id) => view! { <Log id=id /> },
                None => view! { <Head name=None /><ErrorPanel error=ApiError::not_found(integrations::the_integration()) /> },
            }}
        </div>
    }
}

#[component]
fn Head(name: Option<String>) -> impl IntoView {
    view! {
        <header class="page__head">
            <div>
                <h1 class="page__title">{integrations::event_log()}</h1>
                <p class="page__lead" dir="auto">{name}</p>
            </div>
        </header>
    }
}

#[component]
fn Log(id: IntegrationId) -> impl IntoView {
    let live = use_live();
    let integration = load(move || live.integrations_in_use(), move |_| guarded(get_integration(id)));
    view! {
        <Pending fallback=|| view! { <Skeleton shape="rows" /> }>
            {
                // The lists below keep what was loaded: they are built once, when it is known that there is something.
                let outcome = derived(move |_| integration.get().map(|found| found.map(|i| i.name)));
                move || outcome.get().map(|found| match found {
                    Err(error) => view! { <Head name=None /><ErrorPanel error=error on_retry=move || integration.refetch() /> },
                    Ok(name) => view! {
                        <Head name=Some(name) />
                        <div class="stack">
                            <DeadLetters id=id />
                            <Deliveries id=id />
                        </div>
                    },
                })
            }
        </Pending>
    }
}
