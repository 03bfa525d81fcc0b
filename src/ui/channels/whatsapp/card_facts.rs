//! What is known of a connection: the number, how Meta rates it, and what went in and out.

use crate::{
    domain::{
        Millis,
        integration::{Ability, COUNT_MAX, Integration, Provider},
    },
    texts::{self, integrations, words},
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
    let number = i.display_phone_number.unwrap_or_else(|| integrations::not_known_yet().to_owned());
    let health = i.health;
    let limit = health.messaging_limit.as_deref().map(words::messaging_limit);
    let ability = match health.ability {
        Some(Ability::Limited) => Some(integrations::with_limits()),
        Some(Ability::Blocked) => Some(integrations::no()),
        Some(Ability::Available) | None => None,
    };
    let token = (!sandbox).then(|| match health.token_expires_at {
        Some(at) => view! { <Moment at=at /> },
        None => integrations::token_unlimited().into_any(),
    });
    view! {
        <dl class="facts integration__facts">
            {fact(integrations::number(), number.into_any())}
            {i.verified_name.map(|name| fact(integrations::verified_name(), name.into_any()))}
            {fact(integrations::last_in(), moment(i.last_inbound_at))}
            {fact(integrations::last_out(), moment(i.last_outbound_at))}
            {fact(integrations::queued(), many(health.queued).into_any())}
            {fact(integrations::failed(), many(health.failed).into_any())}
        </dl>
        <details class="disclosure">
            <summary>{integrations::more_about()}</summary>
            <dl class="facts integration__facts">
                {fact(integrations::last_webhook(), moment(i.last_webhook_at))}
                {health.quality.map(|quality| fact(integrations::quality(), words::quality(quality).into_any()))}
                {limit.map(|limit| fact(integrations::limit(), limit.into_any()))}
                {ability.map(|ability| fact(integrations::may_send(), ability.into_any()))}
                {token.map(|token| fact(integrations::token_until(), token))}
                {fact(integrations::graph_api(), health.graph_version.into_any())}
                {fact(integrations::asked(), moment(health.checked_at))}
                {fact(integrations::connected_since(), moment(Some(i.created_at)))}
            </dl>
        </details>
        {sandbox.then(|| view! { <p><a class="button" href="/sandbox"><Icon name="phone" /><span>{integrations::open_phone()}</span></a></p> })}
    }
}

fn fact(term: &'static str, what: AnyView) -> AnyView {
    view! { <div><dt>{term}</dt><dd class="numeric" dir="auto">{what}</dd></div> }
}

fn moment(at: Option<Millis>) -> AnyView {
    match at {
        Some(at) => view! { <Moment at=at /> },
        None => integrations::never().into_any(),
    }
}

/// Nobody counts further than that.
fn many(count: i64) -> String {
    if count >= COUNT_MAX { integrations::or_more(&texts::number(COUNT_MAX)) } else { texts::number(count) }
}
