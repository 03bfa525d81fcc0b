//! Webhook POSTs as received, waiting for ingest.

use std::borrow::Borrow;

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, Dialect, StoreResult, channels::provided_channels, many::portions, on};
use crate::domain::{
    Millis,
    channel::Channel,
    ids::{DeliveryId, IntegrationId, LeaseId, WorkspaceId},
    integration::DeliveryState,
};

/// A delivery to be stored.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    pub id: DeliveryId,
    /// None on the deployment-wide path.
    pub workspace_id: Option<WorkspaceId>,
    pub integration_id: Option<IntegrationId>,
    pub channel: Channel,
    pub body: Vec<u8>,
    pub received_at: Millis,
}

#[derive(Clone, Debug, FromRow)]
pub struct DeliveryRow {
    pub id: DeliveryId,
    pub workspace_id: Option<WorkspaceId>,
    pub integration_id: Option<IntegrationId>,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub body: Vec<u8>,
    pub received_at: Millis,
    pub attempts: i64,
    /// How often a process died, or lost its lease, with it in hand.
    pub cut_off: i64,
}

pub async fn insert_many(conn: &mut Conn, deliveries: &[impl Borrow<NewDelivery> + Sync]) -> StoreResult<()> {
    for portion in portions(deliveries) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into deliveries (id, workspace_id, integration_id, channel, size, state, received_at) ",
            );
            sql.push_values(portion, |mut row, d| {
                let d: &NewDelivery = d.borrow();
                let size = i64::try_from(d.body.len()).unwrap_or(i64::MAX);
                row.push_bind(d.id).push_bind(d.workspace_id).push_bind(d.integration_id).push_bind(d.channel.as_str())
                    .push_bind(size).push_bind("waiting").push_bind(d.received_at);
            });
            sql.build().execute(&mut *c).await?;
            let mut sql = QueryBuilder::new("insert into delivery_bodies (id, body) ");
            sql.push_values(portion, |mut row, d| {
                let d: &NewDelivery = d.borrow();
                row.push_bind(d.id).push_bind(d.body.as_slice());
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Takes a delivery back that nobody has seen yet, in the transaction that wrote it.
pub async fn withdraw(conn: &mut Conn, id: DeliveryId) -> StoreResult<()> {
    on!(&mut *conn, c => sqlx::query("delete from deliveries where id = $1").bind(id).execute(c).await.map(drop))?;
    forget_bodies(conn, &[id]).await
}

/// The bodies of deliveries that were deleted go with them, in the same transaction.
pub(super) async fn forget_bodies(conn: &mut Conn, ids: &[DeliveryId]) -> StoreResult<()> {
    for portion in portions(ids) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("delete from delivery_bodies where id in (select column1 from (");
            sql.push_values(portion, |mut row, id| {
                row.push_bind(*id);
            });
            sql.push(") as v)");
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// How much one claim takes: a number of deliveries, and no more beyond a number of bytes.
#[derive(Clone, Copy, Debug)]
pub struct ClaimSize {
    pub deliveries: i64,
    pub bytes: i64,
}

/// Each half by its own partial index: as one, SQLite would look through all that ever came in.
const CLAIM_ON_SQLITE: &str = concat!(
    "update deliveries set state = 'working', lease = $1, lease_until = $3, attempts = attempts + 1,
       cut_off = cut_off + case when state = 'working' and lease is not null then 1 else 0 end
     where id in (select id from (select id, size, sum(size) over (order by id) as total from
       (select * from (select id, size from deliveries where state = 'waiting' and channel in ",
    provided_channels!(),
    " order by id limit $4) as waiting
        union all
        select * from (select id, size from deliveries where state = 'working' and lease_until <= $2
                       and channel in ",
    provided_channels!(),
    " order by lease_until limit ($4 + 3) / 4) as left_over
        order by id limit $4) as oldest) as summed where total - size < $5)
     returning id, workspace_id, integration_id, channel, (select b.body from delivery_bodies b where b.id = deliveries.id) as body,
       received_at, attempts, cut_off"
);

/// Claims the oldest waiting deliveries, and those whose lease expired or whose pause is over. The latter are a quarter at most:
/// however many cannot be processed, those that can get past them. Those of channels that only a newer version knows are left to it.
pub async fn claim(
    conn: &mut Conn,
    lease: LeaseId,
    now: Millis,
    lease_until: Millis,
    size: ClaimSize,
) -> StoreResult<Vec<DeliveryRow>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => CLAIM_ON_SQLITE,
        Dialect::Postgres => concat!(
            "with chosen as materialized (select id as chosen_id from (select id, size, sum(size) over (order by id) as total from
               (select * from (select id, size from deliveries where state = 'waiting' and channel in ",
            provided_channels!(),
            "
                               order by id limit $4 for no key update skip locked) as waiting
                union all
                select * from (select id, size from deliveries where state = 'working' and lease_until <= $2
                               and channel in ",
            provided_channels!(),
            " order by lease_until limit ($4 + 3) / 4 for no key update skip locked) as left_over
                order by id limit $4) as oldest) as summed where total - size < $5)
             update deliveries set state = 'working', lease = $1, lease_until = $3, attempts = attempts + 1,
               cut_off = cut_off + case when state = 'working' and lease is not null then 1 else 0 end
             from chosen where id = chosen_id
             returning id, workspace_id, integration_id, channel, (select b.body from delivery_bodies b where b.id = deliveries.id) as body,
               received_at, attempts, cut_off"
        ),
    };
    let mut rows: Vec<DeliveryRow> = on!(conn, c => sqlx::query_as(sql).bind(lease).bind(now).bind(lease_until)
        .bind(size.deliveries).bind(size.bytes).fetch_all(c).await)?;
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// A delivery that was processed.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    pub id: DeliveryId,
    pub lease: LeaseId,
    pub items: i64,
    pub dropped: i64,
}

/// Marks deliveries as processed; nothing happens to those that another worker has taken over.
pub async fn finish_many(conn: &mut Conn, done: &[Done]) -> StoreResult<()> {
    for portion in portions(done) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update deliveries set state = 'done', items = v.column3, dropped = v.column4, lease = null from (",
            );
            sql.push_values(portion, |mut row, d| {
                row.push_bind(d.id).push_bind(d.lease).push_bind(d.items).push_bind(d.dropped);
            });
            sql.push(") as v where deliveries.id = v.column1 and deliveries.lease = v.column2");
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// A delivery as the event log lists it. The body is only there when it is short enough.
#[derive(Clone, Debug, FromRow)]
pub struct LogRow {
    pub id: DeliveryId,
    pub received_at: Millis,
    pub size: i64,
    #[sqlx(try_from = "String")]
    pub state: DeliveryState,
    pub items: i64,
    pub dropped: i64,
    pub body: Option<Vec<u8>>,
    /// It came in on the deployment-wide path and may hold other workspaces' items too.
    pub shared: bool,
}

macro_rules! of_integration {
    ($tail:literal) => {
        concat!(
            "select d.id, d.received_at, d.size,
             case when d.state = 'working' and d.lease is null then 'waiting' else d.state end as state, d.items, d.dropped,
             case when d.size <= $4 then (select b.body from delivery_bodies b where b.id = d.id) end as body, d.integration_id is null as shared from deliveries d ",
            $tail
        )
    };
}

/// Only what was processed is in the index by integration: intake, which the provider waits for, does not write it. What is not
/// processed yet lies in the queue's own indexes. One statement for each: an `or` would keep all from their index.
const LISTS: [&str; 4] = [
    of_integration!(
        "where d.state = 'done' and d.workspace_id = $1 and d.integration_id = $2 and d.id < $3
         order by d.id desc limit $5"
    ),
    // Whose they are the queue's index does not say: under a backlog all of it would be looked through. So many are, 2000.
    of_integration!(
        "where d.id in (select id from deliveries where state = 'waiting' and id < $3 order by id desc limit 2000)
         and d.workspace_id = $1 and d.integration_id = $2 order by d.id desc limit $5"
    ),
    // Few are worked on, but asked for in order SQLite would look for them among all that ever came in.
    of_integration!(
        "where d.id in (select id from deliveries where state = 'working') and d.workspace_id = $1
         and d.integration_id = $2 and d.id < $3 order by d.id desc limit $5"
    ),
    of_integration!(
        "join delivery_routes r on r.delivery_id = d.id where r.workspace_id = $1 and r.integration_id = $2
         and r.delivery_id < $3 order by r.delivery_id desc limit $5"
    ),
];

/// What came in for an integration before a place, newest first; bodies up to a size.
pub async fn list_of_integration(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    before: DeliveryId,
    body_max: i64,
    limit: i64,
) -> StoreResult<Vec<LogRow>> {
    let mut rows: Vec<LogRow> = Vec::new();
    for sql in LISTS {
        let found: Vec<LogRow> = on!(&mut *conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id)
            .bind(before).bind(body_max).bind(limit).fetch_all(c).await)?;
        rows.extend(found);
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    // One that was processed between two statements is in both.
    rows.dedup_by_key(|row| row.id);
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(rows)
}

/// Whether more wait before a place than a list looks through.
pub async fn is_backlog_beyond(conn: &mut Conn, before: DeliveryId) -> StoreResult<bool> {
    let sql = "select count(*) from (select id from deliveries where state = 'waiting' and id < $1
               order by id desc limit 2001) as newest";
    let count: i64 = on!(conn, c => sqlx::query_scalar(sql).bind(before).fetch_one(c).await)?;
    Ok(count > 2000)
}

/// When the oldest that waits came in.
pub async fn waits_since(conn: &mut Conn) -> StoreResult<Option<Millis>> {
    let sql = "select received_at from deliveries where state = 'waiting' order by id limit 1";
    Ok(on!(conn, c => sqlx::query_scalar(sql).fetch_optional(c).await)?)
}

/// One delivery of an integration with its body.
pub async fn find_of_integration(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    id: DeliveryId,
) -> StoreResult<Option<LogRow>> {
    let sql = of_integration!(
        "where d.id = $3 and (d.workspace_id = $1 and d.integration_id = $2 or d.integration_id is null and exists
         (select 1 from delivery_routes r where r.workspace_id = $1 and r.integration_id = $2 and r.delivery_id = d.id))"
    );
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).bind(id).bind(i64::MAX)
        .fetch_optional(c).await)?)
}

