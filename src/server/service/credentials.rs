//! Integrations with their secrets opened, kept in memory for a few seconds: the webhook needs them for every delivery.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::future::Cache;
use secrecy::SecretString;
use uuid::Uuid;

use super::Services;
use crate::{
    domain::{Millis, event::DomainEvent, integration::Provider},
    server::{
        channel::whatsapp::graph::{Account, AppProof, Asker},
        error::Result,
        store::integration::{self, IntegrationRow},
        writer::Priority,
    },
};

/// Other nodes notice a change after this long; this node at once.
const KEPT: Duration = Duration::from_secs(5);

/// What the message path needs of an integration.
pub struct Credentials {
    pub workspace_id: Uuid,
    pub integration_id: Uuid,
    pub chatbot_id: Uuid,
    pub provider: Provider,
    pub phone_number_id: String,
    pub business_account_id: String,
    pub access_token: Option<SecretString>,
    pub app_secret: Option<SecretString>,
    /// What goes with the access token on each call.
    pub proof: Option<AppProof>,
    pub app_secret_digest: Option<Vec<u8>>,
    pub verify_token: Option<SecretString>,
    pub active: bool,
    /// Active, not stopped by an error, not deleted.
    pub may_send: bool,
    pub deleted_at: Option<Millis>,
}

impl Credentials {
    /// To send with; none without an access token.
    #[must_use]
    pub fn account(&self) -> Option<Account<'_>> {
        Some(Account {
            provider: self.provider,
            phone_number_id: &self.phone_number_id,
            token: self.token()?,
            proof: self.proof.as_ref(),
        })
    }

    /// To ask with; none without an access token.
    #[must_use]
    pub fn asker(&self, patience: Duration) -> Option<Asker<'_>> {
        Some(Asker { provider: self.provider, token: self.token()?, proof: self.proof.as_ref(), patience })
    }

    /// A token of a newer version's provider goes to nobody: whose it is, only that version knows.
    fn token(&self) -> Option<&SecretString> {
        self.access_token.as_ref().filter(|_| self.provider != Provider::Newer)
    }
}

/// The cache, and the count of rejected deliveries that waits to be written down.
pub struct CredentialCache {
    known: Cache<Uuid, Arc<Credentials>>,
    rejected: Mutex<HashMap<(Uuid, Uuid), i64>>,
}

impl CredentialCache {
    #[must_use]
    pub fn new() -> Self {
        let known = Cache::builder().max_capacity(10_000).time_to_live(KEPT).build();
        Self { known, rejected: Mutex::default() }
    }

    /// After a change.
    pub async fn forget(&self, integration_id: Uuid) {
        self.known.invalidate(&integration_id).await;
    }

    /// Counts a delivery with a wrong signature. Written down once a second: strangers must not be able to make us write.
    pub fn count_rejected(&self, credentials: &Credentials) {
        let mut rejected = self.rejected.lock().unwrap_or_else(PoisonError::into_inner);
        *rejected.entry((credentials.workspace_id, credentials.integration_id)).or_default() += 1;
    }

    /// Writes the counts down.
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
    let proof = access_token.as_ref().zip(app_secret.as_ref()).map(|(token, secret)| AppProof::new(secret, token));
    Ok(Credentials {
        workspace_id: row.workspace_id,
        integration_id: row.id,
        chatbot_id: row.chatbot_id,
        provider: row.provider,
        phone_number_id: row.phone_number_id.clone(),
        business_account_id: row.business_account_id.clone(),
        access_token,
        app_secret,
        proof,
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

/// Where a secret is at home; it opens nowhere else.
#[must_use]
pub fn place(integration_id: Uuid, column: &str) -> String {
    format!("integrations:{integration_id}:{column}")
}

/// An integration by its id alone, deleted ones too: for the webhook.
///
/// # Errors
/// When the database is away or the key is another one.
pub async fn by_id(state: &Services, id: Uuid) -> Result<Option<Arc<Credentials>>> {
    if let Some(known) = state.credentials.known.get(&id).await {
        return Ok(Some(known));
    }
    // Apart, so that those who find it in memory do not carry the rest along.
    Box::pin(look_up(state, id)).await
}

async fn look_up(state: &Services, id: Uuid) -> Result<Option<Arc<Credentials>>> {
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
pub async fn of(state: &Services, workspace_id: Uuid, id: Uuid) -> Result<Option<Arc<Credentials>>> {
    Ok(by_id(state, id).await?.filter(|c| c.workspace_id == workspace_id && c.deleted_at.is_none()))
}
