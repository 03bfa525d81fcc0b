//! Direct sends: answers that are stored as `sending` by the transaction that would otherwise have queued them.
//!
//! Most answers can be sent as soon as they exist. For these the path through the queue (select, read, claim, each a
//! separate step) would be half the cost of a send. The guarantee is the same: nothing is sent before the message is marked
//! `sending` under a lease. If anything prevents a direct send (an unsent message before it, a rate limit, no permit), the
//! answer is queued.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    Pipeline, Stage,
    deliver::{Deliver, Job, RequeueGuard},
};
use crate::{
    domain::{
        Millis,
        ids::{ConversationId, IntegrationId},
    },
    server::store::{message::Sending, outbound::OutboundMessage},
};

/// The maximum number of direct sends in progress.
const AT_ONCE: u32 = 512;

/// Permits for direct sends.
pub struct DirectSends {
    places: Arc<Semaphore>,
    opened: AtomicBool,
}

impl Default for DirectSends {
    /// Without permits: tests that run the stages one by one see each of them.
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(0)), opened: AtomicBool::new(false) }
    }
}

impl DirectSends {
    /// Makes the permits available.
    pub fn open(&self) {
        if !self.opened.swap(true, Ordering::Relaxed) {
            self.places.add_permits(AT_ONCE as usize);
        }
    }

    /// Waits until no direct send is in progress.
    #[cfg(test)]
    pub async fn ended(&self) {
        if self.opened.load(Ordering::Relaxed) {
            drop(self.places.acquire_many(AT_ONCE).await);
        }
    }
}

/// Permits one direct send as soon as its message is stored. When dropped unused, it releases the rates that it reserved.
pub struct SendPermit {
    state: Pipeline,
    pub sending: Sending,
    integration_id: IntegrationId,
    conversation_id: ConversationId,
    started_at: Millis,
    /// None once the message is being sent.
    place: Option<OwnedSemaphorePermit>,
}

impl Drop for SendPermit {
    fn drop(&mut self) {
        if self.place.is_some() {
            let now = self.state.now();
            self.state.number_rate.release(self.integration_id, now);
            self.state.pair_rate.release(self.conversation_id, now);
        }
    }
}

/// Reserves a direct send to a customer within the rate limits of the integration and of the customer. Half of each limit is
/// kept for the queue. The reservation lasts until the message is sent: however long the writer takes, the limits hold then.
pub fn reserve(state: &Pipeline, integration_id: IntegrationId, conversation_id: ConversationId) -> Option<SendPermit> {
    if state.life.shutdown.is_cancelled() {
        return None;
    }
    let place = Arc::clone(&state.direct.places).try_acquire_owned().ok()?;
    let now = state.now();
    if !state.number_rate.reserve(integration_id, now) {
        return None;
    }
    if !state.pair_rate.reserve(conversation_id, now) {
        state.number_rate.release(integration_id, now);
        return None;
    }
    let sending = Sending { lease: state.node.mint_lease(), lease_until: now + state.config.send_lease() };
    let (state, place) = (state.clone(), Some(place));
    Some(SendPermit { state, sending, integration_id, conversation_id, started_at: now, place })
}

/// Sends a message that was stored as `sending`.
pub fn send(mut permit: SendPermit, message: OutboundMessage, guard: RequeueGuard) {
    let state = permit.state.clone();
    let now = state.now();
    state.number_rate.redeem(permit.integration_id, now);
    state.pair_rate.redeem(permit.conversation_id, now);
    let place = permit.place.take();
    let (lease, integration_id, started_at) = (permit.sending.lease, permit.integration_id, permit.started_at);
    let job = Job { lease, integration_id, message, attempt: 1, started_at, guard };
    state.life.tasks.clone().spawn(async move {
        Deliver::handle(&state, job).await;
        drop(place);
    });
}
