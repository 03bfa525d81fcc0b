//! What is wrong with a connection, or will be soon, each with the one thing to do about it.

use uuid::Uuid;

use super::{console, desk::Errand, entry_form::ConsoleLink};
use crate::{
    domain::{
        Millis,
        integration::{Integration, IntegrationStatus, Remedy},
        text::count,
    },
    ui::{
        components::{Button, Icon, Moment},
        prelude::*,
        state::clock::use_clock,
    },
};

/// What notices are about; they are built anew only when it changes.
#[derive(Clone, PartialEq)]
struct State {
    id: Uuid,
    status: IntegrationStatus,
    reason: Option<String>,
    action: Option<String>,
    remedy: Option<Remedy>,
    rejected: i64,
    rejected_at: Option<Millis>,
    dead_letters: i64,
    dead_letter_reason: Option<String>,
    token_expires_at: Option<Millis>,
    unreachable_since: Option<Millis>,
    kept_back_since: Option<Millis>,
}

impl State {
    fn of(i: &Integration) -> Self {
        Self {
            id: i.id,
            status: i.status,
            reason: i.status_reason.clone(),
            action: i.status_action.clone(),
            remedy: i.status_remedy,
            rejected: i.health.rejected,
            rejected_at: i.rejected_at,
            dead_letters: i.health.dead_letters,
            dead_letter_reason: i.health.dead_letter_reason.clone(),
            token_expires_at: i.health.token_expires_at,
            unreachable_since: i.health.unreachable_since,
            kept_back_since: i.health.kept_back_since,
        }
    }
}

#[component]
pub(super) fn Notices(
    integration: Memo<Option<Integration>>,
    manages: Signal<bool>,
    on_manage: Callback<Errand>,
) -> impl IntoView {
    let clock = use_clock();
    let state = Memo::new(move |_| integration.with(|i| i.as_ref().map(State::of)));
    // The server does not know what the reader's clock says.
    let ends_soon = Memo::new(move |_| {
        let now = clock.now()?;
        integration.with(|i| i.as_ref().is_some_and(|i| i.health.token_ends_soon(now))).then_some(())
    });
    let button = move |remedy: Remedy| {
        let mend = move || on_manage.run(Errand::Mend(remedy, None));
        match remedy {
            Remedy::Wait => None,
            Remedy::OpenMeta => {
                Some(view! { <ConsoleLink href=console::WHATSAPP_MANAGER.to_owned() label="Open WhatsApp Manager" /> })
            }
            _ => Some(view! { <Button label=remedy.label() on_press=mend /> }),
        }
        .filter(|_| manages.get())
    };
    let notices = move |state: State| {
        let remedy = state.remedy;
        view! {
            {state.reason.map(|reason| view! {
                <div class="notice" data-tone="bad">
                    <Icon name="alert" />
                    <div class="notice__words"><p><strong>{reason}</strong> " " {state.action}</p>{move || remedy.and_then(button)}</div>
                </div>
            })}
            {state.unreachable_since.map(|at| view! {
                <div class="notice" data-tone="bad">
                    <Icon name="alert" />
                    <div class="notice__words">
                        <p>
                            <strong>"Meta cannot be reached from this server, since " <Moment at=at /> "."</strong>
                            " What is to be sent waits, and goes out by itself when Meta can be reached within the customer’s 24 hours. Check the server’s network, DNS and proxy."
                        </p>
                        {move || button(Remedy::CheckNetwork)}
                    </div>
                </div>
            })}
            {state.kept_back_since.map(|at| view! {
                <div class="notice" data-tone="bad">
                    <Icon name="alert" />
                    <div class="notice__words">
                        <p>
                            <strong>"Meta last confirmed that this number is yours " <Moment at=at /> "."</strong>
                            " What comes in on the callback of this server’s own app is kept back until it does so again, for 30 days. Test the connection."
                        </p>
                        {move || button(Remedy::CheckNetwork)}
                    </div>
                </div>
            })}
            {(state.status == IntegrationStatus::Inactive).then(|| view! {
                <div class="notice"><Icon name="ban" /><p>"Messages are kept as they arrive; nothing is answered or sent."</p></div>
            })}
            {(state.rejected > 0).then(|| view! {
                <div class="notice" data-tone="waiting">
                    <Icon name="alert" />
                    <div class="notice__words">
                        <p>
                            <strong>{count(state.rejected, "delivery")} " rejected: wrong signature"</strong>
                            {state.rejected_at.map(|at| view! { ", last " <Moment at=at /> })}
                            ". Compare the app secret with the one in Meta’s console."
                        </p>
                        {move || button(Remedy::ReplaceSecret)}
                    </div>
                </div>
            })}
            {(state.dead_letters > 0).then(|| {
                let log = format!("/integrations/{}/events", state.id);
                view! {
                    <div class="notice" data-tone="waiting">
                        <Icon name="alert" />
                        <p>
                            <strong>{count(state.dead_letters, "item")} " could not be stored."</strong> " "
                            {state.dead_letter_reason.map(|reason| view! { "The newest: " {reason} ". " })}
                            {move || manages.get().then(|| view! { <a href=log.clone()>"See the event log"</a> })}
                        </p>
                    </div>
                }
            })}
        }
    };
    let expiry = move || {
        ends_soon.get()?;
        let at = state.with(|s| s.as_ref().and_then(|s| s.token_expires_at))?;
        let ended = clock.now().is_some_and(|now| at <= now);
        Some(view! {
            <div class="notice" data-tone="waiting">
                <Icon name="clock" />
                <div class="notice__words">
                    <p><strong>{if ended { "The access token ended: " } else { "The access token ends: " }} <Moment at=at /></strong> ". Replace it with a permanent one of a System User."</p>
                    {move || button(Remedy::ReplaceToken)}
                </div>
            </div>
        })
    };
    view! {
        {move || state.get().map(notices)}
        {expiry}
    }
}
