//! The one way to log what strangers cause: counted, and at most one line a minute for each kind.
//!
//! Anybody who can reach the server can make it refuse something as often as they like; a line for each would fill the disk
//! and hide what matters. So the first of a kind is logged at once, what follows within a minute is counted, and the
//! count is logged when the minute is over. Lines that a tool acts upon (a ban for wrong passwords) are counted by address
//! with [`Strangers::note_from`], for a bounded number of addresses a minute; each has a few lines before it is only
//! counted, since such tools count lines.
//!
//! A failure of our own is not logged here, unless everybody who asks meets it again.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::clock::Clock;
use crate::domain::Millis;

/// Between two lines of a kind, or of a kind and an address.
const EVERY: Millis = 60_000;
/// Log lines a minute of one address before it is only counted.
const FEW: u32 = 5;
/// How many addresses have lines of their own at once, for each kind. The others share one.
const ADDRESSES_MAX: usize = 200;
/// How often [`run`] looks for counts whose minute is over.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// What a stranger did. Each has a sentence in [`Deed::words`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// A webhook without a well-formed signature header, refused before its body.
    Unsigned,
    /// A webhook whose signature does not fit.
    WronglySigned,
    /// A webhook verification with a wrong mode or token.
    WrongVerifyToken,
    /// A webhook while nothing can be stored, or no memory is left for it.
    NotStored,
    /// A body longer than allowed.
    TooLarge,
    /// A header or body that does not come in time.
    TooSlow,
    /// A connection beyond what may be open, in all or of one address.
    TooManyConnections,
    /// An event stream beyond what may be open.
    TooManyStreams,
    /// A sign-in with a wrong password or an unknown address.
    WrongPassword,
    /// A sign-in that has to wait.
    SignInThrottled,
    /// A sign-in with the right password.
    SignedIn,
    /// A wrong code for the first account.
    WrongSetupCode,
    /// An API token that is none, or no longer.
    WrongToken,
    /// A visitor of a website who asks or writes too much.
    VisitorThrottled,
    /// A request for a host that this server is not.
    ForeignHost,
    /// A request that met a database that is unavailable.
    DatabaseAway,
}

impl Deed {
    /// What happened, in the log's words. They stay: tools look for them.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Unsigned => "Webhooks without a signature were refused",
            Self::WronglySigned => {
                "Webhooks were refused: their signature does not fit. If they are Meta's, the app secret is another one"
            }
            Self::WrongVerifyToken => "Webhook verifications were refused: mode or verify token is wrong",
            Self::NotStored => "Webhooks could not be stored: Meta will repeat them",
            Self::TooLarge => "Requests were refused: their body is too large",
            Self::TooSlow => "Connections were closed: header or body did not come in time",
            Self::TooManyConnections => "Connections were closed: there were too many",
            Self::TooManyStreams => "Live event streams were closed: there were too many",
            Self::WrongPassword => "Sign-ins failed: wrong e-mail address or password",
            Self::SignInThrottled => "Sign-ins were throttled",
            Self::SignedIn => "Signed in",
            Self::WrongSetupCode => "Set-up failed: wrong set-up code",
            Self::WrongToken => "API tokens were refused: they are unknown, revoked or have ended",
            Self::VisitorThrottled => "Visitors of a website were throttled",
            Self::ForeignHost => "Requests were refused: they are for another host",
            Self::DatabaseAway => "The database is not available",
        }
    }
}

/// One line for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    deed: Deed,
    /// Of the last one that counts here.
    address: Option<IpAddr>,
    /// How many it stands for.
    count: u64,
    detail: Option<String>,
}

impl Line {
    fn write(self) {
        let words = self.deed.words();
        let address = self.address.map(tracing::field::display);
        let detail = self.detail.map(tracing::field::display);
        if self.deed == Deed::SignedIn {
            tracing::info!(count = self.count, address, detail, "{words}");
        } else {
            tracing::warn!(count = self.count, address, detail, "{words}");
        }
    }
}

/// What was counted since the last line.
#[derive(Debug)]
struct Count {
    logged_at: Millis,
    /// Lines since the last one that was due.
    lines: u32,
    pending: u64,
    address: Option<IpAddr>,
    detail: Option<String>,
}

impl Count {
    fn line(&mut self, deed: Deed, now: Millis) -> Line {
        self.logged_at = now;
        let count = std::mem::take(&mut self.pending);
        Line { deed, address: self.address, count, detail: self.detail.take() }
    }

