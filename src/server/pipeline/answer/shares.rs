//! How many turns of each chatbot are in progress: a slow one fills its own share of the places and no other's.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::domain::ids::ChatbotId;

/// Turns behind those of a full chatbot are looked for again after this multiple of the last look's duration, for all that it has
/// waiting is skipped; and after this long at the latest.
const REST: u32 = 4;
const REST_MAX: Duration = Duration::from_millis(250);

/// Turns in progress, by chatbot. A chatbot may have at most half of the places that others leave: so however many of them
/// hang, there is room for the next.
#[derive(Clone, Default)]
pub struct Shares {
    under_way: Arc<Mutex<HashMap<ChatbotId, usize>>>,
    /// When to look past full ones again.
    next_look: Arc<Mutex<Option<Instant>>>,
}

/// What a claim may take.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FreeTurns {
    /// This number of turns of any chatbot: none can exceed its share by them.
    pub(super) turns: usize,
    /// Chatbots whose share is full.
    pub(super) without: Vec<ChatbotId>,
}

/// The place of one turn, free again when it is dropped.
pub(super) struct Place {
    shares: Shares,
    chatbot_id: ChatbotId,
}

impl Shares {
    /// What may be claimed, given the total number of places.
    pub(super) fn free(&self, places: usize) -> FreeTurns {
        let known = self.known();
        let free = places.saturating_sub(known.values().sum());
        let mut free_turns = FreeTurns { turns: share(0, free), without: Vec::new() };
        for (chatbot_id, under_way) in known.iter() {
            match share(*under_way, free).saturating_sub(*under_way) {
                0 => free_turns.without.push(*chatbot_id),
                left => free_turns.turns = free_turns.turns.min(left),
            }
        }
        free_turns
    }

    /// Takes a place for a turn.
    pub(super) fn take(&self, chatbot_id: ChatbotId) -> Place {
        *self.known().entry(chatbot_id).or_default() += 1;
        Place { shares: self.clone(), chatbot_id }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<ChatbotId, usize>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is time to look past the turns of full chatbots; else how long it is until then.
    pub(super) fn look_past(&self, now: Instant) -> Result<(), Duration> {
        match self.next().map(|next| next.saturating_duration_since(now)) {
            Some(left) if !left.is_zero() => Err(left),
            _ => Ok(()),
        }
    }

    /// Somebody has looked past them, and it took so long.
    pub(super) fn looked_past(&self, now: Instant, took: Duration) {
        *self.next() = Some(now + (took * REST).min(REST_MAX));
    }

    fn next(&self) -> MutexGuard<'_, Option<Instant>> {
        self.next_look.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Entry::Occupied(mut under_way) = self.shares.known().entry(self.chatbot_id) {
            match *under_way.get() {
                0 | 1 => drop(under_way.remove()),
                _ => *under_way.get_mut() -= 1,
            }
        }
    }
}

/// Half of what is free or its own already; the last place, too.
fn share(under_way: usize, free: usize) -> usize {
    (free + under_way).div_ceil(2)
}

#[cfg(test)]
mod tests {
    use super::{FreeTurns, Shares};
    use crate::domain::ids::ChatbotId;

    #[test]
    fn one_that_hangs_leaves_room_for_the_next() {
        let shares = Shares::default();
        let mut places = Vec::new();
        let mut taken = Vec::new();
        for n in 1..=8 {
            let bot = ChatbotId::from_u128(n);
            let mut mine = 0;
            loop {
                let free_turns = shares.free(64);
                if free_turns.without.contains(&bot) || places.len() == 64 {
                    break;
                }
                // It has more waiting than there are places for.
                places.extend((0..free_turns.turns).map(|_| shares.take(bot)));
                mine += free_turns.turns;
            }
            taken.push(mine);
        }
        assert_eq!(taken, [32, 16, 8, 4, 2, 1, 1, 0]);
        drop(places);
        assert_eq!(shares.free(64), FreeTurns { turns: 32, without: Vec::new() });
        assert!(shares.known().is_empty(), "nothing is kept of chatbots that rest");
    }

    #[test]
    fn no_claim_goes_beyond_a_share() {
        let shares = Shares::default();
        let (one, other) = (ChatbotId::from_u128(1), ChatbotId::from_u128(2));
        let _ones: Vec<_> = (0..20).map(|_| shares.take(one)).collect();
        let _others: Vec<_> = (0..4).map(|_| shares.take(other)).collect();
        // With 40 free of 64 the one may have 30 and the other 22; a third 20.
        assert_eq!(shares.free(64), FreeTurns { turns: 10, without: Vec::new() });
        // With 8 free of 32 the one has had more than its share, and the other may have two more.
        assert_eq!(shares.free(32), FreeTurns { turns: 2, without: vec![one] });
    }
}
