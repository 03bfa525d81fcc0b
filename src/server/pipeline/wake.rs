//! Snoozed conversations whose time has come: they open by themselves.

use uuid::Uuid;

use super::Pipeline;
use crate::{
    domain::{Millis, event::DomainEvent, ids::MessageId},
    server::{
        base::clock::mint_id,
        error::Result,
        store::{
            Conn, StoreResult,
            conversation::{self, Woken},
            message::{self, NewMessage, Placed, Thread},
        },
        writer::Priority,
    },
};

/// The maximum number of conversations that open in one transaction.
const AT_ONCE: usize = 64;

const LINE: &str = "The time that it was snoozed for is over: the conversation is open again";

/// Opens some. Returns whether there were any.
///
/// # Errors
/// When the database is unavailable; the next round tries again.
pub(super) async fn step(state: &Pipeline) -> Result<bool> {
    let now = state.now();
    if !conversation::has_due(&mut state.store.read().await?, now).await? {
        return Ok(false);
    }
    let ids: Vec<MessageId> = (0..AT_ONCE).map(|_| mint_id()).collect();
    let woken = state
        .writer
        .write(Priority::Pipeline, Uuid::nil(), (ids, now), |conn, (ids, now)| Box::pin(wake(conn, ids, *now)));
    Ok(woken.await? > 0)
}

async fn wake(conn: &mut Conn, ids: &[MessageId], now: Millis) -> StoreResult<usize> {
    let limit = i64::try_from(ids.len()).unwrap_or(1);
    let woken = conversation::wake_some(conn, now, limit).await?;
    let lines: Vec<NewMessage> = woken.iter().zip(ids).map(|(woken, id)| line(woken, *id, now)).collect();
    let placed: Vec<Placed<'_>> = lines.iter().zip(woken.iter().map(|w| w.seq)).collect();
    message::insert_many(conn, &placed, now).await?;
    for w in &woken {
        conn.tell(w.workspace_id, DomainEvent::ConversationChanged { id: w.id }, now);
    }
    Ok(woken.len())
}

fn line(woken: &Woken, id: MessageId, now: Millis) -> NewMessage {
    let place = Thread {
        workspace_id: woken.workspace_id,
        conversation_id: woken.id,
        integration_id: woken.integration_id,
        channel: woken.channel,
    };
    NewMessage::activity(&place, id, None, LINE.to_owned(), now)
}
