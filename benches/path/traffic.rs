//! Who writes what: unique messages of many customers to many numbers, signed one by one.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    counts::Key,
    support::{
        product::APP_SECRET,
        webhook::{self, Inbound, Signer, Target},
    },
};

/// What customers ask about. A customer asks each thing once, so that who got which answer how often can be counted; and
/// stays below the 45 messages that may go to one customer at once.
const THINGS: [&str; 32] = [
    "opening hours",
    "bicycles",
    "delivery",
    "umbrellas",
    "invoices",
    "parking",
    "vouchers",
    "breakfast",
    "swimming",
    "insurance",
    "candles",
    "guitars",
    "passports",
    "fireworks",
    "laundry",
    "trains",
    "mushrooms",
    "haircuts",
    "museums",
    "batteries",
    "dentists",
    "curtains",
    "fishing",
    "libraries",
    "penguins",
    "recycling",
    "sunglasses",
    "telescopes",
    "violins",
    "weddings",
    "yoghurt",
    "zebras",
];

/// The question of a place.
pub(crate) fn question(item: usize) -> String {
    format!("Do you have {}?", THINGS.get(item).copied().unwrap_or_default())
}

/// Questions with their answers. An answer begins with its place, which the double counts by.
pub(crate) fn knowledge() -> impl Iterator<Item = (String, String)> {
    (0..THINGS.len()).map(|item| (question(item), format!("{item}: {}", answer())))
}

/// As long as an answer usually is.
pub(crate) fn answer() -> &'static str {
    "Yes, we do. Come in from Monday to Saturday between 9 and 18, or write to us here at any time."
}

/// Where the traffic goes: the same for both sides.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) targets: Arc<[Target]>,
    pub(crate) customers: u64,
}

/// The messages of one run. Runs have customers of their own, so a late call of an earlier one is seen as a stranger's.
pub(crate) struct Traffic {
    world: World,
    signer: Signer,
    run: u64,
    next: AtomicU64,
}

impl Traffic {
    pub(crate) fn new(world: &World) -> Self {
        static RUNS: AtomicU64 = AtomicU64::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        Self { world: world.clone(), signer: Signer::new(APP_SECRET), run, next: AtomicU64::new(0) }
    }

    /// The next message's number.
    pub(crate) fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// How many were handed out.
    pub(crate) fn count(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// Customers write in turn, so that one's messages are far apart; when all have asked everything, others come.
    fn customer_and_item(&self, number: u64) -> (u64, u64) {
        let (customers, items) = (self.world.customers, THINGS.len() as u64);
        let generation = number / (customers * items);
        (number % customers + generation * customers, number / customers % items)
    }

    /// What the double must see for a message.
    pub(crate) fn key(&self, number: u64) -> Key {
        let (customer, item) = self.customer_and_item(number);
        (490_000_000_000 + self.run * 10_000_000 + customer, item)
    }

    pub(crate) fn wamid(&self, number: u64) -> String {
        webhook::wamid((self.run << 40) | number)
    }

    fn target(&self, number: u64) -> Option<&Target> {
        let (customer, _) = self.customer_and_item(number);
        self.world.targets.get(usize::try_from(customer).unwrap_or(0) % self.world.targets.len().max(1))
    }

    /// The body of a message, with its target.
    pub(crate) fn body(&self, number: u64, body: &mut String) -> Option<&Target> {
        let target = self.target(number)?;
        let (from, item) = self.key(number);
        body.clear();
        let text = question(usize::try_from(item).unwrap_or(0));
        webhook::messages(target, &[Inbound { from, wamid: &self.wamid(number), text: &text }], body);
        Some(target)
    }

    /// The whole signed request. Body and signature are made per request, for both sides alike: a few microseconds.
    pub(crate) fn request(&self, number: u64, body: &mut String, out: &mut Vec<u8>) {
        if let Some(target) = self.body(number, body) {
            webhook::request(&self.signer, target, body, out);
        }
    }

    /// The keys of all messages but those that were refused.
    pub(crate) fn expected(&self, refused: &HashSet<u64>) -> impl Iterator<Item = Key> {
        let count = self.count();
        (0..count).filter(move |number| !refused.contains(number)).map(move |number| self.key(number))
    }
}
