//! Files that are made while they are taken, so that any length of them takes no more memory than one portion.

use super::Services;
use crate::server::error::Result;

/// A file that has begun: it is on record.
pub trait Download: Send + 'static {
    /// The next lines; none behind the last.
    ///
    /// # Errors
    /// When the database is unavailable.
    fn next(&mut self, state: &Services) -> impl Future<Output = Result<Option<String>>> + Send;
}
