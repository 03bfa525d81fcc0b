//! Attempts to send messages: a row for each, written when it has ended or was interrupted. While one is in progress its message
//! says so, with the id of the attempt as its lease.

use sqlx::QueryBuilder;

use super::{Conn, StoreResult, many::portions, on};
use crate::domain::{
    Millis,
    ids::{LeaseId, MessageId, WorkspaceId},
};

/// An attempt that has ended.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub workspace_id: WorkspaceId,
    /// The lease of its message.
    pub id: LeaseId,
    pub message_id: MessageId,
    pub started_at: Millis,
    pub finished_at: Millis,
    /// The state that it left its message in.
    pub outcome: &'static str,
    pub http_status: Option<i64>,
    pub error_code: Option<i64>,
    pub trace_id: Option<String>,
}

/// Stores attempts. One that was recorded as interrupted gets its real result.
pub async fn insert_many(conn: &mut Conn, attempts: &[Attempt]) -> StoreResult<()> {
    for portion in portions(attempts) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into attempts (workspace_id, id, message_id, started_at, finished_at, outcome, http_status, error_code,
                 trace_id) ",
            );
            sql.push_values(portion, |mut row, a| {
                row.push_bind(a.workspace_id).push_bind(a.id).push_bind(a.message_id).push_bind(a.started_at)
                    .push_bind(a.finished_at).push_bind(a.outcome).push_bind(a.http_status).push_bind(a.error_code)
                    .push_bind(&a.trace_id);
            });
            sql.push(" on conflict (workspace_id, message_id, id) do update set finished_at = excluded.finished_at,
                      outcome = excluded.outcome, http_status = excluded.http_status, error_code = excluded.error_code,
                      trace_id = excluded.trace_id");
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Stores the attempts whose lease has expired: their results are not known.
pub async fn insert_cut_off(conn: &mut Conn, now: Millis) -> StoreResult<()> {
    let sql = "insert into attempts (workspace_id, id, message_id, started_at, outcome)
               select workspace_id, lease, id, updated_at, 'unknown' from messages
               where state = 'sending' and lease_until <= $1 and lease is not null
               on conflict (workspace_id, message_id, id) do nothing";
    on!(conn, c => sqlx::query(sql).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Deletes an attempt that was never made.
pub async fn forget(conn: &mut Conn, workspace_id: WorkspaceId, message_id: MessageId, id: LeaseId) -> StoreResult<()> {
    let sql = "delete from attempts where workspace_id = $1 and message_id = $2 and id = $3";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(message_id).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Deletes the attempts of older messages, at most this number, and returns how many. A message's id says when it was minted.
pub async fn prune(conn: &mut Conn, before: Millis, chunk: i64) -> StoreResult<u64> {
    // SQLite keeps the order of a cross join: workspace by workspace, each by its key. The other way round it would go
    // through all attempts.
    let sql = "delete from attempts where (workspace_id, message_id, id) in
               (select a.workspace_id, a.message_id, a.id from workspaces w
                cross join attempts a where a.workspace_id = w.id and a.message_id < $1 limit $2)";
    let first_kept = first_id_at(before);
    Ok(on!(conn, c => sqlx::query(sql).bind(first_kept).bind(chunk).execute(c).await.map(|r| r.rows_affected()))?)
}

/// The smallest id that may have been minted at that time (UUID version 7: milliseconds, then anything).
fn first_id_at(at: Millis) -> MessageId {
    MessageId::from_u128(u128::from(at.max(0).unsigned_abs()) << 80)
}

#[cfg(test)]
mod tests {
    use uuid::{NoContext, Timestamp, Uuid};

    use super::first_id_at;

    #[test]
    fn ids_come_after_the_first_of_their_moment() {
        let id = Uuid::new_v7(Timestamp::from_unix(NoContext, 1_800_000_000, 0)).into();
        assert!(first_id_at(1_800_000_000_000) <= id);
        assert!(id < first_id_at(1_800_000_000_001));
    }
}
