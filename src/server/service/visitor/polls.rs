//! Long polls of visitors: how many may be open, and what wakes them.
//!
//! Each is a connection that stays open, so they are counted by visitor, by address and in all. The one reader of live
//! events wakes those that an event concerns; nothing else polls the database for it.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::{Later, Visitor};
use crate::{
    domain::{
        Millis,
        ids::{ConversationId, IntegrationId, VisitorId},
        live::LiveEvent,
    },
    server::{
        service::Services,
        store::{event::EventRow, integration},
    },
};

/// Of one visitor: their tabs.
const OF_VISITOR: usize = 4;
/// Of one address: the people of an office.
const OF_ADDRESS: usize = 50;
/// When somebody whose question found no place may try again.
const RETRY: Millis = 5000;

/// One that waits.
struct Seated {
    visitor_id: VisitorId,
    integration_id: IntegrationId,
    address: IpAddr,
    conversation_id: Option<ConversationId>,
    bell: Arc<Notify>,
}

#[derive(Default)]
struct Open {
    next: u64,
    seats: HashMap<u64, Seated>,
    by_address: HashMap<IpAddr, usize>,
    by_visitor: HashMap<VisitorId, Vec<u64>>,
    by_conversation: HashMap<ConversationId, Vec<u64>>,
}

/// All open polls of this node.
pub struct Polls {
    most: usize,
    open: Mutex<Open>,
}

impl Polls {
    /// Allows `most` in total.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, open: Mutex::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().seats.len()
    }

    /// A place to wait at, free again when it is dropped.
    ///
    /// # Errors
    /// When the visitor, the address or the node has as many open as there may be.
    pub fn take(&self, visitor: &Visitor, address: IpAddr) -> Result<Seat<'_>, Later> {
        let mut open = self.lock();
        if open.by_visitor.get(&visitor.visitor_id).is_some_and(|seats| seats.len() >= OF_VISITOR) {
            return Err(Later::new(RETRY, "This chat is open in too many tabs."));
        }
        if open.by_address.get(&address).is_some_and(|count| *count >= OF_ADDRESS) {
            return Err(Later::new(RETRY, "Too many chats are open from here."));
        }
        if open.seats.len() >= self.most {
            return Err(Later::new(RETRY, "Very many chats are open just now."));
        }
        open.next += 1;
        let (id, bell) = (open.next, Arc::new(Notify::new()));
        *open.by_address.entry(address).or_default() += 1;
        open.by_visitor.entry(visitor.visitor_id).or_default().push(id);
        let seated = Seated {
            visitor_id: visitor.visitor_id,
            integration_id: visitor.integration_id,
            address,
            conversation_id: None,
            bell: Arc::clone(&bell),
        };
        open.seats.insert(id, seated);
        drop(open);
        Ok(Seat { polls: self, id, bell })
    }

    /// Wakes a visitor's open polls: they have just written something on this node.
    pub fn ring_visitor(&self, visitor_id: VisitorId) {
        let open = self.lock();
        open.ring(open.by_visitor.get(&visitor_id));
    }

    /// Wakes all polls of a website, which will find their chat closed.
    fn ring_website(&self, integration_id: IntegrationId) {
        for seated in self.lock().seats.values().filter(|s| s.integration_id == integration_id) {
            seated.bell.notify_one();
        }
    }

    /// Wakes the polls that an event concerns. A website at which somebody waits is given back: whether its chat is still open
    /// stands in the database.
    fn tell(&self, event: &LiveEvent) -> Option<IntegrationId> {
        let open = self.lock();
        match event {
            LiveEvent::Conversations { ids } => ids.iter().for_each(|id| open.ring(open.by_conversation.get(id))),
            LiveEvent::Integration { id } => {
                return open.seats.values().any(|s| s.integration_id == *id).then_some(*id);
            }
            LiveEvent::Read { .. }
            | LiveEvent::Notes { .. }
            | LiveEvent::Chatbot { .. }
            | LiveEvent::IntegrationUsed { .. }
            | LiveEvent::Person { .. }
            | LiveEvent::Workspace
            | LiveEvent::TestStep { .. }
            | LiveEvent::Labels
            | LiveEvent::Resync => {}
        }
        None
    }
}

impl Open {
    fn ring(&self, seats: Option<&Vec<u64>>) {
        for seated in seats.into_iter().flatten().filter_map(|id| self.seats.get(id)) {
            seated.bell.notify_one();
        }
    }

    fn follow(&mut self, id: u64, conversation_id: Option<ConversationId>) {
        let Some(seated) = self.seats.get_mut(&id) else { return };
        let before = std::mem::replace(&mut seated.conversation_id, conversation_id);
        if before == conversation_id {
            return;
        }
        if let Some(before) = before {
            leave(&mut self.by_conversation, before, id);
        }
        if let Some(now) = conversation_id {
            self.by_conversation.entry(now).or_default().push(id);
        }
    }

