//! How an integration is doing, beyond its status.

use serde::{Deserialize, Serialize};

use crate::domain::{Millis, words::words};

words! {
    /// What this app can do about a trouble: which button stands beside the sentence.
    pub enum Remedy {
        ReplaceToken = "replace_token",
        ReplaceSecret = "replace_secret",
        /// Correct an id in the form.
        FixIds = "fix_ids",
        Subscribe = "subscribe",
        /// Enter callback URL and verify token in the provider's console.
        SetCallback = "set_callback",
        /// Something in the provider's console.
        OpenMeta = "open_meta",
        /// Network, DNS, TLS or proxy of this server.
        CheckNetwork = "check_network",
        Wait = "wait",
    }
}

/// Why an integration has stopped, and what mends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    pub reason: String,
    pub action: String,
    pub remedy: Option<Remedy>,
}

words! {
    /// The provider's rating of a number.
    pub enum Quality {
        Green = "green",
        Yellow = "yellow",
        Red = "red",
        Unknown = "unknown",
    }
}

words! {
    /// Whether the provider lets the number send.
    pub enum Ability {
        Available = "available",
        Limited = "limited",
        Blocked = "blocked",
    }
}

/// Counts go no further than this: beyond it, what matters is that it is many.
pub const COUNT_MAX: i64 = 1000;

/// What is known about how an integration is doing. `None`: not known (yet).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    pub quality: Option<Quality>,
    /// The provider's word for how many customers may be written to first in 24 hours, such as `TIER_2K`.
    pub messaging_limit: Option<String>,
    pub ability: Option<Ability>,
    /// The version of the Graph API that is used.
    pub graph_version: String,
    /// When the access token ends; none when it never does, or when that is not known.
    pub token_expires_at: Option<Millis>,
    /// When the provider was last asked.
    pub checked_at: Option<Millis>,
    /// Since when no connection to the provider comes about; none when it can be reached.
    #[serde(default)]
    pub unreachable_since: Option<Millis>,
    /// Since when the provider has not confirmed that the number is this workspace's, when that is so long ago that what comes in
    /// on the callback of the whole deployment is kept back.
    #[serde(default)]
    pub kept_back_since: Option<Millis>,
    /// Messages that wait to be sent; at most [`COUNT_MAX`].
    pub queued: i64,
    /// Messages that could not be sent in the last 24 hours; at most [`COUNT_MAX`].
    pub failed: i64,
    /// Deliveries rejected for their signature since the last good one.
    pub rejected: i64,
    /// Items that could not be stored; at most [`COUNT_MAX`].
    pub dead_letters: i64,
    /// Why the newest of them could not be stored, and what helps.
    #[serde(default)]
    pub dead_letter_reason: Option<String>,
}

/// People are warned this long before a token ends.
pub const TOKEN_WARNING: Millis = 7 * 24 * 60 * 60 * 1000;

impl Health {
    /// Whether the token ends soon enough to be told.
    #[must_use]
    pub fn token_ends_soon(&self, now: Millis) -> bool {
        self.token_expires_at.is_some_and(|at| at - now < TOKEN_WARNING)
    }
}

#[cfg(test)]
mod tests {
    use super::{Health, TOKEN_WARNING};

    #[test]
    fn warns_in_time() {
        let health = |at| Health { token_expires_at: at, ..Health::default() };
        assert!(!health(None).token_ends_soon(5));
        assert!(health(Some(TOKEN_WARNING)).token_ends_soon(1));
        assert!(!health(Some(TOKEN_WARNING + 5)).token_ends_soon(5));
    }
}
