//! Files that are made while they are taken, so that any length of them takes no more memory than one portion.

use uuid::Uuid;

use super::{Services, actor::Actor};
use crate::{domain::event::DomainEvent, server::error::Result};

/// A file of comma-separated values.
pub trait Download: Send + 'static {
    /// Its first line: the columns.
    fn head(&self) -> String;

    /// The next lines; none behind the last.
    ///
    /// # Errors
    /// When the database is unavailable.
    fn next(&mut self, state: &Services) -> impl Future<Output = Result<Option<String>>> + Send;
}

/// Puts on record that somebody takes a file, before anything of it is read.
///
/// # Errors
/// When the database is unavailable.
pub(super) async fn put_on_record(state: &Services, actor: &Actor, event: DomainEvent) -> Result<()> {
    let input = (actor.workspace_id, event, state.now());
    state
        .transact(actor, Uuid::from(actor.workspace_id), input, |conn, (ws, event, now)| {
            conn.tell(*ws, event.clone(), *now);
            Box::pin(async { Ok(()) })
        })
        .await?;
    Ok(())
}
