//! Lines in threads that say what the server changed of conversations by itself.

use crate::{
    domain::{Millis, event::DomainEvent, ids::MessageId},
    server::{
        base::clock::mint_id,
        store::{
            Conn, StoreResult,
            message::{self, LinePlace, NewMessage, Placed},
        },
    },
};

/// The maximum number of conversations that change in one transaction.
const AT_ONCE: usize = 64;

/// Ids for the lines of one transaction, made before it: it may run twice.
pub(super) fn mint_ids() -> Vec<MessageId> {
    (0..AT_ONCE).map(|_| mint_id()).collect()
}

/// As many conversations as there are ids for lines.
pub(super) fn limit(ids: &[MessageId]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(1)
}

/// Writes each conversation's line at its place, and tells whoever looks at it. How many.
pub(super) async fn write(
    conn: &mut Conn,
    lines: impl Iterator<Item = (LinePlace, String)>,
    ids: &[MessageId],
    now: Millis,
) -> StoreResult<usize> {
    let lines: Vec<(NewMessage, i64)> = lines
        .zip(ids)
        .map(|((place, body), id)| (NewMessage::activity(&place.thread, *id, None, body, now), place.seq))
        .collect();
    let placed: Vec<Placed<'_>> = lines.iter().map(|(line, seq)| (line, *seq)).collect();
    message::insert_many(conn, &placed, now).await?;
    for (line, _) in &lines {
        conn.tell(line.workspace_id, DomainEvent::ConversationChanged { id: line.conversation_id }, now);
    }
    Ok(lines.len())
}
