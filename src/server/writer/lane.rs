//! One connection that writes: it takes what waits, runs it in one transaction, and answers after the commit.

use std::{
    collections::VecDeque,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures::FutureExt;
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    Operation, Priority,
    batch::{Batch, run_batch},
    shares::{Pressure, Shares, Turn},
    signals::Commits,
};
use crate::server::{
    base::{
        panics,
        watch::{Heartbeat, Watch},
    },
    store::{Conn, Store, StoreError},
};

/// The most operations of one transaction.
const BATCH: usize = 256;
/// How long one transaction may gather what is not intake. The next caller waits for no more than this.
const BUDGET: Duration = Duration::from_millis(16);
/// The same while deliveries come in.
const BUDGET_PRESSED: Duration = Duration::from_millis(2);
/// A lane that has worked for this long counts as recovered.
pub(super) const CALM: Duration = Duration::from_secs(60);
/// How often in a row a lane that panics is restarted.
pub(super) const LANE_TRIES: u32 = 5;

#[derive(Default)]
struct Queue {
    waiting: [VecDeque<Box<dyn Operation>>; 4],
    closed: bool,
}

impl Queue {
    /// What the next transaction is made of, most urgent first. One operation of each kind comes before the many: a long
    /// queue of one kind may not starve the others.
    fn take(&mut self, turn: Turn) -> Batch {
        let mut batch = Vec::new();
        if turn != Turn::Intake {
            for (queue, priority) in self.waiting.iter_mut().zip(Priority::ALL).skip(1) {
                batch.extend(queue.pop_front().map(|operation| (priority, operation)));
            }
        }
        let heads = batch.len();
        let kinds = if turn == Turn::Intake { 1 } else { self.waiting.len() };
        for (queue, priority) in self.waiting.iter_mut().zip(Priority::ALL).take(kinds) {
            let room = BATCH.saturating_sub(batch.len()).min(queue.len());
            batch.extend(queue.drain(..room).map(|operation| (priority, operation)));
        }
        let intake = batch.iter().skip(heads).take_while(|(priority, _)| *priority == Priority::Intake).count();
        if let Some(first) = batch.get_mut(..heads + intake) {
            first.rotate_left(heads);
        }
        batch
    }

    /// Puts back what a transaction had no time for, before what came meanwhile.
    fn give_back(&mut self, rest: Batch) {
        for (priority, operation) in rest.into_iter().rev() {
            if let Some(queue) = self.waiting.get_mut(priority as usize) {
                queue.push_front(operation);
            }
        }
    }

    fn has_intake(&self) -> bool {
        self.waiting.first().is_some_and(|queue| !queue.is_empty())
    }

    /// How many deliveries wait.
    fn intake(&self) -> usize {
        self.waiting.first().map_or(0, |queue| queue.iter().map(|operation| operation.weight()).sum())
    }

    fn is_empty(&self) -> bool {
        self.waiting.iter().all(VecDeque::is_empty)
    }
}

/// What waits for one writing connection.
pub(super) struct Lane {
    queue: Mutex<Queue>,
    filled: Notify,
    pressure: Arc<Pressure>,
}

