//! What is known of a connection: the number, how Meta rates it, and what went in and out.

use crate::{
    domain::{
        Millis,
        integration::{Ability, COUNT_MAX, Integration, Provider},
        text::grouped,
    },
    ui::{
        components::{Icon, Moment},
        prelude::*,
    },
};

#[component]
pub(super) fn Facts(integration: Memo<Option<Integration>>) -> impl IntoView {
    view! { {move || integration.get().map(facts)} }
}

fn facts(i: Integration) -> AnyView {
    let sandbox = i.provider == Provider::Sandbox;
    let number = i.display_phone_number.unwrap_or_else(|| "Not known yet".to_owned());
    let health = i.health;
    let limit = health.messaging_limit_label();
    let ability = match health.ability {
        Some(Ability::Limited) => Some("With limits"),
        Some(Ability::Blocked) => Some("No"),
        Some(Ability::Available) | None => None,
    };
    let token = (!sandbox).then(|| match health.token_expires_at {
        Some(at) => view! { <Moment at=at /> },
        None => "Not limited, or not known".into_any(),
    });
    view! {
        <dl class="facts integration__facts">
            {fact("Number", number.into_any())}
            {i.verified_name.map(|name| fact("Verified name", name.into_any()))}
            {fact("Last message in", moment(i.last_inbound_at))}
            {fact("Last message out", moment(i.last_outbound_at))}
            {fact("Waiting to be sent", many(health.queued).into_any())}
            {fact("Failed in 24 hours", many(health.failed).into_any())}
        </dl>
        <details class="disclosure">
            <summary>"More about this number"</summary>
            <dl class="facts integration__facts">
                {fact("Last webhook", moment(i.last_webhook_at))}
                {health.quality.map(|quality| fact("Quality rating", quality.label().into_any()))}
                {limit.map(|limit| fact("Messaging limit", limit.into_any()))}
                {ability.map(|ability| fact("May send", ability.into_any()))}
                {token.map(|token| fact("Token valid until", token))}
                {fact("Graph API", health.graph_version.into_any())}
                {fact("Meta was asked", moment(health.checked_at))}
                {fact("Connected since", moment(Some(i.created_at)))}
            </dl>
        </details>
        {sandbox.then(|| view! { <p><a class="button" href="/sandbox"><Icon name="phone" /><span>"Open the sandbox phone"</span></a></p> })}
    }
}

fn fact(term: &'static str, what: AnyView) -> AnyView {
    view! { <div><dt>{term}</dt><dd class="numeric" dir="auto">{what}</dd></div> }
}

fn moment(at: Option<Millis>) -> AnyView {
    match at {
        Some(at) => view! { <Moment at=at /> },
        None => "Never".into_any(),
    }
}

/// Nobody counts further than that.
fn many(count: i64) -> String {
    if count >= COUNT_MAX { format!("{} or more", grouped(COUNT_MAX)) } else { grouped(count) }
}
