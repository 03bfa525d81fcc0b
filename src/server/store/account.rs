//! Users, workspaces and who is a member of what.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    ids::{UserId, WorkspaceId},
    role::Role,
};

#[derive(Clone, Debug, FromRow)]
pub struct UserRow {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub password_hash: String,
}

/// A person in a workspace.
#[derive(Clone, Debug, FromRow)]
pub struct MemberRow {
    pub user_id: UserId,
    pub workspace_id: WorkspaceId,
    #[sqlx(try_from = "String")]
    pub role: Role,
    pub name: String,
    pub email: String,
    pub workspace_name: String,
    /// The workspace demands a second factor, and they have none.
    pub second_factor_missing: bool,
}

/// A person who is let in, in the workspaces that they belong to; the oldest membership first.
const MEMBERSHIPS: &str = "select m.user_id, m.workspace_id, m.role, u.name, u.email, w.name as workspace_name,
    (w.second_factor_needed and not exists (select 1 from second_factors f where f.user_id = m.user_id
      and f.confirmed_at is not null)) as second_factor_missing
    from memberships m join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
    where m.user_id = $1 and u.disabled_at is null and m.disabled_at is null order by m.created_at, m.workspace_id";

/// Whether any user exists.
pub async fn has_users(conn: &mut Conn) -> StoreResult<bool> {
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar("select 1 from users limit 1").fetch_optional(c).await)?;
    Ok(found.is_some())
}

pub async fn find_user_by_email(conn: &mut Conn, email: &str) -> StoreResult<Option<UserRow>> {
    let sql = "select id, email, name, password_hash from users where email = $1";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(email).fetch_optional(c).await)?)
}

/// Whom a sign-in with this address would let in, and the hash of their password. Whoever is let in nowhere is nobody.
pub async fn find_sign_in(conn: &mut Conn, email: &str) -> StoreResult<Option<(UserId, String)>> {
    let sql = "select id, password_hash from users where email = $1 and disabled_at is null and exists (select 1
               from memberships m where m.user_id = users.id and m.disabled_at is null)";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(email).fetch_optional(c).await)?)
}

/// Whether somebody with this password would still be let in.
pub async fn may_sign_in(conn: &mut Conn, user_id: UserId, password_hash: &str) -> StoreResult<bool> {
    let sql = "select 1 from users where id = $1 and password_hash = $2 and disabled_at is null and exists (select 1
               from memberships m where m.user_id = users.id and m.disabled_at is null)";
    let found: Option<i32> =
        on!(conn, c => sqlx::query_scalar(sql).bind(user_id).bind(password_hash).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// The hash of the password of somebody who is let in.
pub async fn find_password_hash(conn: &mut Conn, user_id: UserId) -> StoreResult<Option<String>> {
    let sql = "select password_hash from users where id = $1 and disabled_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(user_id).fetch_optional(c).await)?)
}

/// What somebody who is let in belongs to.
pub async fn list_memberships(conn: &mut Conn, user_id: UserId) -> StoreResult<Vec<MemberRow>> {
    Ok(on!(conn, c => sqlx::query_as(MEMBERSHIPS).bind(user_id).fetch_all(c).await)?)
}

/// Somebody who is let in, as a member of that workspace.
pub async fn find_member(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
) -> StoreResult<Option<MemberRow>> {
    let sql = "select m.user_id, m.workspace_id, m.role, u.name, u.email, w.name as workspace_name,
        (w.second_factor_needed and not exists (select 1 from second_factors f where f.user_id = m.user_id
          and f.confirmed_at is not null)) as second_factor_missing
        from memberships m join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
        where m.workspace_id = $1 and m.user_id = $2 and u.disabled_at is null and m.disabled_at is null";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(user_id).fetch_optional(c).await)?)
}

/// What somebody is called, whether they are let in or not.
pub async fn find_name(conn: &mut Conn, user_id: UserId) -> StoreResult<Option<String>> {
    let sql = "select name from users where id = $1";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(user_id).fetch_optional(c).await)?)
}

