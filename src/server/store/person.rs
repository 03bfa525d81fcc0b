//! Taking people in and out of workspaces: who they are, what they may do, whether they are let in.

use sqlx::FromRow;

use super::{Conn, Dialect, StoreResult, on, second_factor, session, token};
use crate::domain::{
    Millis,
    event::{AccessChange, DomainEvent},
    ids::{UserId, WorkspaceId},
    role::Role,
};

/// A member of a workspace, let in or not.
#[derive(Clone, Debug, FromRow)]
pub struct PersonRow {
    pub email: String,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub role: Role,
    pub workspace_name: String,
    pub disabled_at: Option<Millis>,
}

/// Holds a person's row for the transaction; whether they are let in, `None` when there is no such person.
///
/// On PostgreSQL the strongest lock: to store a session or a token takes the weakest of the same row, so neither can be
/// stored beside the transaction that ends them all.
pub async fn hold(conn: &mut Conn, user_id: UserId) -> StoreResult<Option<bool>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => "select disabled_at is null from users where id = $1",
        Dialect::Postgres => "select disabled_at is null from users where id = $1 for update",
    };
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(user_id).fetch_optional(c).await)?)
}

/// Whether the operator lets them in.
pub async fn is_let_in(conn: &mut Conn, user_id: UserId) -> StoreResult<bool> {
    let sql = "select 1 from users where id = $1 and disabled_at is null";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(user_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Holds a person's row as [`hold`] does; whether they are let in and that session of theirs has not ended meanwhile.
pub async fn hold_signed_in(conn: &mut Conn, user_id: UserId, id_hash: &[u8], now: Millis) -> StoreResult<bool> {
    let let_in = hold(conn, user_id).await? == Some(true);
    Ok(let_in && session::find(conn, id_hash, now).await?.is_some())
}

/// Where somebody is a member, and as what.
pub async fn list_memberships(conn: &mut Conn, user_id: UserId) -> StoreResult<Vec<(WorkspaceId, Role)>> {
    let sql = "select workspace_id, role from memberships where user_id = $1 order by created_at";
    let rows: Vec<(WorkspaceId, String)> = on!(conn, c => sqlx::query_as(sql).bind(user_id).fetch_all(c).await)?;
    // A role that only a newer version knows gives no right here.
    Ok(rows.into_iter().map(|(ws, role)| (ws, Role::from_word(&role).unwrap_or(Role::Agent))).collect())
}

/// The name of a workspace in which this person is the only owner who is let in. Holds those workspaces for the transaction:
/// of two owners who take each other out at once, one stays.
pub async fn find_last_owned(conn: &mut Conn, user_id: UserId) -> StoreResult<Option<String>> {
    let mut owned: Vec<WorkspaceId> = list_memberships(conn, user_id)
        .await?
        .into_iter()
        .filter_map(|(ws, role)| (role == Role::Owner).then_some(ws))
        .collect();
    owned.sort_unstable();
    for workspace_id in owned {
        let found = find_if_last_owner(conn, workspace_id, user_id).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The name of the workspace, when nobody but this owner could let people in there. Holds it for the transaction.
pub async fn find_if_last_owner(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
) -> StoreResult<Option<String>> {
    let hold = "update workspaces set name = name where id = $1";
    let alone = "select w.name from workspaces w where w.id = $1 and not exists (select 1 from memberships m
                 join users u on u.id = m.user_id where m.workspace_id = $1 and m.user_id <> $2 and m.role = 'owner'
                 and u.disabled_at is null and m.disabled_at is null)";
    on!(&mut *conn, c => sqlx::query(hold).bind(workspace_id).execute(c).await.map(drop))?;
    Ok(on!(conn, c => sqlx::query_scalar(alone).bind(workspace_id).bind(user_id).fetch_optional(c).await)?)
}

/// Lets somebody in again (`None`), into all workspaces that they belong to, or not any more.
pub async fn set_disabled(conn: &mut Conn, user_id: UserId, at: Option<Millis>) -> StoreResult<()> {
    let sql = "update users set disabled_at = $2 where id = $1";
    if at.is_none() {
        let everywhere = "update memberships set disabled_at = null where user_id = $1";
        on!(&mut *conn, c => sqlx::query(everywhere).bind(user_id).execute(c).await.map(drop))?;
    }
    on!(conn, c => sqlx::query(sql).bind(user_id).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn set_role(conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId, role: Role) -> StoreResult<()> {
    let sql = "update memberships set role = $3 where workspace_id = $1 and user_id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).bind(role.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes somebody out of everything. The name stays, for it stands above what they wrote; address and password go.
pub async fn remove(conn: &mut Conn, user_id: UserId, at: Millis) -> StoreResult<()> {
    on!(&mut *conn, c => sqlx::query("delete from memberships where user_id = $1").bind(user_id)
        .execute(c).await.map(drop))?;
    second_factor::remove(conn, user_id).await?;
    // No address at all, so that somebody may be added with the old one.
    let sql = "update users set email = $2, password_hash = '', disabled_at = $3 where id = $1";
    on!(conn, c => sqlx::query(sql).bind(user_id).bind(format!("removed {user_id}")).bind(at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Ends everything by which somebody is in: sessions, tokens, and open streams as soon as the servers read the event.
pub async fn end_access(conn: &mut Conn, user_id: UserId, why: AccessChange, now: Millis) -> StoreResult<()> {
    session::delete_of_user(conn, user_id).await?;
    token::revoke_of_user(conn, user_id, now).await?;
    tell(conn, user_id, why, now).await
}

/// Tells all workspaces of somebody what changed about how they are let in.
pub async fn tell(conn: &mut Conn, user_id: UserId, what: AccessChange, now: Millis) -> StoreResult<()> {
    for (workspace_id, _) in list_memberships(conn, user_id).await? {
        conn.tell(workspace_id, DomainEvent::AccessChanged { user_id, what }, now);
    }
    Ok(())
}

/// Tells all workspaces of somebody that they are in.
pub async fn tell_of_sign_in(conn: &mut Conn, user_id: UserId, now: Millis) -> StoreResult<()> {
    for (workspace_id, _) in list_memberships(conn, user_id).await? {
        conn.tell(workspace_id, DomainEvent::SignedIn { user_id }, now);
    }
    Ok(())
}

/// Everybody, or one workspace's members.
pub async fn list(conn: &mut Conn, workspace: Option<&str>) -> StoreResult<Vec<PersonRow>> {
    let sql = "select u.email, u.name, m.role, w.name as workspace_name,
               coalesce(u.disabled_at, m.disabled_at) as disabled_at from memberships m
               join users u on u.id = m.user_id join workspaces w on w.id = m.workspace_id
               where $1 is null or w.name = $1 order by w.created_at, w.id, u.created_at, u.id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace).fetch_all(c).await)?)
}
