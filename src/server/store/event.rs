//! Live events: rows written in the transaction that they tell of.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, Dialect, StoreResult, audit, many::portions, on};
use crate::domain::{
    Millis,
    event::DomainEvent,
    ids::{ConversationId, WorkspaceId},
    live::LiveEvent,
    principal::Principal,
};

/// The most conversations of one event.
const TOGETHER: usize = 100;

/// A place in the stream of events: commit number, then row number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    pub xact: i64,
    pub id: i64,
}

#[derive(Clone, Debug, FromRow)]
pub struct EventRow {
    pub xact: i64,
    pub id: i64,
    pub workspace_id: WorkspaceId,
    pub payload: String,
}

impl EventRow {
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor { xact: self.xact, id: self.id }
    }
}

/// What was told: of which workspace, when, and who did it.
#[derive(Clone, Debug)]
pub struct Told {
    pub workspace_id: WorkspaceId,
    pub event: DomainEvent,
    pub at: Millis,
    pub by: Principal,
}

/// Stores what was told in the running transaction, for open pages and the audit log: whether pages are told anything. What
/// changed about many conversations of a workspace is one event, and what was told twice is told once.
pub async fn store_told(conn: &mut Conn) -> StoreResult<bool> {
    let told = conn.take_told();
    let Some(now) = told.iter().map(|t| t.at).max() else { return Ok(false) };
    audit::store(conn, &told).await?;
    let mut conversations: BTreeMap<WorkspaceId, BTreeSet<ConversationId>> = BTreeMap::new();
    // Serialising an enum of ids cannot fail; an empty payload would be skipped by every reader.
    let payload = |event: &LiveEvent| serde_json::to_string(event).unwrap_or_default();
    let mut known = HashSet::new();
    let mut events: Vec<(WorkspaceId, String)> = Vec::new();
    for Told { workspace_id, event, .. } in told {
        match event.into_live() {
            None => {}
            Some(LiveEvent::Conversations { ids }) => conversations.entry(workspace_id).or_default().extend(ids),
            Some(event) => {
                let event = (workspace_id, payload(&event));
                if known.insert(event.clone()) {
                    events.push(event);
                }
            }
        }
    }
    for (workspace_id, ids) in conversations {
        let ids: Vec<ConversationId> = ids.into_iter().collect();
        let together = ids.chunks(TOGETHER).map(|ids| LiveEvent::Conversations { ids: ids.to_vec() });
        events.extend(together.map(|event| (workspace_id, payload(&event))));
    }
    for portion in portions(&events) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("insert into events (workspace_id, payload, created_at) ");
            sql.push_values(portion, |mut row, (workspace_id, payload)| {
                row.push_bind(*workspace_id).push_bind(payload).push_bind(now);
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(!events.is_empty())
}

/// When the newest event was written.
pub async fn newest_at(conn: &mut Conn) -> StoreResult<Option<Millis>> {
    let sql = "select created_at from events order by id desc limit 1";
    Ok(on!(conn, c => sqlx::query_scalar(sql).fetch_optional(c).await)?)
}

/// Events after a place, in order.
///
/// PostgreSQL hands out row numbers before commits, so a smaller one may appear later: there the order is that of the
/// transactions, and reading stops below the oldest one still running.
pub async fn list_after(
    conn: &mut Conn,
    workspace_id: Option<WorkspaceId>,
    after: Cursor,
    limit: i64,
) -> StoreResult<Vec<EventRow>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "select xact, id, workspace_id, payload from events
             where $3 >= 0 and id > $2 and ($1 is null or workspace_id = $1) order by id limit $4"
        }
        Dialect::Postgres => {
            "select xact, id, workspace_id, payload from events
             where (xact, id) > ($3, $2) and xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
             and ($1::uuid is null or workspace_id = $1) order by xact, id limit $4"
        }
    };
    Ok(
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(after.id).bind(after.xact).bind(limit).fetch_all(c).await)?,
    )
}

/// The place after everything that can be read now.
pub async fn newest(conn: &mut Conn) -> StoreResult<Cursor> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "select xact, id from events order by id desc limit 1",
        Dialect::Postgres => {
            "select xact, id from events where xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
             order by xact desc, id desc limit 1"
        }
    };
    let found: Option<(i64, i64)> = on!(conn, c => sqlx::query_as(sql).fetch_optional(c).await)?;
    Ok(found.map_or(Cursor::default(), |(xact, id)| Cursor { xact, id }))
}

/// Whether that place is still kept. One from before the first event is not: a page may just as well load everything.
pub async fn is_kept(conn: &mut Conn, cursor: Cursor) -> StoreResult<bool> {
    let oldest: Option<(i64, i64)> = on!(conn, c => sqlx::query_as("select xact, id from events order by xact, id limit 1").fetch_optional(c).await)?;
    Ok(oldest.is_some_and(|(xact, id)| cursor >= Cursor { xact, id }))
}

/// Forgets what is older, a chunk at a time; the number of rows forgotten. Only the oldest are looked at: that is where they
/// are.
pub async fn prune(conn: &mut Conn, before: Millis, chunk: i64) -> StoreResult<u64> {
    let sql = "delete from events where id in
               (select id from (select id, created_at from events order by id limit $2) as oldest where created_at < $1)";
    Ok(on!(conn, c => sqlx::query(sql).bind(before).bind(chunk).execute(c).await.map(|r| r.rows_affected()))?)
}
