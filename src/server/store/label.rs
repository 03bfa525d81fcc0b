//! Labels of a workspace, and which conversation has which.
//!
//! `conversation_labels` is in the order of the inbox; a trigger keeps it so (`migrations/…/0005_labels.sql`).

use std::collections::{BTreeSet, HashMap};

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, Dialect, StoreResult, many::portions, on};
use crate::domain::{
    Millis,
    ids::{ConversationId, LabelId, WorkspaceId},
    label::{Colour, Label, name_key},
};

#[derive(FromRow)]
struct LabelRow {
    id: LabelId,
    name: String,
    colour: String,
}

impl From<LabelRow> for Label {
    fn from(row: LabelRow) -> Self {
        Self { id: row.id, name: row.name, colour: Colour::from(row.colour) }
    }
}

/// All of a workspace, by name.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<Vec<Label>> {
    let sql =
        "select id, name, colour from labels where workspace_id = $1 and deleted_at is null order by name_key, id";
    let rows: Vec<LabelRow> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Label::from).collect())
}

pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, id: LabelId) -> StoreResult<Option<Label>> {
    let sql = "select id, name, colour from labels where workspace_id = $1 and id = $2 and deleted_at is null";
    let row: Option<LabelRow> =
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Label::from))
}

/// Whether another label has this name, whatever the case.
pub async fn is_taken(conn: &mut Conn, workspace_id: WorkspaceId, name: &str, but: LabelId) -> StoreResult<bool> {
    let sql = "select 1 from labels where workspace_id = $1 and name_key = $2 and id <> $3";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(name_key(name)).bind(but)
        .fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Stores a label; `false` when another one has its name.
pub async fn insert(conn: &mut Conn, workspace_id: WorkspaceId, label: &Label, now: Millis) -> StoreResult<bool> {
    let sql =
        "insert into labels (workspace_id, id, name, name_key, colour, created_at) values ($1, $2, $3, $4, $5, $6)
               on conflict (workspace_id, name_key) do nothing";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(label.id).bind(&label.name).bind(name_key(&label.name))
        .bind(label.colour.as_str()).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Renames it or gives it another colour; `false` when there is no such label.
pub async fn update(conn: &mut Conn, workspace_id: WorkspaceId, label: &Label) -> StoreResult<bool> {
    let sql = "update labels set name = $3, name_key = $4, colour = $5 where workspace_id = $1 and id = $2
               and deleted_at is null";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(label.id).bind(&label.name).bind(name_key(&label.name))
        .bind(label.colour.as_str()).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Orders that a label comes off all its conversations and is no more: its name, or none when there is no such label. The upkeep
/// carries it out in portions ([`take_off_some`]), for there may be a million. Its name is free at once.
pub async fn delete(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: LabelId,
    now: Millis,
) -> StoreResult<Option<String>> {
    let sql =
        "update labels set deleted_at = $3, name_key = $4 where workspace_id = $1 and id = $2 and deleted_at is null
               returning name";
    // No name has a line break in it.
    let key = format!("deleted\n{id}");
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(now).bind(key).fetch_optional(c).await)?)
}

/// Labels that are being deleted, each of its workspace.
pub async fn list_deleted(conn: &mut Conn) -> StoreResult<Vec<(WorkspaceId, LabelId)>> {
    let sql = "select workspace_id, id from labels where deleted_at is not null order by deleted_at limit 1000";
    Ok(on!(conn, c => sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Takes a label that is being deleted off some conversations, and is done with it when none has it any more; how many
/// lost it.
pub async fn take_off_some(conn: &mut Conn, workspace_id: WorkspaceId, id: LabelId, limit: i64) -> StoreResult<u64> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            "delete from conversation_labels where workspace_id = $1 and label_id = $2 and conversation_id in
             (select l.conversation_id from conversation_labels l where l.workspace_id = $1 and l.label_id = $2 limit $3)"
        }
        // What a message moves just now comes the next time: waiting for it could be mutual.
        Dialect::Postgres => {
            "with chosen as materialized (select l.conversation_id as chosen_id from conversation_labels l
               where l.workspace_id = $1 and l.label_id = $2 limit $3 for update skip locked)
             delete from conversation_labels using chosen where workspace_id = $1 and label_id = $2 and conversation_id = chosen_id"
        }
    };
    let lost = on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(limit).execute(c).await
        .map(|r| r.rows_affected()))?;
    let done = "delete from labels where workspace_id = $1 and id = $2 and deleted_at is not null and not exists
                (select 1 from conversation_labels l where l.workspace_id = $1 and l.label_id = $2)";
    on!(conn, c => sqlx::query(done).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    Ok(lost)
}

/// Holds a conversation whose labels change, and has them follow its place in the list. Which it has; none when there is no
/// such conversation.
pub async fn hold(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
) -> StoreResult<Option<BTreeSet<LabelId>>> {
    let sql = "update conversations set labelled = 1 where workspace_id = $1 and id = $2 returning 1";
    let found: Option<i32> =
        on!(&mut *conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    if found.is_none() {
        return Ok(None);
    }
    let has = list_of(conn, workspace_id, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Some(has.into_iter().map(|label| label.id).collect()))
}

/// Puts a label on a conversation that is held; `false` when it has it, or there is no such label.
pub async fn put_on(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    label: LabelId,
) -> StoreResult<bool> {
    let sql =
        "insert into conversation_labels (workspace_id, conversation_id, label_id, channel, status, last_message_at, assignee_id, unread)
               select v.workspace_id, v.id, l.id, v.channel, v.status, v.last_message_at, v.assignee_id, v.unread from conversations v
               join labels l on l.workspace_id = v.workspace_id where v.workspace_id = $1 and v.id = $2 and l.id = $3
               and l.deleted_at is null
               on conflict (workspace_id, conversation_id, label_id) do nothing";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(label).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Takes a label off a conversation; `false` when it does not have it.
pub async fn take_off(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    label: LabelId,
) -> StoreResult<bool> {
    let sql = "delete from conversation_labels where workspace_id = $1 and conversation_id = $2 and label_id = $3";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(label).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

#[derive(FromRow)]
struct LabelledRow {
    conversation_id: ConversationId,
    #[sqlx(flatten)]
    label: LabelRow,
}

/// The labels of some conversations, each conversation's by name.
pub async fn list_of(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    ids: &[ConversationId],
) -> StoreResult<HashMap<ConversationId, Vec<Label>>> {
    let mut labels: HashMap<ConversationId, Vec<Label>> = HashMap::new();
    for portion in portions(ids) {
        let rows: Vec<LabelledRow> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("select o.conversation_id, l.id, l.name, l.colour from (");
            sql.push_values(portion, |mut row, id| {
                row.push_bind(workspace_id).push_bind(*id);
            });
            sql.push(") as v join conversation_labels o on o.workspace_id = v.column1 and o.conversation_id = v.column2
                      join labels l on l.workspace_id = o.workspace_id and l.id = o.label_id and l.deleted_at is null
                      order by l.name_key, l.id");
            sql.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            labels.entry(row.conversation_id).or_default().push(row.label.into());
        }
    }
    Ok(labels)
}
