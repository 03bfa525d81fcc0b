//! Writes that are alike, gathered: one operation of a lane writes many of them with a few statements.
//!
//! A statement costs more than a row of it, so on the message path whatever waits is written as a batch. Each input
//! still has an outcome of its own: when the set fails it is halved, as a batch is, until the culprit is alone.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::oneshot;
use uuid::Uuid;

use super::{BoxFuture, Operation, Pending, Priority, Writer, lane::Lane, lane_of};
use crate::server::store::{Conn, StoreError, StoreResult};

/// Writes a set of inputs, and gives an outcome for each, in their order.
type Function<I, T> = for<'c> fn(&'c mut Conn, &'c [I]) -> BoxFuture<'c, StoreResult<Vec<T>>>;

/// An input with the place where its outcome goes.
type Seat<I, T> = (I, oneshot::Sender<StoreResult<T>>);

/// How many inputs a group takes.
#[derive(Clone, Copy)]
pub struct Size {
    /// Inputs that are written together at most: the more, the less each costs.
    pub together: usize,
    /// The same while deliveries come in, which must not wait long for a set.
    pub pressed: usize,
    /// Inputs that may wait in one lane; beyond it the group answers [`StoreError::Overloaded`].
    pub waiting: usize,
}

/// A kind of write that is made for many inputs at once. Cheap to clone.
pub struct Group<I, T> {
    lanes: Arc<[Arc<Gathering<I, T>>]>,
}

/// What waits in one lane.
struct Gathering<I, T> {
    lane: Arc<Lane>,
    priority: Priority,
    waiting: Mutex<VecDeque<Seat<I, T>>>,
    size: Size,
    function: Function<I, T>,
}

impl<I: Send + Sync + 'static, T: Send + 'static> Group<I, T> {
    /// A group of writes that the lanes of that writer make.
    #[must_use]
    pub fn new(writer: &Writer, priority: Priority, size: Size, function: Function<I, T>) -> Self {
        let gathering = |lane: &Arc<Lane>| {
            Arc::new(Gathering { lane: Arc::clone(lane), priority, waiting: Mutex::default(), size, function })
        };
        Self { lanes: writer.lanes_for(priority).iter().map(gathering).collect() }
    }

    /// Puts a write into the lane of its key at once, in order of calling, and gives a handle to wait for its commit.
    pub fn submit(&self, key: impl Into<Uuid>, input: I) -> Pending<T> {
        let (reply, outcome) = oneshot::channel();
        if let Some(gathering) = self.lanes.get(lane_of(key.into(), self.lanes.len())) {
            gathering.push((input, reply));
        }
        Pending(outcome)
    }

    /// Writes and waits for the commit.
    pub async fn write(&self, key: impl Into<Uuid>, input: I) -> StoreResult<T> {
        self.submit(key, input).committed().await
    }
}

impl<I: Send + Sync + 'static, T: Send + 'static> Gathering<I, T> {
    fn push(self: &Arc<Self>, seat: Seat<I, T>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= self.size.waiting {
            drop(waiting);
            drop(seat.1.send(Err(StoreError::Overloaded)));
            return;
        }
        waiting.push_back(seat);
        if waiting.len() == 1 {
            self.enter_lane(&mut waiting);
        }
    }

    /// Puts an operation into the lane that will take what waits: there is one as long as anything does.
    fn enter_lane(self: &Arc<Self>, waiting: &mut VecDeque<Seat<I, T>>) {
        let gathering = Arc::clone(self);
        let set = Set { gathering, taken: Vec::new(), replies: Vec::new(), results: Vec::new(), is_done: false };
        if let Err((mut set, error)) = self.lane.push(self.priority, Box::new(set)) {
            set.disarm();
            for (_, reply) in waiting.drain(..) {
                drop(reply.send(Err(error.clone())));
            }
        }
    }

    fn count(&self) -> usize {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).len().min(self.size.together)
    }

    /// Takes a batch; for what is left another operation enters the lane.
    fn take(self: &Arc<Self>) -> Vec<Seat<I, T>> {
        let most = if self.lane.is_pressed() { self.size.pressed } else { self.size.together };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.len().min(most);
        let taken = waiting.drain(..count).collect();
        if !waiting.is_empty() {
            self.enter_lane(&mut waiting);
        }
        taken
    }
}

/// Inputs that are written together. It gathers them when it first runs, and keeps them for a repetition.
struct Set<I, T> {
    gathering: Arc<Gathering<I, T>>,
    taken: Vec<I>,
    replies: Vec<oneshot::Sender<StoreResult<T>>>,
    results: Vec<T>,
    is_done: bool,
}

impl<I: Send + Sync + 'static, T: Send + 'static> Operation for Set<I, T> {
    fn run<'a>(&'a mut self, conn: &'a mut Conn) -> BoxFuture<'a, StoreResult<()>> {
        if self.taken.is_empty() {
            (self.taken, self.replies) = self.gathering.take().into_iter().unzip();
        }
        let function = self.gathering.function;
        let (taken, results) = (&self.taken, &mut self.results);
        Box::pin(async move {
            if !taken.is_empty() {
                *results = function(conn, taken).await?;
            }
            Ok(())
        })
    }

    // Asked under the lock of the lane's queue. A caller that pushes into that queue under the lock of `waiting` does so only
    // while no set is in it, so the two never wait for each other.
    fn weight(&self) -> usize {
        if self.taken.is_empty() { self.gathering.count() } else { self.taken.len() }
    }

    fn split(&mut self) -> Option<Box<dyn Operation>> {
        if self.taken.len() < 2 {
            return None;
        }
        let half = self.taken.len() / 2;
        let taken = self.taken.split_off(half);
        let replies = self.replies.split_off(half);
        Some(Box::new(Self {
            gathering: Arc::clone(&self.gathering),
            taken,
            replies,
            results: Vec::new(),
            is_done: false,
        }))
    }

    fn disarm(&mut self) {
        self.is_done = true;
    }

    fn finish(mut self: Box<Self>, outcome: StoreResult<()>) {
        self.is_done = true;
        if self.taken.is_empty() && outcome.is_err() {
            // It never ran, for lack of a connection: the waiting caller has to know.
            self.replies = self.gathering.take().into_iter().map(|(_, reply)| reply).collect();
        }
        let mut results = std::mem::take(&mut self.results).into_iter();
        for reply in std::mem::take(&mut self.replies) {
            let result = match &outcome {
                Ok(()) => results.next().ok_or(StoreError::Closed),
                Err(error) => Err(error.clone()),
            };
            // A caller that was cancelled does not undo the write.
            drop(reply.send(result));
        }
    }
}

impl<I, T> Drop for Set<I, T> {
    /// A lane that panicked lost it: nothing else would process what waits.
    fn drop(&mut self) {
        if !self.is_done && self.taken.is_empty() {
            let mut waiting = self.gathering.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            for (_, reply) in waiting.drain(..) {
                drop(reply.send(Err(StoreError::Closed)));
            }
        }
    }
}
