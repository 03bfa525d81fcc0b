//! Integrations with their secrets opened, kept in memory for a few seconds: the webhook needs them for every delivery.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::future::Cache;
use secrecy::SecretString;

use super::Services;
use crate::{
    domain::{
        Millis,
        channel::Channel,
        event::DomainEvent,
        ids::{ChatbotId, IntegrationId, WorkspaceId},
        integration::Provider,
    },
    server::{
        channel::{Access, Keys},
        error::Result,
        store::integration::{self, IntegrationRow},
        writer::Priority,
    },
};

/// Other nodes notice a change after this long; this node at once.
const KEPT: Duration = Duration::from_secs(5);

/// What the message path needs of an integration.
pub struct Credentials {
    pub workspace_id: WorkspaceId,
    pub integration_id: IntegrationId,
    pub chatbot_id: ChatbotId,
    pub channel: Channel,
    pub provider: Provider,
    pub external_key: String,
    pub account_key: String,
    pub keys: Keys,
    pub app_secret_digest: Option<Vec<u8>>,
    pub verify_token: Option<SecretString>,
    pub active: bool,
    /// Active, not stopped by an error, not deleted.
    pub may_send: bool,
    pub deleted_at: Option<Millis>,
}

impl Credentials {
    /// To call for it by its channel.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        Access { channel: self.channel, provider: self.provider, external_key: &self.external_key, keys: &self.keys }
    }
}

/// The cache, and the counts of rejected deliveries that are not stored yet.
pub struct CredentialCache {
    known: Cache<IntegrationId, Arc<Credentials>>,
    rejected: Mutex<HashMap<(WorkspaceId, IntegrationId), i64>>,
}

impl CredentialCache {
    #[must_use]
    pub fn new() -> Self {
        let known = Cache::builder().max_capacity(10_000).time_to_live(KEPT).build();
        Self { known, rejected: Mutex::default() }
    }

    /// After a change.
    pub async fn forget(&self, integration_id: IntegrationId) {
        self.known.invalidate(&integration_id).await;
    }

    /// Counts a delivery with a wrong signature. Stored once a second: strangers must not be able to make us write.
    pub fn count_rejected(&self, credentials: &Credentials) {
        let mut rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        *rejected.entry((credentials.workspace_id, credentials.integration_id)).or_default() += 1;
    }

    /// Stores the counts.
    pub async fn flush_rejected(&self, state: &Services) {
        let counts = std::mem::take(&mut *self.rejected.lock().unwrap_or_else(PoisonError::into_inner));
        for ((workspace_id, id), count) in counts {
            let input = (workspace_id, id, count, state.now());
            let written = state.writer.write(Priority::Bulk, id, input, |conn, (workspace_id, id, count, now)| {
                Box::pin(async move {
                    integration::note_rejected(conn, *workspace_id, *id, *count, *now).await?;
                    conn.tell(*workspace_id, DomainEvent::IntegrationChanged { id: *id }, *now);
                    Ok(())
                })
            });
            if let Err(error) = written.await {
                tracing::warn!(error = ?error, "Rejected deliveries could not be counted");
            }
        }
    }
}

/// After a committed change of an integration: its cached credentials are dropped, and only then those who may have
/// waited for the change are woken. In the other order a send could use the old token.
pub async fn renewed(state: &Services, integration_id: IntegrationId) {
    state.credentials.forget(integration_id).await;
    state.signals.wake_all();
}

impl Default for CredentialCache {
    fn default() -> Self {
        Self::new()
    }
}

/// Opens the secrets of a row.
///
/// # Errors
/// When they do not open with our key.
pub fn open(state: &Services, row: &IntegrationRow) -> Result<Credentials> {
    let unseal = |sealed: &Option<Vec<u8>>, column: &str| {
        sealed.as_ref().map(|bytes| state.sealer.unseal(bytes, &place(row.id, column))).transpose()
    };
    let access_token = unseal(&row.access_token, "access_token")?;
    let app_secret = unseal(&row.app_secret, "app_secret")?;
    Ok(Credentials {
        workspace_id: row.workspace_id,
        integration_id: row.id,
        chatbot_id: row.chatbot_id,
        channel: row.channel,
        provider: row.provider,
        external_key: row.external_key.clone(),
        account_key: row.account_key.clone(),
        keys: Keys::new(access_token, app_secret),
        app_secret_digest: row.app_secret_digest.clone(),
        verify_token: unseal(&row.verify_token, "verify_token")?,
        active: row.active,
        may_send: row.provider != Provider::Newer
            && row.active
            && row.error_reason.is_none()
            && row.deleted_at.is_none(),
        deleted_at: row.deleted_at,
    })
}

/// The context that a secret is sealed to; it does not open in any other.
#[must_use]
pub fn place(integration_id: IntegrationId, column: &str) -> String {
    format!("integrations:{integration_id}:{column}")
}

/// An integration by its id alone, deleted ones too: for the webhook.
///
/// # Errors
/// When the database is unavailable or the key is another one.
pub async fn by_id(state: &Services, id: IntegrationId) -> Result<Option<Arc<Credentials>>> {
    if let Some(known) = state.credentials.known.get(&id).await {
        return Ok(Some(known));
    }
    // Apart, so that those who find it in memory do not carry the rest along.
    Box::pin(look_up(state, id)).await
}

async fn look_up(state: &Services, id: IntegrationId) -> Result<Option<Arc<Credentials>>> {
    let row = integration::find_for_webhook(&mut state.store.read().await?, id).await?;
    let Some(row) = row else { return Ok(None) };
    let opened = Arc::new(open(state, &row)?);
    state.credentials.known.insert(id, Arc::clone(&opened)).await;
    Ok(Some(opened))
}

/// An integration of a workspace.
///
/// # Errors
/// As [`by_id`].
pub async fn of(state: &Services, workspace_id: WorkspaceId, id: IntegrationId) -> Result<Option<Arc<Credentials>>> {
    Ok(by_id(state, id).await?.filter(|c| c.workspace_id == workspace_id && c.deleted_at.is_none()))
}
