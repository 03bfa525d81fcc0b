//! Status reports on sent messages: their history, and those that came too early.

use std::collections::HashSet;

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, StoreResult, many::portions, message::ExternalKey, on};
use crate::domain::{
    Millis,
    ids::{ConversationId, MessageId, WorkspaceId},
    message::MessageState,
};

/// A report as it came.
#[derive(Clone, Debug, FromRow)]
pub struct Report {
    /// The provider's word: sent, delivered, read, played, failed, or one that we do not know.
    pub status: String,
    pub at: Millis,
    pub error_code: Option<i64>,
    pub error: Option<String>,
}

/// The message that a report is about.
#[derive(Clone, Debug, FromRow)]
pub struct Subject {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    #[sqlx(try_from = "String")]
    pub state: MessageState,
}

/// By our own id, which travelled with the message as `biz_opaque_callback_data`.
pub async fn find_by_id(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    external_key: &str,
    id: MessageId,
) -> StoreResult<Option<Subject>> {
    let sql = "select id, conversation_id, state from messages
               where workspace_id = $1 and id = $2 and external_key = $3 and direction = 'outbound'";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).bind(external_key).fetch_optional(c).await)?)
}

pub async fn find_by_external(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    external_key: &str,
    external_id: &str,
) -> StoreResult<Option<Subject>> {
    let sql = "select id, conversation_id, state from messages
               where workspace_id = $1 and external_key = $2 and external_message_id = $3 and direction = 'outbound'";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(external_key).bind(external_id)
        .fetch_optional(c).await)?)
}

/// Adds a report to a message's history; `false` when it is there already.
pub async fn record(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    message_id: MessageId,
    r: &Report,
) -> StoreResult<bool> {
    let sql = "insert into message_statuses (workspace_id, message_id, status, at, error_code, error)
               values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(message_id).bind(&r.status).bind(r.at)
        .bind(r.error_code).bind(&r.error).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Moves a message to a new state, and keeps its id and error.
pub async fn advance(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    subject: &Subject,
    state: MessageState,
    external_id: &str,
    r: &Report,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update messages set state = $3, external_message_id = coalesce(external_message_id, $4),
               error_code = coalesce($5, error_code), error = coalesce($6, error), updated_at = $7
               where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(subject.id).bind(state.as_str()).bind(external_id)
        .bind(r.error_code).bind(&r.error).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Keeps a report on a message that is not known yet.
pub async fn park(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    external_key: &str,
    external_id: &str,
    r: &Report,
    now: Millis,
) -> StoreResult<()> {
    let sql = "insert into parked_statuses (workspace_id, external_key, external_message_id, status, at, error_code, error, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(external_key).bind(external_id).bind(&r.status).bind(r.at)
        .bind(r.error_code).bind(&r.error).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes the parked reports on a message out, oldest first.
pub async fn unpark(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    external_key: &str,
    external_id: &str,
) -> StoreResult<Vec<Report>> {
    let sql = "delete from parked_statuses where workspace_id = $1 and external_key = $2 and external_message_id = $3
               returning status, at, error_code, error";
    let mut reports: Vec<Report> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(external_key)
        .bind(external_id).fetch_all(c).await)?;
    reports.sort_by_key(|r| r.at);
    Ok(reports)
}

/// Which of these messages have parked reports.
pub async fn list_parked(conn: &mut Conn, keys: &[ExternalKey]) -> StoreResult<HashSet<ExternalKey>> {
    let mut parked = HashSet::new();
    for portion in portions(keys) {
        let found: Vec<ExternalKey> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("select p.workspace_id, p.external_key, p.external_message_id from (");
            sql.push_values(portion, |mut row, (workspace_id, number, id)| {
                row.push_bind(*workspace_id).push_bind(number).push_bind(id);
            });
            sql.push(") as v join parked_statuses p on p.workspace_id = v.column1 and p.external_key = v.column2
                      and p.external_message_id = v.column3");
            sql.build_query_as().fetch_all(c).await
        })?;
        parked.extend(found);
    }
    Ok(parked)
}

/// Parked reports whose message is known by now: the sweep behind the join.
pub async fn list_joinable(conn: &mut Conn, limit: i64) -> StoreResult<Vec<(WorkspaceId, String, String)>> {
    let sql = "select distinct p.workspace_id, p.external_key, p.external_message_id from parked_statuses p
               join messages m on m.workspace_id = p.workspace_id and m.external_key = p.external_key
               and m.external_message_id = p.external_message_id and m.direction = 'outbound' limit $1";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(limit).fetch_all(c).await)?)
}

/// Deletes the parked reports of a number, a chunk at a time; the number deleted.
pub async fn delete_parked_of_number(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    external_key: &str,
    chunk: i64,
) -> StoreResult<u64> {
    let sql = "delete from parked_statuses where (workspace_id, external_key, external_message_id, status, at) in
               (select workspace_id, external_key, external_message_id, status, at from parked_statuses
                where workspace_id = $1 and external_key = $2 limit $3)";
    Ok(on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(external_key).bind(chunk)
        .execute(c).await.map(|r| r.rows_affected()))?)
}

/// Forgets what was parked too long ago.
pub async fn forget_parked(conn: &mut Conn, before: Millis) -> StoreResult<u64> {
    let sql = "delete from parked_statuses where created_at < $1";
    Ok(on!(conn, c => sqlx::query(sql).bind(before).execute(c).await.map(|r| r.rows_affected()))?)
}
