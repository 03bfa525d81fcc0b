//! A clock that was set back.
//!
//! Leases and waits are moments on the clock. When it goes back by hours, they lie hours ahead, and all that they hold
//! would stand still for so long. None of them is ever meant to be longer than minutes: those that are get shortened.

use std::sync::atomic::{AtomicI64, Ordering};

use uuid::Uuid;

use super::Pipeline;
use crate::{
    domain::Millis,
    server::{
        error::Result,
        store::{conversation, delivery, event, queue},
        writer::Priority,
    },
};

/// Less is no jump: clocks are adjusted by a little all the time, and those of several nodes differ.
const JUMP: Millis = 5000;
/// The longest wait of a message that failed before. It may have been meant to be longer: then the provider says so again.
const RETRY: Millis = 60_000;

/// The latest moment that the clock has shown.
#[derive(Default)]
pub struct LatestMoment(AtomicI64);

impl LatestMoment {
    fn saw(&self, moment: Millis) -> Millis {
        self.0.fetch_max(moment, Ordering::Relaxed)
    }
}

/// Remembers what the clock showed before the start: the newest event tells.
///
/// # Errors
/// When the database is unavailable.
pub async fn remember(state: &Pipeline) -> Result<()> {
    let newest = event::newest_at(&mut state.store.read().await?).await?;
    state.latest_moment.saw(newest.unwrap_or(0));
    Ok(())
}

/// Looks whether the clock was set back, and if so shortens what has to wait for a moment that lies too far ahead.
///
/// # Errors
/// When the database is unavailable; the next call tries again.
pub async fn step(state: &Pipeline) -> Result<()> {
    let now = state.now();
    if state.latest_moment.saw(now) <= now + JUMP {
        return Ok(());
    }
    tracing::warn!("The clock was set back: waits and leases are shortened");
    let config = &state.config;
    let waits = queue::Waits {
        first: now,
        retry: now + RETRY,
        send_lease: now + config.send_lease(),
        grace: now + config.grace(),
    };
    let input = (waits, now + config.lease(), now + config.quiet_time);
    state
        .writer
        .write(Priority::Pipeline, Uuid::nil(), input, |conn, (waits, lease_until, due_at)| {
            Box::pin(async move {
                delivery::shorten_leases(conn, *lease_until).await?;
                conversation::shorten_waits(conn, *due_at, *lease_until).await?;
                queue::shorten_waits(conn, waits).await
            })
        })
        .await?;
    state.latest_moment.0.store(now, Ordering::Relaxed);
    state.signals.wake_all();
    Ok(())
}
