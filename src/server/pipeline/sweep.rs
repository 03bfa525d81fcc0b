//! The sweep, once a second: interrupted sends, early reports, idle conversations, clean-up by age.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;
use uuid::Uuid;

use super::{Pipeline, Progress, clock_jump, idle, release, status, wake};
use crate::{
    domain::{Millis, event::DomainEvent},
    server::{
        base::watch::Heartbeat,
        error::Result,
        service::{erasure, integration, label},
        store::{
            Conn, StoreResult, attempt, dead_letter, delivery, event, invitation, message::ExternalKey, queue, session,
            status as status_store, throttle,
        },
        writer::Priority,
    },
};

const EVERY: Duration = Duration::from_secs(1);
/// Clean-up runs once in this number of rounds.
const CLEAN_EVERY: u32 = 60;
const CHUNK: i64 = 500;
const DAY: Millis = 24 * 60 * 60 * 1000;
const PARKED: Millis = 7 * DAY;
const DELIVERIES: Millis = 30 * DAY;

/// Sweeps until the server stops.
pub async fn run(state: Pipeline, heartbeat: Arc<Heartbeat>) {
    let mut round: u32 = 0;
    while !state.life.shutdown.is_cancelled() {
        if let Err(error) = heartbeat.step(step(&state)).await {
            tracing::warn!(error = ?error, "A sweep did not finish");
        }
        if round.is_multiple_of(CLEAN_EVERY)
            && let Err(error) = clean(&state).await
        {
            tracing::warn!(error = ?error, "A clean-up did not finish");
        }
        state.credentials.flush_rejected(&state).await;
        round = round.wrapping_add(1);
        tokio::select! {
            () = sleep(EVERY) => {}
            () = state.life.shutdown.cancelled() => {}
        }
    }
    state.credentials.flush_rejected(&state).await;
    if let Err(error) = state.activity.flush(&state).await {
        tracing::warn!(error = ?error, "The last use of integrations was not written down");
    }
}

/// Once a minute: what integrations left undone. A round of its own, because erasing much of it takes its time.
pub async fn run_upkeep(state: Pipeline, _heartbeat: Arc<Heartbeat>) {
    while !state.life.shutdown.is_cancelled() {
        if let Err(error) = integration::keep_up(&state).await {
            tracing::warn!(error = ?error, "What integrations left undone waits");
        }
        if let Err(error) = erasure::go_on(&state).await {
            tracing::warn!(error = ?error, "What is to be erased waits");
        }
        if let Err(error) = label::go_on_deleting(&state).await {
            tracing::warn!(error = ?error, "Deleted labels wait to be taken off");
        }
        tokio::select! {
            () = sleep(EVERY * CLEAN_EVERY) => {}
            () = state.life.shutdown.cancelled() => {}
        }
    }
}

/// Settles interrupted sends, joins reports that arrived before their message's id was known, returns idle conversations to their
/// bots, and to the queue what somebody had who is gone.
///
/// # Errors
/// When the database is unavailable.
pub async fn step(state: &Pipeline) -> Result<Progress> {
    clock_jump::step(state).await?;
    let now = state.now();
    let noted = state.activity.flush(state).await.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "The last use of integrations was not written down");
        false
    });
    let reached = state.reach.flush(state).await.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "Whether the provider can be reached was not written down");
        false
    });
    let given_back = idle::step(state).await.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "Idle conversations were not given back");
        false
    });
    let released = release::step(state).await.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "What somebody had who is gone did not go back to the queue");
        false
    });
    let woken = wake::step(state).await.unwrap_or_else(|error| {
        tracing::warn!(error = ?error, "Snoozed conversations were not opened");
        false
    });
    let noted = noted || reached || given_back || released || woken;
    let grace_until = now + state.config.grace();
    let (cut_off, joinable) = {
        let mut conn = state.store.read().await?;
        (queue::has_expired(&mut conn, now).await?, status_store::list_joinable(&mut conn, CHUNK).await?)
    };
    if !cut_off && joinable.is_empty() {
        return Ok(if noted { Progress::Worked } else { Progress::Idle });
    }
    if cut_off {
        let marked = state.writer.write(Priority::Pipeline, Uuid::nil(), (now, grace_until), |conn, (now, until)| {
            Box::pin(mark_cut_off(conn, *now, *until))
        });
        marked.await?;
    }
    let joined = join(state, joinable, now).await;
    Ok(if noted || cut_off || joined { Progress::Worked } else { Progress::Idle })
}

/// Joins early reports, each in its own transaction: one that cannot be joined blocks no other.
/// Whether any could.
async fn join(state: &Pipeline, joinable: Vec<ExternalKey>, now: Millis) -> bool {
    let mut any = false;
    let joins = joinable.into_iter().map(|key| {
        state.writer.submit(Priority::Pipeline, Uuid::nil(), (key, now), |conn, (key, now)| {
            let (workspace_id, external_key, external_id) = key;
            Box::pin(status::join_parked(conn, *workspace_id, external_key, external_id, *now))
        })
    });
    for joined in joins.collect::<Vec<_>>() {
        match joined.committed().await {
            Ok(()) => any = true,
            Err(error) => tracing::warn!(error = ?error, "A report that came early could not be joined"),
        }
    }
    any
}

async fn mark_cut_off(conn: &mut Conn, now: Millis, grace_until: Millis) -> StoreResult<()> {
    for message in queue::expire(conn, now, grace_until).await? {
        tracing::warn!(message_id = %message.id, "A send was cut off: its fate is unknown");
        conn.tell(
            message.workspace_id,
            DomainEvent::MessageProgressed { conversation_id: message.conversation_id },
            now,
        );
    }
    Ok(())
}

/// Deletes what is too old, in chunks small enough to block nothing.
pub async fn clean(state: &Pipeline) -> Result<()> {
    let now = state.now();
    loop {
        let forgotten = state
            .writer
            .write(Priority::Bulk, Uuid::nil(), now, |conn, now| {
                Box::pin(async move {
                    session::delete_expired(conn, *now).await?;
                    invitation::forget_ended(conn, *now).await?;
                    throttle::forget(conn, *now - DAY).await?;
                    let parked = status_store::forget_parked(conn, *now - PARKED).await?;
                    let events = event::prune(conn, *now - DAY, CHUNK).await?;
                    let letters = dead_letter::prune(conn, *now - DELIVERIES, CHUNK).await?;
                    let attempts = attempt::prune(conn, *now - DELIVERIES, CHUNK).await?;
                    let routes = delivery::prune_routes(conn, *now - DELIVERIES, CHUNK).await?;
                    Ok(parked
                        + events
                        + letters
                        + attempts
                        + routes
                        + delivery::prune(conn, *now - DELIVERIES, CHUNK).await?)
                })
            })
            .await?;
        if forgotten < u64::try_from(CHUNK).unwrap_or(u64::MAX) || state.life.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}