impl Lane {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        // Nothing in here leaves the queue half changed, so a poisoned lock is still good.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn new(pressure: Arc<Pressure>) -> Self {
        Self { queue: Mutex::default(), filled: Notify::new(), pressure }
    }

    pub(super) fn is_pressed(&self) -> bool {
        self.pressure.is_there()
    }

    fn budget(&self) -> Duration {
        if self.is_pressed() { BUDGET_PRESSED } else { BUDGET }
    }

    /// Accepts nothing any more; waiting callers are told so.
    fn close(&self) {
        let waiting = {
            let mut queue = self.queue();
            queue.closed = true;
            std::mem::take(&mut queue.waiting)
        };
        for operation in waiting.into_iter().flatten() {
            operation.finish(Err(StoreError::Closed));
        }
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

/// Who writes what comes into a lane.
pub(super) struct Worker {
    pub(super) lane: Arc<Lane>,
    /// The lane that deliveries come in by.
    pub(super) intake: Arc<Lane>,
    pub(super) store: Store,
    pub(super) commits: Arc<Commits>,
    pub(super) shutdown: CancellationToken,
    pub(super) heartbeat: Arc<Heartbeat>,
}

impl Worker {
    /// Writes, and restarts after a panic: an operation's own is caught where it runs, so it takes a bug in the lane itself.
    /// What was in progress then is told to have failed. A lane that only panics is closed, for callers that wait in it would
    /// wait for ever, and the server ends.
    pub(super) async fn keep(self, watch: Watch) {
        let mut tries = 0;
        while tries < LANE_TRIES {
            let began = Instant::now();
            let Err(panic) = AssertUnwindSafe(work(&self)).catch_unwind().await else { return };
            self.heartbeat.falls();
            tries = if began.elapsed() > CALM { 1 } else { tries + 1 };
            tracing::error!(tries, panic = panics::words(&*panic), "A writer's lane starts anew");
            tokio::time::sleep(Duration::from_millis(5 << tries)).await;
            self.heartbeat.starts();
        }
        self.heartbeat.falls();
        self.lane.close();
        watch.give_up("a writer's lane");
    }
}

/// Writes until `shutdown`, and then what still waits.
async fn work(worker: &Worker) {
    let Worker { lane, intake, store, commits, shutdown, heartbeat } = worker;
    let mut conn: Option<Conn> = None;
    let mut shares = Shares::new(Arc::clone(&lane.pressure));
    loop {
        if let Some(breath) = shares.breath().filter(|_| lane.is_intake_missing() && !shutdown.is_cancelled()) {
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
                // Something may have been pushed before the lane was closed.
                if lane.queue().is_empty() {
                    return;
                }
                continue;
            }
            tokio::select! {
                () = lane.filled.notified() => {}
                () = shutdown.cancelled() => {}
            }
            continue;
        }
        if turn.has_intake() {
            lane.pressure.note(None);
        }
        let began = Instant::now();
        let rest = heartbeat.step(run_batch(&mut conn, (store, commits), batch, lane.budget())).await;
        lane.queue().give_back(rest);
        if turn.has_intake() {
            lane.pressure.note(Some(Instant::now()));
        }
        shares.spent(turn, began, intake.queue().intake());
    }
}

#[cfg(test)]
mod tests {
    use super::{Batch, Operation, Priority, Queue, Turn};
    use crate::server::{
        store::{Conn, StoreResult},
        writer::BoxFuture,
    };

    /// Not empty, so that each has an address of its own.
    struct Nothing(u8);

    impl Operation for Nothing {
        fn run<'a>(&'a mut self, _: &'a mut Conn) -> BoxFuture<'a, StoreResult<()>> {
            Box::pin(std::future::ready(Ok(())))
        }

        fn split(&mut self) -> Option<Box<dyn Operation>> {
            (self.0 > 0).then(|| Box::new(Self(0)) as Box<dyn Operation>)
        }

        fn finish(self: Box<Self>, _: StoreResult<()>) {}
    }

    fn queue(counts: [usize; 4]) -> Queue {
        let mut queue = Queue::default();
        for (waiting, count) in queue.waiting.iter_mut().zip(counts) {
            waiting.extend((0..count).map(|_| Box::new(Nothing(0)) as Box<dyn Operation>));
        }
        queue
    }

    fn kinds(batch: &Batch) -> Vec<Priority> {
        batch.iter().map(|(priority, _)| *priority).collect()
    }

    #[test]
    fn each_kind_has_its_turn_before_the_many() {
        use Priority::{Bulk, Intake, Interactive, Pipeline};
        let mut long = queue([2, 500, 2, 1]);
        let batch = long.take(Turn::All { with_intake: true });
        assert_eq!(kinds(&batch)[..6], [Intake, Intake, Pipeline, Interactive, Bulk, Pipeline]);
        assert_eq!(batch.len(), super::BATCH);
        assert_eq!(long.waiting[2].len(), 1);
        let mut quiet = queue([0, 1, 0, 0]);
        assert_eq!(kinds(&quiet.take(Turn::All { with_intake: false })), [Pipeline]);
        let mut flood = queue([3, 9, 9, 9]);
        assert_eq!(kinds(&flood.take(Turn::Intake)), [Intake; 3]);
    }

    #[test]
    fn what_there_was_no_time_for_comes_first_and_in_order() {
        let mut waiting = queue([0, 3, 1, 0]);
        let at = |operation: &dyn Operation| std::ptr::from_ref(operation).cast::<u8>();
        let before: Vec<_> = waiting.waiting[1].iter().map(|o| at(&**o)).collect();
        let mut batch = waiting.take(Turn::All { with_intake: false });
        waiting.waiting[1].push_back(Box::new(Nothing(0)));
        let rest = batch.split_off(1);
        waiting.give_back(rest);
        let after: Vec<_> = waiting.waiting[1].iter().map(|o| at(&**o)).collect();
        assert_eq!((after.len(), waiting.waiting[2].len()), (3, 1));
        assert_eq!(after[..2], before[1..]);
    }
}
