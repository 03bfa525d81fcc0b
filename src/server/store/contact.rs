//! Contacts and the identities by which channels know them.

pub mod field;
pub mod record;

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, StoreError, StoreResult, many::portions, on};
use crate::domain::{
    Millis,
    contact::IdentityKind,
    ids::{ContactId, WorkspaceId},
};

/// One name that a channel has for a contact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identity {
    pub kind: IdentityKind,
    /// The provider's account for user ids, else empty.
    pub scope: String,
    pub value: String,
}

#[derive(Clone, Debug, FromRow)]
pub struct ContactRow {
    pub id: ContactId,
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

/// The contact that a sender is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub id: ContactId,
    /// People have blocked them.
    pub blocked: bool,
}

impl Profile {
    /// Takes over what was said, but for a name where people gave one (`named`); whether something of it was new.
    fn learn(&mut self, said: &Self, named: bool) -> bool {
        let mut learnt = false;
        let fields = [
            (&mut self.name, &said.name, named),
            (&mut self.username, &said.username, false),
            (&mut self.phone, &said.phone, false),
        ];
        for (known, said, kept) in fields {
            if !kept && said.is_some() && known != said {
                known.clone_from(said);
                learnt = true;
            }
        }
        learnt
    }
}

/// Who wrote something.
#[derive(Clone, Debug)]
pub struct Sender {
    pub workspace_id: WorkspaceId,
    /// Strongest first.
    pub identities: Vec<Identity>,
    pub profile: Profile,
    /// The id of the contact, should there be none yet.
    pub new_id: ContactId,
}

/// An identity within its workspace.
type Key = (WorkspaceId, Identity);

/// Finds the contact that any of these identities means, or makes one; then makes all of them mean it.
///
/// Identities come strongest first. One that already means somebody else is left alone.
pub async fn resolve(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    identities: &[Identity],
    profile: &Profile,
    new_id: ContactId,
    now: Millis,
) -> StoreResult<Resolved> {
    let sender = Sender { workspace_id, identities: identities.to_vec(), profile: profile.clone(), new_id };
    let found = resolve_many(conn, &[sender], now).await?;
    Ok(found.first().copied().unwrap_or(Resolved { id: new_id, blocked: false }))
}

/// The same for many senders at once, in order: whom the first makes known, the second finds.
pub async fn resolve_many(conn: &mut Conn, senders: &[Sender], now: Millis) -> StoreResult<Vec<Resolved>> {
    let stored = list_known(conn, senders).await?;
    let marks: HashMap<ContactId, (bool, bool)> = stored.values().map(|k| (k.id, (k.named, k.blocked))).collect();
    let mut profiles: HashMap<ContactId, Profile> = stored.values().map(|k| (k.id, k.profile.clone())).collect();
    let mut known: HashMap<Key, ContactId> = stored.into_iter().map(|(key, contact)| (key, contact.id)).collect();
    let mut made: HashSet<(WorkspaceId, ContactId)> = HashSet::new();
    let mut changed: HashSet<(WorkspaceId, ContactId)> = HashSet::new();
    let mut identities: Vec<(Key, ContactId)> = Vec::new();
    let mut found = Vec::with_capacity(senders.len());
    for sender in senders {
        let ws = sender.workspace_id;
        let key = |identity: &Identity| (ws, identity.clone());
        let contact_id = sender.identities.iter().find_map(|i| known.get(&key(i)).copied()).unwrap_or_else(|| {
            made.insert((ws, sender.new_id));
            sender.new_id
        });
        let (named, blocked) = marks.get(&contact_id).copied().unwrap_or_default();
        if profiles.entry(contact_id).or_default().learn(&sender.profile, named) {
            changed.insert((ws, contact_id));
        }
        for identity in &sender.identities {
            if let Entry::Vacant(place) = known.entry(key(identity)) {
                place.insert(contact_id);
                identities.push((key(identity), contact_id));
            }
        }
        found.push(Resolved { id: contact_id, blocked });
    }
    let profile = |id: &ContactId| profiles.get(id).cloned().unwrap_or_default();
    for (workspace_id, id) in changed.difference(&made) {
        update_profile(conn, *workspace_id, *id, &profile(id), now).await?;
    }
    let made: Vec<_> = made.iter().map(|(workspace_id, id)| (*id, (*workspace_id, profile(id)))).collect();
    insert_contacts(conn, &made, now).await?;
    insert_identities(conn, &identities, now).await?;
    Ok(found)
}

/// The contact that any of these identities means, strongest first; nobody is made.
pub async fn find_by_identity(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    identities: &[Identity],
) -> StoreResult<Option<ContactId>> {
    let sender =
        Sender { workspace_id, identities: identities.to_vec(), profile: Profile::default(), new_id: ContactId::nil() };
    let known = list_known(conn, std::slice::from_ref(&sender)).await?;
    Ok(identities.iter().find_map(|identity| known.get(&(workspace_id, identity.clone())).map(|contact| contact.id)))
}

/// The contact that an identity means, with what is known of them.
#[derive(Clone, Debug)]
struct Known {
    id: ContactId,
    profile: Profile,
    named: bool,
    blocked: bool,
}

#[derive(FromRow)]
struct KnownRow {
    workspace_id: WorkspaceId,
    #[sqlx(try_from = "String")]
    kind: IdentityKind,
    scope: String,
    value: String,
    id: ContactId,
    name: Option<String>,
    username: Option<String>,
    phone: Option<String>,
    named: bool,
    blocked_at: Option<Millis>,
}

