//! The message path: intake, ingest, answer, deliver. See docs/internals/message-path.md.
//!
//! The queue between the stages is the tables themselves. A stage claims waiting rows under a lease and handles each job;
//! the leases of a dead worker expire and its jobs are claimed again. Tests drive the stages with [`step`], without sleeping.

pub mod again;
pub mod answer;
pub mod bodies;
pub mod checkpoint;
pub mod clock_jump;
mod context;
pub mod deliver;
pub mod direct;
pub mod faults;
pub mod groups;
pub mod growth;
pub mod health;
mod idle;
pub mod ingest;
pub mod intake;
mod lines;
pub mod node;
mod release;
pub mod status;
pub mod sweep;
mod wake;

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;

use tokio::{
    runtime::Handle,
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until, timeout},
};

pub use self::context::Pipeline;
use crate::{
    domain::Millis,
    server::{
        base::{panics, watch::Heartbeat},
        error::Result,
        store::{Dialect, conversation, delivery, queue},
        writer::{Priority, signals::Signals},
    },
};

/// The polling interval, in case a wake-up call is lost.
const POLL: Duration = Duration::from_secs(1);
/// Claims are at least this far apart: under load one takes what several would. After a pause it delays nothing.
const GATHER: Duration = Duration::from_millis(8);
/// The most that one claim takes; and while deliveries come in, for it is one statement, and they wait for its end.
const CLAIM_MAX: usize = 256;
const CLAIM_MAX_PRESSED: usize = 64;

/// The jobs that a stage claimed.
pub struct Claim<J> {
    pub jobs: Vec<J>,
    /// When to look again, if sooner than usual.
    pub wake_in: Option<Millis>,
}

/// Whether a step found something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    Worked,
    Idle,
}

/// One stage of the pipeline.
pub trait Stage: Send + Sync + 'static {
    type Job: Send + 'static;
    const NAME: &'static str;
    /// The maximum number of concurrent jobs.
    const AT_ONCE: usize;

    fn signal(signals: &Signals) -> &Notify;

    /// Claims jobs, at most `limit`, under a lease.
    fn claim(state: &Pipeline, limit: usize) -> impl Future<Output = Result<Claim<Self::Job>>> + Send;

    /// Processes one job. Failures are written to the database, not returned.
    fn handle(state: &Pipeline, job: Self::Job) -> impl Future<Output = ()> + Send;
}

/// Claims and handles once; what tests call until it is `Idle`.
///
/// # Errors
/// When the database is unavailable.
pub async fn step<S: Stage>(state: &Pipeline) -> Result<Progress> {
    let claim = S::claim(state, S::AT_ONCE).await?;
    if claim.jobs.is_empty() {
        return Ok(Progress::Idle);
    }
    futures::future::join_all(claim.jobs.into_iter().map(|job| handle::<S>(state, job))).await;
    Ok(Progress::Worked)
}

/// Processes one job. A panic affects that job alone: its lease expires, and it is claimed again.
async fn handle<S: Stage>(state: &Pipeline, job: S::Job) {
    if let Err(panic) = AssertUnwindSafe(S::handle(state, job)).catch_unwind().await {
        tracing::error!(stage = S::NAME, panic = panics::words(&*panic), "A job panicked; its lease runs out");
    }
}

/// Runs a stage until the server stops, then waits for the jobs in progress.
pub async fn run<S: Stage>(state: Pipeline, heartbeat: Arc<Heartbeat>) {
    let slots = Arc::new(Semaphore::new(S::AT_ONCE));
    while !state.life.shutdown.is_cancelled() {
        // A stage whose jobs do not finish is as stuck as one whose claim does not.
        heartbeat.begins();
        let Some(permits) = some_permits(&slots, &state).await else { break };
        let most = if state.writer.is_pressed() { CLAIM_MAX_PRESSED } else { CLAIM_MAX };
        let claimed = S::claim(&state, permits.len().min(most)).await;
        heartbeat.ends();
        let claim = match claimed {
            Ok(claim) => claim,
            Err(error) => {
                tracing::error!(stage = S::NAME, error = ?error, "A stage could not look for work");
                Claim { jobs: Vec::new(), wake_in: None }
            }
        };
        let idle = claim.jobs.is_empty();
        let claimed_at = Instant::now();
        for (job, permit) in claim.jobs.into_iter().zip(permits) {
            let state = state.clone();
            state.life.tasks.clone().spawn(async move {
                handle::<S>(&state, job).await;
                drop(permit);
            });
        }
        if idle {
            let wake_in = claim.wake_in.and_then(|ms| u64::try_from(ms).ok()).map_or(POLL, Duration::from_millis);
            tokio::select! {
                _ = timeout(wake_in.min(POLL), S::signal(&state.signals).notified()) => {}
                () = state.life.shutdown.cancelled() => {}
            }
        }
        sleep_until(claimed_at + GATHER).await;
    }
    // Closing is final: every permit comes back when its job has ended.
    drop(slots.acquire_many(u32::try_from(S::AT_ONCE).unwrap_or(u32::MAX)).await);
}

/// Waits for a free permit and takes all that are free.
async fn some_permits(slots: &Arc<Semaphore>, state: &Pipeline) -> Option<Vec<OwnedSemaphorePermit>> {
    let first = tokio::select! {
        permit = Arc::clone(slots).acquire_owned() => permit.ok()?,
        () = state.life.shutdown.cancelled() => return None,
    };
    let mut permits = vec![first];
    while let Ok(permit) = Arc::clone(slots).try_acquire_owned() {
        permits.push(permit);
    }
    Some(permits)
}

/// Starts every stage, on the threads of that runtime.
pub fn start(state: &Pipeline, on: &Handle) {
    state.direct.open();
    state.life.keep(state, on, ingest::Ingest::NAME, run::<ingest::Ingest>);
    state.life.keep(state, on, answer::Answer::NAME, run::<answer::Answer>);
    state.life.keep(state, on, deliver::Deliver::NAME, run::<deliver::Deliver>);
    state.life.keep(state, on, health::Health::NAME, run::<health::Health>);
    state.life.keep(state, on, "sweep", sweep::run);
    state.life.keep(state, on, "upkeep", sweep::run_upkeep);
}

/// Reclaims at once what a dead process left: on SQLite nobody else can be working on it. On PostgreSQL another node may be,
/// so only what was left under the name of this one is reclaimed ([`node`]); other leases expire.
///
/// # Errors
/// When the database is unavailable.
pub async fn recover(state: &Pipeline) -> Result<()> {
    clock_jump::remember(state).await?;
    node::take(state).await?;
    if state.store.dialect() == Dialect::Sqlite {
        state
            .writer
            .write(Priority::Pipeline, uuid::Uuid::nil(), (), |conn, ()| {
                Box::pin(async move {
                    delivery::release_all(conn).await?;
                    conversation::release_all_answers(conn).await?;
                    queue::expire_all(conn).await
                })
            })
            .await?;
    }
    Ok(())
}
