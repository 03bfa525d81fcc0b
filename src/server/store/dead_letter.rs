//! What cannot go on, with the reason; and counts of what was acknowledged without meaning anything to us.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, StoreResult, on};
use crate::domain::Millis;

#[derive(Clone, Debug)]
pub struct NewDeadLetter {
    pub id: Uuid,
    pub workspace_id: Option<Uuid>,
    pub integration_id: Option<Uuid>,
    pub delivery_id: Uuid,
    /// The item's place in its delivery; the whole delivery is "".
    pub item: String,
    pub reason: String,
    pub payload: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct DeadLetterRow {
    pub id: Uuid,
    pub item: String,
    pub reason: String,
    pub payload: String,
}

/// Keeps a dead letter; the same item of the same delivery is kept once.
pub async fn insert(conn: &mut Conn, letter: &NewDeadLetter, now: Millis) -> StoreResult<()> {
    let sql =
        "insert into dead_letters (id, workspace_id, integration_id, delivery_id, item, reason, payload, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (delivery_id, item) do nothing";
    on!(conn, c => sqlx::query(sql).bind(letter.id).bind(letter.workspace_id).bind(letter.integration_id)
        .bind(letter.delivery_id).bind(&letter.item).bind(&letter.reason).bind(&letter.payload).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Dead letters of an integration, newest first.
pub async fn list(conn: &mut Conn, workspace_id: Uuid, integration_id: Uuid) -> StoreResult<Vec<DeadLetterRow>> {
    let sql = "select id, item, reason, payload from dead_letters where workspace_id = $1 and integration_id = $2
               order by id desc limit 200";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).fetch_all(c).await)?)
}

/// Counts something that was acknowledged and kept, but means nothing to this version.
pub async fn count(
    conn: &mut Conn,
    workspace_id: Uuid,
    integration_id: Uuid,
    what: &str,
    now: Millis,
) -> StoreResult<()> {
    let sql =
        "insert into webhook_counts (workspace_id, integration_id, what, count, last_at) values ($1, $2, $3, 1, $4)
               on conflict (workspace_id, integration_id, what)
               do update set count = webhook_counts.count + 1, last_at = excluded.last_at";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(what).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// What was counted for an integration.
pub async fn list_counts(conn: &mut Conn, workspace_id: Uuid, integration_id: Uuid) -> StoreResult<Vec<(String, i64)>> {
    let sql = "select what, count from webhook_counts where workspace_id = $1 and integration_id = $2 order by what";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).fetch_all(c).await)?)
}
