//! Group commit: many small writes, one transaction, one fsync.
//!
//! Every write is an operation: a function over a connection that may run more than once. A [`lane`] takes what is
//! waiting, runs it in one transaction and answers each caller after the commit. On SQLite there is one lane, on
//! PostgreSQL a few, chosen by a key so that operations on the same thing stay in order. An operation that fails rolls its
//! batch back; the batch is halved until the culprit is alone, and its neighbours are committed.
//!
//! What comes in large numbers and is alike goes through a [`Group`]: one operation writes many inputs with a few
//! statements.

mod batch;
#[cfg(test)]
mod bombs;
mod group;
mod lane;
mod shares;
pub mod signals;

use std::{future::Future, pin::Pin, sync::Arc};

use tokio::sync::oneshot;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use uuid::Uuid;

pub use self::group::{Group, Size};
use self::{
    lane::Lane,
    shares::Pressure,
    signals::{Commits, Signals},
};
use crate::{
    domain::principal::Principal,
    server::{
        base::watch::Watch,
        store::{Conn, Dialect, Store, StoreError, StoreResult},
    },
};

const POSTGRES_LANES: usize = 4;

pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Whose turn it is when several wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// What a provider is waiting for.
    Intake = 0,
    /// The way of messages.
    Pipeline = 1,
    /// What a person is waiting for.
    Interactive = 2,
    /// Clean-up.
    Bulk = 3,
}

impl Priority {
    const ALL: [Self; 4] = [Self::Intake, Self::Pipeline, Self::Interactive, Self::Bulk];
}

/// A write with its input and the place where its outcome goes.
trait Operation: Send {
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, StoreResult<()>>;

    /// Who acts in it.
    fn by(&self) -> Principal {
        Principal::System
    }

    /// For how many callers it writes.
    fn weight(&self) -> usize {
        1
    }

    /// Splits off a part, so that the culprit of a failure can be found; none when it cannot be split.
    fn split(&mut self) -> Option<Box<dyn Operation>>;

    /// It is dropped unfinished, and handled elsewhere.
    fn disarm(&mut self) {}

    fn finish(self: Box<Self>, outcome: StoreResult<()>);
}

struct Write<I, T, F> {
    by: Principal,
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

    fn by(&self) -> Principal {
        self.by
    }

    fn split(&mut self) -> Option<Box<dyn Operation>> {
        None
    }

    fn finish(self: Box<Self>, outcome: StoreResult<()>) {
        let Self { result, reply, .. } = *self;
        // A caller that was cancelled does not undo the write.
        drop(reply.send(outcome.and_then(|()| result.ok_or(StoreError::Closed))));
    }
}

/// The handle to write with. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    lanes: Arc<[Arc<Lane>]>,
    /// For claims, which touch rows of every lane. They skip what is locked, so they wait for nobody; in a lane with
    /// other writes they could be waited for by one whose rows those wait for. On SQLite it is the one lane.
    claims: Arc<Lane>,
    /// For deliveries, which wait for no other row either: all that come in at once are one transaction, and the pipeline's
    /// do not hold them up. On SQLite it is the one lane.
    intake: Arc<Lane>,
    commits: Arc<Commits>,
}

/// The outcome of a write that is already in its lane.
pub struct Pending<T>(oneshot::Receiver<StoreResult<T>>);

impl<T> Pending<T> {
    /// One that fails: its writer is gone.
    fn closed() -> Self {
        Self(oneshot::channel().1)
    }

    /// Waits for the commit.
    pub async fn committed(self) -> StoreResult<T> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }
}