async fn list_known(conn: &mut Conn, senders: &[Sender]) -> StoreResult<HashMap<Key, Known>> {
    let asked: HashSet<(WorkspaceId, &Identity)> =
        senders.iter().flat_map(|s| s.identities.iter().map(|identity| (s.workspace_id, identity))).collect();
    let asked: Vec<_> = asked.into_iter().collect();
    let mut known = HashMap::with_capacity(asked.len());
    for portion in portions(&asked) {
        let rows: Vec<KnownRow> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "select n.workspace_id, n.kind, n.scope, n.value, k.id, k.name, k.username, k.phone, k.named, k.blocked_at from (",
            );
            sql.push_values(portion, |mut row, (workspace_id, identity)| {
                row.push_bind(*workspace_id).push_bind(identity.kind.as_str()).push_bind(&identity.scope)
                    .push_bind(&identity.value);
            });
            sql.push(") as v join identities n on n.workspace_id = v.column1 and n.kind = v.column2
                      and n.scope = v.column3 and n.value = v.column4
                      join contacts k on k.workspace_id = n.workspace_id and k.id = n.contact_id");
            sql.build_query_as().fetch_all(c).await
        })?;
        for r in rows {
            let identity = Identity { kind: r.kind, scope: r.scope, value: r.value };
            let profile = Profile { name: r.name, username: r.username, phone: r.phone };
            known.insert(
                (r.workspace_id, identity),
                Known { id: r.id, profile, named: r.named, blocked: r.blocked_at.is_some() },
            );
        }
    }
    Ok(known)
}

async fn insert_contacts(
    conn: &mut Conn,
    contacts: &[(ContactId, (WorkspaceId, Profile))],
    now: Millis,
) -> StoreResult<()> {
    for portion in portions(contacts) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into contacts (workspace_id, id, name, username, phone, created_at, updated_at) ",
            );
            sql.push_values(portion, |mut row, (id, (workspace_id, p))| {
                row.push_bind(*workspace_id).push_bind(*id).push_bind(&p.name).push_bind(&p.username)
                    .push_bind(&p.phone).push_bind(now).push_bind(now);
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

async fn insert_identities(conn: &mut Conn, identities: &[(Key, ContactId)], now: Millis) -> StoreResult<()> {
    for portion in portions(identities) {
        let added = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into identities (workspace_id, kind, scope, value, contact_id, created_at) ",
            );
            sql.push_values(portion, |mut row, ((workspace_id, identity), contact_id)| {
                row.push_bind(*workspace_id).push_bind(identity.kind.as_str()).push_bind(&identity.scope)
                    .push_bind(&identity.value).push_bind(*contact_id).push_bind(now);
            });
            sql.push(" on conflict (workspace_id, kind, scope, value) do nothing");
            sql.build().execute(c).await.map(|r| r.rows_affected())
        })?;
        if added < u64::try_from(portion.len()).unwrap_or(u64::MAX) {
            // One was nobody's a moment ago: another transaction has just met the same customer. Repeated, this one finds
            // their contact. Going on would leave ours without a name to send to.
            return Err(StoreError::Contended(Arc::new(sqlx::Error::RowNotFound)));
        }
    }
    Ok(())
}

async fn update_profile(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
    p: &Profile,
    now: Millis,
) -> StoreResult<()> {
    // Once more here: people may have named them since they were looked up.
    let sql = "update contacts set name = case when named then name else coalesce($3, name) end, username = coalesce($4, username),
               phone = coalesce($5, phone), updated_at = $6 where workspace_id = $1 and id = $2
               and (($3 is not null and (name is null or name <> $3)) or ($4 is not null and (username is null or username <> $4))
                    or ($5 is not null and (phone is null or phone <> $5)))";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&p.name).bind(&p.username).bind(&p.phone).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, id: ContactId) -> StoreResult<Option<ContactRow>> {
    let sql = "select id, name, username, phone from contacts where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// How a contact can be reached: every identity as (kind, scope, value).
pub async fn list_identities(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    contact_id: ContactId,
) -> StoreResult<Vec<(String, String, String)>> {
    let sql = "select kind, scope, value from identities where workspace_id = $1 and contact_id = $2 order by created_at, kind";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(contact_id).fetch_all(c).await)?)
}

/// Forgets all that people have noted of a contact: name, consent, custom fields, and that they are blocked.
pub async fn forget_what_was_noted(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update contacts set name = case when named then null else name end, named = $4, consent = 'unknown',
               consent_at = null, consent_source = '', consent_proof = '', blocked_at = null, updated_at = $3
               where workspace_id = $1 and id = $2";
    on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now).bind(false).execute(c).await.map(drop))?;
    let values = "delete from contact_values where workspace_id = $1 and contact_id = $2";
    on!(conn, c => sqlx::query(values).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Deletes those of these contacts that no conversation belongs to any more; how many. Who is blocked, or has said whether they want
/// to be written to, stays: that must outlive what they wrote.
pub async fn delete_orphaned(conn: &mut Conn, workspace_id: WorkspaceId, ids: &[ContactId]) -> StoreResult<u64> {
    let sql = "delete from contacts where workspace_id = $1 and id = $2
               and blocked_at is null and consent = 'unknown'
               and not exists (select 1 from conversations v where v.workspace_id = $1 and v.contact_id = $2)";
    let mut deleted = 0;
    for id in ids {
        deleted += on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(*id).execute(c).await
            .map(|r| r.rows_affected()))
        .map_err(|error| StoreError::from(error).contended())?;
    }
    Ok(deleted)
}
