//! How many connections may be open, and who has to go when it gets tight.
//!
//! - All together never take more than `connections`: files are left for the database and for outgoing calls.
//! - Addresses that have not proven themselves ([`crate::server::base::known`]) have three quarters of it together and
//!   `connections_per_address` each. The last quarter is for those that webhooks come from and people sign in from.
//! - At a limit the connection that has waited longest for its client, without a request in progress, makes way: half
//!   headers and idle ones cost nobody their place. Only when all have a request in progress is the new one refused.
//! - Proxies, which speak for many, have no share of their own: trusted ones, and by default peers on this machine and in
//!   private networks, since a proxy there may not have been configured.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering},
};

use ipnet::IpNet;

use super::line::{Line, Stopwatch};
use crate::server::base::{address::throttle_key, known::KnownAddresses, limits::Limits};

/// The maximum number of connections examined to find one that makes way.
const LOOK_AT: usize = 256;

#[derive(Debug, Default)]
struct Open {
    lines: Vec<Option<Arc<Line>>>,
    free: Vec<usize>,
    count: usize,
    /// How many there were until now.
    opened: u64,
    strangers: usize,
    by_address: HashMap<IpAddr, Vec<usize>>,
    /// Where the last search ended.
    hand: usize,
}

impl Open {
    fn insert(&mut self, line: Arc<Line>) -> usize {
        let at = self.free.pop().unwrap_or(self.lines.len());
        self.count += 1;
        self.strangers += usize::from(!line.known.load(Ordering::Relaxed));
        self.by_address.entry(line.address).or_default().push(at);
        match self.lines.get_mut(at) {
            Some(slot) => *slot = Some(line),
            None => self.lines.push(Some(line)),
        }
        at
    }

    /// Removes a connection from the count, unless it made way already and its place has been taken.
    fn remove(&mut self, at: usize, line: &Arc<Line>) {
        let Some(slot) = self.lines.get_mut(at) else { return };
        if !slot.as_ref().is_some_and(|other| Arc::ptr_eq(other, line)) {
            return;
        }
        *slot = None;
        self.free.push(at);
        self.count -= 1;
        self.strangers -= usize::from(!line.known.load(Ordering::Relaxed));
        if let Some(own) = self.by_address.get_mut(&line.address) {
            own.retain(|other| *other != at);
            if own.is_empty() {
                self.by_address.remove(&line.address);
            }
        }
    }

    fn count_of(&self, address: IpAddr) -> usize {
        self.by_address.get(&address).map_or(0, Vec::len)
    }

    /// Of these, the one without a request that has waited longest for its client.
    fn longest_waiting(&self, among: &[usize], fits: impl Fn(&Line) -> bool) -> Option<Arc<Line>> {
        let lines = among.iter().filter_map(|at| self.lines.get(*at)?.as_ref());
        let waiting = lines.filter(|line| fits(line)).filter_map(|line| Some((line.waits_since()?, line)));
        waiting.min_by_key(|(since, _)| *since).map(|(_, line)| Arc::clone(line))
    }

    /// The next connections to look at, in turn.
    fn look_around(&mut self) -> Vec<usize> {
        let (all, from) = (self.lines.len(), self.hand);
        let some = LOOK_AT.min(all);
        self.hand = (from + some) % all.max(1);
        (0..some).map(|n| (from + n) % all).collect()
    }

    /// Closes a connection. Its place is free at once; it ends in a moment.
    fn make_way(&mut self, line: &Arc<Line>) {
        line.close();
        let slots = self.by_address.get(&line.address).cloned().unwrap_or_default();
        let at = slots
            .into_iter()
            .find(|at| self.lines.get(*at).is_some_and(|l| l.as_ref().is_some_and(|l| Arc::ptr_eq(l, line))));
        if let Some(at) = at {
            self.remove(at, line);
        }
    }

