//! Whose sign-in is judged next.

use std::{collections::hash_map::RandomState, hash::BuildHasher, net::IpAddr, sync::Arc};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Addresses whose sign-in attempts are judged at once.
const LANES: usize = 256;
/// Attempts that may wait for an earlier one.
const WAITING_MAX: usize = 128;

/// Judges the sign-in attempts of an address one after the other: one that is not decided yet must neither count against
/// another that is right, nor let a wrong one slip through. Addresses share lanes by chance, which costs them time only.
pub struct Turns {
    lanes: Vec<Arc<Lane>>,
    hasher: RandomState,
}

struct Lane {
    turn: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        let lane = || Lane { turn: Arc::new(Semaphore::new(1)), waiting: Semaphore::new(WAITING_MAX) };
        Self { lanes: (0..LANES).map(|_| Arc::new(lane())).collect(), hasher: RandomState::new() }
    }
}

impl Turns {
    /// Waits for the turn of an address; `None` when too many wait already.
    pub async fn take(&self, address: Option<IpAddr>) -> Option<OwnedSemaphorePermit> {
        let at = usize::try_from(self.hasher.hash_one(address) % LANES as u64).unwrap_or_default();
        let lane = self.lanes.get(at)?;
        let _waiting = lane.waiting.try_acquire().ok()?;
        Arc::clone(&lane.turn).acquire_owned().await.ok()
    }
}
