//! Answers that go straight out: stored as `sending` by the transaction that would else have queued them.
//!
//! Most answers may be sent the moment they are there. For these the way through the queue (look, read, claim, each for
//! itself) would be half of what a send costs. The promise is the same: nothing leaves before the message is marked as
//! `sending` under a lease. Whatever stands in the way (something unsent before it, a rate, no room), it is queued.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::{
    Stage,
    deliver::{Deliver, Job},
};
use crate::{
    domain::Millis,
    server::{
        clock::mint_id,
        state::AppState,
        store::{letter::Letter, message::Sending},
    },
};

/// The most sends under way that were never queued.
const AT_ONCE: u32 = 512;

/// Room for sends that are not queued.
pub struct Straight {
    places: Arc<Semaphore>,
    opened: AtomicBool,
}

impl Default for Straight {
    /// Without room: tests that drive the stages one by one see each of them.
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(0)), opened: AtomicBool::new(false) }
    }
}

impl Straight {
    /// Makes room.
    pub fn open(&self) {
        if !self.opened.swap(true, Ordering::Relaxed) {
            self.places.add_permits(AT_ONCE as usize);
        }
    }

    /// Waits until no such send is under way.
    #[cfg(test)]
    pub async fn ended(&self) {
        if self.opened.load(Ordering::Relaxed) {
            drop(self.places.acquire_many(AT_ONCE).await);
        }
    }
}

/// A send that may begin as soon as its message is stored.
pub struct Room {
    pub sending: Sending,
    started_at: Millis,
    permit: OwnedSemaphorePermit,
}

/// Room for a message to a customer, within the rates of the number and of the customer. What is queued goes first: for the
/// queue half of each rate is kept.
pub fn room(state: &AppState, integration_id: Uuid, conversation_id: Uuid) -> Option<Room> {
    if state.shutdown.is_cancelled() {
        return None;
    }
    let permit = Arc::clone(&state.straight.places).try_acquire_owned().ok()?;
    let now = state.now();
    let spare = state.number_rate.take_spare(integration_id, now) && state.pair_rate.take_spare(conversation_id, now);
    let sending = Sending { lease: mint_id(), lease_until: now + state.config.send_lease() };
    spare.then_some(Room { sending, started_at: now, permit })
}

/// Sends a message that was stored as `sending`.
pub fn send(state: &AppState, room: Room, integration_id: Uuid, message: Letter) {
    let Room { sending, started_at, permit } = room;
    let job = Job { lease: sending.lease, integration_id, message, attempt: 1, started_at };
    let state = state.clone();
    state.tasks.clone().spawn(async move {
        Deliver::handle(&state, job).await;
        drop(permit);
    });
}