pub async fn insert_user(conn: &mut Conn, user: &UserRow, at: Millis) -> StoreResult<()> {
    let sql = "insert into users (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5)";
    on!(conn, c => sqlx::query(sql).bind(user.id).bind(&user.email).bind(&user.name).bind(&user.password_hash).bind(at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Sets a new password in place of the one with that hash; `false` when it was changed meanwhile.
pub async fn replace_password(conn: &mut Conn, user_id: UserId, old_hash: &str, new_hash: &str) -> StoreResult<bool> {
    let sql = "update users set password_hash = $3 where id = $1 and password_hash = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(user_id).bind(old_hash).bind(new_hash)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Sets a new password; `false` when there is no such user.
pub async fn set_password(conn: &mut Conn, user_id: UserId, password_hash: &str) -> StoreResult<bool> {
    let sql = "update users set password_hash = $2 where id = $1";
    let rows =
        on!(conn, c => sqlx::query(sql).bind(user_id).bind(password_hash).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// A workspace's name, and whether it demands a second factor of those who work in it.
pub async fn find_workspace(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<Option<(String, bool)>> {
    let sql = "select name, second_factor_needed from workspaces where id = $1";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_optional(c).await)?)
}

/// Changes what is given of a workspace: its name, and whether it demands a second factor.
pub async fn update_workspace(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    name: Option<&str>,
    second_factor_needed: Option<bool>,
) -> StoreResult<()> {
    let sql =
        "update workspaces set name = coalesce($2, name), second_factor_needed = coalesce($3, second_factor_needed)
               where id = $1";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(name).bind(second_factor_needed)
        .execute(c).await.map(drop))?;
    Ok(())
}

pub async fn insert_workspace(conn: &mut Conn, id: WorkspaceId, name: &str, at: Millis) -> StoreResult<()> {
    let sql = "insert into workspaces (id, name, created_at) values ($1, $2, $3)";
    on!(conn, c => sqlx::query(sql).bind(id).bind(name).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Claims the installation for its first workspace; `false` when somebody was faster.
pub async fn claim_installation(conn: &mut Conn, workspace_id: WorkspaceId, at: Millis) -> StoreResult<bool> {
    let sql = "insert into installation (only_one, workspace_id, created_at) values (1, $1, $2) on conflict (only_one) do nothing";
    let rows =
        on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

pub async fn find_workspace_by_name(conn: &mut Conn, name: &str) -> StoreResult<Option<WorkspaceId>> {
    let sql = "select id from workspaces where name = $1 order by created_at limit 1";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(name).fetch_optional(c).await)?)
}

/// The workspaces, oldest first; two are enough to know whether there is a choice.
pub async fn first_workspaces(conn: &mut Conn) -> StoreResult<Vec<WorkspaceId>> {
    let sql = "select id from workspaces order by created_at, id limit 2";
    Ok(on!(conn, c => sqlx::query_scalar(sql).fetch_all(c).await)?)
}

pub async fn insert_membership(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    role: Role,
    at: Millis,
) -> StoreResult<()> {
    let sql = "insert into memberships (workspace_id, user_id, role, created_at) values ($1, $2, $3, $4)";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).bind(role.as_str()).bind(at)
        .execute(c).await.map(drop))?;
    Ok(())
}

pub async fn set_name(conn: &mut Conn, user_id: UserId, name: &str) -> StoreResult<()> {
    let sql = "update users set name = $2 where id = $1";
    on!(conn, c => sqlx::query(sql).bind(user_id).bind(name).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes a workspace back that was just made and has nothing in it.
pub async fn delete_workspace(conn: &mut Conn, id: WorkspaceId) -> StoreResult<()> {
    on!(conn, c => sqlx::query("delete from workspaces where id = $1").bind(id).execute(c).await.map(drop))?;
    Ok(())
}
