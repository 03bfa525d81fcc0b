//! The custom fields that a workspace has made for its contacts.

use sqlx::FromRow;

use crate::{
    domain::{
        Millis,
        contact::record::{ContactField, FieldKind},
        ids::{ContactFieldId, WorkspaceId},
    },
    server::store::{Conn, StoreResult, on},
};

#[derive(FromRow)]
struct FieldRow {
    id: ContactFieldId,
    key: String,
    label: String,
    #[sqlx(try_from = "String")]
    kind: FieldKind,
    choices: String,
}

/// All fields, in the order in which they were made.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<Vec<ContactField>> {
    let sql =
        "select id, key, label, kind, choices from contact_fields where workspace_id = $1 order by created_at, id";
    let rows: Vec<FieldRow> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_all(c).await)?;
    let field = |row: FieldRow| ContactField {
        id: row.id,
        key: row.key,
        label: row.label,
        kind: row.kind,
        // What cannot be read is as if there were none.
        choices: serde_json::from_str(&row.choices).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(field).collect())
}

/// A list of texts is always JSON.
fn choices(field: &ContactField) -> String {
    serde_json::to_string(&field.choices).unwrap_or_default()
}

/// Makes a field, or gives one another label and other choices. Values that are no choice any more stay until they are changed.
pub async fn save(conn: &mut Conn, workspace_id: WorkspaceId, field: &ContactField, now: Millis) -> StoreResult<()> {
    let sql = "insert into contact_fields (workspace_id, id, key, label, kind, choices, created_at) values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (workspace_id, id) do update set label = excluded.label, choices = excluded.choices";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(field.id).bind(&field.key).bind(&field.label)
        .bind(field.kind.as_str()).bind(choices(field)).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Deletes some values of a field; how many. A field with many is emptied in portions before it goes.
pub async fn delete_values(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactFieldId,
    limit: i64,
) -> StoreResult<u64> {
    let sql = "delete from contact_values where workspace_id = $1 and field_id = $2 and contact_id in
               (select w.contact_id from contact_values w where w.workspace_id = $1 and w.field_id = $2 limit $3)";
    Ok(on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(limit).execute(c).await
        .map(|r| r.rows_affected()))?)
}

/// Deletes a field with what is left of its values; whether it was there.
pub async fn delete(conn: &mut Conn, workspace_id: WorkspaceId, id: ContactFieldId) -> StoreResult<bool> {
    let sql = "delete from contact_fields where workspace_id = $1 and id = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}
