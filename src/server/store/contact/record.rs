//! Contacts as records: lists, what people note of one, and who is blocked.

use sqlx::{FromRow, QueryBuilder};

use crate::{
    domain::{
        Millis,
        channel::Channel,
        contact::record::{Consent, ContactFilter},
        conversation::ConversationStatus,
        ids::{ContactFieldId, ContactId, ConversationId, WorkspaceId},
    },
    server::store::{Conn, Dialect, StoreResult, many::portions, on},
};

#[derive(Clone, Debug, FromRow)]
pub struct RecordRow {
    pub id: ContactId,
    pub name: Option<String>,
    pub named: bool,
    pub username: Option<String>,
    pub phone: Option<String>,
    #[sqlx(try_from = "String")]
    pub consent: Consent,
    pub consent_at: Option<Millis>,
    pub consent_source: String,
    pub consent_proof: String,
    pub blocked_at: Option<Millis>,
    pub created_at: Millis,
}

/// A statement that reads contacts of a workspace ($1).
macro_rules! records {
    ($tail:literal) => {
        concat!(
            "select k.id, k.name, k.named, k.username, k.phone, k.consent, k.consent_at, k.consent_source, k.consent_proof,
             k.blocked_at, k.created_at from contacts k where k.workspace_id = $1 and ",
            $tail
        )
    };
}

pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, id: ContactId) -> StoreResult<Option<RecordRow>> {
    let sql = records!("k.id = $2");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// Contacts made before one, newest first: all, or some of them.
pub async fn list(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    filter: Option<ContactFilter>,
    before: ContactId,
    limit: i64,
) -> StoreResult<Vec<RecordRow>> {
    let sql = match filter {
        None => records!("k.id < $2 order by k.id desc limit $3"),
        Some(ContactFilter::Blocked) => {
            records!("k.blocked_at is not null and k.id < $2 order by k.id desc limit $3")
        }
        Some(ContactFilter::OptedOut) => records!("k.consent = 'opted_out' and k.id < $2 order by k.id desc limit $3"),
    };
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(before).bind(limit).fetch_all(c).await)?)
}

/// Behind every text that begins with the same: no text goes on with a greater sign.
const END: char = '\u{10ffff}';

/// What a list is in the order of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Name,
    Username,
}

/// Behind all that begins with a text.
fn end(text: &str) -> String {
    format!("{text}{END}")
}

/// Where a contact stands in the order of a key among those that begin with a text; none when they do not (any more).
pub async fn place(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
    (key, text): (Key, &str),
) -> StoreResult<Option<String>> {
    let sql = match (key, conn.dialect()) {
        (Key::Name, Dialect::Sqlite) => {
            "select lower(name) from contacts where workspace_id = $1 and id = $2
             and lower(name) >= lower($3) and lower(name) < lower($4)"
        }
        (Key::Name, Dialect::Postgres) => {
            "select lower(name) from contacts where workspace_id = $1 and id = $2
             and lower(name) collate \"C\" >= lower($3) and lower(name) collate \"C\" < lower($4)"
        }
        (Key::Username, Dialect::Sqlite) => {
            "select lower(username) from contacts where workspace_id = $1 and id = $2
             and lower(username) >= lower($3) and lower(username) < lower($4)"
        }
        (Key::Username, Dialect::Postgres) => {
            "select lower(username) from contacts where workspace_id = $1 and id = $2
             and lower(username) collate \"C\" >= lower($3) and lower(username) collate \"C\" < lower($4)"
        }
    };
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(text).bind(end(text))
        .fetch_optional(c).await)?)
}