impl Writer {
    /// Starts the lanes; they stop after `shutdown`, when nothing is waiting any more.
    #[must_use]
    pub fn start(store: &Store, tasks: &TaskTracker, shutdown: &CancellationToken, watch: &Watch) -> Self {
        let pressure = Arc::new(Pressure::new());
        let commits = Arc::new(Commits::default());
        let intake = Arc::new(Lane::new(Arc::clone(&pressure)));
        let start = |lane: Arc<Lane>| {
            let worker = lane::Worker {
                lane: Arc::clone(&lane),
                intake: Arc::clone(&intake),
                store: store.clone(),
                commits: Arc::clone(&commits),
                shutdown: shutdown.clone(),
                heartbeat: watch.add("a writer's lane"),
            };
            tasks.spawn(worker.keep(watch.clone()));
            lane
        };
        let first = start(Arc::clone(&intake));
        match store.dialect() {
            Dialect::Sqlite => Self { lanes: [Arc::clone(&first)].into(), claims: first, intake, commits },
            Dialect::Postgres => {
                let another = || start(Arc::new(Lane::new(Arc::clone(&pressure))));
                let lanes = (0..POSTGRES_LANES).map(|_| another()).collect();
                Self { lanes, claims: another(), intake, commits: Arc::clone(&commits) }
            }
        }
    }

    /// The lanes for what has that priority.
    fn lanes_for(&self, priority: Priority) -> &[Arc<Lane>] {
        if priority == Priority::Intake { std::slice::from_ref(&self.intake) } else { &self.lanes }
    }

    /// Puts a write of the server's own into its lane at once, in order of calling, and gives a handle to wait for its commit.
    ///
    /// `key` names what is written to: a conversation, a contact, a workspace. The function may run more than once and
    /// must do nothing but write.
    pub fn submit<I, T, F>(&self, priority: Priority, key: impl Into<Uuid>, input: I, function: F) -> Pending<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        self.submit_as(Principal::System, priority, key.into(), input, function)
    }

    /// The same, on behalf of the given principal.
    pub fn submit_as<I, T, F>(&self, by: Principal, priority: Priority, key: Uuid, input: I, function: F) -> Pending<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        let lanes = self.lanes_for(priority);
        match lanes.get(lane_of(key, lanes.len())) {
            Some(lane) => submit_to(lane, (by, priority), input, function),
            None => Pending::closed(),
        }
    }

    /// Who is woken by a commit.
    #[must_use]
    pub fn signals(&self) -> &Arc<Signals> {
        self.commits.signals()
    }

    /// Notified after each commit in which something was told.
    #[must_use]
    pub fn commits(&self) -> &Commits {
        &self.commits
    }

    /// Whether deliveries come in just now: then whatever else is written should be short.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        self.intake.is_pressed()
    }

    /// Tries out where deliveries are written, in turn with what people wait for.
    pub async fn rehearse<I, T, F>(&self, input: I, function: F) -> StoreResult<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        submit_to(&self.intake, (Principal::System, Priority::Interactive), input, function).committed().await
    }

    /// Takes work of the pipeline, and waits for the commit. The function must skip locked rows.
    pub async fn claim<I, T, F>(&self, input: I, function: F) -> StoreResult<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        submit_to(&self.claims, (Principal::System, Priority::Pipeline), input, function).committed().await
    }

    /// Writes for the server itself, and waits for the commit. What somebody asks for goes through `Services::transact`.
    pub async fn write<I, T, F>(
        &self,
        priority: Priority,
        key: impl Into<Uuid>,
        input: I,
        function: F,
    ) -> StoreResult<T>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
    {
        self.submit(priority, key, input, function).committed().await
    }
}

fn submit_to<I, T, F>(lane: &Lane, (by, priority): (Principal, Priority), input: I, function: F) -> Pending<T>
where
    I: Send + Sync + 'static,
    T: Send + 'static,
    F: for<'c> Fn(&'c mut Conn, &'c I) -> BoxFuture<'c, StoreResult<T>> + Send + 'static,
{
    let (reply, outcome) = oneshot::channel();
    let operation = Box::new(Write { by, input, function, result: None, reply });
    if let Err((operation, error)) = lane.push(priority, operation) {
        operation.finish(Err(error));
    }
    Pending(outcome)
}

/// Which lane writes what has that key.
fn lane_of(key: Uuid, lanes: usize) -> usize {
    usize::try_from(key.as_u128() % (lanes.max(1) as u128)).unwrap_or(0)
}
