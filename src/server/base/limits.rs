//! What anybody may take of the server at once: time, connections, memory. One table, so that it can be read as a whole.
//!
//! The numbers fit every installation; tests and drills set them low by the hidden option `--limits name=value,…`.

use std::time::Duration;

use super::config;
use crate::domain::integration::clean_pasted;

/// One value of the table.
trait Limit: Sized {
    fn read(text: &str) -> Option<Self>;
}

impl Limit for Duration {
    fn read(text: &str) -> Option<Self> {
        text.parse::<config::Duration>().ok().map(|d| Self::from_millis(d.0.unsigned_abs()))
    }
}

impl Limit for usize {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

impl Limit for bool {
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

macro_rules! limits {
    ($($(#[$doc:meta])* $name:ident: $kind:ty = $value:expr),+ $(,)?) => {
        /// The table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits { $($(#[$doc])* pub $name: $kind),+ }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $value),+ }
            }
        }

        impl Limits {
            fn set(&mut self, name: &str, value: &str) -> Option<()> {
                match name {
                    $(stringify!($name) => self.$name = Limit::read(value)?,)+
                    _ => return None,
                }
                Some(())
            }
        }
    };
}

limits! {
    /// From the opening of a connection to its first byte; from a webhook's header to the first byte of its body.
    first_byte: Duration = Duration::from_secs(2),
    /// From the first byte of a request to the end of its header.
    header: Duration = Duration::from_secs(10),
    /// A connection without a request. Longer than the 60 s that proxies keep theirs, so that they close first.
    idle: Duration = Duration::from_secs(75),
    /// A webhook's body.
    webhook_body: Duration = Duration::from_secs(10),
    /// Any other body.
    body: Duration = Duration::from_secs(30),
    /// Between two pieces of a body.
    pause: Duration = Duration::from_secs(10),
    /// From a request's header to the end of its answer, live events excepted.
    answer: Duration = Duration::from_secs(300),
    /// What was sent and is not acknowledged, or cannot be sent because the other side reads nothing.
    unread: Duration = Duration::from_secs(30),
    /// The path and query of a request, in bytes.
    target: usize = 8 << 10,
    /// Open connections; 0: as many as the number of open files allows.
    connections: usize = 0,
    /// Open connections of one address that has not proven itself.
    connections_per_address: usize = 256,
    /// Whether peers on this machine or in private networks count as proxies, which speak for many.
    near_are_proxies: bool = true,
    /// Bytes of all webhooks that are being read or wait to be written.
    bodies: usize = 128 << 20,
    /// Event streams of one session or token.
    streams_per_session: usize = 16,
    /// Event streams of one person.
    streams_per_user: usize = 64,
    /// Event streams in all.
    streams: usize = 2000,
}

impl Limits {
    /// Reads `name=value` settings, and says what is wrong with them.
    #[must_use]
    pub fn parse(settings: &[String], problems: &mut Vec<String>) -> Self {
        let mut limits = Self::default();
        for setting in settings.iter().map(|s| clean_pasted(s)).filter(|s| !s.is_empty()) {
            let known = setting.split_once('=').and_then(|(name, value)| limits.set(name.trim(), value.trim()));
            if known.is_none() {
                problems.push(format!("PARLANCE_LIMITS: {setting:?} is no limit that this version knows"));
            }
        }
        limits
    }
}

/// A body that did not come in time.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body did not come in time")]
pub struct TooSlow;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Limits;

    #[test]
    fn settings_change_what_they_name() {
        let mut problems = Vec::new();
        let settings = ["first_byte=250ms", "connections=9", "near_are_proxies=false", ""].map(str::to_owned);
        let limits = Limits::parse(&settings, &mut problems);
        let expected = Limits {
            first_byte: Duration::from_millis(250),
            connections: 9,
            near_are_proxies: false,
            ..Limits::default()
        };
        assert_eq!((limits, problems.is_empty()), (expected, true));
    }

    #[test]
    fn what_is_no_limit_is_said() {
        for bad in ["connections", "connections=many", "speed=9", "idle=soon"] {
            let mut problems = Vec::new();
            assert_eq!(Limits::parse(&[bad.to_owned()], &mut problems), Limits::default());
            assert!(problems.len() == 1 && problems[0].contains(bad), "{problems:?}");
        }
    }
}
