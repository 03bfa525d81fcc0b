//! Writes that have to come through once the database is there again.

use std::time::Duration;

use tokio::time::sleep;
use uuid::Uuid;

use super::Pipeline;
use crate::{
    domain::ids::LeaseId,
    server::{
        store::{Conn, StoreError, StoreResult, conversation, delivery},
        writer::{BoxFuture, Priority},
    },
};

const PAUSE: Duration = Duration::from_millis(500);

/// Writes, and waits for a database that is unavailable; at the end of the server it is tried once more.
///
/// # Errors
/// What time does not mend, and anything once the server stops.
pub async fn until_written<I, T, F>(
    state: &Pipeline,
    priority: Priority,
    key: impl Into<Uuid> + Copy,
    input: I,
    function: F,
) -> StoreResult<T>
where
    I: Copy + Send + Sync + 'static,
    T: Send + 'static,
    F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Copy + Send + 'static,
{
    loop {
        let stops = state.life.shutdown.is_cancelled();
        match state.writer.write(priority, key, input, function).await {
            Err(StoreError::Unavailable(_) | StoreError::Unheard(_) | StoreError::Contended(_)) if !stops => {}
            written => return written,
        }
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = state.life.shutdown.cancelled() => {}
        }
    }
}

/// What a claim took.
#[derive(Clone, Copy, Debug)]
pub enum Claimed {
    Deliveries,
    Turns,
}

/// After a claim that failed: frees what it may have taken all the same, its answer lost. Nobody works on it, and others would
/// wait for its lease.
pub fn free(state: &Pipeline, what: Claimed, lease: LeaseId, error: &StoreError) {
    if !error.is_doubtful() {
        return;
    }
    let state = state.clone();
    state.life.tasks.clone().spawn(async move {
        let freed = until_written(&state, Priority::Pipeline, lease, (what, lease), |conn, (what, lease)| {
            Box::pin(async move {
                match what {
                    Claimed::Deliveries => delivery::free(conn, *lease).await,
                    Claimed::Turns => conversation::free_answers(conn, *lease).await,
                }
            })
        });
        if let Err(error) = freed.await {
            tracing::warn!(?what, error = ?error, "What a claim took waits for the end of its lease");
        }
        state.signals.wake_all();
    });
}
