//! How much visitors may write and ask. They are strangers: what they cost is bounded for each visitor, each address and
//! each workspace, by message, by length and by day, so that none of them fills the disk or the inbox.
//!
//! Counts are kept in memory, for each node by itself, and start over with the process.

use std::net::IpAddr;

use crate::{
    domain::{
        Millis,
        ids::{VisitorId, WorkspaceId},
    },
    error::{ApiError, ErrorCode},
    server::base::limiter::{Limiter, Rate},
};

/// The maximum number of visitors or addresses remembered, at about 100 bytes each.
const MOST_KEYS: usize = 100_000;
/// This number of bytes of a text costs as much as a message.
const BYTES_OF_A_UNIT: usize = 256;

const SECOND: f64 = 1000.0;
const DAY: f64 = 24.0 * 3600.0 * SECOND;

/// Too much at once: when to come again, and why.
#[derive(Debug)]
pub struct Later {
    /// In how many milliseconds the limit allows it again.
    pub wait: Millis,
    what: &'static str,
}

impl Later {
    #[must_use]
    pub const fn new(wait: Millis, what: &'static str) -> Self {
        Self { wait, what }
    }

    /// In how many whole seconds to retry, as in `Retry-After`.
    #[must_use]
    pub fn seconds(&self) -> Millis {
        (self.wait + 999) / 1000
    }
}

impl From<&Later> for ApiError {
    fn from(later: &Later) -> Self {
        let action = match later.seconds() {
            ..=1 => "Try again in a second.".to_owned(),
            seconds @ 2..120 => format!("Try again in {seconds} seconds."),
            seconds @ 120..7200 => format!("Try again in {} minutes.", seconds / 60),
            seconds => format!("Try again in {} hours.", seconds / 3600),
        };
        Self::new(ErrorCode::RateLimited, later.what).action(action)
    }
}

/// What is counted. Units are messages, long ones count as several.
pub struct Limits {
    sessions: Limiter<IpAddr>,
    questions: Limiter<VisitorId>,
    questions_of_address: Limiter<IpAddr>,
    messages: Limiter<VisitorId>,
    messages_of_day: Limiter<VisitorId>,
    units_of_address: Limiter<IpAddr>,
    units_of_workspace: Limiter<WorkspaceId>,
    newcomers_of_address: Limiter<IpAddr>,
    newcomers_of_workspace: Limiter<WorkspaceId>,
}

fn kept<K: Eq + std::hash::Hash>(burst: f64, interval: f64) -> Limiter<K> {
    Limiter::bounded(Rate { burst, interval }, MOST_KEYS)
}

impl Limits {
    #[must_use]
    pub fn new() -> Self {
        Self {
            sessions: kept(60.0, SECOND),
            questions: kept(30.0, SECOND),
            questions_of_address: kept(300.0, SECOND / 20.0),
            messages: kept(10.0, 3.0 * SECOND),
            messages_of_day: kept(300.0, DAY / 300.0),
            // An office of people behind one address; 22 MB of text a day at the most.
            units_of_address: kept(100.0, SECOND),
            // 110 MB of text a day at the most, from however many addresses.
            units_of_workspace: kept(600.0, SECOND / 5.0),
            newcomers_of_address: kept(20.0, 15.0 * SECOND),
            newcomers_of_workspace: kept(100.0, 2.0 * SECOND),
        }
    }

    /// Counts somebody who wants to be a visitor.
    ///
    /// # Errors
    /// When too many come from that address.
    pub fn session(&self, address: IpAddr, now: Millis) -> Result<(), Later> {
        self.sessions.take(address, now).map_err(|wait| Later::new(wait, "Too many chats were begun from here."))
    }

    /// Counts a question for news.
    ///
    /// # Errors
    /// When the visitor, or everybody at that address, asks too often.
    pub fn question(&self, visitor_id: VisitorId, address: IpAddr, now: Millis) -> Result<(), Later> {
        let asked = self.questions.take(visitor_id, now);
        asked
            .and_then(|()| self.questions_of_address.take(address, now))
            .map_err(|wait| Later::new(wait, "This page asks for news too often."))
    }

    /// Counts a message before its text is read.
    ///
    /// # Errors
    /// When the visitor writes too fast, or too much in a day.
    pub fn message(&self, visitor_id: VisitorId, now: Millis) -> Result<(), Later> {
        self.messages.take(visitor_id, now).map_err(|wait| Later::new(wait, "That was a lot at once."))?;
        let today = self.messages_of_day.take(visitor_id, now);
        today.map_err(|wait| Later::new(wait, "That was a lot for one day."))
    }

    /// Counts a message by its length, and a conversation if it begins one.
    ///
    /// # Errors
    /// When too much comes from that address, or for that workspace.
    pub fn text(
        &self,
        from: IpAddr,
        workspace_id: WorkspaceId,
        bytes: usize,
        begins: bool,
        now: Millis,
    ) -> Result<(), Later> {
        let units = u32::try_from(1 + bytes / BYTES_OF_A_UNIT).unwrap_or(u32::MAX);
        let here = |wait| Later::new(wait, "A lot was written from here just now.");
        let everywhere = |wait| Later::new(wait, "Very many people are writing just now.");
        self.units_of_address.take_many(from, units, now).map_err(here)?;
        if begins {
            self.newcomers_of_address.take(from, now).map_err(here)?;
            self.newcomers_of_workspace.take(workspace_id, now).map_err(everywhere)?;
        }
        self.units_of_workspace.take_many(workspace_id, units, now).map_err(everywhere)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::Limits;
    use crate::{
        domain::ids::{VisitorId, WorkspaceId},
        error::ApiError,
    };

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn address(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(n))
    }

    #[test]
    fn a_visitor_writes_no_more_in_a_day_than_so_much() {
        let (limits, visitor) = (Limits::new(), VisitorId::from_u128(1));
        // As fast as the other limit lets them.
        let taken = (0..86_400_i64).step_by(3).filter(|at| limits.message(visitor, at * 1000).is_ok()).count();
        assert!((300..=600).contains(&taken), "{taken}");
        let later = limits.message(visitor, 86_400_000).unwrap_err();
        assert!(ApiError::from(&later).action.is_some_and(|a| a.starts_with("Try again in ")));
        assert!(limits.message(VisitorId::from_u128(2), 86_400_000).is_ok());
    }

    #[test]
    fn long_texts_of_an_address_are_soon_at_an_end() {
        let limits = Limits::new();
        let write = |ws: u128, bytes| limits.text(HERE, WorkspaceId::from_u128(ws), bytes, false, 0).is_ok();
        assert_eq!((0..360).filter(|_| write(1, 16_000)).count(), 1);
        // Whatever workspace they are for.
        assert!(!write(2, 16_000));
        assert!(limits.text(address(7), WorkspaceId::from_u128(1), 16_000, false, 0).is_ok());
    }

    #[test]
    fn many_addresses_share_what_a_workspace_takes() {
        let limits = Limits::new();
        let write =
            |from: u32, ws: u128| limits.text(address(from), WorkspaceId::from_u128(ws), 16_000, false, 0).is_ok();
        assert_eq!((0..1000).filter(|from| write(*from, 1)).count(), 9);
        assert!(write(5000, 2), "another workspace is not concerned");
        let begin = |from: u32| limits.text(address(from), WorkspaceId::from_u128(3), 1, true, 0).is_ok();
        assert_eq!((0..1000).filter(|from| begin(*from)).count(), 100);
    }
}
