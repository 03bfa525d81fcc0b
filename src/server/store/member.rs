//! Who belongs to one workspace, as its own people manage it. What ends somebody's access everywhere is in [`super::person`].

use sqlx::FromRow;

use super::{Conn, StoreResult, on, token};
use crate::domain::{
    Millis,
    event::{AccessChange, DomainEvent},
    ids::{UserId, WorkspaceId},
    role::Role,
};

/// A member, let in or not.
#[derive(Clone, Debug, FromRow)]
pub struct TeamRow {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    #[sqlx(try_from = "String")]
    pub role: Role,
    pub joined_at: Millis,
    pub seen_at: Option<Millis>,
    pub disabled: bool,
    pub second_factor: bool,
}

/// The members of a workspace by name.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<Vec<TeamRow>> {
    let sql = "select m.user_id, u.name, u.email, m.role, m.created_at as joined_at,
               (select max(s.seen_at) from sessions s where s.user_id = m.user_id) as seen_at,
               (m.disabled_at is not null or u.disabled_at is not null) as disabled,
               exists (select 1 from second_factors f where f.user_id = m.user_id and f.confirmed_at is not null)
                 as second_factor
               from memberships m join users u on u.id = m.user_id
               where m.workspace_id = $1 order by lower(u.name), u.id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_all(c).await)?)
}

/// Somebody's role in a workspace, and whether they are let in there.
pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId) -> StoreResult<Option<(Role, bool)>> {
    let sql = "select m.role, (m.disabled_at is null and u.disabled_at is null) from memberships m
               join users u on u.id = m.user_id where m.workspace_id = $1 and m.user_id = $2";
    let row: Option<(String, bool)> =
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(user_id).fetch_optional(c).await)?;
    // Whose role only a newer version knows, nobody here may judge: it counts as the highest.
    Ok(row.map(|(role, let_in)| (Role::from_word(&role).unwrap_or(Role::Owner), let_in)))
}

/// Lets somebody into a workspace again (`None`) or not any more.
pub async fn set_disabled(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    at: Option<Millis>,
) -> StoreResult<()> {
    let sql = "update memberships set disabled_at = $3 where workspace_id = $1 and user_id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Takes somebody out of a workspace; whether they belong to no other.
pub async fn remove(conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId) -> StoreResult<bool> {
    let sql = "delete from memberships where workspace_id = $1 and user_id = $2";
    on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(user_id).execute(c).await.map(drop))?;
    Ok(super::person::list_memberships(conn, user_id).await?.is_empty())
}

/// Whether somebody is let into another workspace, too.
pub async fn belongs_elsewhere(conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId) -> StoreResult<bool> {
    let sql = "select 1 from memberships where workspace_id <> $1 and user_id = $2 and disabled_at is null limit 1";
    let found: Option<i32> =
        on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(user_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Ends by what somebody is in at one workspace: its tokens, and open streams as soon as the servers read the event. A session
/// goes on in another workspace, if there is one.
pub async fn end_access(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    user_id: UserId,
    what: AccessChange,
    now: Millis,
) -> StoreResult<()> {
    token::revoke_of_member(conn, workspace_id, user_id, now).await?;
    tell(conn, workspace_id, user_id, what, now);
    Ok(())
}

/// Tells a workspace what changed about how somebody is let in there.
pub fn tell(conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId, what: AccessChange, now: Millis) {
    conn.tell(workspace_id, DomainEvent::AccessChanged { user_id, what }, now);
}