/// Notes that a delivery of the deployment-wide path holds something for an integration.
pub async fn route(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    id: DeliveryId,
    now: Millis,
) -> StoreResult<()> {
    let sql =
        "insert into delivery_routes (workspace_id, integration_id, delivery_id, created_at) values ($1, $2, $3, $4)
               on conflict (workspace_id, integration_id, delivery_id) do nothing";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Puts deliveries of dead letters back, to be processed again.
pub async fn work_off_again(conn: &mut Conn, id: DeliveryId) -> StoreResult<bool> {
    // One that rests between two tries is nobody's. One over which the server ended is taken by itself at once.
    let sql =
        "update deliveries set state = 'waiting', lease = null, cut_off = case when cut_off > 2 then 2 else cut_off end
               where id = $1 and (state <> 'working' or lease is null)";
    Ok(on!(conn, c => sqlx::query(sql).bind(id).execute(c).await.map(|r| r.rows_affected()))? > 0)
}

const DELETE: &str = "delete from deliveries where id in
    (select * from (select id from deliveries where state = 'done' and integration_id = $2 and workspace_id = $1
                    limit $3) as done
     union all
     select * from (select id from (select id, integration_id, workspace_id from deliveries where state = 'waiting'
                    order by id limit 2000) as oldest where integration_id = $2 and workspace_id = $1 limit $3) as waiting
     union all
     select * from (select id from deliveries where state = 'working' and integration_id = $2 and workspace_id = $1
                    limit $3) as working) returning id";

/// Deletes what came in for an integration, a chunk of each state at a time; the number deleted. Of what waits only the oldest
/// are looked through: the rest comes to its turn.
pub async fn delete_of_integration(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    chunk: i64,
) -> StoreResult<u64> {
    let gone: Vec<DeliveryId> = on!(&mut *conn, c => sqlx::query_scalar(DELETE).bind(workspace_id).bind(integration_id)
        .bind(chunk).fetch_all(c).await)?;
    forget_bodies(conn, &gone).await?;
    Ok(gone.len() as u64)
}

/// Forgets routes of deliveries that are too old, a chunk at a time.
pub async fn prune_routes(conn: &mut Conn, before: Millis, chunk: i64) -> StoreResult<u64> {
    let sql = "delete from delivery_routes where (workspace_id, integration_id, delivery_id) in
               (select workspace_id, integration_id, delivery_id from delivery_routes where created_at < $1 limit $2)";
    Ok(on!(conn, c => sqlx::query(sql).bind(before).bind(chunk).execute(c).await.map(|r| r.rows_affected()))?)
}

/// Postpones a delivery. The caller says whether the attempt `counts`.
///
/// It stays `working`, of nobody: so it is in the index of what is taken up again when its time has come, and no longer in
/// that of what waits, where it would be in everybody's way.
pub async fn postpone(conn: &mut Conn, id: DeliveryId, lease: LeaseId, until: Millis, counts: bool) -> StoreResult<()> {
    let sql = "update deliveries set lease = null, lease_until = $3, attempts = case when $4 then attempts else attempts - 1 end
               where id = $1 and lease = $2 and state = 'working'";
    on!(conn, c => sqlx::query(sql).bind(id).bind(lease).bind(until).bind(counts).execute(c).await.map(drop))?;
    Ok(())
}

/// Releases claimed deliveries that were not started.
pub async fn give_back(conn: &mut Conn, lease: LeaseId) -> StoreResult<()> {
    let sql = "update deliveries set state = 'waiting', lease = null, attempts = attempts - 1
               where state = 'working' and lease = $1";
    on!(conn, c => sqlx::query(sql).bind(lease).execute(c).await.map(drop))?;
    Ok(())
}

/// Releases what was claimed when the response to the claim was lost.
pub async fn free(conn: &mut Conn, lease: LeaseId) -> StoreResult<()> {
    let sql = "update deliveries set state = 'waiting', lease = null where state = 'working' and lease = $1";
    on!(conn, c => sqlx::query(sql).bind(lease).execute(c).await.map(drop))?;
    Ok(())
}

/// Releases what a dead process held. For a database that only this process uses.
pub async fn release_all(conn: &mut Conn) -> StoreResult<()> {
    let sql = "update deliveries set state = 'waiting', lease = null,
               cut_off = cut_off + case when lease is not null then 1 else 0 end where state = 'working'";
    on!(conn, c => sqlx::query(sql).execute(c).await.map(drop))?;
    Ok(())
}

/// After the clock was set back: no lease lies further ahead than a new one.
pub async fn shorten_leases(conn: &mut Conn, lease_until: Millis) -> StoreResult<()> {
    let sql = "update deliveries set lease_until = $1 where state = 'working' and lease_until > $1";
    on!(conn, c => sqlx::query(sql).bind(lease_until).execute(c).await.map(drop))?;
    Ok(())
}

/// How many wait.
pub async fn backlog(conn: &mut Conn) -> StoreResult<i64> {
    let sql = "select (select count(*) from deliveries where state = 'waiting')
               + (select count(*) from deliveries where state = 'working' and lease is null)";
    Ok(on!(conn, c => sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// Forgets what was processed before a time, a chunk at a time. Only the oldest are looked at: that is where they are.
pub async fn prune(conn: &mut Conn, before: Millis, chunk: i64) -> StoreResult<u64> {
    let sql = "delete from deliveries where id in
               (select id from (select id, state, received_at from deliveries order by id limit $2) as oldest
                where state = 'done' and received_at < $1) returning id";
    let gone: Vec<DeliveryId> =
        on!(&mut *conn, c => sqlx::query_scalar(sql).bind(before).bind(chunk).fetch_all(c).await)?;
    forget_bodies(conn, &gone).await?;
    Ok(gone.len() as u64)
}

/// Whether anything waits: a cheap look before the claim, which needs the writer.
pub async fn backlog_exists(conn: &mut Conn, now: Millis) -> StoreResult<bool> {
    let sql = "select 1 where exists (select 1 from deliveries where state = 'waiting')
               or exists (select 1 from deliveries where state = 'working' and lease_until <= $1)";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}

#[cfg(test)]
mod tests {
    use sqlx::{Row, SqlitePool};

    use super::{CLAIM_ON_SQLITE, DELETE, LISTS};

    /// How SQLite looks for deliveries.
    async fn plan(pool: &SqlitePool, sql: &'static str) -> Vec<String> {
        let explain = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
        let steps = sqlx::query(explain).fetch_all(pool).await.unwrap();
        // Bodies are looked up by the ids that were found.
        let is_body = |step: &String| step.starts_with("SEARCH b ");
        let steps = steps.iter().map(|step| step.get::<String, _>("detail"));
        steps.filter(|step| step.contains("INDEX") && !is_body(step)).collect()
    }

    #[tokio::test]
    async fn the_queue_is_never_looked_for_among_all_that_came_in() {
        let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        sqlx::migrate!("./migrations/sqlite").run(&pool).await.unwrap();
        let [done, waiting, working, shared] = LISTS;
        let cases = [
            (done, vec!["deliveries_done"]),
            (waiting, vec!["(id=?)", "deliveries_waiting"]),
            (working, vec!["(id=?)", "deliveries_working"]),
            (shared, vec!["delivery_routes", "(id=?)"]),
            (DELETE, vec!["(id=?)", "deliveries_done", "deliveries_waiting", "deliveries_working"]),
            (CLAIM_ON_SQLITE, vec!["(id=?)", "deliveries_waiting", "deliveries_working"]),
        ];
        for (sql, expected) in cases {
            let steps = plan(&pool, sql).await;
            assert_eq!(steps.len(), expected.len(), "{sql}: {steps:?}");
            for (step, index) in steps.iter().zip(expected) {
                assert!(step.contains(index), "{sql}: {steps:?}");
            }
        }
    }
}
