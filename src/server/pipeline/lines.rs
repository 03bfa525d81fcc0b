//! What the server changes of conversations by itself, with a line in the thread that says so.

use crate::{
    domain::{Millis, event::DomainEvent, ids::MessageId},
    server::{
        base::clock::mint_id,
        store::{
            Conn, StoreResult,
            conversation::Stirred,
            message::{self, NewMessage, Placed, Thread},
        },
    },
};

/// The maximum number of conversations that change in one transaction.
const AT_ONCE: usize = 64;

/// Ids for the lines of one transaction, made before it: it may run twice.
pub(super) fn line_ids() -> Vec<MessageId> {
    (0..AT_ONCE).map(|_| mint_id()).collect()
}

/// As many conversations as there are ids for lines.
pub(super) fn limit(ids: &[MessageId]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(1)
}

/// Writes each conversation's line at its place, and tells whoever looks at it.
pub(super) async fn write_lines(
    conn: &mut Conn,
    stirred: impl Iterator<Item = (Stirred, String)>,
    ids: &[MessageId],
    now: Millis,
) -> StoreResult<usize> {
    let (mut lines, mut seqs) = (Vec::new(), Vec::new());
    for ((s, body), id) in stirred.zip(ids) {
        let place = Thread {
            workspace_id: s.workspace_id,
            conversation_id: s.id,
            integration_id: s.integration_id,
            channel: s.channel,
        };
        lines.push(NewMessage::activity(&place, *id, None, body, now));
        seqs.push(s.seq);
        conn.tell(s.workspace_id, DomainEvent::ConversationChanged { id: s.id }, now);
    }
    let placed: Vec<Placed<'_>> = lines.iter().zip(seqs).collect();
    message::insert_many(conn, &placed, now).await?;
    Ok(lines.len())
}
