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

use super::{
    Pipeline, Stage,
    deliver::{Deliver, Job, Unsent},
};
use crate::{
    domain::{
        Millis,
        ids::{ConversationId, IntegrationId},
    },
    server::store::{letter::Letter, message::Sending},
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

/// A send that may begin as soon as its message is stored. Dropped, it leaves what it has reserved to others.
pub struct Room {
    state: Pipeline,
    pub sending: Sending,
    integration_id: IntegrationId,
    conversation_id: ConversationId,
    started_at: Millis,
    /// None when the message is on its way.
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.permit.is_some() {
            let now = self.state.now();
            self.state.number_rate.release(self.integration_id, now);
            self.state.pair_rate.release(self.conversation_id, now);
        }
    }
}

/// Room for a message to a customer, within the rates of the number and of the customer. Half of each rate is kept for what
/// is queued. It is reserved until the message leaves: however long the writer takes, no more leave then than may at once.
pub fn room(state: &Pipeline, integration_id: IntegrationId, conversation_id: ConversationId) -> Option<Room> {
    if state.life.shutdown.is_cancelled() {
        return None;
    }
    let permit = Arc::clone(&state.straight.places).try_acquire_owned().ok()?;
    let now = state.now();
    if !state.number_rate.reserve(integration_id, now) {
        return None;
    }
    if !state.pair_rate.reserve(conversation_id, now) {
        state.number_rate.release(integration_id, now);
        return None;
    }
    let sending = Sending { lease: state.node.mint_lease(), lease_until: now + state.config.send_lease() };
    let (state, permit) = (state.clone(), Some(permit));
    Some(Room { state, sending, integration_id, conversation_id, started_at: now, permit })
}

/// Sends a message that was stored as `sending`.
pub fn send(mut room: Room, message: Letter, unsent: Unsent) {
    let state = room.state.clone();
    let now = state.now();
    state.number_rate.redeem(room.integration_id, now);
    state.pair_rate.redeem(room.conversation_id, now);
    let permit = room.permit.take();
    let (lease, integration_id, started_at) = (room.sending.lease, room.integration_id, room.started_at);
    let job = Job { lease, integration_id, message, attempt: 1, started_at, unsent };
    state.life.tasks.clone().spawn(async move {
        Deliver::handle(&state, job).await;
        drop(permit);
    });
}
