//! When integrations were last used, collected in memory and stored once a second: their rows are shared by all
//! conversations of a number, and would be the hottest of the database.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use uuid::Uuid;

use super::Services;
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{IntegrationId, WorkspaceId},
        principal::Principal,
    },
    server::store::{
        StoreResult,
        integration::{self, Activity},
    },
};

/// What is not stored yet, by workspace and integration.
#[derive(Default)]
pub struct ActivityNotes(Mutex<HashMap<(WorkspaceId, IntegrationId), Activity>>);

impl ActivityNotes {
    /// A delivery came in, with a message in it or without.
    pub fn webhook(&self, workspace_id: WorkspaceId, integration_id: IntegrationId, at: Millis, inbound: bool) {
        self.note(workspace_id, integration_id, |a| {
            a.webhook_at = a.webhook_at.max(Some(at));
            if inbound {
                a.inbound_at = a.inbound_at.max(Some(at));
            }
        });
    }

    /// A message was accepted by the channel.
    pub fn outbound(&self, workspace_id: WorkspaceId, integration_id: IntegrationId, at: Millis) {
        self.note(workspace_id, integration_id, |a| a.outbound_at = a.outbound_at.max(Some(at)));
    }

    fn note(&self, workspace_id: WorkspaceId, integration_id: IntegrationId, change: impl FnOnce(&mut Activity)) {
        let mut notes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(notes.entry((workspace_id, integration_id)).or_default());
    }

    /// Stores the notes and tells open pages; whether there were any.
    ///
    /// # Errors
    /// When the database is unavailable. The notes are lost then: the next message recreates them.
    pub async fn flush(&self, state: &Services) -> StoreResult<bool> {
        let notes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        if notes.is_empty() {
            return Ok(false);
        }
        let input = (notes.into_iter().collect::<Vec<_>>(), state.now());
        let written = state.transact(Principal::System, Uuid::nil(), input, |conn, (notes, now)| {
            Box::pin(async move {
                let changed = integration::note_activity(conn, notes).await?;
                for (workspace_id, id) in changed {
                    conn.tell(workspace_id, DomainEvent::IntegrationUsed { id }, *now);
                }
                Ok(())
            })
        });
        written.await?;
        Ok(true)
    }
}
