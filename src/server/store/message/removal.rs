//! Messages that are deleted for good, and what keeps a conversation.

use crate::{
    domain::ids::{ConversationId, WorkspaceId},
    server::store::{Conn, StoreResult, on},
};

/// Whether anybody said anything in a conversation behind a place: a line that tells what was done is no word.
pub async fn has_words_after(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    seq: i64,
) -> StoreResult<bool> {
    let sql = "select 1 from messages where workspace_id = $1 and conversation_id = $2 and seq > $3 and kind <> 'activity' limit 1";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(conversation_id).bind(seq)
        .fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Deletes the oldest messages of a conversation up to a place, with all that hangs on them, a chunk at a time; how many.
pub async fn delete_some(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    upto: i64,
    chunk: i64,
) -> StoreResult<i64> {
    let mut deleted = 0;
    for sql in [
        "delete from attempts where workspace_id = $1 and message_id in (select id from messages
         where workspace_id = $1 and conversation_id = $2 and seq <= $3 order by seq limit $4)",
        "delete from message_statuses where workspace_id = $1 and message_id in (select id from messages
         where workspace_id = $1 and conversation_id = $2 and seq <= $3 order by seq limit $4)",
        "delete from messages where workspace_id = $1 and id in (select id from messages
         where workspace_id = $1 and conversation_id = $2 and seq <= $3 order by seq limit $4)",
    ] {
        deleted = on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).bind(upto).bind(chunk)
            .execute(c).await.map(|r| r.rows_affected()))?;
    }
    Ok(i64::try_from(deleted).unwrap_or(chunk))
}

/// Deletes a conversation's messages with all that hangs on them.
pub async fn delete_of_conversation(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
) -> StoreResult<()> {
    for sql in [
        "delete from attempts where workspace_id = $1 and message_id in
         (select id from messages where workspace_id = $1 and conversation_id = $2)",
        "delete from message_statuses where workspace_id = $1 and message_id in
         (select id from messages where workspace_id = $1 and conversation_id = $2)",
        "delete from messages where workspace_id = $1 and conversation_id = $2",
    ] {
        on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).execute(c).await.map(drop))?;
    }
    Ok(())
}
