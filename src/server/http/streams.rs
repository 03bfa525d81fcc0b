//! How many event streams may be open: of one session or token, of one person, in all.
//!
//! Every page that is shown has one. When a session or a person has too many, the oldest makes way: the newest is the one
//! that somebody looks at, and the oldest is often one whose browser is gone without a word. It is told to come back later,
//! so that pages beyond the number take turns slowly instead of chasing each other. Only when there are too many in all
//! is a new one refused.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::sse::Event;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::ids::UserId,
    error::{ApiError, ErrorCode},
    server::{auth::Proof, base::limits::Limits, service::actor::Actor},
};

/// When a stream that made way may come back.
const COME_BACK: Duration = Duration::from_secs(30);

struct Open {
    id: u64,
    proof: Proof,
    user_id: UserId,
    ends: CancellationToken,
}

#[derive(Default)]
struct Opened {
    next: u64,
    /// In the order in which they were opened.
    streams: Vec<Open>,
}

/// All open streams. Cheap to clone.
#[derive(Clone)]
pub struct Streams {
    limits: Limits,
    opened: Arc<Mutex<Opened>>,
}

/// An open stream; it no longer counts when this is dropped.
pub struct Seat {
    id: u64,
    ends: CancellationToken,
    opened: Arc<Mutex<Opened>>,
}

/// Why a stream was not simply opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crowd {
    /// It was, and an older one had to go.
    MadeWay,
    /// It was not.
    Full,
}

impl Streams {
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, opened: Arc::default() }
    }

    fn lock(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for a stream of that person, if there is one; and whether it is crowded.
    #[must_use]
    pub fn open(&self, actor: &Actor, proof: &Proof) -> (Option<Seat>, Option<Crowd>) {
        let mut opened = self.lock();
        let of_session = opened.make_way(self.limits.streams_per_session, |s| s.proof == *proof);
        let of_user = opened.make_way(self.limits.streams_per_user, |s| s.user_id == actor.user_id);
        if opened.streams.len() >= self.limits.streams {
            return (None, Some(Crowd::Full));
        }
        let id = opened.next;
        opened.next += 1;
        let ends = CancellationToken::new();
        opened.streams.push(Open { id, proof: proof.clone(), user_id: actor.user_id, ends: ends.clone() });
        let seat = Seat { id, ends, opened: Arc::clone(&self.opened) };
        (Some(seat), (of_session || of_user).then_some(Crowd::MadeWay))
    }
}

impl Opened {
    /// Ends the oldest of these if there are as many as allowed; whether it did.
    fn make_way(&mut self, allowed: usize, mine: impl Fn(&Open) -> bool) -> bool {
        if self.streams.iter().filter(|s| mine(s)).count() < allowed.max(1) {
            return false;
        }
        let oldest = self.streams.iter().position(mine);
        if let Some(at) = oldest {
            self.streams.remove(at).ends.cancel();
        }
        oldest.is_some()
    }
}

impl Seat {
    /// Waits until the stream has to make way.
    pub async fn must_go(&self) {
        self.ends.cancelled().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.streams.retain(|s| s.id != self.id);
    }
}

/// The last that a stream says which made way.
pub fn come_back_later() -> Event {
    Event::default().retry(COME_BACK).comment("too many pages follow live events")
}

/// The answer when there are too many in all.
#[must_use]
pub fn full() -> ApiError {
    ApiError::new(ErrorCode::RateLimited, "Too many pages follow live events just now.")
        .action("Close pages that you do not need. This one shows what is new when it is loaded again.")
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::{Crowd, Seat, Streams};
    use crate::{
        domain::{
            ids::{UserId, WorkspaceId},
            principal::Via,
            role::{Role, Scopes},
        },
        server::{auth::Proof, base::limits::Limits, service::actor::Actor},
    };

    fn actor(n: u128) -> Actor {
        Actor {
            user_id: UserId::from_u128(n),
            workspace_id: WorkspaceId::nil(),
            role: Role::Agent,
            via: Via::Session,
            scopes: Scopes::ALL,
            held_up: false,
        }
    }

    fn session(n: u8) -> Proof {
        Proof::Session(vec![n])
    }

    fn ended(seat: &Seat) -> bool {
        seat.must_go().now_or_never().is_some()
    }

    #[test]
    fn the_oldest_of_a_session_makes_way() {
        let streams = Streams::new(Limits { streams_per_session: 2, ..Limits::default() });
        let open = |n| streams.open(&actor(1), &session(n));
        let (first, crowd) = open(1);
        assert_eq!(crowd, None);
        let (second, other) = (open(1).0.unwrap(), open(2).0.unwrap());
        let (third, crowd) = open(1);
        assert_eq!(crowd, Some(Crowd::MadeWay));
        let first = first.unwrap();
        assert!(ended(&first) && !ended(&second) && !ended(&other) && !ended(&third.unwrap()));
        // Its end does not count a second time.
        drop(first);
        let (_fourth, crowd) = open(1);
        assert_eq!(crowd, None, "the third is closed by now");
    }

    #[test]
    fn so_does_the_oldest_of_a_person_with_many_sessions() {
        let streams = Streams::new(Limits { streams_per_user: 3, ..Limits::default() });
        let seats: Vec<_> = (0..4).map(|n| streams.open(&actor(1), &session(n)).0.unwrap()).collect();
        let _other = streams.open(&actor(2), &session(9));
        assert_eq!(seats.iter().map(ended).collect::<Vec<_>>(), [true, false, false, false]);
    }

    #[test]
    fn beyond_all_of_them_a_new_one_is_refused() {
        let streams = Streams::new(Limits { streams: 2, ..Limits::default() });
        let (first, _second) = (streams.open(&actor(1), &session(1)).0, streams.open(&actor(2), &session(2)).0);
        let (none, crowd) = streams.open(&actor(3), &session(3));
        assert!(none.is_none() && crowd == Some(Crowd::Full));
        drop(first);
        assert!(streams.open(&actor(3), &session(3)).0.is_some());
    }
}
