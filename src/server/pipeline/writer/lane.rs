//! One connection that writes: it takes what waits, runs it in one transaction, and answers after the commit.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{Operation, Priority};
use crate::server::store::{Conn, Engine, Store, StoreError, StoreResult};

/// The most operations of one transaction.
const BATCH: usize = 256;
/// How often a transaction that another one disturbed is repeated.
const CONTENTION_TRIES: usize = 5;
/// While Meta waits, what is not intake gets this part of the writer's time: one in so many.
const SHARE: u32 = 4;
/// How long the rest waits for more intake, while it is intake's turn.
const BREATH: Duration = Duration::from_millis(2);

#[derive(Default)]
struct Queue {
    waiting: [VecDeque<Box<dyn Operation>>; 4],
    closed: bool,
}

impl Queue {
    /// What the next transaction is made of, most urgent first.
    fn take(&mut self, turn: Turn) -> Vec<Box<dyn Operation>> {
        let mut batch = Vec::new();
        let kinds = if turn == Turn::Intake { 1 } else { self.waiting.len() };
        for queue in self.waiting.iter_mut().take(kinds) {
            let room = BATCH.saturating_sub(batch.len()).min(queue.len());
            batch.extend(queue.drain(..room));
        }
        batch
    }

    fn has_intake(&self) -> bool {
        self.waiting.first().is_some_and(|queue| !queue.is_empty())
    }

    fn is_empty(&self) -> bool {
        self.waiting.iter().all(VecDeque::is_empty)
    }
}

/// What waits for one writing connection.
#[derive(Default)]
pub(super) struct Lane {
    queue: Mutex<Queue>,
    filled: Notify,
}

impl Lane {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing in here leaves the queue half changed, so a poisoned lock is still good.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something waits, but no intake.
    fn is_intake_missing(&self) -> bool {
        let queue = self.queue();
        !queue.has_intake() && !queue.is_empty() && !queue.closed
    }

    pub(super) fn push(
        &self,
        priority: Priority,
        operation: Box<dyn Operation>,
    ) -> Result<(), (Box<dyn Operation>, StoreError)> {
        let mut queue = self.queue();
        if queue.closed {
            return Err((operation, StoreError::Closed));
        }
        let Some(waiting) = queue.waiting.get_mut(priority as usize) else {
            return Err((operation, StoreError::Closed));
        };
        waiting.push_back(operation);
        drop(queue);
        self.filled.notify_one();
        Ok(())
    }
}

/// Shares the writer's time between intake and the rest, so that neither starves the other.
///
/// A batch of the pipeline takes longer than one of intake, and Meta should not wait for it each time: after one, intake
/// has its transactions for itself until it has had its part, or until nothing more comes in.
struct Shares {
    /// How much longer only intake may be written.
    owed: Duration,
    /// When intake was last written.
    intake_at: Instant,
}

impl Shares {
    fn new() -> Self {
        Self { owed: Duration::ZERO, intake_at: Instant::now() }
    }

    fn spent(&mut self, on: Turn, span: Duration) {
        match on {
            Turn::Intake => self.owed = self.owed.saturating_sub(span),
            Turn::All { .. } => self.owed = span.saturating_mul(SHARE.saturating_sub(1)),
        }
        if on != (Turn::All { with_intake: false }) {
            self.intake_at = Instant::now();
        }
    }

    /// How long the rest has to wait for more intake; none when it is its turn.
    fn breath(&self) -> Option<Duration> {
        let quiet = self.intake_at.elapsed();
        (!self.owed.is_zero()).then(|| BREATH.saturating_sub(quiet)).filter(|breath| !breath.is_zero())
    }

    fn turn(&self, has_intake: bool) -> Turn {
        if has_intake && self.breath().is_some() { Turn::Intake } else { Turn::All { with_intake: has_intake } }
    }
}

/// What a transaction is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Intake,
    All { with_intake: bool },
}

/// Writes until `shutdown`, and then what still waits.
pub(super) async fn work(lane: Arc<Lane>, store: Store, shutdown: CancellationToken) {
    let mut conn: Option<Conn> = None;
    let mut shares = Shares::new();
    loop {
        if let Some(breath) = shares.breath().filter(|_| lane.is_intake_missing()) {
            // Those who have just been answered are about to come back.
            drop(timeout(breath, lane.filled.notified()).await);
            continue;
        }
        let (batch, turn) = {
            let mut queue = lane.queue();
            let turn = shares.turn(queue.has_intake());
            (queue.take(turn), turn)
        };
        if batch.is_empty() {
            if shutdown.is_cancelled() {
                lane.queue().closed = true;
                // Something may have slipped in before the door was closed.
                let rest = lane.queue().take(Turn::All { with_intake: true });
                if rest.is_empty() {
                    return;
                }
                run_batch(&mut conn, &store, rest).await;
                continue;
            }
            tokio::select! {
                () = lane.filled.notified() => {}
                () = shutdown.cancelled() => {}
            }
            continue;
        }
        let began = Instant::now();
        run_batch(&mut conn, &store, batch).await;
        shares.spent(turn, began.elapsed());
    }
}

/// Commits a batch, splitting it as far as its failures ask for.
async fn run_batch(conn: &mut Option<Conn>, store: &Store, batch: Vec<Box<dyn Operation>>) {
    let mut pending = vec![batch];
    let mut contended = 0;
    while let Some(mut batch) = pending.pop() {
        let Err(error) = attempt(conn, store, &mut batch).await else {
            for operation in batch {
                operation.finish(Ok(()));
            }
            continue;
        };
        match error {
            StoreError::Contended(_) if contended < CONTENTION_TRIES => {
                contended += 1;
                tokio::time::sleep(Duration::from_millis(5 << contended)).await;
                pending.push(batch);
            }
            StoreError::Unavailable(_) => {
                tracing::error!(error = ?error, operations = batch.len(), "The database did not take a batch of writes");
                *conn = None;
                for operation in batch {
                    operation.finish(Err(error.clone()));
                }
            }
            _ => match halve(&mut batch) {
                Some(second) => {
                    pending.push(second);
                    pending.push(batch);
                }
                None => {
                    for operation in batch {
                        operation.finish(Err(error.clone()));
                    }
                }
            },
        }
    }
}

/// Takes the second half of a batch out; none when it is one thing only.
fn halve(batch: &mut Vec<Box<dyn Operation>>) -> Option<Vec<Box<dyn Operation>>> {
    if batch.len() > 1 {
        return Some(batch.split_off(batch.len() / 2));
    }
    batch.first_mut().and_then(|operation| operation.split()).map(|part| vec![part])
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
            if store.engine() == Engine::Postgres || kept.is_none() =>
        {
            *kept = None;
            kept.insert(store.writer_connection().await?).begin().await?;
        }
        Err(error) => return Err(error),
    }
    kept.as_mut().ok_or(StoreError::Closed)
}

/// Runs a batch in one transaction; nothing of it remains after an error.
async fn attempt(kept: &mut Option<Conn>, store: &Store, batch: &mut [Box<dyn Operation>]) -> StoreResult<()> {
    let conn = begin(kept, store).await?;
    let mut outcome = Ok(());
    for operation in batch {
        outcome = operation.run(conn).await;
        if outcome.is_err() {
            break;
        }
    }
    if outcome.is_ok() {
        outcome = conn.commit().await;
    }
    if outcome.is_err()
        && let Err(error) = conn.rollback().await
    {
        // SQLite ends the transaction itself after some errors; then there is nothing to roll back.
        tracing::debug!(error = ?error, "Nothing to roll back");
    }
    outcome
}
