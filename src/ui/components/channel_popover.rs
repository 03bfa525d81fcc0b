//! The channel of an open conversation. For WhatsApp it is a button: its popover asks the server by which integration the
//! conversation came, and how that is doing. Not for list rows, which are links themselves.

use leptos::task::spawn_local;

use super::{Badge, ChannelIndicator, ErrorPanel, Moment, Skeleton, StatusBadge, Tone};
use crate::{
    api::whatsapp::get_integration,
    domain::{
        channel::Channel,
        ids::IntegrationId,
        integration::{Integration, Provider},
    },
    error::ApiResult,
    texts::{inbox, words},
    ui::{prelude::*, state::guard::guarded},
};

#[component]
pub(crate) fn ChannelPopover(
    channel: Channel,
    /// The integration; none when it was deleted.
    integration_id: Option<IntegrationId>,
    /// Unique on the page.
    id: &'static str,
) -> impl IntoView {
    let Some(integration_id) = integration_id.filter(|_| channel == Channel::Whatsapp) else {
        return view! { <ChannelIndicator channel=channel /> };
    };
    let asked = RwSignal::new(false);
    let found = RwSignal::new(None::<ApiResult<Integration>>);
    // Asked again each time, because what matters is how it is now.
    let ask = move |_| {
        asked.set(true);
        spawn_local(async move {
            let answer = guarded(get_integration(integration_id)).await;
            found.try_set(Some(answer));
        });
    };
    view! {
        <button
            class="channel-button"
            type="button"
            popovertarget=id
            aria-label=inbox::about_channel(&words::channel(channel))
            on:click=ask
        >
            <ChannelIndicator channel=channel />
        </button>
        <div class="menu channel-popover" id=id popover="auto" role="group" aria-label=inbox::about_number()>
            {move || match found.get() {
                None => view! { {asked.get().then(|| view! { <Skeleton shape="rows" count=1 /> })} },
                Some(Err(error)) => view! { <ErrorPanel error=error /> },
                Some(Ok(integration)) => about(integration),
            }}
        </div>
    }
}

fn about(i: Integration) -> AnyView {
    let fact = |term: &'static str, what: AnyView| view! { <div><dt>{term}</dt><dd class="numeric" dir="auto">{what}</dd></div> };
    view! {
        <p class="channel-popover__name" dir="auto">{i.name}</p>
        <p class="cluster">
            <StatusBadge status=i.status />
            {(i.provider == Provider::Sandbox).then(|| view! { <Badge tone=Tone::Accent icon="phone" text=inbox::sandbox() /> })}
        </p>
        {i.status_reason.map(|reason| view! { <p class="channel-popover__trouble">{reason}</p> })}
        <dl class="facts facts--tall">
            {i.verified_name.map(|name| fact(inbox::verified_name(), name.into_any()))}
            {i.display_phone_number.map(|number| fact(inbox::number(), number.into_any()))}
            {i.health.quality.map(|quality| fact(inbox::quality(), words::quality(quality).into_any()))}
            {i.last_inbound_at.map(|at| fact(inbox::last_in(), view! { <Moment at=at /> }))}
            {(i.health.queued > 0).then(|| fact(inbox::queued(), inbox::count_messages(i.health.queued).into_any()))}
            {(i.health.failed > 0).then(|| fact(inbox::failed_recently(), inbox::count_messages(i.health.failed).into_any()))}
        </dl>
        <p><a href="/integrations">{inbox::all_integrations()}</a></p>
    }
}
