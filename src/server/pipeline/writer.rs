//! Group commit: many small writes, one transaction, one fsync.
//!
//! Every write is an operation: a function over a connection that may run more than once. A lane takes what is waiting,
//! runs it in one transaction and answers each caller after the commit. On SQLite there is one lane, on PostgreSQL a few,
//! chosen by a key so that operations on the same thing stay in order. An operation that fails rolls its batch back; the
//! batch is halved until the culprit is alone, and its neighbours are committed.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::{Notify, oneshot};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

use crate::server::store::{Conn, Engine, Store, StoreError, StoreResult};

/// The most operations of one transaction.
const BATCH: usize = 256;
/// The most operations that may wait in a lane at intake: beyond it Meta is asked to come back.
const INTAKE_WAITING: usize = 8192;
const POSTGRES_LANES: usize = 4;
/// How often a transaction that another one disturbed is repeated.
const CONTENTION_TRIES: usize = 5;

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whose turn it is when several wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// What Meta is waiting for.
    Intake = 0,
    /// The way of messages.
    Pipeline = 1,
    /// What a person is waiting for.
    Interactive = 2,
    /// Clean-up.
    Bulk = 3,
}

/// A write with its input and the place where its outcome goes.
trait Operation: Send {
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, StoreResult<()>>;
    fn finish(self: Box<Self>, outcome: StoreResult<()>);
}

struct Write<I, T, F> {
    input: I,
    function: F,
    result: Option<T>,
    reply: oneshot::Sender<StoreResult<T>>,
}

impl<I, T, F> Operation for Write<I, T, F>
where
    I: Send + Sync,
    T: Send,
    F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send,
{
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, StoreResult<()>> {
        let future = (self.function)(conn, &self.input);
        let result = &mut self.result;
        Box::pin(async move {
            *result = Some(future.await?);
            Ok(())
        })
    }

    fn finish(self: Box<Self>, outcome: StoreResult<()>) {
        let Self { result, reply, .. } = *self;
        // A caller who has gone away does not undo the write.
        drop(reply.send(outcome.and_then(|()| result.ok_or(StoreError::Closed))));
    }
}

#[derive(Default)]
struct Queue {
    waiting: [VecDeque<Box<dyn Operation>>; 4],
    closed: bool,
}

impl Queue {
    fn take(&mut self) -> Vec<Box<dyn Operation>> {
        let mut batch = Vec::new();
        for queue in &mut self.waiting {
            let room = BATCH.saturating_sub(batch.len()).min(queue.len());
            batch.extend(queue.drain(..room));
        }
        batch
    }
}

#[derive(Default)]
struct Lane {
    queue: Mutex<Queue>,
    filled: Notify,
}

impl Lane {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing in here leaves the queue half changed, so a poisoned lock is still good.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, priority: Priority, operation: Box<dyn Operation>) -> Result<(), (Box<dyn Operation>, StoreError)> {
        let mut queue = self.queue();
        if queue.closed {
            return Err((operation, StoreError::Closed));
        }
        let Some(waiting) = queue.waiting.get_mut(priority as usize) else {
            return Err((operation, StoreError::Closed));
        };
        if priority == Priority::Intake && waiting.len() >= INTAKE_WAITING {
            return Err((operation, StoreError::Overloaded));
        }
        waiting.push_back(operation);
        drop(queue);
        self.filled.notify_one();
        Ok(())
    }
}

/// The way to write. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[Arc<Lane>]>,
}

/// The outcome of a write that is already in its lane.
pub struct Pending<T>(oneshot::Receiver<StoreResult<T>>);

impl<T> Pending<T> {
    /// Waits for the commit.
    pub async fn committed(self) -> StoreResult<T> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }
}

impl Writer {
    /// Starts the lanes; they stop after `shutdown`, when nothing is waiting any more.
    #[must_use]
    pub fn start(store: &Store, tasks: &TaskTracker, shutdown: &CancellationToken) -> Self {
        let count = match store.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => POSTGRES_LANES,
        };
        let lanes: Arc<[Arc<Lane>]> = (0..count).map(|_| Arc::default()).collect();
        for lane in lanes.iter() {
            tasks.spawn(work(Arc::clone(lane), store.clone(), shutdown.clone()));
        }
        Self { lanes }
    }

    /// Puts a write into its lane at once, in order of calling, and gives a handle to wait for its commit.
    ///
    /// `key` names what is written to: a conversation, a contact, a workspace. The function may run more than once and
    /// must do nothing but write.
    pub fn submit<I, T, F>(&self, priority: Priority, key: Uuid, input: I, function: F) -> Pending<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        let (reply, outcome) = oneshot::channel();
        let operation = Box::new(Write { input, function, result: None, reply });
        let index = usize::try_from(key.as_u128() % (self.lanes.len().max(1) as u128)).unwrap_or(0);
        if let Some(lane) = self.lanes.get(index)
            && let Err((operation, error)) = lane.push(priority, operation)
        {
            operation.finish(Err(error));
        }
        Pending(outcome)
    }

    /// Writes and waits for the commit.
    pub async fn write<I, T, F>(&self, priority: Priority, key: Uuid, input: I, function: F) -> StoreResult<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        self.submit(priority, key, input, function).committed().await
    }
}

async fn work(lane: Arc<Lane>, store: Store, shutdown: CancellationToken) {
    let mut conn: Option<Conn> = None;
    loop {
        let batch = lane.queue().take();
        if batch.is_empty() {
            if shutdown.is_cancelled() {
                lane.queue().closed = true;
                // Something may have slipped in before the door was closed.
                let rest = lane.queue().take();
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
        run_batch(&mut conn, &store, batch).await;
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
            _ if batch.len() == 1 => {
                for operation in batch {
                    operation.finish(Err(error.clone()));
                }
            }
            _ => {
                let second = batch.split_off(batch.len() / 2);
                pending.push(second);
                pending.push(batch);
            }
        }
    }
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
