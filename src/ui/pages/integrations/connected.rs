//! What has to be entered in Meta's console once a number is connected.

use super::status_badge::StatusBadge;
use crate::{
    domain::integration::Integration,
    ui::{
        components::{Button, ButtonKind, CopyButton},
        prelude::*,
    },
};

/// A value with a button that copies it.
#[component]
pub(super) fn CopyLine(label: &'static str, what: &'static str, value: String) -> impl IntoView {
    view! {
        <div class="copy-line">
            <span class="copy-line__label">{label}</span>
            <code class="copy-line__value">{value.clone()}</code>
            <CopyButton value=value what=what />
        </div>
    }
}

#[component]
pub(super) fn Connected(integration: Integration, #[prop(into)] on_done: Callback<()>) -> impl IntoView {
    view! {
        <div class="stack">
            <p class="cluster"><StatusBadge status=integration.status /></p>
            {integration.status_reason.map(|reason| view! { <p class="notice" data-tone="bad">{reason} " " {integration.status_action}</p> })}
            <p>"Saved. One step is left, in Meta’s console: open WhatsApp → Configuration, press “Edit” at Webhook, and paste these two values. Then subscribe to the field “messages”."</p>
            <CopyLine label="Callback URL" what="callback URL" value=integration.callback_url />
            {integration.verify_token.map(|token| view! { <CopyLine label="Verify token" what="verify token" value=token /> })}
            <p>"After that, send a message to the number: the card turns to “Connected”."</p>
            <div class="dialog__actions">
                <Button label="Done" kind=ButtonKind::Primary on_press=on_done />
            </div>
        </div>
    }
}
