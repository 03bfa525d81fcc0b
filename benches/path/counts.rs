//! What the bench's Graph double notes: how often and when each customer got each answer.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use crate::support::double::{Ledger, Sent};

/// What a customer got: the recipient's digits and the first word of the text.
pub(crate) type Key = (u64, u64);

/// How often and when something came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) count: u32,
    pub(crate) first: Instant,
}

#[derive(Default)]
struct Taken {
    answers: HashMap<Key, Seen>,
    /// Read receipts by wamid.
    receipts: HashMap<String, Seen>,
    last: Option<Instant>,
}

/// All counts since they were last forgotten.
#[derive(Default)]
pub(crate) struct Counts {
    taken: Mutex<Taken>,
    total: AtomicU64,
}

impl Counts {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all that was taken.
    pub(crate) fn forget(&self) {
        *self.taken() = Taken::default();
        self.total.store(0, Ordering::Relaxed);
    }

    /// How many answers were taken and confirmed, repetitions counted.
    pub(crate) fn total(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// When the newest answer came.
    pub(crate) fn last_arrival(&self) -> Option<Instant> {
        self.taken().last
    }

    /// What came for a customer under that word.
    pub(crate) fn answer(&self, key: Key) -> Option<Seen> {
        self.taken().answers.get(&key).copied()
    }

    /// How many different answers came.
    pub(crate) fn different_answers(&self) -> usize {
        self.taken().answers.len()
    }

    /// The read receipt of a message.
    pub(crate) fn receipt_of(&self, wamid: &str) -> Option<Seen> {
        self.taken().receipts.get(wamid).copied()
    }
}

impl Ledger for Counts {
    fn message(&self, sent: &Sent, arrived: Instant) {
        let to = sent.to.parse().unwrap_or(0);
        let word = number_of(&sent.body);
        let mut taken = self.taken();
        count(&mut taken.answers, (to, word), arrived);
        taken.last = Some(taken.last.map_or(arrived, |last| last.max(arrived)));
    }

    fn receipt(&self, wamid: &str, _typing: bool, arrived: Instant) {
        count(&mut self.taken().receipts, wamid.to_owned(), arrived);
    }

    fn answered(&self) {
        self.total.fetch_add(1, Ordering::Relaxed);
    }
}

fn count<K: Hash + Eq>(seen: &mut HashMap<K, Seen>, key: K, arrived: Instant) {
    seen.entry(key).and_modify(|seen| seen.count += 1).or_insert(Seen { count: 1, first: arrived });
}

/// The number that a text begins with: `7: We open at nine.` is 7.
fn number_of(text: &str) -> u64 {
    text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok()).unwrap_or(u64::MAX)
}