    /// Whose address has proven itself since they came is no stranger any more.
    fn recognise(&mut self, among: &[usize], known: &KnownAddresses) {
        for line in among.iter().filter_map(|at| self.lines.get(*at)?.as_ref()) {
            if !line.known.load(Ordering::Relaxed) && known.contains(line.address) {
                line.known.store(true, Ordering::Relaxed);
                self.strangers -= 1;
            }
        }
    }
}

/// There is no place: the connection is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// The places of all connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    limits: Limits,
    total: usize,
    proxies: Vec<IpNet>,
    known: Arc<KnownAddresses>,
    watch: Stopwatch,
    open: Mutex<Open>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether that peer speaks for many.
    fn is_proxy(&self, peer: IpAddr) -> bool {
        self.proxies.iter().any(|net| net.contains(&peer)) || self.limits.near_are_proxies && is_near(peer)
    }
}

/// On this machine or in a private network.
fn is_near(ip: IpAddr) -> bool {
    ip.is_loopback()
        || match ip {
            IpAddr::V4(v4) => v4.is_private() || v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
        }
}

impl Places {
    pub(super) fn new(limits: Limits, total: usize, proxies: Vec<IpNet>, known: Arc<KnownAddresses>) -> Self {
        Self(Arc::new(Shared { limits, total, proxies, known, watch: Stopwatch::start(), open: Mutex::default() }))
    }

    /// A place for a connection from there.
    ///
    /// # Errors
    /// When there is none, and all that could make way have a request in progress.
    pub(super) fn admit(&self, peer: IpAddr) -> Result<Place, Full> {
        let shared = &self.0;
        let address = throttle_key(peer.to_canonical());
        let known = shared.known.contains(address);
        let mut open = shared.lock();
        let mut crowded = false;
        if !shared.is_proxy(peer.to_canonical()) {
            let share = if known { shared.total / 2 } else { shared.limits.connections_per_address };
            if open.count_of(address) >= share {
                let own = open.by_address.get(&address).cloned().unwrap_or_default();
                let line = open.longest_waiting(&own, |_| true).ok_or(Full)?;
                open.make_way(&line);
                crowded = true;
            }
        }
        let is_tight =
            |open: &Open| !known && open.strangers >= shared.total - shared.total / 4 || open.count >= shared.total;
        if is_tight(&open) {
            let some = open.look_around();
            open.recognise(&some, &shared.known);
            if is_tight(&open) {
                let stranger = open.longest_waiting(&some, |line| !line.known.load(Ordering::Relaxed));
                let line = stranger.or_else(|| open.longest_waiting(&some, |_| known)).ok_or(Full)?;
                open.make_way(&line);
                crowded = true;
            }
        }
        open.opened += 1;
        let line = Arc::new(Line::open(shared.watch, open.opened, shared.limits, address, known));
        let at = open.insert(Arc::clone(&line));
        drop(open);
        Ok(Place { places: self.clone(), line, at, crowded })
    }

    /// Closes what has waited too long; how many were slow, and not only idle.
    pub(super) fn sweep(&self) -> usize {
        let now = self.0.watch.now();
        let open = self.0.lock();
        let late = open.lines.iter().flatten().filter(|line| line.is_late(now));
        late.inspect(|line| line.close()).filter(|line| line.is_slow()).count()
    }

    /// Closes some that wait for their clients: the system has no files left.
    pub(super) fn shrink(&self) {
        let mut open = self.0.lock();
        let some = open.look_around();
        for line in some.iter().filter_map(|at| open.lines.get(*at)?.as_ref()).filter(|l| l.waits_since().is_some()) {
            line.close();
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().count == 0
    }
}

/// The place of an open connection; free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    pub(super) line: Arc<Line>,
    /// Whether another had to make way for it.
    pub(super) crowded: bool,
    at: usize,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.0.lock().remove(self.at, &self.line);
    }
}

#[cfg(test)]
mod tests {
    use std::{net::IpAddr, sync::Arc};

    use futures::FutureExt;

    use super::{Full, Place, Places};
    use crate::server::base::{clock::Clock, known::KnownAddresses, limits::Limits};