/// Contacts whose name begins with a text, in any case (SQLite knows case in ASCII only), in alphabetical order behind a place.
pub async fn list_by_name(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    text: &str,
    (place, after): (&str, ContactId),
    limit: i64,
) -> StoreResult<Vec<RecordRow>> {
    // The place is the one lower bound: with two, a database may begin at the farther one.
    let sql = match conn.dialect() {
        Dialect::Sqlite => records!(
            "lower(k.name) >= lower($2) and lower(k.name) < lower($3) and (lower(k.name), k.id) > (lower($2), $4)
             order by lower(k.name), k.id limit $5"
        ),
        Dialect::Postgres => records!(
            "lower(k.name) collate \"C\" < lower($3) and (lower(k.name) collate \"C\", k.id) > (lower($2), $4)
             order by lower(k.name) collate \"C\", k.id limit $5"
        ),
    };
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(place).bind(end(text)).bind(after).bind(limit)
        .fetch_all(c).await)?)
}

/// The same by user name, but for those whose name begins with the other text.
pub async fn list_by_username(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    (text, name): (&str, &str),
    (place, after): (&str, ContactId),
    limit: i64,
) -> StoreResult<Vec<RecordRow>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => records!(
            "lower(k.username) >= lower($2) and lower(k.username) < lower($3)
             and (lower(k.username), k.id) > (lower($2), $4)
             and not (k.name is not null and lower(k.name) >= lower($6) and lower(k.name) < lower($7))
             order by lower(k.username), k.id limit $5"
        ),
        Dialect::Postgres => records!(
            "lower(k.username) collate \"C\" < lower($3) and (lower(k.username) collate \"C\", k.id) > (lower($2), $4)
             and not (k.name is not null and lower(k.name) collate \"C\" >= lower($6)
               and lower(k.name) collate \"C\" < lower($7))
             order by lower(k.username) collate \"C\", k.id limit $5"
        ),
    };
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(place).bind(end(text)).bind(after).bind(limit)
        .bind(name).bind(end(name)).fetch_all(c).await)?)
}

/// Contacts with a number from `low` up to, and not with, `high` (digits), in the order of the numbers behind one of them (or none).
pub async fn list_by_number(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    (low, high): (&str, &str),
    after: &str,
    limit: i64,
) -> StoreResult<Vec<RecordRow>> {
    let sql =
        "select k.id, k.name, k.named, k.username, k.phone, k.consent, k.consent_at, k.consent_source, k.consent_proof,
               k.blocked_at, k.created_at
               from identities n join contacts k on k.workspace_id = n.workspace_id and k.id = n.contact_id
               where n.workspace_id = $1 and n.kind = 'wa_id' and n.scope = '' and n.value >= $2 and n.value < $3
               and n.value > $4 order by n.value limit $5";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(low).bind(high).bind(after).bind(limit)
        .fetch_all(c).await)?)
}

/// How contacts are known, for those of whom nothing else is: kind and value of each.
pub async fn list_identities_of(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    ids: &[ContactId],
) -> StoreResult<Vec<(ContactId, String, String)>> {
    let mut found = Vec::new();
    for portion in portions(ids) {
        let mut rows = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("select n.contact_id, n.kind, n.value from identities n where n.workspace_id = ");
            sql.push_bind(workspace_id).push(" and n.contact_id in (");
            let mut list = sql.separated(", ");
            for id in portion {
                list.push_bind(*id);
            }
            sql.push(") order by n.created_at, n.kind, n.value");
            sql.build_query_as().fetch_all(c).await
        })?;
        found.append(&mut rows);
    }
    Ok(found)
}

/// How a contact is known: kind, value, and since when.
pub async fn list_identities(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
) -> StoreResult<Vec<(String, String, Millis)>> {
    let sql = "select kind, value, created_at from identities where workspace_id = $1 and contact_id = $2
               order by created_at, kind, value limit 100";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_all(c).await)?)
}

#[derive(Clone, Debug, FromRow)]
pub struct ConversationOfContact {
    pub id: ConversationId,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    #[sqlx(try_from = "String")]
    pub status: ConversationStatus,
    pub session_id: String,
    pub chatbot_name: Option<String>,
    pub last_message_at: Millis,
}

