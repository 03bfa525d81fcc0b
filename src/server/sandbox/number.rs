//! Rows of simulated numbers, each with its app and business account.

use sqlx::{FromRow, SqliteConnection};

use super::{error::SandboxResult, ids};
use crate::domain::{Millis, ids::WorkspaceId, sandbox::SandboxNumber};

/// A number with what belongs to it. It holds the app secret: no `Debug`.
#[derive(Clone, FromRow)]
pub(super) struct NumberRow {
    pub(super) phone_number_id: String,
    pub(super) business_account_id: String,
    pub(super) app_id: String,
    pub(super) app_secret: String,
    pub(super) phone: String,
    pub(super) verified_name: String,
    pub(super) callback_url: Option<String>,
}

pub(super) struct NewNumber<'a> {
    pub(super) row: &'a NumberRow,
    pub(super) workspace_id: WorkspaceId,
    pub(super) access_token: &'a str,
}

pub(super) async fn insert(conn: &mut SqliteConnection, new: NewNumber<'_>, at: Millis) -> SandboxResult<()> {
    let sql = "insert into numbers (phone_number_id, workspace_id, business_account_id, app_id, app_secret, access_token_hash,
                                    phone, verified_name, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    sqlx::query(sql)
        .bind(&new.row.phone_number_id)
        .bind(new.workspace_id)
        .bind(&new.row.business_account_id)
        .bind(&new.row.app_id)
        .bind(&new.row.app_secret)
        .bind(ids::token_hash(new.access_token))
        .bind(&new.row.phone)
        .bind(&new.row.verified_name)
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// The number that an access token opens.
pub(super) async fn find_by_token(conn: &mut SqliteConnection, token: &str) -> SandboxResult<Option<NumberRow>> {
    let sql = "select * from numbers where access_token_hash = $1";
    Ok(sqlx::query_as(sql).bind(ids::token_hash(token)).fetch_optional(conn).await?)
}

/// The number of an app, for tokens of the form `{app_id}|{app_secret}`.
pub(super) async fn find_by_app(conn: &mut SqliteConnection, app_id: &str) -> SandboxResult<Option<NumberRow>> {
    Ok(sqlx::query_as("select * from numbers where app_id = $1").bind(app_id).fetch_optional(conn).await?)
}

/// A number of any workspace.
pub(super) async fn find(conn: &mut SqliteConnection, phone_number_id: &str) -> SandboxResult<Option<NumberRow>> {
    let sql = "select * from numbers where phone_number_id = $1";
    Ok(sqlx::query_as(sql).bind(phone_number_id).fetch_optional(conn).await?)
}

/// A number of this workspace.
pub(super) async fn find_in(
    conn: &mut SqliteConnection,
    workspace_id: WorkspaceId,
    phone_number_id: &str,
) -> SandboxResult<Option<NumberRow>> {
    let sql = "select * from numbers where workspace_id = $1 and phone_number_id = $2";
    Ok(sqlx::query_as(sql).bind(workspace_id).bind(phone_number_id).fetch_optional(conn).await?)
}

/// The workspace's numbers as the phone page shows them, oldest first.
pub(super) async fn list(conn: &mut SqliteConnection, workspace_id: WorkspaceId) -> SandboxResult<Vec<SandboxNumber>> {
    let sql = "select * from numbers where workspace_id = $1 order by created_at, rowid";
    let rows: Vec<NumberRow> = sqlx::query_as(sql).bind(workspace_id).fetch_all(conn).await?;
    let view = |row: NumberRow| SandboxNumber {
        display_phone_number: ids::display_phone(&row.phone),
        phone_number_id: row.phone_number_id,
        verified_name: row.verified_name,
        connected: row.callback_url.is_some(),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Saves the callback. False when the number is gone.
pub(super) async fn set_callback(conn: &mut SqliteConnection, phone_number_id: &str, url: &str) -> SandboxResult<bool> {
    let sql = "update numbers set callback_url = $1 where phone_number_id = $2";
    Ok(sqlx::query(sql).bind(url).bind(phone_number_id).execute(conn).await?.rows_affected() > 0)
}

/// Removes a number with its customers, messages and webhooks.
pub(super) async fn delete(conn: &mut SqliteConnection, phone_number_id: &str) -> SandboxResult<()> {
    sqlx::query("delete from numbers where phone_number_id = $1").bind(phone_number_id).execute(conn).await?;
    Ok(())
}