    const FAR: [IpAddr; 3] = [
        IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 1)),
        IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 2)),
        IpAddr::V4(std::net::Ipv4Addr::new(203, 0, 113, 3)),
    ];

    fn places(total: usize, per_address: usize) -> (Places, Arc<KnownAddresses>) {
        let known = Arc::new(KnownAddresses::new(Clock::System));
        let limits = Limits { connections_per_address: per_address, ..Limits::default() };
        (Places::new(limits, total, vec!["198.51.100.0/24".parse().unwrap()], Arc::clone(&known)), known)
    }

    fn was_closed(place: &Place) -> bool {
        place.line.closed().now_or_never().is_some()
    }

    #[test]
    fn the_longest_waiting_of_an_address_makes_way() {
        let (places, _) = places(100, 2);
        let first = places.admit(FAR[0]).unwrap();
        let running = first.line.begin();
        let second = places.admit(FAR[0]).unwrap();
        let third = places.admit(FAR[0]).unwrap();
        assert!(!was_closed(&first) && was_closed(&second) && !was_closed(&third));
        // Somebody else is not concerned, and a proxy speaks for many.
        places.admit(FAR[1]).unwrap();
        let proxied: Vec<_> = (0..20).map(|_| places.admit("198.51.100.7".parse().unwrap()).unwrap()).collect();
        assert!(!proxied.iter().any(was_closed));
        let _also = third.line.begin();
        assert_eq!(places.admit(FAR[0]).err(), Some(Full));
        drop(running);
        assert!(places.admit(FAR[0]).is_ok() && was_closed(&first));
    }

    #[test]
    fn a_quarter_is_kept_for_addresses_that_are_known() {
        let (places, known) = places(8, 100);
        let strangers: Vec<_> = (0..6).map(|_| places.admit(FAR[0]).unwrap()).collect();
        let running: Vec<_> = strangers.iter().map(|p| p.line.begin()).collect();
        assert_eq!(places.admit(FAR[1]).err(), Some(Full));
        known.note(FAR[2]);
        let friends = [places.admit(FAR[2]).unwrap(), places.admit(FAR[2]).unwrap()];
        assert!(
            places.admit(FAR[2]).is_ok() && was_closed(&friends[0]),
            "its own connections make way for its new one"
        );
        drop(running);
        drop((strangers, friends));
        assert!(places.is_empty());
    }

    #[test]
    fn strangers_make_way_before_those_who_are_known() {
        let (places, known) = places(4, 100);
        known.note(FAR[2]);
        let friend = places.admit(FAR[2]).unwrap();
        let strangers: Vec<_> = (0..3).map(|n| places.admit(FAR[n % 2]).unwrap()).collect();
        let another = places.admit(FAR[2]).unwrap();
        assert!(!was_closed(&friend) && !was_closed(&another));
        assert_eq!(strangers.iter().filter(|p| was_closed(p)).count(), 1);
        // Who proves themselves while they are connected is no stranger any more.
        known.note(FAR[0]);
        known.note(FAR[1]);
        assert_eq!(places.admit("203.0.113.9".parse().unwrap()).err(), Some(Full));
    }

    #[test]
    fn a_place_that_was_given_on_is_not_freed_twice() {
        let (places, _) = places(100, 1);
        let first = places.admit(FAR[0]).unwrap();
        let second = places.admit(FAR[0]).unwrap();
        assert!(was_closed(&first));
        drop(first);
        assert!(!places.is_empty());
        let third = places.admit(FAR[0]).unwrap();
        assert!(was_closed(&second), "the second still counts");
        drop((second, third));
        assert!(places.is_empty());
    }

    #[test]
    fn a_network_of_ipv6_is_one_address() {
        let (places, _) = places(100, 2);
        let lines: Vec<_> =
            (1..=3).map(|n| places.admit(format!("2001:db8:1:2::{n}").parse().unwrap()).unwrap()).collect();
        assert_eq!(lines.iter().filter(|p| was_closed(p)).count(), 1);
    }
}
