//! What cannot go on, with the reason; and counts of what was acknowledged without meaning anything to us.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    ids::{DeadLetterId, DeliveryId, IntegrationId, WorkspaceId},
};

#[derive(Clone, Debug)]
pub struct NewDeadLetter {
    pub id: DeadLetterId,
    pub workspace_id: Option<WorkspaceId>,
    pub integration_id: Option<IntegrationId>,
    pub delivery_id: DeliveryId,
    /// The item's place in its delivery; the whole delivery is "".
    pub item: String,
    pub reason: String,
    pub payload: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct DeadLetterRow {
    pub id: DeadLetterId,
    pub delivery_id: DeliveryId,
    pub item: String,
    pub reason: String,
    pub created_at: Millis,
    /// Its delivery is still there.
    pub kept: bool,
}

/// Keeps a dead letter; the same item of the same delivery is kept once for each integration that it is for.
pub async fn insert(conn: &mut Conn, letter: &NewDeadLetter, now: Millis) -> StoreResult<()> {
    let sql =
        "insert into dead_letters (id, workspace_id, integration_id, delivery_id, item, reason, payload, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    on!(conn, c => sqlx::query(sql).bind(letter.id).bind(letter.workspace_id).bind(letter.integration_id)
        .bind(letter.delivery_id).bind(&letter.item).bind(&letter.reason).bind(&letter.payload).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select l.id, l.delivery_id, l.item, l.reason, l.created_at,
             exists (select 1 from deliveries d where d.id = l.delivery_id) as kept
             from dead_letters l where l.workspace_id = $1 and l.integration_id = $2 and ",
            $tail
        )
    };
}

/// Dead letters of an integration before a place, newest first.
pub async fn list(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    before: DeadLetterId,
    limit: i64,
) -> StoreResult<Vec<DeadLetterRow>> {
    let sql = select!("l.id < $3 order by l.id desc limit $4");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).bind(before).bind(limit)
        .fetch_all(c).await)?)
}

/// One dead letter of an integration.
pub async fn find(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    id: DeadLetterId,
) -> StoreResult<Option<DeadLetterRow>> {
    let sql = select!("l.id = $3");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).bind(id).fetch_optional(c).await)?)
}

/// Dead letters of some deliveries, in order.
pub async fn list_of_deliveries(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    (first, last): (DeliveryId, DeliveryId),
) -> StoreResult<Vec<DeadLetterRow>> {
    let sql = select!("l.delivery_id >= $3 and l.delivery_id <= $4 order by l.delivery_id, l.item limit 1000");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).bind(first).bind(last)
        .fetch_all(c).await)?)
}

/// Takes a dead letter away, because its delivery is processed again.
pub async fn delete(conn: &mut Conn, workspace_id: WorkspaceId, id: DeadLetterId) -> StoreResult<bool> {
    let sql = "delete from dead_letters where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(|r| r.rows_affected()))? > 0)
}

/// Notes whose a dead letter of nobody would be: the number, or account, that its item names.
pub async fn note_number(
    conn: &mut Conn,
    delivery_id: DeliveryId,
    item: &str,
    external_key: Option<&str>,
    account_key: Option<&str>,
) -> StoreResult<()> {
    let sql = "update dead_letters set external_key = $3, account_key = $4
               where delivery_id = $1 and item = $2 and workspace_id is null";
    on!(conn, c => sqlx::query(sql).bind(delivery_id).bind(item).bind(external_key).bind(account_key)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Dead letters of nobody, with their deliveries, for whose number or account an integration has been proven since: by the
/// same rule by which items are routed, or they would come back again and again.
pub async fn list_claimable(
    conn: &mut Conn,
    proven_since: Millis,
    limit: i64,
) -> StoreResult<Vec<(DeadLetterId, DeliveryId)>> {
    let mut found = Vec::new();
    for sql in CLAIMABLE {
        let rows: Vec<(DeadLetterId, DeliveryId)> =
            on!(&mut *conn, c => sqlx::query_as(sql).bind(proven_since).bind(limit).fetch_all(c).await)?;
        found.extend(rows);
    }
    Ok(found)
}

/// From the few integrations to the letters: a `cross join` is one whose order SQLite keeps.
macro_rules! claimable {
    ($tail:literal) => {
        concat!(
            "select l.id, l.delivery_id from integrations i cross join dead_letters l
             cross join deliveries d where i.app_proven and i.deleted_at is null and i.proven_at > $1 and i.active
             and i.error_reason is null and l.workspace_id is null and d.id = l.delivery_id and d.state = 'done' and ",
            $tail,
            " limit $2"
        )
    };
}

const CLAIMABLE: [&str; 3] = [
    claimable!("l.external_key = i.external_key and l.account_key = i.account_key"),
    claimable!("l.external_key = i.external_key and l.account_key is null"),
    claimable!("l.external_key is null and l.account_key = i.account_key"),
];

/// Takes a dead letter of nobody away, because its delivery is processed again.
pub async fn delete_unclaimed(conn: &mut Conn, id: DeadLetterId) -> StoreResult<()> {
    let sql = "delete from dead_letters where id = $1 and workspace_id is null";
    on!(conn, c => sqlx::query(sql).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Deletes what is kept beside the conversations of an integration, a chunk of dead letters at a time; how many.
pub async fn delete_of_integration(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    chunk: i64,
) -> StoreResult<u64> {
    for sql in [
        "delete from webhook_counts where workspace_id = $1 and integration_id = $2",
        "delete from delivery_routes where workspace_id = $1 and integration_id = $2",
    ] {
        on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).execute(c).await.map(drop))?;
    }
    let sql = "delete from dead_letters where id in
               (select id from dead_letters where workspace_id = $1 and integration_id = $2 limit $3)";
    Ok(on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(chunk)
        .execute(c).await.map(|r| r.rows_affected()))?)
}

/// Forgets what is too old, a chunk at a time.
pub async fn prune(conn: &mut Conn, before: Millis, chunk: i64) -> StoreResult<u64> {
    let sql = "delete from dead_letters where id in (select id from dead_letters where created_at < $1 limit $2)";
    Ok(on!(conn, c => sqlx::query(sql).bind(before).bind(chunk).execute(c).await.map(|r| r.rows_affected()))?)
}

/// Counts something that was acknowledged and kept, but means nothing to this version.
pub async fn count(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
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
pub async fn list_counts(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
) -> StoreResult<Vec<(String, i64)>> {
    let sql = "select what, count from webhook_counts where workspace_id = $1 and integration_id = $2 order by what";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).fetch_all(c).await)?)
}
