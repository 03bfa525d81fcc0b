//! API tokens, kept as hashes.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    ids::{TokenId, UserId, WorkspaceId},
};

#[derive(Clone, Debug, FromRow)]
pub struct TokenRow {
    pub id: TokenId,
    pub name: String,
    /// How it ends; tokens of the first version have none.
    pub last4: Option<String>,
    pub scopes: String,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
}

/// A token that opens the API.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct ValidToken {
    pub id: TokenId,
    pub user_id: UserId,
    pub workspace_id: WorkspaceId,
    pub last_used_at: Option<Millis>,
    pub scopes: String,
}

/// A token with its owner.
#[derive(Clone, Debug, FromRow)]
pub struct OwnedTokenRow {
    pub id: TokenId,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    /// How it ends; tokens of the first version have none.
    pub last4: Option<String>,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
}

pub struct NewToken {
    pub id: TokenId,
    pub workspace_id: WorkspaceId,
    pub user_id: UserId,
    pub name: String,
    pub token_hash: Vec<u8>,
    /// How it ends.
    pub last4: String,
    pub scopes: String,
    pub expires_at: Option<Millis>,
}

pub async fn insert(conn: &mut Conn, token: &NewToken, at: Millis) -> StoreResult<()> {
    let sql =
        "insert into api_tokens (id, workspace_id, user_id, name, token_hash, created_at, expires_at, last4, scopes)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    on!(conn, c => sqlx::query(sql).bind(token.id).bind(token.workspace_id).bind(token.user_id).bind(&token.name)
        .bind(&token.token_hash).bind(at).bind(token.expires_at).bind(&token.last4)
        .bind(&token.scopes).execute(c).await.map(drop))?;
    Ok(())
}

/// The token of that hash, while it is valid.
pub async fn find_valid(conn: &mut Conn, token_hash: &[u8], now: Millis) -> StoreResult<Option<ValidToken>> {
    let sql = "select id, user_id, workspace_id, last_used_at, scopes from api_tokens
               where token_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(token_hash).bind(now).fetch_optional(c).await)?)
}

pub async fn touch(conn: &mut Conn, id: TokenId, now: Millis) -> StoreResult<()> {
    let sql = "update api_tokens set last_used_at = $2 where id = $1";
    on!(conn, c => sqlx::query(sql).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn list(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    now: Millis,
) -> StoreResult<Vec<TokenRow>> {
    let sql = "select id, name, last4, scopes, created_at, expires_at, last_used_at from api_tokens
               where workspace_id = $1 and user_id = $2 and revoked_at is null and (expires_at is null or expires_at > $3)
               order by created_at desc";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(user_id).bind(now).fetch_all(c).await)?)
}

/// How many valid ones somebody has in a workspace.
pub async fn count(conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId, now: Millis) -> StoreResult<i64> {
    let sql = "select count(*) from api_tokens where workspace_id = $1 and user_id = $2 and revoked_at is null
               and (expires_at is null or expires_at > $3)";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(user_id).bind(now).fetch_one(c).await)?)
}

/// Revokes one's own token; `false` when there is none with this id.
pub async fn revoke(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    id: TokenId,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update api_tokens set revoked_at = $4 where workspace_id = $1 and user_id = $2 and id = $3 and revoked_at is null";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).bind(id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// The valid tokens of a person or, for the operator, of everybody.
pub async fn list_owned(conn: &mut Conn, user_id: Option<UserId>, now: Millis) -> StoreResult<Vec<OwnedTokenRow>> {
    let sql =
        "select t.id, t.workspace_id, t.user_id, u.email, t.name, t.last4, t.created_at, t.expires_at, t.last_used_at
               from api_tokens t join users u on u.id = t.user_id
               where ($1 is null or t.user_id = $1) and t.revoked_at is null
               and (t.expires_at is null or t.expires_at > $2) order by u.email, t.created_at, t.id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(user_id).bind(now).fetch_all(c).await)?)
}

/// Revokes all tokens of a person in one workspace.
pub async fn revoke_of_member(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update api_tokens set revoked_at = $3 where workspace_id = $1 and user_id = $2 and revoked_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Revokes all tokens of a person, wherever they hold.
pub async fn revoke_of_user(conn: &mut Conn, user_id: UserId, now: Millis) -> StoreResult<()> {
    let sql = "update api_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null";
    on!(conn, c => sqlx::query(sql).bind(user_id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}
