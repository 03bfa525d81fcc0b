//! Memory for webhooks that are being read or wait to be written.
//!
//! Bytes count when they are there: what a header announces takes no room, or a few requests without bodies would use it up.
//! Who has not proven themselves lately (see [`crate::server::base::known`]) has a share: half of it all of them together, a
//! quarter each address. So a stranger cannot exhaust the memory for the provider's deliveries by sending much and slowly.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Room is reserved in units of this many bytes: bookkeeping per body costs about as much.
const PIECE: usize = 1024;

/// Who sends a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// An address that has proven itself lately, or a signature that was verified.
    Known,
    /// Anybody else. IPv6 addresses by their network.
    Stranger(Option<IpAddr>),
}

/// There is no room now: the sender is asked to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoRoom;

#[derive(Debug, Default)]
struct Used {
    all: usize,
    strangers: usize,
    by_address: HashMap<Option<IpAddr>, usize>,
}

#[derive(Debug)]
struct Shared {
    size: usize,
    used: Mutex<Used>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The room for all bodies together. Cheap to clone.
#[derive(Clone, Debug)]
pub struct BodyBudget(Arc<Shared>);

impl BodyBudget {
    /// Room for this number of bytes.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self(Arc::new(Shared { size, used: Mutex::default() }))
    }

    /// For a body that begins: nothing is taken yet.
    #[must_use]
    pub fn open(&self, sender: Sender) -> BodyReservation {
        BodyReservation { shared: Arc::clone(&self.0), sender, taken: 0 }
    }
}

/// What one body takes; free again when it is dropped.
#[derive(Debug)]
pub struct BodyReservation {
    shared: Arc<Shared>,
    sender: Sender,
    taken: usize,
}

impl BodyReservation {
    /// Extends the reservation to the number of bytes that the body has now.
    ///
    /// # Errors
    /// When there is none left, or not for this sender; what was taken stays.
    pub fn grow_to(&mut self, bytes: usize) -> Result<(), NoRoom> {
        let wanted = bytes.max(1).next_multiple_of(PIECE);
        let more = wanted.saturating_sub(self.taken);
        if more == 0 {
            return Ok(());
        }
        let size = self.shared.size;
        let mut used = self.shared.lock();
        if used.all + more > size {
            return Err(NoRoom);
        }
        if let Sender::Stranger(address) = self.sender {
            if used.strangers + more > size / 2 {
                return Err(NoRoom);
            }
            let own = used.by_address.entry(address).or_default();
            if *own + more > size / 4 {
                if *own == 0 {
                    used.by_address.remove(&address);
                }
                return Err(NoRoom);
            }
            *own += more;
            used.strangers += more;
        }
        used.all += more;
        drop(used);
        self.taken = wanted;
        Ok(())
    }

    /// What there was of the body is gone.
    pub fn leave(&mut self) {
        let mut used = self.shared.lock();
        used.all = used.all.saturating_sub(self.taken);
        self.leave_share(&mut used);
        drop(used);
        self.taken = 0;
    }

    /// The signature fits: from now on it counts as a known sender's.
    pub fn verified(&mut self) {
        self.leave_share(&mut self.shared.lock());
        self.sender = Sender::Known;
    }

    fn leave_share(&self, used: &mut Used) {
        let Sender::Stranger(address) = self.sender else { return };
        used.strangers = used.strangers.saturating_sub(self.taken);
        if let Some(own) = used.by_address.get_mut(&address) {
            *own = own.saturating_sub(self.taken);
            if *own == 0 {
                used.by_address.remove(&address);
            }
        }
    }
}

impl Drop for BodyReservation {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::{BodyBudget, NoRoom, Sender};

    const SIZE: usize = 64 << 10;

    fn stranger(n: u32) -> Sender {
        Sender::Stranger(Some(IpAddr::V4(Ipv4Addr::from_bits(n))))
    }

    #[test]
    fn only_what_is_there_counts() {
        let budget = BodyBudget::new(SIZE);
        let waiting: Vec<_> = (0..1000).map(|_| budget.open(stranger(1))).collect();
        let mut other = budget.open(stranger(1));
        assert_eq!(other.grow_to(SIZE / 4), Ok(()));
        drop(waiting);
        assert_eq!(budget.0.lock().all, SIZE / 4);
    }

    #[test]
    fn strangers_have_a_share_each_and_one_together() {
        let budget = BodyBudget::new(SIZE);
        let mut rooms: Vec<_> = (0..3).map(|n| budget.open(stranger(n))).collect();
        assert_eq!(rooms[0].grow_to(SIZE / 4 + 1), Err(NoRoom));
        assert_eq!(rooms[0].grow_to(SIZE / 4), Ok(()));
        assert_eq!(budget.open(stranger(0)).grow_to(1), Err(NoRoom));
        assert_eq!(rooms[1].grow_to(SIZE / 4), Ok(()));
        assert_eq!(rooms[2].grow_to(1), Err(NoRoom));
        // The other half is for those who are known.
        let mut known = budget.open(Sender::Known);
        assert_eq!(known.grow_to(SIZE / 2), Ok(()));
        assert_eq!(known.grow_to(SIZE / 2 + 1), Err(NoRoom));
    }

    #[test]
    fn a_verified_body_leaves_the_share_of_strangers() {
        let budget = BodyBudget::new(SIZE);
        let mut first = budget.open(stranger(1));
        assert_eq!(first.grow_to(SIZE / 4), Ok(()));
        first.verified();
        let mut second = budget.open(stranger(1));
        assert_eq!(second.grow_to(SIZE / 4), Ok(()));
        drop(first);
        assert_eq!(budget.0.lock().all, SIZE / 4);
    }

    #[test]
    fn everything_comes_back() {
        let budget = BodyBudget::new(SIZE);
        for n in 0..100 {
            let mut room = budget.open(if n % 2 == 0 { stranger(n) } else { Sender::Known });
            room.grow_to(100).unwrap();
            room.grow_to(5000).unwrap();
            assert_eq!(room.grow_to(SIZE * 2), Err(NoRoom));
        }
        // Before its end, too, and not twice.
        let (mut first, mut second) = (budget.open(stranger(1)), budget.open(stranger(1)));
        assert_eq!((first.grow_to(SIZE / 8), second.grow_to(SIZE / 8)), (Ok(()), Ok(())));
        first.leave();
        drop(first);
        assert_eq!(budget.0.lock().all, SIZE / 8);
        drop(second);
        let used = budget.0.lock();
        assert_eq!((used.all, used.strangers, used.by_address.len()), (0, 0, 0));
    }
}
