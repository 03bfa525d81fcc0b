//! Tasks that run as long as the server does are supervised. A part that panics is restarted after a growing pause; while it is
//! down, or stuck in one step, the server is not ready. When a part cannot go on at all, the server ends, so that the
//! process supervisor restarts it.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures::FutureExt;
use tokio::{runtime::Handle, time::sleep};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::panics;

const PAUSE: Duration = Duration::from_millis(100);
const PAUSE_MAX: Duration = Duration::from_secs(30);
/// A part that has worked for this long counts as recovered.
const CALM: Duration = Duration::from_secs(60);
/// A part without steps counts as healthy after this long.
const PROBATION: Duration = Duration::from_secs(5);

/// All supervised parts. Cheap to clone.
#[derive(Clone, Default)]
pub struct Watch {
    parts: Arc<Mutex<Vec<Arc<Heartbeat>>>>,
    broken: CancellationToken,
}

/// The state that a part reports.
pub struct Heartbeat {
    name: &'static str,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// Since when it has been in a step.
    busy_since: Option<Instant>,
    /// Since when it has been down: from a panic to the first successful step after it.
    down_since: Option<Instant>,
    /// When it was restarted after the last panic; none while it has not.
    started_at: Option<Instant>,
}

impl Heartbeat {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs one step. One that does not return is noticed.
    pub async fn step<T>(&self, step: impl Future<Output = T>) -> T {
        self.begins();
        let outcome = step.await;
        self.ends();
        outcome
    }

    pub(crate) fn begins(&self) {
        self.seen().busy_since = Some(Instant::now());
    }

    pub(crate) fn ends(&self) {
        let mut seen = self.seen();
        (seen.busy_since, seen.down_since) = (None, None);
    }

    pub(crate) fn falls(&self) {
        let mut seen = self.seen();
        seen.down_since.get_or_insert_with(Instant::now);
        (seen.busy_since, seen.started_at) = (None, None);
    }

    pub(crate) fn starts(&self) {
        self.seen().started_at = Some(Instant::now());
    }

    fn trouble(&self, patience: Duration) -> Option<String> {
        let seen = self.seen();
        let probation_is_over =
            seen.started_at.is_some_and(|at| at.elapsed() >= PROBATION && seen.busy_since.is_none());
        if seen.down_since.is_some() && !probation_is_over {
            return Some(format!("{} has failed and starts anew", self.name));
        }
        let is_stuck = seen.busy_since.is_some_and(|since| since.elapsed() >= patience);
        is_stuck.then(|| format!("{} is stuck", self.name))
    }
}

impl Watch {
    /// Adds a part.
    pub fn add(&self, name: &'static str) -> Arc<Heartbeat> {
        let heartbeat = Arc::new(Heartbeat { name, seen: Mutex::default() });
        self.parts.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(&heartbeat));
        heartbeat
    }

    /// A part that is down, or stuck in a step for this long; none when all are healthy.
    #[must_use]
    pub fn trouble(&self, patience: Duration) -> Option<String> {
        self.parts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .find_map(|heartbeat| heartbeat.trouble(patience))
    }

    /// A part cannot go on: the server has to end.
    pub fn give_up(&self, name: &str) {
        tracing::error!(
            part = name,
            "A part of the server cannot be started anew: the server ends, to be started again"
        );
        self.broken.cancel();
    }

    /// Waits until a part cannot go on.
    pub async fn broke(&self) {
        self.broken.cancelled().await;
    }

    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken.is_cancelled()
    }
}

/// The lifecycle of a server: its tasks and its shutdown. Cheap to clone.
#[derive(Clone, Default)]
pub struct Life {
    /// Tasks that shutdown waits for.
    pub tasks: TaskTracker,
    /// The supervised tasks.
    pub watch: Watch,
    /// Cancelled when the server is to end.
    pub shutdown: CancellationToken,
}

impl Life {
    /// Runs a part until it ends by itself, on the threads of that runtime; restarted whenever it panics.
    pub fn keep<C, F, W>(&self, context: &C, on: &Handle, name: &'static str, run: F)
    where
        C: Clone + Send + Sync + 'static,
        F: Fn(C, Arc<Heartbeat>) -> W + Send + 'static,
        W: Future<Output = ()> + Send,
    {
        let heartbeat = self.watch.add(name);
        let (context, shutdown) = (context.clone(), self.shutdown.clone());
        self.tasks.spawn_on(
            async move {
                let mut pause = PAUSE;
                loop {
                    let began = Instant::now();
                    let part = AssertUnwindSafe(run(context.clone(), Arc::clone(&heartbeat)));
                    let Err(panic) = part.catch_unwind().await else { return };
                    heartbeat.falls();
                    if began.elapsed() > CALM {
                        pause = PAUSE;
                    }
                    let panic = panics::words(&*panic);
                    tracing::error!(part = name, panic, ?pause, "A part of the server starts anew");
                    tokio::select! {
                        () = sleep(pause) => {}
                        () = shutdown.cancelled() => return,
                    }
                    pause = (pause * 2).min(PAUSE_MAX);
                    heartbeat.starts();
                }
            },
            on,
        );
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Watch;

    #[tokio::test]
    async fn what_is_down_or_stuck_shows() {
        let (watch, patience) = (Watch::default(), Duration::from_secs(60));
        let (first, second) = (watch.add("the first"), watch.add("the second"));
        assert_eq!(first.step(async { watch.trouble(patience) }).await, None, "a step may take its time");
        let stuck = second.step(async { watch.trouble(Duration::ZERO) }).await;
        assert_eq!(stuck.as_deref(), Some("the second is stuck"));
        assert_eq!(watch.trouble(Duration::ZERO), None);
        second.falls();
        assert!(watch.trouble(patience).is_some());
        second.starts();
        assert!(watch.trouble(patience).is_some(), "it has shown nothing yet");
        second.step(async {}).await;
        assert_eq!(watch.trouble(patience), None);
    }
}
