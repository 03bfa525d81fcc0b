//! Addresses that have lately proven to be of use: a webhook of theirs was verified, or somebody there is signed in.
//!
//! When it gets tight they come first. What is known is a hint in memory: it ends with the process and after a day, and
//! gives nobody a right.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{PoisonError, RwLock},
};

use super::clock::Clock;
use crate::domain::Millis;

/// How long an address counts after it has proven itself.
const KEPT: Millis = 24 * 60 * 60 * 1000;
/// It is noted again only when this much of that has passed: most requests only read.
const NOTED_EVERY: Millis = 60 * 60 * 1000;
/// More addresses are not kept. Only who has an account or an app's secret can add one.
const MANY: usize = 20_000;

/// The addresses, IPv6 by the network that one customer of a provider has (`auth::address::throttle_key`).
#[derive(Debug)]
pub struct KnownAddresses {
    clock: Clock,
    proven_at: RwLock<HashMap<IpAddr, Millis>>,
}

impl KnownAddresses {
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, proven_at: RwLock::default() }
    }

    fn age(&self, address: IpAddr, now: Millis) -> Option<Millis> {
        let known = self.proven_at.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&address).map(|at| (now - at).max(0))
    }

    /// Whether the address has proven itself lately.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.age(address, self.clock.now()).is_some_and(|age| age < KEPT)
    }

    /// It just has.
    pub fn note(&self, address: IpAddr) {
        let now = self.clock.now();
        if self.age(address, now).is_some_and(|age| age < NOTED_EVERY) {
            return;
        }
        let mut known = self.proven_at.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MANY {
            known.retain(|_, at| now - *at < KEPT);
        }
        if known.len() < MANY || known.contains_key(&address) {
            known.insert(address, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{IpAddr, Ipv4Addr},
        sync::{
            Arc,
            atomic::{AtomicI64, Ordering},
        },
    };

    use super::{KEPT, KnownAddresses, MANY};
    use crate::server::base::clock::Clock;

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(n))
    }

    #[test]
    fn an_address_is_known_for_a_day_after_its_last_proof() {
        let time = Arc::new(AtomicI64::new(0));
        let known = KnownAddresses::new(Clock::Manual(Arc::clone(&time)));
        assert!(!known.contains(address(1)));
        known.note(address(1));
        time.store(KEPT - 1, Ordering::SeqCst);
        assert!(known.contains(address(1)) && !known.contains(address(2)));
        known.note(address(1));
        time.store(KEPT + 1, Ordering::SeqCst);
        assert!(known.contains(address(1)));
        time.store(3 * KEPT, Ordering::SeqCst);
        assert!(!known.contains(address(1)));
    }

    #[test]
    fn their_number_is_bounded() {
        let time = Arc::new(AtomicI64::new(0));
        let known = KnownAddresses::new(Clock::Manual(Arc::clone(&time)));
        let many = u32::try_from(MANY).unwrap();
        (0..many + 5).for_each(|n| known.note(address(n)));
        assert!(known.contains(address(0)) && !known.contains(address(many)));
        time.store(2 * KEPT, Ordering::SeqCst);
        known.note(address(many));
        assert!(known.contains(address(many)) && known.proven_at.read().unwrap().len() == 1);
    }
}