/// The conversations of a contact, newest first.
pub async fn list_conversations(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
    limit: i64,
) -> StoreResult<Vec<ConversationOfContact>> {
    let sql =
        "select v.id, v.channel, v.status, v.session_id, b.name as chatbot_name, v.last_message_at from conversations v
               left join chatbots b on b.workspace_id = v.workspace_id and b.id = v.chatbot_id
               where v.workspace_id = $1 and v.contact_id = $2 order by v.last_message_at desc, v.id desc limit $3";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).bind(limit).fetch_all(c).await)?)
}

/// Gives a contact a name, or takes it back: then the channel's name comes with their next message. Whether that changed it.
pub async fn rename(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
    name: Option<&str>,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update contacts set name = $3, named = $4, updated_at = $5 where workspace_id = $1 and id = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(name).bind(name.is_some()).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// What a customer agreed to.
#[derive(Clone, Debug)]
pub struct NewConsent {
    pub consent: Consent,
    pub source: String,
    pub proof: String,
}

/// Writes what a contact agreed to; the time is that of the answer, and stays while the answer does. `false` when there is no such
/// contact.
pub async fn set_consent(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
    new: &NewConsent,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update contacts set consent = $3, consent_at = case when consent = $3 then consent_at else $4 end,
               consent_source = $5, consent_proof = $6, updated_at = $4 where workspace_id = $1 and id = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(new.consent.as_str()).bind(now)
        .bind(&new.source).bind(&new.proof).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Blocks or lets in again; whether that changed anything.
pub async fn set_blocked(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
    blocked: bool,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update contacts set blocked_at = case when $3 then $4 end, updated_at = $4
               where workspace_id = $1 and id = $2 and (blocked_at is not null) <> $3";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(blocked).bind(now).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Nobody waits in a conversation any more, neither for the bot nor for people.
pub async fn hush(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId) -> StoreResult<()> {
    let sql = "update conversations set answered_seq = inbound_seq, answer_lease = null, answer_lease_until = 0,
               waiting_since = null, unread = 0 where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// The values of a contact's custom fields, by the field's key.
pub async fn list_values(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ContactId,
) -> StoreResult<Vec<(String, String)>> {
    let sql = "select f.key, w.value from contact_values w
               join contact_fields f on f.workspace_id = w.workspace_id and f.id = w.field_id
               where w.workspace_id = $1 and w.contact_id = $2 order by f.created_at, f.id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_all(c).await)?)
}

/// The values of contacts: whose, the field's key, and the value.
pub async fn list_values_of(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    ids: &[ContactId],
) -> StoreResult<Vec<(ContactId, String, String)>> {
    let mut found = Vec::new();
    for portion in portions(ids) {
        let mut rows = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "select w.contact_id, f.key, w.value from contact_values w
                 join contact_fields f on f.workspace_id = w.workspace_id and f.id = w.field_id where w.workspace_id = ",
            );
            sql.push_bind(workspace_id).push(" and w.contact_id in (");
            let mut list = sql.separated(", ");
            for id in portion {
                list.push_bind(*id);
            }
            sql.push(")");
            sql.build_query_as().fetch_all(c).await
        })?;
        found.append(&mut rows);
    }
    Ok(found)
}

/// Sets the value of a field; an empty one is taken away.
pub async fn set_value(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    (id, field_id): (ContactId, ContactFieldId),
    value: &str,
) -> StoreResult<()> {
    let sql = if value.is_empty() {
        "delete from contact_values where workspace_id = $1 and contact_id = $2 and field_id = $3 and $4 = ''"
    } else {
        "insert into contact_values (workspace_id, contact_id, field_id, value) values ($1, $2, $3, $4)
         on conflict (workspace_id, contact_id, field_id) do update set value = excluded.value"
    };
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(field_id).bind(value).execute(c).await.map(drop))?;
    Ok(())
}
