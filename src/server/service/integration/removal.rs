//! Disconnecting a number: its secrets go at once, its queue is withdrawn, its conversations stay or go.

use std::time::Duration;

use tokio::time::timeout;

use super::{find, missing};
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{IntegrationId, WorkspaceId},
        integration::{ConversationsFate, Provider, Removal, RemovalPreview, Unsubscribed},
    },
    server::{
        error::Result,
        service::{Services, actor::Actor, credentials, whatsapp},
        store::{Conn, StoreResult, contact, conversation, dead_letter, delivery, integration, message, queue, status},
        writer::Priority,
    },
};

/// Conversations erased in one transaction: few, so that live traffic is not held up.
const CHUNK: i64 = 20;
/// Deliveries and dead letters erased in one transaction.
const ROWS: i64 = 200;
/// How long a person waits for the end of erasing; what is left then goes on by itself.
const PATIENCE: Duration = Duration::from_secs(5);
/// A worker of another node may still store something that it began before it learnt of the deletion.
const STRAGGLERS: Millis = 60_000;

/// What deleting would take along.
pub async fn preview_removal(state: &Services, actor: &Actor, id: IntegrationId) -> Result<RemovalPreview> {
    find(state, actor, id).await?;
    Ok(integration::preview_removal(&mut state.store.read().await?, actor.workspace_id, id).await?)
}

/// Deletes an integration. Its callback goes on answering 200 for a week, storing nothing.
pub async fn delete(
    state: &Services,
    actor: &Actor,
    id: IntegrationId,
    conversations: ConversationsFate,
) -> Result<Removal> {
    let row = find(state, actor, id).await?;
    // Opened before they are forgotten: the provider has yet to be told.
    let opened = credentials::open(state, &row).ok();
    let erase = conversations == ConversationsFate::Erase;
    let input = (actor.workspace_id, id, row.name.clone(), erase, state.now());
    let deleted = state
        .transact(actor, id, input, |conn, (ws, id, name, erase, now)| {
            Box::pin(forget(conn, (*ws, *id), name, *erase, *now))
        })
        .await?;
    state.credentials.forget(id).await;
    if !deleted {
        return Err(missing().into());
    }
    let removal = match (row.provider, &state.sandbox) {
        (Provider::Sandbox, Some(sandbox)) => {
            sandbox.forget(&row.external_key).await?;
            Removal { unsubscribed: Unsubscribed::Done, remaining: Vec::new() }
        }
        _ => whatsapp::leave(state, &row, opened.as_ref()).await,
    };
    if erase {
        // Whatever takes longer is taken up by the sweep.
        drop(timeout(PATIENCE, erase_all(state, actor.workspace_id, id, &row.external_key)).await);
    }
    Ok(removal)
}

/// The deleting transaction: afterwards nothing of it can be sent any more.
async fn forget(
    conn: &mut Conn,
    (ws, id): (WorkspaceId, IntegrationId),
    name: &str,
    erase: bool,
    now: Millis,
) -> StoreResult<bool> {
    if !integration::delete(conn, ws, id, now).await? {
        return Ok(false);
    }
    // First, so that it waits for an answer that is just being stored, which is then withdrawn, too.
    integration::void_answers(conn, ws, id).await?;
    queue::cancel_integration(conn, ws, id, now).await?;
    conversation::forget_waiting(conn, ws, id).await?;
    if erase {
        integration::begin_erasing(conn, ws, id, now).await?;
    }
    conn.tell(ws, DomainEvent::IntegrationDeleted { id, name: name.to_owned() }, now);
    Ok(true)
}

/// Erases what is left of integrations that were deleted with their conversations.
pub(super) async fn go_on_erasing(state: &Services) -> Result<()> {
    let erasing = integration::list_erasing(&mut state.store.read().await?).await?;
    for (ws, id, phone_number_id, since) in erasing {
        // One that cannot be erased is tried again the next time, and holds up no other.
        if let Err(error) = go_on_with(state, ws, id, &phone_number_id, since).await {
            tracing::warn!(integration_id = %id, error = ?error, "An integration could not be erased; it is tried again");
        }
    }
    Ok(())
}

async fn go_on_with(
    state: &Services,
    ws: WorkspaceId,
    id: IntegrationId,
    phone_number_id: &str,
    since: Millis,
) -> Result<()> {
    erase_all(state, ws, id, phone_number_id).await?;
    // What came before the deletion may still wait in a long queue.
    let waits_since = delivery::waits_since(&mut state.store.read().await?).await?;
    let passed = waits_since.is_none_or(|at| at > since + STRAGGLERS);
    if state.now() - since > STRAGGLERS && passed {
        let erased = state.writer.write(Priority::Bulk, id, (ws, id), |conn, (ws, id)| {
            Box::pin(integration::finish_erasing(conn, *ws, *id))
        });
        erased.await?;
    }
    Ok(())
}

async fn erase_all(state: &Services, ws: WorkspaceId, id: IntegrationId, phone_number_id: &str) -> Result<()> {
    loop {
        let input = (ws, id, phone_number_id.to_owned(), state.now());
        let erased = state
            .writer
            .write(Priority::Bulk, id, input, |conn, (ws, id, number, now)| {
                Box::pin(erase_some(conn, *ws, *id, number, *now))
            })
            .await?;
        if erased == 0 || state.life.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// Erases a few conversations with all that hangs on them, and a few of the webhooks that they came in by.
async fn erase_some(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: IntegrationId,
    phone_number_id: &str,
    now: Millis,
) -> StoreResult<u64> {
    let ids = conversation::ids_of_integration(conn, ws, id, CHUNK).await?;
    let mut contacts = Vec::with_capacity(ids.len());
    for conversation_id in &ids {
        message::delete_of_conversation(conn, ws, *conversation_id).await?;
        contacts.extend(conversation::delete_emptied(conn, ws, *conversation_id).await?);
        conn.tell(ws, DomainEvent::MessageProgressed { conversation_id: *conversation_id }, now);
    }
    // Only those whose conversations went: others may have none for reasons of their own.
    contact::delete_orphaned(conn, ws, &contacts).await?;
    let deliveries = delivery::delete_of_integration(conn, ws, id, ROWS).await?;
    let letters = dead_letter::delete_of_integration(conn, ws, id, ROWS).await?;
    let parked = status::delete_parked_of_number(conn, ws, phone_number_id, ROWS).await?;
    Ok(ids.len() as u64 + deliveries + letters + parked)
}
