//! Where a chatbot is connected, in short.

use uuid::Uuid;

use crate::{
    api::integrations::list_integrations,
    ui::{
        components::{ErrorPanel, Pending, Skeleton},
        live::use_live,
        pages::integrations::StatusBadge,
        prelude::*,
        state::{data::load, guard::guarded},
    },
};

#[component]
pub(super) fn IntegrationsSummary(chatbot_id: Uuid) -> impl IntoView {
    let live = use_live();
    let integrations = load(move || live.integrations(), move |_| guarded(list_integrations(Some(chatbot_id))));
    view! {
        <section class="panel" aria-labelledby="summary-title">
            <h2 class="panel__title" id="summary-title">"Connected to"</h2>
            <Pending fallback=|| view! { <Skeleton shape="rows" count=1 /> }>
                {move || {
                    integrations.get().map(|found| match found {
                        Err(error) => view! { <ErrorPanel error=error on_retry=move || integrations.refetch() /> },
                        Ok(list) if list.is_empty() => {
                            view! { <p class="panel__note">"Not connected yet: nobody can reach it."</p> }
                        }
                        Ok(list) => view! {
                            <ul class="rows" aria-label="Integrations">
                                {list
                                    .into_iter()
                                    .map(|i| view! {
                                        <li class="row">
                                            <span class="row__words" dir="auto">{i.name}</span>
                                            <StatusBadge status=i.status />
                                        </li>
                                    })
                                    .collect_view()}
                            </ul>
                        },
                    })
                }}
            </Pending>
            <p><a class="button" href="/integrations">"Manage integrations"</a></p>
        </section>
    }
}
