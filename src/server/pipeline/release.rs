//! Conversations of people who are let in no more: what is open of theirs goes back to the queue.

use uuid::Uuid;

use super::Pipeline;
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{MessageId, UserId, WorkspaceId},
    },
    server::{
        base::clock::mint_id,
        error::Result,
        store::{
            Conn, StoreResult, account,
            conversation::{self, Released},
            message::{self, NewMessage, Placed, Thread},
        },
        writer::Priority,
    },
};

/// The maximum number of conversations that go back in one transaction.
const AT_ONCE: usize = 64;

/// Takes a portion from each who was dismissed. Returns whether there was anybody.
///
/// # Errors
/// When the database is unavailable; the next round tries again.
pub(super) async fn step(state: &Pipeline) -> Result<bool> {
    let orders = conversation::list_releases(&mut state.store.read().await?).await?;
    for (workspace_id, user_id) in &orders {
        let ids: Vec<MessageId> = (0..AT_ONCE).map(|_| mint_id()).collect();
        let input = (*workspace_id, *user_id, ids, state.now());
        let released = state.writer.write(Priority::Pipeline, Uuid::nil(), input, |conn, (ws, user_id, ids, now)| {
            Box::pin(release(conn, *ws, *user_id, ids, *now))
        });
        let count = released.await?;
        tracing::info!(%user_id, count, "Conversations of somebody who is let in no more are nobody's again");
    }
    Ok(!orders.is_empty())
}

async fn release(
    conn: &mut Conn,
    ws: WorkspaceId,
    user_id: UserId,
    ids: &[MessageId],
    now: Millis,
) -> StoreResult<usize> {
    let limit = i64::try_from(ids.len()).unwrap_or(1);
    let released = conversation::release_some(conn, ws, user_id, limit, now).await?;
    let name = account::find_name(conn, user_id).await?.unwrap_or_else(|| "Somebody".to_owned());
    let lines: Vec<NewMessage> = released.iter().zip(ids).map(|(r, id)| line(ws, r, *id, &name, now)).collect();
    let placed: Vec<Placed<'_>> = lines.iter().zip(released.iter().map(|r| r.seq)).collect();
    message::insert_many(conn, &placed, now).await?;
    for r in &released {
        conn.tell(ws, DomainEvent::ConversationChanged { id: r.id }, now);
    }
    Ok(released.len())
}

/// The line between the messages that says so.
fn line(ws: WorkspaceId, released: &Released, id: MessageId, name: &str, now: Millis) -> NewMessage {
    let place = Thread {
        workspace_id: ws,
        conversation_id: released.id,
        integration_id: released.integration_id,
        channel: released.channel,
    };
    let body = format!("{name} is not on the team any more: the conversation is back in the queue");
    NewMessage::activity(&place, id, None, body, now)
}
