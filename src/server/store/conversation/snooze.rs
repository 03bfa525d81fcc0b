//! Conversations that are snoozed until a time. (`arrival` opens those whose customer writes before it.)

use super::waiting::heard;
use crate::{
    domain::{
        Millis,
        ids::{ConversationId, WorkspaceId},
    },
    server::store::{Conn, Dialect, StoreResult, message::LinePlace, on},
};

/// Says when a snoozed conversation opens by itself.
pub async fn snooze_until(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    until: Millis,
) -> StoreResult<()> {
    let sql = "update conversations set snoozed_until = $3 where workspace_id = $1 and id = $2 and status = 'snoozed'";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// Whether the time of any has come.
pub async fn has_due(conn: &mut Conn, now: Millis) -> StoreResult<bool> {
    let sql = "select 1 from conversations where status = 'snoozed' and snoozed_until is not null and snoozed_until <= $1 limit 1";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Opens those whose time has come, up to a limit at a time, each with a place for the line that says so. They come to the top of
/// the list, or nobody would see it. Where people have it and the customer spoke last, they wait again.
pub async fn wake_some(conn: &mut Conn, now: Millis, limit: i64) -> StoreResult<Vec<LinePlace>> {
    macro_rules! wake {
        ($head:literal, $tail:literal) => {
            concat!(
                $head,
                "update conversations set status = 'open', snoozed_until = null, last_seq = last_seq + 1, updated_at = $1, last_message_at = $1,
                 waiting_since = case when mode = 'human' and preview_author = 'contact' and ",
                heard!(),
                "then coalesce(nullif(last_arrival_at, 0), last_inbound_at) else waiting_since end ",
                $tail
            )
        };
    }
    let sql = match conn.dialect() {
        Dialect::Sqlite => wake!(
            "",
            "where (workspace_id, id) in (select workspace_id, id from conversations
               where status = 'snoozed' and snoozed_until is not null and snoozed_until <= $1 order by snoozed_until limit $2)
             returning workspace_id, id as conversation_id, integration_id, channel, last_seq as seq"
        ),
        // Chosen once and for all: a join would choose again for rows that are locked.
        Dialect::Postgres => wake!(
            "with due as materialized (select workspace_id as due_workspace, id as due_id from conversations
               where status = 'snoozed' and snoozed_until is not null and snoozed_until <= $1 order by snoozed_until limit $2
               for no key update skip locked) ",
            "from due where workspace_id = due_workspace and id = due_id
             returning workspace_id, id as conversation_id, integration_id, channel, last_seq as seq"
        ),
    };
    Ok(on!(conn, c => sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}
