//! What is wrong with a connection, or will be soon, each with the one thing to do about it.

use super::{console, desk::Errand, entry_form::ConsoleLink};
use crate::{
    domain::{
        Millis,
        ids::IntegrationId,
        integration::{Integration, IntegrationStatus, Remedy},
    },
    texts::{integrations, words},
    ui::{
        components::{Button, Icon, Moment},
        prelude::*,
        state::clock::use_clock,
    },
};

/// What notices are about; they are rebuilt only when it changes.
#[derive(Clone, PartialEq)]
struct State {
    id: IntegrationId,
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
            Remedy::OpenMeta => Some(
                view! { <ConsoleLink href=console::WHATSAPP_MANAGER.to_owned() label=integrations::open_manager() /> },
            ),
            _ => Some(view! { <Button label=words::remedy(remedy) on_press=mend /> }),
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
                            <strong>{integrations::unreachable()} " " <Moment at=at /> "."</strong>
                            " " {integrations::unreachable_text()}
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
                            <strong>{integrations::kept_back()} " " <Moment at=at /> "."</strong>
                            " " {integrations::kept_back_text()}
                        </p>
                        {move || button(Remedy::CheckNetwork)}
                    </div>
                </div>
            })}
            {(state.status == IntegrationStatus::Inactive).then(|| view! {
                <div class="notice"><Icon name="ban" /><p>{integrations::inactive_text()}</p></div>
            })}
            {(state.rejected > 0).then(|| view! {
                <div class="notice" data-tone="waiting">
                    <Icon name="alert" />
                    <div class="notice__words">
                        <p>
                            <strong>{integrations::rejected(state.rejected)}</strong>
                            {state.rejected_at.map(|at| view! { ", " {integrations::rejected_last()} " " <Moment at=at /> })}
                            ". " {integrations::rejected_text()}
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
                            <strong>{integrations::not_stored(state.dead_letters)}</strong> " "
                            {state.dead_letter_reason.map(|reason| view! { {integrations::newest(&reason)} " " })}
                            {move || manages.get().then(|| view! { <a href=log.clone()>{integrations::see_log()}</a> })}
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
                    <p><strong>{if ended { integrations::token_ended() } else { integrations::token_ends() }} " " <Moment at=at /></strong> ". " {integrations::token_text()}</p>
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
