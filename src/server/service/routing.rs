//! Whose a webhook's item is. An app has one callback for all its numbers, so an item may be for another integration of the
//! same workspace and app; never for another workspace's, unless on the deployment-wide path, where the provider has confirmed
//! within a day that the integration's token is of the app and opens number and account. That is asked of the database each
//! time, never of memory: it ends with a refusal, in the transaction that notes the refusal.

use std::sync::Arc;

use super::{
    Services,
    credentials::{self, Credentials},
};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        ids::{ChatbotId, IntegrationId, WorkspaceId},
    },
    server::{
        channel::item::Item,
        error::Result,
        store::integration::{self, IntegrationRow},
    },
};

/// How long a proof counts. The health watch renews it every quarter of an hour, as long as the provider can be asked.
const PROOF: Millis = 24 * 60 * 60 * 1000;

/// Proofs from this time on count.
pub fn proofs_since(state: &Services) -> Millis {
    state.now() - PROOF
}

/// Where an item goes.
#[derive(Clone, Debug)]
pub struct Destination {
    pub workspace_id: WorkspaceId,
    pub integration_id: IntegrationId,
    pub chatbot_id: ChatbotId,
    pub channel: Channel,
    pub external_key: String,
    pub account_key: String,
    pub active: bool,
}

impl From<&Credentials> for Destination {
    fn from(c: &Credentials) -> Self {
        Self {
            workspace_id: c.workspace_id,
            integration_id: c.integration_id,
            chatbot_id: c.chatbot_id,
            channel: c.channel,
            external_key: c.external_key.clone(),
            account_key: c.account_key.clone(),
            active: c.active,
        }
    }
}

impl From<IntegrationRow> for Destination {
    fn from(r: IntegrationRow) -> Self {
        Self {
            workspace_id: r.workspace_id,
            integration_id: r.id,
            chatbot_id: r.chatbot_id,
            channel: r.channel,
            external_key: r.external_key,
            account_key: r.account_key,
            active: r.active,
        }
    }
}

/// Where an item goes that came in on the path of `integration_id`, or on the deployment-wide path. Empty: nowhere.
///
/// # Errors
/// When the database is unavailable.
pub async fn destinations(
    state: &Services,
    integration_id: Option<IntegrationId>,
    item: &Item,
) -> Result<Vec<Arc<Destination>>> {
    let found = match integration_id {
        Some(id) => on_path(state, id, item).await?.into_iter().collect(),
        None => deployment_wide(state, item).await?,
    };
    Ok(found.into_iter().map(Arc::new).collect())
}

async fn on_path(state: &Services, id: IntegrationId, item: &Item) -> Result<Option<Destination>> {
    let Some(own) = credentials::by_id(state, id).await?.filter(|c| c.deleted_at.is_none()) else { return Ok(None) };
    match &item.external_key {
        Some(number) if *number != own.external_key => {
            let Some(digest) = &own.app_secret_digest else { return Ok(None) };
            let mut conn = state.store.read().await?;
            let sibling = integration::find_sibling(&mut conn, own.workspace_id, (own.channel, number), digest).await?;
            Ok(sibling.map(Destination::from))
        }
        _ => Ok(Some(Destination::from(&*own))),
    }
}

async fn deployment_wide(state: &Services, item: &Item) -> Result<Vec<Destination>> {
    let since = proofs_since(state);
    let mut conn = state.store.read().await?;
    let rows = match (&item.external_key, &item.account_id) {
        // A number that has moved to another account is not the one that was proven.
        (Some(number), account) => integration::list_proven(&mut conn, number, account.as_deref(), since).await?,
        (None, Some(account)) => integration::list_proven_of_account(&mut conn, account, since).await?,
        (None, None) => Vec::new(),
    };
    Ok(rows.into_iter().map(Destination::from).collect())
}
