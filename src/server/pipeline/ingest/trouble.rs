//! Why a delivery cannot be processed, and how long it is retried.

use crate::{
    domain::Millis,
    server::{base::secrets::SecretError, error::Error, store::StoreError},
};

/// The number of attempts that may fail before a dead letter. With the pauses between them that takes nine minutes: a
/// restart with the right key comes in time, and nobody waits for days to be told.
const TRIES: i64 = 10;
const PAUSE: Millis = 1000;
const PAUSE_MAX: Millis = 300_000;

/// Why something of a delivery is not stored.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    /// For people, with the next step where there is one.
    pub(super) reason: String,
    /// Temporary: the database is unavailable. It does not count as an attempt.
    pub(super) is_passing: bool,
    /// Permanent: the item itself is invalid.
    is_final: bool,
}

impl Trouble {
    /// What can be repaired outside of the item: a key, a table, this program.
    pub(super) fn of(error: &Error) -> Self {
        let reason = match error {
            Error::Secret(SecretError::Open) => "the secrets of the integration do not open with this server\u{2019}s key. \
                Start it with the key that belongs to the database, or disconnect the number and connect it again; then replay"
                .to_owned(),
            Error::Panicked(_) | Error::Store(StoreError::Panicked) => {
                "this version of Parlance stumbled over it. The log has the details; replay it after an update".to_owned()
            }
            error => format!("it could not be worked off: {error}"),
        };
        Self { reason, is_passing: error.is_passing(), is_final: false }
    }

    /// The server has died this many times while processing it.
    pub(super) fn deadly(times: i64) -> Self {
        let reason = format!(
            "the server ended {times} times in the middle of it, so it is not tried any more. The system's log may say why \
             (memory, for instance); replay it after an update"
        );
        Self { reason, is_passing: false, is_final: true }
    }

    /// The database did not take the item.
    pub(super) fn refused(error: &StoreError) -> Self {
        Self { reason: format!("it could not be stored: {error}"), is_passing: false, is_final: true }
    }

    /// Whether it is retried after this attempt number.
    pub(super) const fn is_to_be_tried_again(&self, attempts: i64) -> bool {
        self.is_passing || !self.is_final && attempts < TRIES
    }
}

/// The pause of a delivery after this attempt number.
pub(super) fn pause(attempts: i64, is_passing: bool) -> Millis {
    if is_passing { PAUSE } else { (PAUSE << (attempts - 1).clamp(0, 20)).min(PAUSE_MAX) }
}

#[cfg(test)]
mod tests {
    use super::{TRIES, Trouble, pause};
    use crate::server::{base::secrets::SecretError, error::Error, store::StoreError};

    #[test]
    fn pauses_grow_and_end() {
        let lasting = Trouble::of(&Error::Secret(SecretError::Open));
        let pauses: Vec<_> = (1..=TRIES).map(|n| pause(n, false) / 1000).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
        assert!(lasting.is_to_be_tried_again(TRIES - 1) && !lasting.is_to_be_tried_again(TRIES));
        let passing = Trouble::of(&StoreError::Closed.into());
        assert!(passing.is_passing && passing.is_to_be_tried_again(i64::MAX));
        assert_eq!(pause(i64::MAX, true), 1000);
        assert!(!Trouble::refused(&StoreError::Closed).is_to_be_tried_again(1));
    }
}
