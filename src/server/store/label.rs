//! Labels of a workspace, and which conversation has which.
//!
//! `conversation_labels` is in the order of the inbox; a trigger keeps it so (`migrations/…/0003_conversations.sql`).

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, StoreResult, many::portions, on};
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
    let sql = "select id, name, colour from labels where workspace_id = $1 order by name_key, id";
    let rows: Vec<LabelRow> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Label::from).collect())
}

pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, id: LabelId) -> StoreResult<Option<Label>> {
    let sql = "select id, name, colour from labels where workspace_id = $1 and id = $2";
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
    let sql = "update labels set name = $3, name_key = $4, colour = $5 where workspace_id = $1 and id = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(label.id).bind(&label.name).bind(name_key(&label.name))
        .bind(label.colour.as_str()).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Takes a label off some conversations; how many had it.
pub async fn take_off_some(conn: &mut Conn, workspace_id: WorkspaceId, id: LabelId, limit: i64) -> StoreResult<u64> {
    let sql = "delete from conversation_labels where workspace_id = $1 and label_id = $2 and conversation_id in
               (select l.conversation_id from conversation_labels l where l.workspace_id = $1 and l.label_id = $2 limit $3)";
    Ok(
        on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(limit).execute(c).await.map(|r| r.rows_affected()))?,
    )
}

/// Deletes a label, and takes it off whatever still has it.
pub async fn delete(conn: &mut Conn, workspace_id: WorkspaceId, id: LabelId) -> StoreResult<Option<String>> {
    let sql = "delete from labels where workspace_id = $1 and id = $2 returning name";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// Holds a conversation whose labels change, and has them follow its place in the list. How many it has; none when there is no
/// such conversation.
pub async fn hold(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId) -> StoreResult<Option<i64>> {
    let sql = "update conversations set labelled = 1 where workspace_id = $1 and id = $2
               returning (select count(*) from conversation_labels l where l.workspace_id = $1 and l.conversation_id = $2)";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// Puts a label on a conversation that is held; `false` when it has it, or there is no such label.
pub async fn put_on(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    label: LabelId,
) -> StoreResult<bool> {
    let sql =
        "insert into conversation_labels (workspace_id, conversation_id, label_id, channel, status, last_message_at)
               select v.workspace_id, v.id, l.id, v.channel, v.status, v.last_message_at from conversations v
               join labels l on l.workspace_id = v.workspace_id where v.workspace_id = $1 and v.id = $2 and l.id = $3
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
                      join labels l on l.workspace_id = o.workspace_id and l.id = o.label_id order by l.name_key, l.id");
            sql.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            labels.entry(row.conversation_id).or_default().push(row.label.into());
        }
    }
    Ok(labels)
}
