//! What integrations need without anybody asking: a look at each now and then, and what was left undone taken up again.

use uuid::Uuid;

use super::{activation::withdraw_stale, removal::go_on_erasing};
use crate::{
    domain::{
        channel::Channel,
        ids::{IntegrationId, WorkspaceId},
    },
    server::{
        error::Result,
        service::{Services, whatsapp},
        store::integration,
        writer::Priority,
    },
};

/// Once a minute: answers that waited too long are withdrawn, held ones released, deleted integrations erased.
///
/// # Errors
/// When the database is unavailable.
pub async fn keep_up(state: &Services) -> Result<()> {
    withdraw_stale(state, None).await?;
    let now = state.now();
    let input = (now - state.config.answer_freshness, now);
    let released = state
        .writer
        .write(Priority::Bulk, Uuid::nil(), input, |conn, (fresh_since, now)| {
            Box::pin(integration::release_held(conn, None, *fresh_since, *now))
        })
        .await?;
    if released > 0 {
        state.signals.answer.notify_one();
    }
    whatsapp::release_unclaimed(state).await?;
    go_on_erasing(state).await
}

/// Asks the provider of an integration how it is doing, with few calls, and stores what changed.
///
/// # Errors
/// When the database is unavailable or its secrets do not open.
pub async fn watch(state: &Services, workspace_id: WorkspaceId, id: IntegrationId) -> Result<()> {
    let row = integration::find(&mut state.store.read().await?, workspace_id, id).await?;
    let Some(row) = row else { return Ok(()) };
    match row.channel {
        Channel::Whatsapp => whatsapp::watch(state, &row).await,
        Channel::Web | Channel::Newer => Ok(()),
    }
}
