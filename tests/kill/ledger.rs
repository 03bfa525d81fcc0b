//! What the drill's Graph double notes: every message, in the order of arrival, and which of them Meta reports on.

use std::{
    sync::{Mutex, MutexGuard},
    time::Instant,
};

use crate::{
    random::Random,
    support::graph::{Fields, Ledger},
};

/// A message that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) phone_number_id: String,
    pub(crate) to: String,
    /// The product's own id of the message.
    pub(crate) callback_data: String,
    pub(crate) wamid: String,
}

struct Pages {
    random: Random,
    received: Vec<Received>,
    /// How many of them have been looked at for reports.
    considered: usize,
    /// Those whose report is left for the end.
    unreported: Vec<Received>,
}

/// Everything that reached Meta.
pub(crate) struct Book(Mutex<Pages>);

impl Book {
    pub(crate) const fn new(random: Random) -> Self {
        Self(Mutex::new(Pages { random, received: Vec::new(), considered: 0, unreported: Vec::new() }))
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap()
    }

    /// Everything so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.pages().received.clone()
    }

    /// New messages that Meta reports on at once: about half. The rest is kept for [`Self::unreported`].
    pub(crate) fn reports_due(&self) -> Vec<Received> {
        let mut pages = self.pages();
        let Pages { random, received, considered, unreported } = &mut *pages;
        let mut due = Vec::new();
        for message in received.iter().skip(*considered) {
            if random.one_in(2) { &mut due } else { &mut *unreported }.push(message.clone());
        }
        *considered = received.len();
        due
    }

    /// Messages that no report was made of.
    pub(crate) fn unreported(&self) -> Vec<Received> {
        let mut late = self.reports_due();
        late.append(&mut self.pages().unreported);
        late
    }
}

impl Ledger for Book {
    fn message(&self, phone_number_id: &str, message: Fields<'_>, wamid: &str, _arrived: Instant) {
        self.pages().received.push(Received {
            phone_number_id: phone_number_id.to_owned(),
            to: message.to().to_owned(),
            callback_data: message.find(b"\"biz_opaque_callback_data\":\"").unwrap_or_default().to_owned(),
            wamid: wamid.to_owned(),
        });
    }
}
