//! Whether providers can be reached, by integration: collected in memory where calls end, and stored once a second. People
//! are told once on the card, with the time since when, instead of with every message.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use uuid::Uuid;

use super::Services;
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{IntegrationId, WorkspaceId},
    },
    server::{
        channel::UNREACHABLE,
        store::{Conn, StoreResult, integration, queue},
        writer::Priority,
    },
};

/// The pause before a message is tried again grows with the time since when nobody can be reached, between these.
const PAUSE: (Millis, Millis) = (2000, 300_000);

/// An integration with its workspace.
type Key = (WorkspaceId, IntegrationId);

#[derive(Clone, Copy)]
struct Known {
    /// None: it can be reached.
    since: Option<Millis>,
    /// It is stored.
    noted: bool,
}

/// What is known of integrations that called since the start.
#[derive(Default)]
pub struct Reach(Mutex<HashMap<Key, Known>>);

impl Reach {
    fn known(&self) -> MutexGuard<'_, HashMap<Key, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The provider has answered.
    pub fn found(&self, workspace_id: WorkspaceId, integration_id: IntegrationId) {
        let mut known = self.known();
        if known.get(&(workspace_id, integration_id)).is_none_or(|k| k.since.is_some()) {
            known.insert((workspace_id, integration_id), Known { since: None, noted: false });
        }
    }

    /// A look at the integration has reached the provider: stored even if it is known, for another process may have noted
    /// the contrary.
    pub fn looked(&self, workspace_id: WorkspaceId, integration_id: IntegrationId) {
        self.known().insert((workspace_id, integration_id), Known { since: None, noted: false });
    }

    /// No connection could be made; how long to wait until the next attempt.
    pub fn lost(&self, workspace_id: WorkspaceId, integration_id: IntegrationId, now: Millis) -> Millis {
        let mut known = self.known();
        let entry = known.entry((workspace_id, integration_id)).or_insert(Known { since: None, noted: false });
        if entry.since.is_none() {
            *entry = Known { since: Some(now), noted: false };
        }
        let away = now - entry.since.unwrap_or(now);
        (away / 2).clamp(PAUSE.0, PAUSE.1)
    }

    /// Stores what is new. What waits is sent as soon as the provider is back, at the rate of its number.
    ///
    /// # Errors
    /// When the database is unavailable: it is tried again.
    pub async fn flush(&self, state: &Services) -> StoreResult<bool> {
        let news: Vec<(Key, Option<Millis>)> =
            self.known().iter().filter(|(_, k)| !k.noted).map(|(key, k)| (*key, k.since)).collect();
        if news.is_empty() {
            return Ok(false);
        }
        let input = (news.clone(), state.now());
        let changed = state
            .writer
            .write(Priority::Pipeline, Uuid::nil(), input, |conn, (news, now)| Box::pin(note(conn, news, *now)))
            .await?;
        let mut known = self.known();
        for (key, since) in news {
            // What came meanwhile is news again.
            if let Some(entry) = known.get_mut(&key).filter(|entry| entry.since == since) {
                entry.noted = true;
            }
        }
        drop(known);
        if changed {
            state.signals.deliver.notify_one();
        }
        Ok(changed)
    }
}

async fn note(conn: &mut Conn, news: &[(Key, Option<Millis>)], now: Millis) -> StoreResult<bool> {
    let mut any = false;
    for ((workspace_id, id), since) in news {
        if !integration::note_reach(conn, *workspace_id, *id, *since).await? {
            continue;
        }
        any = true;
        match since {
            Some(_) => tracing::warn!(integration_id = %id, "The provider cannot be reached; what is to be sent waits"),
            None => {
                tracing::info!(integration_id = %id, "The provider can be reached again");
                queue::hasten(conn, *workspace_id, *id, UNREACHABLE, now).await?;
            }
        }
        conn.tell(*workspace_id, DomainEvent::IntegrationChanged { id: *id }, now);
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::Reach;
    use crate::domain::ids::{IntegrationId, WorkspaceId};

    #[test]
    fn pauses_grow_with_the_time_away_and_begin_anew() {
        let (reach, ws, id) = (Reach::default(), WorkspaceId::nil(), IntegrationId::nil());
        let pauses = [0, 1000, 10_000, 600_000, 9_000_000].map(|now| reach.lost(ws, id, now));
        assert_eq!(pauses, [2000, 2000, 5000, 300_000, 300_000]);
        reach.found(ws, id);
        assert_eq!(reach.lost(ws, id, 10_000_000), 2000);
        // Set back, the clock lengthens nothing.
        assert_eq!(reach.lost(ws, id, 5_000_000), 2000);
    }
}
