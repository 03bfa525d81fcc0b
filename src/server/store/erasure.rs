//! What is to be erased by somebody's order, until nothing of it is left; and the copies in what came in.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, Dialect, StoreResult, delivery, on};
use crate::domain::{
    Millis,
    channel::Channel,
    ids::{DeliveryId, IntegrationId, WorkspaceId},
    words::words,
};

words! {
    /// What an order is about.
    pub enum ErasureKind {
        /// One conversation, up to a place.
        Conversation = "conversation",
        /// The conversations of visitors with a chatbot, begun up to a time.
        Website = "website",
        /// What came in for an integration (or any: nil) up to a time and holds one of the names.
        Copies = "copies",
    }
}

/// An order.
#[derive(Clone, Debug, FromRow)]
pub struct Erasure {
    pub workspace_id: WorkspaceId,
    /// That of the subject, except for copies: so one for the same thing takes the place of the first.
    pub id: Uuid,
    #[sqlx(try_from = "String")]
    pub kind: ErasureKind,
    /// A conversation, a chatbot or an integration, as the kind says.
    pub subject_id: Uuid,
    pub upto: i64,
    /// A JSON list.
    pub names: String,
}

/// The most names of one look at what came in.
pub const NAMES: usize = 4;

/// Notes an order. One for the same thing reaches further then.
pub async fn insert(conn: &mut Conn, e: &Erasure, now: Millis) -> StoreResult<()> {
    let sql = "insert into erasures (workspace_id, id, kind, subject_id, upto, names, created_at)
               values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (workspace_id, id) do update set upto = excluded.upto";
    on!(conn, c => sqlx::query(sql).bind(e.workspace_id).bind(e.id).bind(e.kind.as_str()).bind(e.subject_id)
        .bind(e.upto).bind(&e.names).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes that nothing is left of it.
pub async fn finish(conn: &mut Conn, workspace_id: WorkspaceId, id: Uuid) -> StoreResult<()> {
    let sql = "delete from erasures where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Orders that are not carried out yet, oldest first.
pub async fn list(conn: &mut Conn) -> StoreResult<Vec<Erasure>> {
    let sql = "select workspace_id, id, kind, subject_id, upto, names from erasures order by id limit 100";
    Ok(on!(conn, c => sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Where copies may lie: every integration that the workspace has or had, and its number.
pub async fn places(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<Vec<(IntegrationId, String)>> {
    let sql = "select id, external_key from integrations where workspace_id = $1 and channel <> 'web' order by id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_all(c).await)?)
}

/// Whether something that came in up to a time, and may be for the workspace, is not processed yet.
pub async fn is_awaited(conn: &mut Conn, workspace_id: WorkspaceId, upto: Millis) -> StoreResult<bool> {
    // Few are worked on. Of those that wait the oldest tells, whosever it is: it came first.
    let sql = "select (select received_at from deliveries where state = 'waiting' order by id limit 1),
               (select min(received_at) from deliveries where state = 'working'
                and (workspace_id = $1 or workspace_id is null))";
    let (waits, works): (Option<Millis>, Option<Millis>) =
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_one(c).await)?;
    Ok(waits.into_iter().chain(works).any(|at| at <= upto))
}

/// A delivery in which a name was found.
#[derive(Clone, Debug, FromRow)]
pub struct CopyRow {
    pub id: DeliveryId,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub body: Vec<u8>,
}

/// Where to look for copies: up to when, and after which delivery.
#[derive(Clone, Copy, Debug)]
pub struct Reach {
    pub after: DeliveryId,
    pub upto: Millis,
    /// How many deliveries one look goes through.
    pub page: i64,
}

/// The last of the next page of deliveries that were processed for an integration; none at the end. `shared`: those of the
/// deployment-wide path, which may hold other workspaces' items too.
pub async fn page_end(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    shared: bool,
    reach: Reach,
) -> StoreResult<Option<DeliveryId>> {
    let sql = if shared {
        "select delivery_id from delivery_routes where workspace_id = $1 and integration_id = $2 and delivery_id > $3
         order by delivery_id limit $4"
    } else {
        "select id from deliveries where state = 'done' and workspace_id = $1 and integration_id = $2 and id > $3
         order by id limit $4"
    };
    let ids: Vec<DeliveryId> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(integration_id).bind(reach.after)
        .bind(reach.page).fetch_all(c).await)?;
    Ok(ids.last().copied())
}

/// Those of a page that hold one of the names, bodies and all; up to a limit at once, oldest first.
pub async fn copies(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    shared: bool,
    (reach, last): (Reach, DeliveryId),
    names: &[String; NAMES],
) -> StoreResult<Vec<CopyRow>> {
    let sql = match (conn.dialect(), shared) {
        (Dialect::Sqlite, false) => {
            "select d.id, d.channel, b.body from deliveries d join delivery_bodies b on b.id = d.id
             where d.state = 'done' and d.workspace_id = $1 and d.integration_id = $2
             and d.id > $3 and d.id <= $4 and d.received_at <= $5
             and (instr(b.body, $6) > 0 or instr(b.body, $7) > 0 or instr(b.body, $8) > 0 or instr(b.body, $9) > 0)
             order by d.id limit 8"
        }
        (Dialect::Postgres, false) => {
            "select d.id, d.channel, b.body from deliveries d join delivery_bodies b on b.id = d.id
             where d.state = 'done' and d.workspace_id = $1 and d.integration_id = $2
             and d.id > $3 and d.id <= $4 and d.received_at <= $5
             and (position($6 in b.body) > 0 or position($7 in b.body) > 0 or position($8 in b.body) > 0
                  or position($9 in b.body) > 0)
             order by d.id limit 8"
        }
        (Dialect::Sqlite, true) => {
            "select d.id, d.channel, b.body from delivery_routes r join deliveries d on d.id = r.delivery_id
             join delivery_bodies b on b.id = d.id
             where r.workspace_id = $1 and r.integration_id = $2 and r.delivery_id > $3 and r.delivery_id <= $4
             and d.state = 'done' and d.integration_id is null and d.received_at <= $5
             and (instr(b.body, $6) > 0 or instr(b.body, $7) > 0 or instr(b.body, $8) > 0 or instr(b.body, $9) > 0)
             order by d.id limit 8"
        }
        (Dialect::Postgres, true) => {
            "select d.id, d.channel, b.body from delivery_routes r join deliveries d on d.id = r.delivery_id
             join delivery_bodies b on b.id = d.id
             where r.workspace_id = $1 and r.integration_id = $2 and r.delivery_id > $3 and r.delivery_id <= $4
             and d.state = 'done' and d.integration_id is null and d.received_at <= $5
             and (position($6 in b.body) > 0 or position($7 in b.body) > 0 or position($8 in b.body) > 0
                  or position($9 in b.body) > 0)
             order by d.id limit 8"
        }
    };
    let [a, b, x, y] = names.each_ref().map(|name| name.as_bytes());
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(integration_id).bind(reach.after).bind(last)
        .bind(reach.upto).bind(a).bind(b).bind(x).bind(y).fetch_all(c).await)?)
}

/// Puts a body without the erased items in place of the one that came.
pub async fn set_body(conn: &mut Conn, id: DeliveryId, body: &[u8]) -> StoreResult<()> {
    let sql = "update deliveries set size = $2 where id = $1 and state = 'done'";
    let size = i64::try_from(body.len()).unwrap_or(i64::MAX);
    let rows = on!(&mut *conn, c => sqlx::query(sql).bind(id).bind(size).execute(c).await.map(|r| r.rows_affected()))?;
    if rows > 0 {
        let sql = "update delivery_bodies set body = $2 where id = $1";
        on!(conn, c => sqlx::query(sql).bind(id).bind(body).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Deletes a delivery whose body cannot be taken apart.
pub async fn delete_delivery(conn: &mut Conn, id: DeliveryId) -> StoreResult<()> {
    let sql = "delete from deliveries where id = $1 and state = 'done'";
    let rows = on!(&mut *conn, c => sqlx::query(sql).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    if rows > 0 {
        delivery::forget_bodies(conn, &[id]).await?;
    }
    Ok(())
}

/// Deletes the dead letters of an integration, of deliveries up to a time, that hold the name, and empties those of whole
/// deliveries, which are the way back to what others wrote.
pub async fn forget_letters(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    upto: Millis,
    name: &str,
) -> StoreResult<()> {
    let texts = match conn.dialect() {
        Dialect::Sqlite => [
            "delete from dead_letters where workspace_id = $1 and integration_id = $2 and (created_at <= $3 or exists
             (select 1 from deliveries d where d.id = dead_letters.delivery_id and d.received_at <= $3)) and item <> '' and instr(payload, $4) > 0",
            "update dead_letters set payload = '' where workspace_id = $1 and integration_id = $2 and (created_at <= $3 or exists
             (select 1 from deliveries d where d.id = dead_letters.delivery_id and d.received_at <= $3)) and item = '' and instr(payload, $4) > 0",
        ],
        Dialect::Postgres => [
            "delete from dead_letters where workspace_id = $1 and integration_id = $2 and (created_at <= $3 or exists
             (select 1 from deliveries d where d.id = dead_letters.delivery_id and d.received_at <= $3)) and item <> '' and strpos(payload, $4) > 0",
            "update dead_letters set payload = '' where workspace_id = $1 and integration_id = $2 and (created_at <= $3 or exists
             (select 1 from deliveries d where d.id = dead_letters.delivery_id and d.received_at <= $3)) and item = '' and strpos(payload, $4) > 0",
        ],
    };
    for sql in texts {
        on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(upto).bind(name)
            .execute(c).await.map(drop))?;
    }
    Ok(())
}
