//! What integrations need without anybody asking: a look at their health, and the end of what was left undone.

use uuid::Uuid;

use super::{
    activation::withdraw_stale,
    entry::Entered,
    removal::go_on_erasing,
    testing::{findings, subject, write_down},
};
use crate::{
    domain::{
        Millis,
        integration::{Ability, Check},
    },
    server::{
        error::Result,
        pipeline::writer::Priority,
        service::credentials,
        state::AppState,
        store::{
            integration,
            integration::{Findings, IntegrationRow},
        },
        whatsapp::{
            connection::{self, Facts, Outcome},
            errors,
        },
    },
};

/// An error this young is not waved away by a check: what a send ran into need not show when Meta is asked, and an
/// integration that starts and stops every second helps nobody.
const FRESH_ERROR: Millis = 5 * 60 * 1000;

/// How far back a message that failed for the sake of the whole channel speaks against it.
const EVIDENCE: Millis = 60 * 60 * 1000;

/// Once a minute: answers that waited too long are withdrawn, held ones let go, deleted integrations erased.
///
/// # Errors
/// When the database is away.
pub async fn keep_up(state: &AppState) -> Result<()> {
    withdraw_stale(state, None).await?;
    let now = state.now();
    let input = (now - state.config.answer_freshness, now);
    let released = state
        .writer
        .write(Priority::Bulk, Uuid::nil(), input, |conn, (fresh_since, now)| {
            Box::pin(integration::release_held(conn, None, *fresh_since, *now))
        })
        .await?;
    if released > 0 {
        state.signals.answer.notify_one();
    }
    go_on_erasing(state).await
}

/// Looks at one integration with few calls, and writes down what changed.
///
/// # Errors
/// When the database is away or its secrets do not open.
pub async fn watch(state: &AppState, workspace_id: Uuid, id: Uuid) -> Result<()> {
    let row = integration::find(&mut state.store.read().await?, workspace_id, id).await?;
    let Some(row) = row else { return Ok(()) };
    let opened = credentials::open(state, &row)?;
    let subject = subject(state, &Entered::of_saved(&row, &opened), None);
    let outcome = connection::look(&state.graph, &subject).await;
    for key in [Check::Token, Check::Number] {
        if let Some(step) = outcome.report.step(key).filter(|s| s.problem.is_some()) {
            let meta = step.meta.as_ref();
            tracing::warn!(
                integration_id = %id, step = key.as_str(), problem = step.problem, code = meta.map(|m| m.code),
                trace_id = meta.and_then(|m| m.trace_id.as_deref()), "A check of an integration found something"
            );
        }
    }
    let trouble = match outcome.facts.hindrance.clone().filter(|_| outcome.facts.trouble.is_none()) {
        Some(hindrance) => stops(state, &row, &outcome.facts).await?.then_some(hindrance),
        None => None,
    };
    let outcome =
        Outcome { facts: Facts { trouble: outcome.facts.trouble.clone().or(trouble), ..outcome.facts }, ..outcome };
    // A look proves nothing about the deployment-wide app.
    let found = Findings { app_proven: None, ..findings(outcome.facts, None) };
    write_down(state, &row, found, state.now() - FRESH_ERROR).await
}

/// Whether what Meta says of a number that it limits or blocks is why messages fail. Without such failures it goes on: many
/// numbers are limited in what they begin, and answer all the same. One that is stopped stays so while it is blocked.
async fn stops(state: &AppState, row: &IntegrationRow, facts: &Facts) -> Result<bool> {
    if row.error_reason.is_some() && facts.ability == Some(Ability::Blocked) {
        return Ok(true);
    }
    let since = state.now() - EVIDENCE;
    let failed = integration::list_failures(&mut state.store.read().await?, row.workspace_id, row.id, since).await?;
    Ok(failed.into_iter().any(errors::concerns_channel))
}
