//! Conversations of people who are let in no more: what they had goes back to the queue.

use uuid::Uuid;

use super::{Pipeline, lines};
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{MessageId, UserId, WorkspaceId},
    },
    server::{
        error::Result,
        store::{Conn, StoreResult, account, conversation},
        writer::Priority,
    },
};

/// Takes a portion from each who was dismissed. Returns whether there was anybody.
///
/// # Errors
/// When the database is unavailable; the next round tries again.
pub(super) async fn step(state: &Pipeline) -> Result<bool> {
    let orders = conversation::list_releases(&mut state.store.read().await?).await?;
    for (workspace_id, user_id) in &orders {
        let input = (*workspace_id, *user_id, lines::mint_ids(), state.now());
        let released = state.writer.write(Priority::Pipeline, Uuid::nil(), input, |conn, (ws, user_id, ids, now)| {
            Box::pin(release(conn, *ws, *user_id, ids, *now))
        });
        let count = released.await?;
        if count > 0 {
            tracing::info!(%user_id, count, "Conversations of somebody who is let in no more are nobody's again");
        }
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
    if conversation::keep_of_user(conn, ws, user_id).await? {
        return Ok(0);
    }
    let released = conversation::release_some(conn, ws, user_id, lines::limit(ids), now).await?;
    let name = account::find_name(conn, user_id).await?.unwrap_or_else(|| "Somebody".to_owned());
    let body = format!("{name} cannot sign in any more: the conversation is back in the queue");
    for resolved in released.iter().filter(|released| released.resolved) {
        conn.tell(ws, DomainEvent::ConversationChanged { id: resolved.place.thread.conversation_id }, now);
    }
    let open = released.iter().filter(|released| !released.resolved);
    lines::write(conn, open.map(|open| (open.place, body.clone())), ids, now).await?;
    Ok(released.len())
}
