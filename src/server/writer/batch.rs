//! One transaction of a lane: operations that are committed together, and halved until the culprit of a failure is alone.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures::FutureExt;

use super::{
    Operation, Priority,
    signals::{Commits, Stages},
};
use crate::server::{
    base::panics,
    store::{Conn, Dialect, Store, StoreError, StoreResult, event},
};

/// How often a transaction that another one disturbed is repeated.
const CONTENTION_TRIES: usize = 5;
/// Operations with their priorities.
pub(super) type Batch = Vec<(Priority, Box<dyn Operation>)>;

/// A batch that is still to be committed, and what has been done about its failures.
struct PendingBatch {
    batch: Batch,
    contended: usize,
    /// It met a key that another transaction had just taken, and was repeated to read that one's row.
    conflicted: bool,
}

impl PendingBatch {
    const fn first(batch: Batch) -> Self {
        Self { batch, contended: 0, conflicted: false }
    }
}

/// Commits a batch, splitting it as far as its failures ask for; what there was no time for.
pub(super) async fn run_batch(
    conn: &mut Option<Conn>,
    (store, commits): (&Store, &Commits),
    batch: Batch,
    budget: Duration,
) -> Batch {
    let mut pending = vec![PendingBatch::first(batch)];
    while let Some(mut tried) = pending.pop() {
        let error = match attempt(conn, (store, commits), &mut tried.batch, budget).await {
            Ok(done) => {
                let mut rest = tried.batch.split_off(done);
                finish(tried.batch, &Ok(()));
                if rest.is_empty() {
                    continue;
                }
                // What follows may not overtake it.
                while let Some(later) = pending.pop() {
                    rest.extend(later.batch);
                }
                return rest;
            }
            Err(error) => error,
        };
        match error {
            StoreError::Contended(_) if tried.contended < CONTENTION_TRIES => {
                tried.contended += 1;
                tokio::time::sleep(Duration::from_millis(5 << tried.contended)).await;
                pending.push(tried);
            }
            StoreError::Unavailable(_) | StoreError::Unheard(_) => {
                tracing::error!(error = ?error, operations = tried.batch.len(), "The database did not take a batch of writes");
                *conn = None;
                finish(tried.batch, &Err(error));
            }
            error => match halve(&mut tried.batch) {
                Some(second) => {
                    pending.push(PendingBatch::first(second));
                    pending.push(PendingBatch::first(tried.batch));
                }
                None if matches!(error, StoreError::Conflict(_)) && !tried.conflicted => {
                    pending.push(PendingBatch { conflicted: true, ..tried });
                }
                None => finish(tried.batch, &Err(error)),
            },
        }
    }
    Vec::new()
}

fn finish(batch: Batch, outcome: &StoreResult<()>) {
    for (_, operation) in batch {
        operation.finish(outcome.clone());
    }
}

/// Splits off the second half of a batch; none when it cannot be split.
fn halve(batch: &mut Batch) -> Option<Batch> {
    if batch.len() > 1 {
        return Some(batch.split_off(batch.len() / 2));
    }
    let (priority, operation) = batch.first_mut()?;
    operation.split().map(|part| vec![(*priority, part)])
}

/// Begins a transaction. A connection that was kept since the last batch may have died in between: then on a new one.
async fn begin<'c>(kept: &'c mut Option<Conn>, store: &Store) -> StoreResult<&'c mut Conn> {
    let alive = match kept {
        Some(conn) => conn.begin().await,
        None => Err(StoreError::Closed),
    };
    match alive {
        Ok(()) => {}
        Err(StoreError::Unavailable(_) | StoreError::Closed)
            if store.dialect() == Dialect::Postgres || kept.is_none() =>
        {
            *kept = None;
            kept.insert(store.writer_connection().await?).begin().await?;
        }
        Err(error) => return Err(error),
    }
    kept.as_mut().ok_or(StoreError::Closed)
}

/// Runs a batch in one transaction, as much of it as there is time for: how many operations. Nothing of it remains after
/// an error.
async fn attempt(
    kept: &mut Option<Conn>,
    (store, commits): (&Store, &Commits),
    batch: &mut Batch,
    budget: Duration,
) -> StoreResult<usize> {
    let conn = begin(kept, store).await?;
    let mut panicked = false;
    let began = Instant::now();
    let (mut outcome, mut done) = (Ok(()), 0);
    let mut had: Vec<Priority> = Vec::new();
    for (priority, operation) in batch {
        // At least one of each kind, however long intake took.
        if *priority != Priority::Intake && had.contains(priority) && began.elapsed() > budget {
            break;
        }
        if !had.contains(priority) {
            had.push(*priority);
        }
        // For each operation again: what one leaves behind is not the next one's.
        conn.act_as(operation.by());
        outcome = AssertUnwindSafe(async { operation.run(conn).await }).catch_unwind().await.unwrap_or_else(|panic| {
            tracing::error!(panic = panics::words(&*panic), "A write panicked");
            panicked = true;
            Err(StoreError::Panicked)
        });
        if outcome.is_err() {
            break;
        }
        done += 1;
    }
    // What was told in it becomes known with it.
    let mut told = false;
    let woken = Stages::woken_by(conn.told());
    if outcome.is_ok() {
        match event::store_told(conn).await {
            Ok(any) => {
                told = any;
                outcome = conn.commit().await;
            }
            Err(error) => outcome = Err(error),
        }
    }
    drop(conn.take_told());
    // A connection that is gone, or of which nobody knows what it is in the middle of, is closed: the server takes back what
    // was begun on it.
    let is_lost = matches!(outcome, Err(StoreError::Unavailable(_) | StoreError::Unheard(_)))
        && store.dialect() == Dialect::Postgres;
    if outcome.is_err()
        && !is_lost
        && let Err(error) = conn.rollback().await
    {
        // SQLite ends the transaction itself after some errors; then there is nothing to roll back.
        tracing::debug!(error = ?error, "Nothing to roll back");
    }
    if (panicked || is_lost)
        && let Some(conn) = kept.take()
    {
        conn.discard();
    }
    if outcome.is_ok() {
        if told {
            commits.ring();
        }
        commits.signals().wake(woken);
    }
    outcome.map(|()| done)
}
