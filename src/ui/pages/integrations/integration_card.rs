//! One integration at a glance: is it connected, which number, what went in and out, what is wrong and what to do.

use super::{connected::CopyLine, status_badge::StatusBadge, target::Targets};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        integration::{Integration, Provider},
    },
    ui::{
        components::{Badge, Button, ButtonKind, ChannelIndicator, Icon, Moment, Tone},
        prelude::*,
    },
};

#[component]
pub(super) fn IntegrationCard(
    integration: Memo<Integration>,
    manages: Signal<bool>,
    targets: Targets,
) -> impl IntoView {
    view! {
        <li>
            <article class="card integration" aria-label=move || integration.with(|i| i.name.clone())>
                {move || body(integration.get())}
                // Apart from what changes live, or a press would lose its button and the focus with it.
                {move || {
                    manages.get().then(|| view! {
                        <footer class="integration__actions">
                            <Button label="Test" icon="refresh" on_press=move || integration.with_untracked(|i| targets.test(i)) />
                            <Button
                                label="Delete"
                                icon="trash"
                                kind=ButtonKind::Quiet
                                on_press=move || integration.with_untracked(|i| targets.delete(i))
                            />
                        </footer>
                    })
                }}
            </article>
        </li>
    }
}

fn body(i: Integration) -> AnyView {
    let sandbox = i.provider == Provider::Sandbox;
    let number = i.display_phone_number.clone().unwrap_or_else(|| "Not known yet".to_owned());
    let chatbot = format!("/chatbots/{}", i.chatbot_id);
    let details = view! {
        <div class="integration__lines">
            <CopyLine label="Callback URL" what="callback URL" value=i.callback_url.clone() />
            {i.verify_token.clone().map(|token| view! { <CopyLine label="Verify token" what="verify token" value=token /> })}
        </div>
    };
    view! {
        <header class="integration__head">
            <div class="integration__name">
                <h2 class="card__title" dir="auto">{i.name}</h2>
                <p class="card__small">"Answers: " <a href=chatbot dir="auto">{i.chatbot_name}</a></p>
            </div>
            <div class="cluster">
                <ChannelIndicator channel=Channel::Whatsapp />
                {sandbox.then(|| view! { <Badge tone=Tone::Accent icon="phone" text="Sandbox" /> })}
                <StatusBadge status=i.status />
            </div>
        </header>
        <Trouble reason=i.status_reason action=i.status_action />
        <Rejected count=i.rejected_count at=i.rejected_at />
        <dl class="facts">
            <div><dt>"Number"</dt><dd class="numeric">{number}</dd></div>
            <div><dt>"Last webhook"</dt><dd><Last at=i.last_webhook_at /></dd></div>
            <div><dt>"Last message in"</dt><dd><Last at=i.last_inbound_at /></dd></div>
            <div><dt>"Last message out"</dt><dd><Last at=i.last_outbound_at /></dd></div>
        </dl>
        {if sandbox {
            view! { <p><a class="button" href="/sandbox"><Icon name="phone" /><span>"Open the sandbox phone"</span></a></p> }
        } else {
            view! { <details class="disclosure"><summary>"Webhook settings for Meta’s console"</summary>{details}</details> }
        }}
    }
}

#[component]
fn Last(at: Option<Millis>) -> impl IntoView {
    match at {
        Some(at) => view! { <Moment at=at /> },
        None => "Never".into_any(),
    }
}

#[component]
fn Trouble(reason: Option<String>, action: Option<String>) -> impl IntoView {
    reason.map(|reason| {
        view! {
            <div class="notice" data-tone="bad">
                <Icon name="alert" />
                <p><strong>{reason}</strong> " " {action}</p>
            </div>
        }
    })
}

#[component]
fn Rejected(count: i64, at: Option<Millis>) -> impl IntoView {
    (count > 0).then(|| view! {
        <div class="notice" data-tone="waiting">
            <Icon name="alert" />
            <p>
                <strong>
                    {if count == 1 { "1 delivery was rejected".to_owned() } else { format!("{count} deliveries were rejected") }}
                </strong>
                " because the signature was wrong"
                {at.map(|at| view! { ", last " <Moment at=at /> })}
                ". Compare the app secret with the one in Meta’s console."
            </p>
        </div>
    })
}
