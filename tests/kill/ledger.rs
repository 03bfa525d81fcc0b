//! What the drill's Graph double notes: every message, in the order of arrival, and which of them Meta reports on.

use std::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use crate::{
    random::Random,
    support::double::{Ledger, Sent},
};

struct Pages {
    random: Random,
    received: Vec<Sent>,
    /// When each of them came.
    arrivals: Vec<Instant>,
    /// How many of them have been looked at for reports.
    considered: usize,
    /// Those whose report is left for the end.
    unreported: Vec<Sent>,
}

/// Everything that reached Meta.
pub(crate) struct Book(Mutex<Pages>);

impl Book {
    pub(crate) const fn new(random: Random) -> Self {
        Self(Mutex::new(Pages {
            random,
            received: Vec::new(),
            arrivals: Vec::new(),
            considered: 0,
            unreported: Vec::new(),
        }))
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap()
    }

    /// Everything so far.
    pub(crate) fn received(&self) -> Vec<Sent> {
        self.pages().received.clone()
    }

    /// The number of each, and when it came.
    pub(crate) fn received_at(&self) -> Vec<(String, Instant)> {
        let pages = self.pages();
        pages.received.iter().map(|sent| sent.phone_number_id.clone()).zip(pages.arrivals.iter().copied()).collect()
    }

    /// New messages that Meta reports on at once: about half. The rest is kept for [`Self::unreported`].
    pub(crate) fn reports_due(&self) -> Vec<Sent> {
        let mut pages = self.pages();
        let Pages { random, received, considered, unreported, .. } = &mut *pages;
        let mut due = Vec::new();
        for message in received.iter().skip(*considered) {
            if random.one_in(2) { &mut due } else { &mut *unreported }.push(message.clone());
        }
        *considered = received.len();
        due
    }

    /// Messages that no report was made of.
    pub(crate) fn unreported(&self) -> Vec<Sent> {
        let mut late = self.reports_due();
        late.append(&mut self.pages().unreported);
        late
    }
}

impl Ledger for Book {
    fn message(&self, sent: &Sent, arrived: Instant) {
        let mut pages = self.pages();
        pages.received.push(sent.clone());
        pages.arrivals.push(arrived);
    }
}
