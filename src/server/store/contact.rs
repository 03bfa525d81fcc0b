//! Contacts and the identities by which channels know them.

use std::sync::Arc;

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, StoreError, StoreResult, on};
use crate::domain::{Millis, contact::IdentityKind};

/// One name that a channel has for a contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub kind: IdentityKind,
    /// The WhatsApp Business Account for user ids, else empty.
    pub scope: String,
    pub value: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct ContactRow {
    pub id: Uuid,
    pub name: Option<String>,
    pub username: Option<String>,
    pub phone: Option<String>,
}

/// What a message says about its sender. Absent fields change nothing that is known.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    pub name: Option<String>,
    pub username: Option<String>,
    pub phone: Option<String>,
}

async fn find_by_identity(conn: &mut Conn, workspace_id: Uuid, identity: &Identity) -> StoreResult<Option<Uuid>> {
    let sql = "select contact_id from identities where workspace_id = $1 and kind = $2 and scope = $3 and value = $4";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(identity.kind.as_str()).bind(&identity.scope)
        .bind(&identity.value).fetch_optional(c).await)?)
}

/// Finds the contact that any of these identities means, or makes one; then makes all of them mean it.
///
/// Identities come strongest first. One that already means somebody else is left alone.
pub async fn resolve(
    conn: &mut Conn,
    workspace_id: Uuid,
    identities: &[Identity],
    profile: &Profile,
    new_id: Uuid,
    now: Millis,
) -> StoreResult<Uuid> {
    let mut known = Vec::with_capacity(identities.len());
    for identity in identities {
        known.push(find_by_identity(conn, workspace_id, identity).await?);
    }
    let contact_id = if let Some(id) = known.iter().flatten().next() {
        update_profile(conn, workspace_id, *id, profile, now).await?;
        *id
    } else {
        let sql = "insert into contacts (workspace_id, id, name, username, phone, created_at, updated_at)
                   values ($1, $2, $3, $4, $5, $6, $6)";
        on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(new_id).bind(&profile.name).bind(&profile.username)
            .bind(&profile.phone).bind(now).execute(c).await.map(drop))?;
        new_id
    };
    for (identity, _) in identities.iter().zip(&known).filter(|(_, known)| known.is_none()) {
        let sql = "insert into identities (workspace_id, kind, scope, value, contact_id, created_at)
                   values ($1, $2, $3, $4, $5, $6) on conflict (workspace_id, kind, scope, value) do nothing";
        let added = on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(identity.kind.as_str())
            .bind(&identity.scope).bind(&identity.value).bind(contact_id).bind(now)
            .execute(c).await.map(|r| r.rows_affected()))?;
        if added == 0 {
            // It was nobody's a moment ago: another transaction has just met the same customer. Repeated, this one finds
            // their contact. Going on would leave ours without a name to send to.
            return Err(StoreError::Contended(Arc::new(sqlx::Error::RowNotFound)));
        }
    }
    Ok(contact_id)
}

async fn update_profile(conn: &mut Conn, workspace_id: Uuid, id: Uuid, p: &Profile, now: Millis) -> StoreResult<()> {
    let sql = "update contacts set name = coalesce($3, name), username = coalesce($4, username),
               phone = coalesce($5, phone), updated_at = $6 where workspace_id = $1 and id = $2
               and (($3 is not null and (name is null or name <> $3)) or ($4 is not null and (username is null or username <> $4))
                    or ($5 is not null and (phone is null or phone <> $5)))";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&p.name).bind(&p.username).bind(&p.phone).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

pub async fn find(conn: &mut Conn, workspace_id: Uuid, id: Uuid) -> StoreResult<Option<ContactRow>> {
    let sql = "select id, name, username, phone from contacts where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// How a contact can be reached: every identity as (kind, scope, value).
pub async fn list_identities(
    conn: &mut Conn,
    workspace_id: Uuid,
    contact_id: Uuid,
) -> StoreResult<Vec<(String, String, String)>> {
    let sql = "select kind, scope, value from identities where workspace_id = $1 and contact_id = $2 order by created_at, kind";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(contact_id).fetch_all(c).await)?)
}

/// Deletes contacts that no conversation belongs to any more, a chunk at a time.
pub async fn delete_orphans(conn: &mut Conn, workspace_id: Uuid, chunk: i64) -> StoreResult<u64> {
    let sql = "delete from contacts where workspace_id = $1 and id in (select k.id from contacts k where k.workspace_id = $1
               and not exists (select 1 from conversations v where v.workspace_id = $1 and v.contact_id = k.id) limit $2)";
    Ok(on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(chunk).execute(c).await.map(|r| r.rows_affected()))?)
}
