//! People who were asked to come. A row goes when they have come, when it is taken back, and some time after its end.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    ids::{InvitationId, UserId, WorkspaceId},
    role::Role,
};

#[derive(Clone, Debug)]
pub struct NewInvitation {
    pub workspace_id: WorkspaceId,
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    /// The SHA-256 of what stands in the link.
    pub token_hash: Vec<u8>,
    pub invited_by: UserId,
    pub expires_at: Millis,
}

#[derive(Clone, Debug, FromRow)]
pub struct InvitationRow {
    pub id: InvitationId,
    pub email: String,
    #[sqlx(try_from = "String")]
    pub role: Role,
    pub invited_by: String,
    pub created_at: Millis,
    pub expires_at: Millis,
}

/// An invitation with where it leads to.
#[derive(Clone, Debug, FromRow)]
pub struct OfferRow {
    pub workspace_id: WorkspaceId,
    pub workspace_name: String,
    /// Who sent it.
    pub inviter: UserId,
    #[sqlx(flatten)]
    pub invitation: InvitationRow,
}

/// Adds an invitation; one to the same address gives way to it, and its link ends.
pub async fn put(conn: &mut Conn, new: &NewInvitation, at: Millis) -> StoreResult<()> {
    let sql = "insert into invitations (workspace_id, id, email, role, token_hash, invited_by, created_at, expires_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (workspace_id, email) do update set id = excluded.id,
               role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
               created_at = excluded.created_at, expires_at = excluded.expires_at";
    on!(conn, c => sqlx::query(sql).bind(new.workspace_id).bind(new.id).bind(&new.email).bind(new.role.as_str())
        .bind(&new.token_hash).bind(new.invited_by).bind(at).bind(new.expires_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Those that hold and whose senders may still ask people in, the newest first.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId, now: Millis) -> StoreResult<Vec<InvitationRow>> {
    let sql = "select i.id, i.email, i.role, u.name as invited_by, i.created_at, i.expires_at from invitations i
               join users u on u.id = i.invited_by
               join memberships m on m.workspace_id = i.workspace_id and m.user_id = i.invited_by
               where i.workspace_id = $1 and i.expires_at > $2 and u.disabled_at is null and m.disabled_at is null
               and (m.role = 'owner' or m.role = 'admin' and i.role <> 'owner')
               order by i.created_at desc, i.id desc";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(now).fetch_all(c).await)?)
}

/// How many hold.
pub async fn count(conn: &mut Conn, workspace_id: WorkspaceId, now: Millis) -> StoreResult<i64> {
    let sql = "select count(*) from invitations where workspace_id = $1 and expires_at > $2";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(now).fetch_one(c).await)?)
}

/// To whom one is, and the role that it offers.
pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, id: InvitationId) -> StoreResult<Option<(String, Role)>> {
    let sql = "select email, role from invitations where workspace_id = $1 and id = $2";
    let row: Option<(String, String)> =
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    // What only a newer version knows, nobody here may judge: it counts as the highest.
    Ok(row.map(|(email, word)| (email, Role::from_word(&word).unwrap_or(Role::Owner))))
}

/// The role that is offered to an address, if one is.
pub async fn find_role_for(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    email: &str,
    now: Millis,
) -> StoreResult<Option<Role>> {
    let sql = "select role from invitations where workspace_id = $1 and email = $2 and expires_at > $3";
    let word: Option<String> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(email).bind(now)
        .fetch_optional(c).await)?;
    Ok(word.map(|word| Role::from_word(&word).unwrap_or(Role::Owner)))
}

/// The one that a link stands for, while it holds and whoever sent it may still ask people in.
pub async fn find_offer(conn: &mut Conn, token_hash: &[u8], now: Millis) -> StoreResult<Option<OfferRow>> {
    let sql = "select i.workspace_id, w.name as workspace_name, i.invited_by as inviter, i.id, i.email, i.role, u.name as invited_by, i.created_at,
               i.expires_at from invitations i join workspaces w on w.id = i.workspace_id
               join users u on u.id = i.invited_by
               join memberships m on m.workspace_id = i.workspace_id and m.user_id = i.invited_by
               where i.token_hash = $1 and i.expires_at > $2 and u.disabled_at is null and m.disabled_at is null
               and (m.role = 'owner' or m.role = 'admin' and i.role <> 'owner')";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(token_hash).bind(now).fetch_optional(c).await)?)
}

/// Takes one away, because it was accepted or withdrawn; `false` when somebody else was faster.
pub async fn remove(conn: &mut Conn, workspace_id: WorkspaceId, id: InvitationId) -> StoreResult<bool> {
    let sql = "delete from invitations where workspace_id = $1 and id = $2";
    let rows =
        on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Forgets those that have ended.
pub async fn forget_ended(conn: &mut Conn, now: Millis) -> StoreResult<()> {
    on!(conn, c => sqlx::query("delete from invitations where expires_at <= $1").bind(now).execute(c).await.map(drop))?;
    Ok(())
}
