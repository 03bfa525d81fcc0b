//! The number of files that the process may have open, which bounds its connections.
//!
//! Service managers start programs with a soft limit of 1024 (for programs that use `select`, which we do not) and a hard
//! limit far above. A process may raise the one to the other by itself.

use std::sync::OnceLock;

use rustix::process::{Resource, getrlimit, setrlimit};

/// More is not asked for: nothing here needs it.
const WANTED: u64 = 1 << 17;
/// Left for the database, outgoing calls, logs and files of the site.
const KEPT: u64 = 2048;
/// More connections would take more memory than small machines have.
const CONNECTIONS_MAX: u64 = 16_384;

/// The limit of open files: as it was, and as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Files {
    pub(super) before: u64,
    pub(super) now: u64,
}

/// The limit that the process was started with.
static BEFORE: OnceLock<u64> = OnceLock::new();

/// Raises the limit as far as the system lets us. A second time changes nothing and says the same.
pub(super) fn raise() -> Files {
    let found = getrlimit(Resource::Nofile);
    let current = found.current.unwrap_or(WANTED);
    let before = *BEFORE.get_or_init(|| current);
    let wanted = found.maximum.unwrap_or(WANTED).min(WANTED);
    if wanted > current {
        let mut limit = found;
        limit.current = Some(wanted);
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(error = ?error, before, wanted, "The limit of open files could not be raised");
            return Files { before, now: current };
        }
    }
    Files { before, now: current.max(wanted) }
}

/// How many connections fit beside everything else.
pub(super) fn connections(files: u64) -> usize {
    let left = files - KEPT.min(files / 2);
    usize::try_from(left.clamp(8, CONNECTIONS_MAX)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{connections, raise};

    #[test]
    fn the_soft_limit_is_raised_to_the_hard_one() {
        let files = raise();
        assert!(files.now >= files.before);
        assert_eq!(raise(), files);
        let now = rustix::process::getrlimit(rustix::process::Resource::Nofile);
        assert_eq!(now.current, Some(files.now));
    }

    #[test]
    fn files_are_left_for_everything_else() {
        for (files, expected) in [(0, 8), (256, 128), (1024, 512), (4096, 2048), (8192, 6144), (1 << 20, 16_384)] {
            assert_eq!(connections(files), expected, "{files}");
        }
    }
}