    /// The clock may be set back: then the minute starts over.
    const fn is_due(&self, now: Millis) -> bool {
        now - self.logged_at >= EVERY || now < self.logged_at
    }
}

#[derive(Debug, Default)]
struct Counts {
    by_kind: HashMap<(Deed, Option<IpAddr>), Count>,
    /// How many addresses have a count of their own.
    addresses: HashMap<Deed, usize>,
}

impl Counts {
    /// The key to count under: the address only where it has, or may have, a count of its own.
    fn key(&self, deed: Deed, each: Option<IpAddr>) -> (Deed, Option<IpAddr>) {
        let crowded = self.addresses.get(&deed).is_some_and(|n| *n >= ADDRESSES_MAX);
        let own = each.filter(|_| !crowded || self.by_kind.contains_key(&(deed, each)));
        (deed, own)
    }

    fn note(
        &mut self,
        (deed, each): (Deed, Option<IpAddr>),
        address: Option<IpAddr>,
        detail: impl FnOnce() -> Option<String>,
        now: Millis,
    ) -> Option<Line> {
        let key = self.key(deed, each);
        let known = self.by_kind.contains_key(&key);
        let fresh = || Count { logged_at: now, lines: 0, pending: 0, address: None, detail: None };
        let count = self.by_kind.entry(key).or_insert_with(fresh);
        count.pending += 1;
        count.address = address.or(count.address);
        if count.is_due(now) {
            count.lines = 0;
        }
        let may_have = if key.1.is_some() { FEW } else { 1 };
        if count.lines >= may_have {
            return None;
        }
        count.lines += 1;
        count.detail = detail();
        // The minute is that of the first line.
        let since = if count.lines == 1 { now } else { count.logged_at };
        let line = count.line(deed, since);
        if !known && key.1.is_some() {
            *self.addresses.entry(deed).or_default() += 1;
        }
        Some(line)
    }

    /// The counts whose minute is over, all of them with `all`; forgets those with nothing in them.
    fn settle(&mut self, now: Millis, all: bool) -> Vec<Line> {
        let mut lines = Vec::new();
        let addresses = &mut self.addresses;
        self.by_kind.retain(|(deed, each), count| {
            if !all && !count.is_due(now) {
                return true;
            }
            if count.pending > 0 {
                count.lines = 1;
                lines.push(count.line(*deed, now));
                return true;
            }
            if each.is_some()
                && let Some(n) = addresses.get_mut(deed)
            {
                *n = n.saturating_sub(1);
            }
            false
        });
        lines
    }
}

/// Counts what strangers cause and logs it.
#[derive(Debug)]
pub struct Strangers {
    clock: Clock,
    counts: Mutex<Counts>,
}

impl Strangers {
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, counts: Mutex::default() }
    }

    /// Counts one of a kind; the line names the last address.
    pub fn note(&self, deed: Deed, address: Option<IpAddr>) {
        self.count((deed, None), address, || None);
    }

    /// The same with the reason of the one that is logged, made only then. Neither contents nor secrets.
    pub fn note_with(&self, deed: Deed, address: Option<IpAddr>, detail: impl FnOnce() -> String) {
        self.count((deed, None), address, || Some(detail()));
    }

    /// Counts by address, where it is known: each has a line a minute of its own, as long as they are few.
    pub fn note_from(&self, deed: Deed, address: Option<IpAddr>) {
        self.count((deed, address), address, || None);
    }

    /// The same with what each line is about: no contents, no secrets.
    pub fn note_each_with(&self, deed: Deed, address: Option<IpAddr>, detail: impl FnOnce() -> String) {
        self.count((deed, address), address, || Some(detail()));
    }

    fn count(&self, key: (Deed, Option<IpAddr>), address: Option<IpAddr>, detail: impl FnOnce() -> Option<String>) {
        let now = self.clock.now();
        let line = self.counts.lock().unwrap_or_else(PoisonError::into_inner).note(key, address, detail, now);
        if let Some(line) = line {
            line.write();
        }
    }

    /// Logs the counts whose minute is over.
    fn settle(&self, all: bool) {
        let now = self.clock.now();
        let lines = self.counts.lock().unwrap_or_else(PoisonError::into_inner).settle(now, all);
        lines.into_iter().for_each(Line::write);
    }
}