    fn free(&mut self, id: u64) {
        self.follow(id, None);
        let Some(seated) = self.seats.remove(&id) else { return };
        leave(&mut self.by_visitor, seated.visitor_id, id);
        if let Some(count) = self.by_address.get_mut(&seated.address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&seated.address);
            }
        }
    }
}

/// Takes a seat out of a list, and the list out when it is empty: nothing grows with the number of strangers.
fn leave<K: Eq + Hash>(lists: &mut HashMap<K, Vec<u64>>, key: K, id: u64) {
    if let Some(list) = lists.get_mut(&key) {
        list.retain(|seat| *seat != id);
        if list.is_empty() {
            lists.remove(&key);
        }
    }
}

/// A place to wait at.
pub struct Seat<'a> {
    polls: &'a Polls,
    id: u64,
    bell: Arc<Notify>,
}

impl Seat<'_> {
    /// From here on events of that conversation wake it. Query the database afterwards, so that nothing is missed.
    pub fn follow(&self, conversation_id: Option<ConversationId>) {
        self.polls.lock().follow(self.id, conversation_id);
    }

    /// Waits for a wake-up; an earlier one counts.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.polls.lock().free(self.id);
    }
}

/// Wakes the polls that these events concern. For the reader of live events.
pub async fn tell(state: &Services, rows: &[EventRow]) {
    let polls = &state.visitors.polls;
    if polls.count() == 0 {
        return;
    }
    let events = rows.iter().filter_map(|row| serde_json::from_str::<LiveEvent>(&row.payload).ok());
    let mut websites: Vec<IntegrationId> = events.filter_map(|event| polls.tell(&event)).collect();
    websites.sort_unstable();
    websites.dedup();
    for id in websites {
        let found = match state.store.read().await {
            Ok(mut conn) => integration::find_website(&mut conn, id).await,
            Err(error) => Err(error),
        };
        // When in doubt they look for themselves.
        if !found.is_ok_and(|found| found.is_some_and(|website| website.active)) {
            polls.ring_website(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use futures::FutureExt;

    use super::{OF_ADDRESS, OF_VISITOR, Polls};
    use crate::{
        domain::{
            ids::{ConversationId, IntegrationId, VisitorId, WorkspaceId},
            live::LiveEvent,
        },
        server::service::visitor::Visitor,
    };

    fn visitor(n: u128) -> Visitor {
        Visitor {
            workspace_id: WorkspaceId::nil(),
            integration_id: IntegrationId::from_u128(9),
            visitor_id: VisitorId::from_u128(n),
        }
    }

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(n))
    }

    #[test]
    fn there_are_so_many_of_a_visitor_of_an_address_and_in_all() {
        let polls = Polls::new(OF_ADDRESS + 10);
        let mine: Vec<_> = (0..240).filter_map(|_| polls.take(&visitor(1), address(1)).ok()).collect();
        assert_eq!(mine.len(), OF_VISITOR);
        let others: Vec<_> = (2..240).filter_map(|n| polls.take(&visitor(n), address(1)).ok()).collect();
        assert_eq!(mine.len() + others.len(), OF_ADDRESS);
        let elsewhere: Vec<_> = (2..240).filter_map(|n| polls.take(&visitor(n.into()), address(n)).ok()).collect();
        assert_eq!((elsewhere.len(), polls.count()), (10, OF_ADDRESS + 10));
        drop(mine);
        assert!(polls.take(&visitor(1), address(1)).is_ok());
        drop((others, elsewhere));
        let open = polls.lock();
        assert!(open.seats.is_empty() && open.by_address.is_empty() && open.by_visitor.is_empty());
    }

    #[test]
    fn only_what_happens_in_its_own_conversation_wakes_a_question() {
        let polls = Polls::new(10);
        let [first, second] = [1, 2].map(|n| polls.take(&visitor(n), address(1)).unwrap());
        let [ours, theirs, new] = [11, 12, 13].map(ConversationId::from_u128);
        first.follow(Some(ours));
        second.follow(Some(theirs));
        let rung = || [&first, &second].map(|seat| seat.rung().now_or_never().is_some());
        polls.tell(&LiveEvent::Conversations { ids: vec![new, theirs] });
        assert_eq!(rung(), [false, true]);
        polls.tell(&LiveEvent::conversation(ours));
        assert_eq!(rung(), [true, false]);
        // Erased, and started over.
        first.follow(Some(new));
        polls.tell(&LiveEvent::conversation(ours));
        assert_eq!(rung(), [false, false]);
        polls.tell(&LiveEvent::conversation(new));
        polls.ring_visitor(VisitorId::from_u128(2));
        assert_eq!(rung(), [true, true]);
        let [website, another] = [9, 11].map(IntegrationId::from_u128);
        assert_eq!(polls.tell(&LiveEvent::Integration { id: website }), Some(website));
        assert_eq!(polls.tell(&LiveEvent::Integration { id: another }), None);
        drop((first, second));
        assert!(polls.lock().by_conversation.is_empty());
    }
}
