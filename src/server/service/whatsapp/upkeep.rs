//! Upkeep of integrations: health checks, and the completion of what was left undone.

use uuid::Uuid;

use super::{
    entry::Entered,
    settings,
    testing::{findings, prove, subject, write_down},
};
use crate::{
    domain::{
        Millis,
        ids::{DeadLetterId, DeliveryId},
        integration::{Ability, Check, Provider},
        principal::Principal,
    },
    server::{
        channel::whatsapp::{
            connection::{self, Facts, Subject, TestOutcome},
            errors,
        },
        error::Result,
        service::{Services, credentials, routing},
        store::{
            Conn, StoreResult, dead_letter, delivery,
            integration::{self, IntegrationRow},
        },
        writer::Priority,
    },
};

/// An error this young is not waved away by a check: what a send ran into need not show when Meta is asked, and an
/// integration that starts and stops every second helps nobody.
const FRESH_ERROR: Millis = 5 * 60 * 1000;

/// How far back a message that failed for the sake of the whole channel speaks against it.
const EVIDENCE: Millis = 60 * 60 * 1000;

/// Dead letters that are released in one transaction.
const CHUNK: i64 = 100;

/// Checks one integration with few calls, and stores what changed.
///
/// # Errors
/// When the database is unavailable or its secrets do not open.
pub(in crate::server::service) async fn watch(state: &Services, row: &IntegrationRow) -> Result<()> {
    let (workspace_id, id) = (row.workspace_id, row.id);
    let opened = credentials::open(state, row)?;
    let entered = Entered::of_saved(row, &opened);
    let subject = subject(state, &entered, None);
    let (outcome, token_is_of_app) = look(state, row, &entered, &subject).await;
    for key in [Check::Token, Check::Number] {
        if let Some(step) = outcome.report.step(key).filter(|s| s.problem.is_some()) {
            let meta = step.meta.as_ref();
            tracing::warn!(
                integration_id = %id, step = key.as_str(), problem = step.problem, code = meta.map(|m| m.code),
                trace_id = meta.and_then(|m| m.trace_id.as_deref()), "A check of an integration found something"
            );
        }
    }
    match outcome.facts.reached {
        Some(true) => state.reach.looked(workspace_id, id),
        Some(false) => drop(state.reach.lost(workspace_id, id, state.now())),
        None => {}
    }
    let trouble = match outcome.facts.hindrance.clone().filter(|_| outcome.facts.trouble.is_none()) {
        Some(hindrance) => stops(state, row, &outcome.facts).await?.then_some(hindrance),
        None => None,
    };
    let outcome =
        TestOutcome { facts: Facts { trouble: outcome.facts.trouble.clone().or(trouble), ..outcome.facts }, ..outcome };
    let found = findings(outcome.facts, token_is_of_app);
    write_down(state, Principal::System, row, found, state.now() - FRESH_ERROR).await
}

/// Asks Meta: with two calls, or a third about the account where it may have to renew the proof for the deployment-wide path.
/// With the outcome, whether the token is of the deployment-wide app.
async fn look(
    state: &Services,
    row: &IntegrationRow,
    entered: &Entered,
    subject: &Subject,
) -> (TestOutcome, Option<bool>) {
    let app = state.config.deployment_app.as_ref().filter(|_| row.provider == Provider::Cloud);
    let Some(app) = app else { return (connection::look(&state.channels.whatsapp, subject, false).await, None) };
    match &settings(row).app_id {
        Some(id) if *id != app.app_id => {
            (connection::look(&state.channels.whatsapp, subject, false).await, Some(false))
        }
        Some(_) => {
            let outcome = connection::look(&state.channels.whatsapp, subject, true).await;
            let of_app = outcome.facts.token_of_app;
            (outcome, of_app)
        }
        None => tokio::join!(connection::look(&state.channels.whatsapp, subject, true), prove(state, entered)),
    }
}

/// Items of the deployment-wide path that were nobody's when they came, and whose number Meta has confirmed since: their
/// deliveries are processed again, in which every item is stored once.
pub(in crate::server::service) async fn release_unclaimed(state: &Services) -> Result<()> {
    if state.config.deployment_app.is_none() {
        return Ok(());
    }
    loop {
        let since = routing::proofs_since(state);
        let letters = dead_letter::list_claimable(&mut state.store.read().await?, since, CHUNK).await?;
        if letters.is_empty() {
            return Ok(());
        }
        let released = state
            .writer
            .write(Priority::Bulk, Uuid::nil(), letters, |conn, letters| Box::pin(put_back(conn, letters)))
            .await?;
        state.signals.ingest.notify_one();
        if released == 0 || state.life.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// One that is being processed right now keeps its letter.
async fn put_back(conn: &mut Conn, letters: &[(DeadLetterId, DeliveryId)]) -> StoreResult<usize> {
    let mut released = 0;
    for (letter, delivery_id) in letters {
        if delivery::work_off_again(conn, *delivery_id).await? {
            dead_letter::delete_unclaimed(conn, *letter).await?;
            released += 1;
        }
    }
    Ok(released)
}

/// Whether what Meta says of a number that it limits or blocks is why messages fail. Without such failures it goes on: many
/// numbers are limited in what they begin, and answer all the same. One that is stopped stays so while it is blocked.
async fn stops(state: &Services, row: &IntegrationRow, facts: &Facts) -> Result<bool> {
    if row.error_reason.is_some() && facts.ability == Some(Ability::Blocked) {
        return Ok(true);
    }
    let since = state.now() - EVIDENCE;
    let failed = integration::list_failures(&mut state.store.read().await?, row.workspace_id, row.id, since).await?;
    Ok(failed.into_iter().any(errors::concerns_channel))
}