/// Logs counts whose minute is over until the server stops, and then the rest.
pub async fn run(strangers: Arc<Strangers>, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = sleep(LOOK_EVERY) => strangers.settle(false),
            () = shutdown.cancelled() => return strangers.settle(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::{ADDRESSES_MAX, Counts, Deed, EVERY, FEW, Line};
    use crate::domain::Millis;

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + n))
    }

    impl Counts {
        fn simple(&mut self, deed: Deed, now: Millis) -> Option<Line> {
            self.note((deed, None), Some(address(1)), || None, now)
        }

        fn each(&mut self, n: u32, now: Millis) -> Option<Line> {
            self.note((Deed::WrongPassword, Some(address(n))), Some(address(n)), || None, now)
        }
    }

    #[test]
    fn the_first_is_logged_at_once_and_the_rest_counted() {
        let mut counts = Counts::default();
        let first = counts.simple(Deed::Unsigned, 5).unwrap();
        assert_eq!((first.count, first.address), (1, Some(address(1))));
        for n in 0..999 {
            assert_eq!(counts.simple(Deed::Unsigned, 5 + n), None);
        }
        assert_eq!(counts.settle(5 + EVERY - 1, false), []);
        let lines = counts.settle(5 + EVERY, false);
        assert_eq!(lines.iter().map(|l| l.count).collect::<Vec<_>>(), [999]);
        // The line that was written begins the next minute.
        assert_eq!(counts.simple(Deed::Unsigned, 6 + EVERY), None);
        assert_eq!(counts.settle(5 + 2 * EVERY, false)[0].count, 1);
        assert_eq!(counts.settle(5 + 3 * EVERY, false), []);
        assert!(counts.by_kind.is_empty(), "nothing is kept of a minute in which nothing happened");
    }

    #[test]
    fn kinds_do_not_hide_each_other() {
        let mut counts = Counts::default();
        assert!(counts.simple(Deed::Unsigned, 0).is_some());
        assert!(counts.simple(Deed::WronglySigned, 0).is_some());
        assert!(counts.simple(Deed::Unsigned, 1).is_none());
    }

    #[test]
    fn what_is_due_is_logged_with_the_next_one_too() {
        let mut counts = Counts::default();
        assert!(counts.simple(Deed::TooSlow, 0).is_some());
        assert!(counts.simple(Deed::TooSlow, 1).is_none());
        assert_eq!(counts.simple(Deed::TooSlow, EVERY).map(|l| l.count), Some(2));
    }

    #[test]
    fn a_clock_that_is_set_back_silences_nothing() {
        let mut counts = Counts::default();
        assert!(counts.simple(Deed::TooSlow, 10 * EVERY).is_some());
        assert!(counts.simple(Deed::TooSlow, 0).is_some());
        assert!(counts.simple(Deed::TooSlow, 1).is_none());
    }

    #[test]
    fn details_are_made_only_for_lines() {
        let mut counts = Counts::default();
        let mut made = 0;
        for _ in 0..10 {
            let detail = || {
                made += 1;
                Some("why".to_owned())
            };
            counts.note((Deed::NotStored, None), None, detail, 0);
        }
        assert_eq!(made, 1);
    }

    #[test]
    fn addresses_have_lines_of_their_own_as_long_as_they_are_few() {
        let mut counts = Counts::default();
        let many = u32::try_from(ADDRESSES_MAX).unwrap();
        for n in 0..many {
            assert!(counts.each(n, 0).is_some(), "{n}");
        }
        // A few lines each, for tools that count lines; then only the count.
        for _ in 1..FEW {
            assert_eq!(counts.each(0, 1).map(|l| l.count), Some(1));
        }
        assert!(counts.each(0, 1).is_none());
        // All others share one.
        assert!(counts.each(many, 1).is_some());
        for n in 1..10_000 {
            assert!(counts.each(many + n, 1).is_none());
        }
        assert_eq!(counts.by_kind.len(), ADDRESSES_MAX + 1);
        let mut lines = counts.settle(1 + EVERY, false);
        lines.sort_by_key(|l| l.count);
        assert_eq!(lines.iter().map(|l| l.count).collect::<Vec<_>>(), [1, 9999]);
        // A minute later there is room again.
        counts.settle(1 + 2 * EVERY, false);
        assert!(counts.by_kind.is_empty());
        assert_eq!(counts.each(many + 7, 2 + 2 * EVERY).and_then(|l| l.address), Some(address(many + 7)));
    }

    #[test]
    fn at_the_end_everything_is_logged() {
        let mut counts = Counts::default();
        counts.simple(Deed::Unsigned, 0);
        counts.simple(Deed::Unsigned, 1);
        assert_eq!(counts.settle(2, true).len(), 1);
    }
}
