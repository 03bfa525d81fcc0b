//! A webhook as it came, for owners: it holds whole phone numbers and texts.

use crate::{
    api::whatsapp::event_log::get_delivery_body,
    domain::ids::{DeliveryId, IntegrationId},
    texts::integrations,
    ui::{
        components::{Dialog, ErrorPanel, Pending, Skeleton},
        prelude::*,
        state::{data::load, guard::guarded},
    },
};

#[component]
pub(super) fn DeliveryBodyDialog(
    id: IntegrationId,
    /// The delivery that is shown.
    shown: RwSignal<Option<DeliveryId>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    effect(move || {
        if shown.get().is_some() {
            open.set(true);
        }
    });
    effect(move || {
        if !open.get() {
            shown.set(None);
        }
    });
    view! {
        <Dialog open=open title=integrations::body_title() wide=true>
            {shown.get_untracked().map(|delivery_id| view! { <Body id=id delivery_id=delivery_id /> })}
        </Dialog>
    }
}

#[component]
fn Body(id: IntegrationId, delivery_id: DeliveryId) -> impl IntoView {
    let body = load(|| (), move |()| guarded(get_delivery_body(id, delivery_id)));
    view! {
        <Pending fallback=|| view! { <Skeleton shape="rows" count=3 /> }>
            {move || body.get().map(|body| match body {
                Err(error) => view! { <ErrorPanel error=error /> },
                Ok(body) => view! {
                    <pre class="raw" tabindex="0" aria-label=integrations::body() role="region">{body.body}</pre>
                    {body.truncated.then(|| view! { <p class="card__small">{integrations::goes_on()}</p> })}
                },
            })}
        </Pending>
    }
}
