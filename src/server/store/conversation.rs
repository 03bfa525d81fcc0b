//! Conversations: the inbox, and the queue of what waits for an answer.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, Engine, StoreResult, on};
use crate::domain::{
    Millis,
    channel::Channel,
    conversation::{ConversationStatus, Mode},
    message::{Author, MessageState},
};

/// Where a conversation belongs.
#[derive(Clone, Debug)]
pub struct Place {
    pub workspace_id: Uuid,
    pub chatbot_id: Uuid,
    /// None on the website.
    pub integration_id: Option<Uuid>,
    pub contact_id: Uuid,
    pub channel: Channel,
    /// Phone, else BSUID, else visitor id. Re-keyed when it changes.
    pub session_id: String,
}

/// The conversation of a contact at a place, made when there is none.
pub async fn resolve(conn: &mut Conn, place: &Place, new_id: Uuid, now: Millis) -> StoreResult<Uuid> {
    let find = match place.integration_id {
        Some(_) => {
            "select id, session_id from conversations where workspace_id = $1 and integration_id = $2 and contact_id = $3"
        }
        None => {
            "select id, session_id from conversations where workspace_id = $1 and chatbot_id = $2 and contact_id = $3
             and integration_id is null and channel = 'web'"
        }
    };
    let at = place.integration_id.unwrap_or(place.chatbot_id);
    let found: Option<(Uuid, String)> = on!(conn, c => sqlx::query_as(find).bind(place.workspace_id).bind(at)
        .bind(place.contact_id).fetch_optional(c).await)?;
    if let Some((id, session_id)) = found {
        if session_id != place.session_id {
            let sql = "update conversations set session_id = $3 where workspace_id = $1 and id = $2";
            on!(conn, c => sqlx::query(sql).bind(place.workspace_id).bind(id).bind(&place.session_id)
                .execute(c).await.map(drop))?;
        }
        return Ok(id);
    }
    let sql =
        "insert into conversations (workspace_id, id, chatbot_id, integration_id, contact_id, channel, session_id,
               mode, status, last_message_at, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $6, $7, 'bot', 'open', $8, $8, $8)";
    on!(conn, c => sqlx::query(sql).bind(place.workspace_id).bind(new_id).bind(place.chatbot_id).bind(place.integration_id)
        .bind(place.contact_id).bind(place.channel.as_str()).bind(&place.session_id).bind(now)
        .execute(c).await.map(drop))?;
    Ok(new_id)
}

/// Finds the web conversation of a visitor.
pub async fn find_web(
    conn: &mut Conn,
    workspace_id: Uuid,
    chatbot_id: Uuid,
    visitor_id: &str,
) -> StoreResult<Option<Uuid>> {
    let sql = "select v.id from conversations v join identities n on n.workspace_id = v.workspace_id and n.contact_id = v.contact_id
               where v.workspace_id = $1 and v.chatbot_id = $2 and v.channel = 'web'
               and n.kind = 'visitor_id' and n.scope = '' and n.value = $3";
    Ok(
        on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(chatbot_id).bind(visitor_id).fetch_optional(c).await)?,
    )
}

/// What an inbound message changes about its conversation.
pub struct Arrival<'a> {
    pub preview: &'a str,
    /// Whether the chatbot answers it.
    pub answerable: bool,
    /// When the bot may answer: after the burst has paused.
    pub answer_due_at: Millis,
    /// The customer's time of the message.
    pub at: Millis,
}

/// Gives an inbound message its place and counts it.
pub async fn arrive(conn: &mut Conn, workspace_id: Uuid, id: Uuid, a: &Arrival<'_>, now: Millis) -> StoreResult<i64> {
    let sql = "update conversations set last_seq = last_seq + 1,
               inbound_seq = case when $3 then last_seq + 1 else inbound_seq end,
               answer_due_at = case when $3 then $4 else answer_due_at end,
               unread = unread + 1, preview = $5, preview_author = 'contact', preview_state = 'received',
               status = case when status = 'open' then status else 'open' end,
               last_message_at = $6, updated_at = $6,
               last_inbound_at = case when last_inbound_at is null or last_inbound_at < $7 then $7 else last_inbound_at end
               where workspace_id = $1 and id = $2 returning last_seq";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(a.answerable).bind(a.answer_due_at)
        .bind(a.preview).bind(now).bind(a.at).fetch_one(c).await)?)
}

/// Gives an outbound message or an activity line its place.
pub async fn append(
    conn: &mut Conn,
    workspace_id: Uuid,
    id: Uuid,
    preview: &str,
    author: Author,
    state: MessageState,
    now: Millis,
) -> StoreResult<i64> {
    let sql = "update conversations set last_seq = last_seq + 1, preview = $3, preview_author = $4, preview_state = $5,
               last_message_at = $6, updated_at = $6 where workspace_id = $1 and id = $2 returning last_seq";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(preview).bind(author.as_str())
        .bind(state.as_str()).bind(now).fetch_one(c).await)?)
}

/// Shows the new state of the last message in the inbox.
pub async fn set_preview_state(
    conn: &mut Conn,
    workspace_id: Uuid,
    id: Uuid,
    seq: i64,
    state: MessageState,
) -> StoreResult<()> {
    let sql = "update conversations set preview_state = $4 where workspace_id = $1 and id = $2 and last_seq = $3";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(seq).bind(state.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// A conversation that waits for its chatbot.
#[derive(Clone, Debug, FromRow)]
pub struct Unanswered {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub chatbot_id: Uuid,
    pub integration_id: Option<Uuid>,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub inbound_seq: i64,
    pub answered_seq: i64,
    pub greeted: bool,
    pub answer_failures: i64,
}

/// Takes conversations whose burst has paused, for a while.
pub async fn claim_unanswered(
    conn: &mut Conn,
    lease: Uuid,
    now: Millis,
    lease_until: Millis,
    limit: i64,
) -> StoreResult<Vec<Unanswered>> {
    let sql = match conn.engine() {
        Engine::Sqlite => {
            "update conversations set answer_lease = $1, answer_lease_until = $3
             where (workspace_id, id) in (select workspace_id, id from conversations
               where mode = 'bot' and inbound_seq > answered_seq and answer_due_at <= $2 and answer_lease_until <= $2
               order by answer_due_at limit $4)
             returning workspace_id, id, chatbot_id, integration_id, channel, inbound_seq, answered_seq, greeted, answer_failures"
        }
        Engine::Postgres => {
            "update conversations set answer_lease = $1, answer_lease_until = $3
             where (workspace_id, id) in (select workspace_id, id from conversations
               where mode = 'bot' and inbound_seq > answered_seq and answer_due_at <= $2 and answer_lease_until <= $2
               order by answer_due_at limit $4 for update skip locked)
             returning workspace_id, id, chatbot_id, integration_id, channel, inbound_seq, answered_seq, greeted, answer_failures"
        }
    };
    Ok(on!(conn, c => sqlx::query_as(sql).bind(lease).bind(now).bind(lease_until).bind(limit).fetch_all(c).await)?)
}

/// Marks messages up to `seq` as answered, if the bot may still answer and nobody else has: `false` when not.
///
/// The check of mode, place and lease is the take-over promise: it happens in the transaction that queues the answer.
pub async fn finish_answer(conn: &mut Conn, turn: &Unanswered, lease: Uuid, seq: i64) -> StoreResult<bool> {
    let sql = "update conversations set answered_seq = $4, answer_lease = null, answer_lease_until = 0, answer_failures = 0,
               greeted = true where workspace_id = $1 and id = $2 and mode = 'bot' and answered_seq = $3 and answer_lease = $5";
    let rows = on!(conn, c => sqlx::query(sql).bind(turn.workspace_id).bind(turn.id).bind(turn.answered_seq).bind(seq)
        .bind(lease).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows == 1)
}

/// Gives a claimed conversation back, to be tried again later.
pub async fn postpone_answer(conn: &mut Conn, turn: &Unanswered, lease: Uuid, due_at: Millis) -> StoreResult<()> {
    let sql = "update conversations set answer_lease = null, answer_lease_until = 0, answer_due_at = $4,
               answer_failures = answer_failures + 1 where workspace_id = $1 and id = $2 and answer_lease = $3";
    on!(conn, c => sqlx::query(sql).bind(turn.workspace_id).bind(turn.id).bind(lease).bind(due_at)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Frees what a dead process held. For a database that only this process uses.
pub async fn release_all_answers(conn: &mut Conn) -> StoreResult<()> {
    let sql = "update conversations set answer_lease = null, answer_lease_until = 0 where answer_lease is not null";
    on!(conn, c => sqlx::query(sql).execute(c).await.map(drop))?;
    Ok(())
}

/// After the clock was set back: nothing is due later, and no lease lies further ahead, than for a message of now.
pub async fn shorten_waits(conn: &mut Conn, due_at: Millis, lease_until: Millis) -> StoreResult<()> {
    for (sql, until) in [
        (
            "update conversations set answer_due_at = $1
          where mode = 'bot' and inbound_seq > answered_seq and answer_due_at > $1",
            due_at,
        ),
        (
            "update conversations set answer_lease_until = $1
          where mode = 'bot' and inbound_seq > answered_seq and answer_lease_until > $1",
            lease_until,
        ),
    ] {
        on!(&mut *conn, c => sqlx::query(sql).bind(until).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// When the next answer is due: the time to wake up at.
pub async fn next_answer_due(conn: &mut Conn) -> StoreResult<Option<Millis>> {
    let sql = "select min(answer_due_at) from conversations where mode = 'bot' and inbound_seq > answered_seq and answer_lease is null";
    Ok(on!(conn, c => sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// Whether a claim of a dead worker has run out.
pub async fn has_expired_answers(conn: &mut Conn, now: Millis) -> StoreResult<bool> {
    let sql =
        "select 1 from conversations where mode = 'bot' and inbound_seq > answered_seq and answer_lease is not null
               and answer_lease_until <= $1 limit 1";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Gives an activity line its place, without touching what the inbox shows.
pub async fn next_seq(conn: &mut Conn, workspace_id: Uuid, id: Uuid, now: Millis) -> StoreResult<i64> {
    let sql = "update conversations set last_seq = last_seq + 1, updated_at = $3 where workspace_id = $1 and id = $2 returning last_seq";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(now).fetch_one(c).await)?)
}

/// Changes who answers; `false` when it was so already or there is no such conversation.
///
/// Whoever takes over or gives back has seen what is there: the bot does not answer it afterwards.
pub async fn set_mode(conn: &mut Conn, workspace_id: Uuid, id: Uuid, mode: Mode, now: Millis) -> StoreResult<bool> {
    let sql =
        "update conversations set mode = $3, answered_seq = inbound_seq, answer_lease = null, answer_lease_until = 0,
               updated_at = $4 where workspace_id = $1 and id = $2 and mode <> $3";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(mode.as_str()).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

pub async fn set_status(
    conn: &mut Conn,
    workspace_id: Uuid,
    id: Uuid,
    status: ConversationStatus,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update conversations set status = $3, updated_at = $4 where workspace_id = $1 and id = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(status.as_str()).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Forgets the unread count; `false` when there was none.
pub async fn mark_read(conn: &mut Conn, workspace_id: Uuid, id: Uuid) -> StoreResult<bool> {
    let sql = "update conversations set unread = 0 where workspace_id = $1 and id = $2 and unread > 0";
    let rows =
        on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

#[derive(Clone, Debug, FromRow)]
pub struct InboxRow {
    pub id: Uuid,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub contact_name: Option<String>,
    pub contact_phone: Option<String>,
    pub contact_username: Option<String>,
    #[sqlx(try_from = "String")]
    pub mode: Mode,
    #[sqlx(try_from = "String")]
    pub status: ConversationStatus,
    pub unread: i64,
    pub preview: String,
    #[sqlx(try_from = "String")]
    pub preview_author: Author,
    #[sqlx(try_from = "String")]
    pub preview_state: MessageState,
    pub last_message_at: Millis,
}

/// What to list; the place is that of the last row of the page before.
#[derive(Clone, Copy, Debug)]
pub struct InboxFilter {
    pub channel: Option<Channel>,
    pub status: Option<ConversationStatus>,
    pub before: (Millis, Uuid),
    pub limit: i64,
}

pub async fn list(conn: &mut Conn, workspace_id: Uuid, f: InboxFilter) -> StoreResult<Vec<InboxRow>> {
    let sql =
        "select v.id, v.channel, k.name as contact_name, k.phone as contact_phone, k.username as contact_username,
               v.mode, v.status, v.unread, v.preview, v.preview_author, v.preview_state, v.last_message_at
               from conversations v join contacts k on k.workspace_id = v.workspace_id and k.id = v.contact_id
               where v.workspace_id = $1 and (v.last_message_at, v.id) < ($2, $3) and v.last_seq > 0
               and ($4 = '' or v.channel = $4) and ($5 = '' or v.status = $5)
               order by v.last_message_at desc, v.id desc limit $6";
    let channel = f.channel.map_or("", Channel::as_str);
    let status = f.status.map_or("", ConversationStatus::as_str);
    Ok(
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(f.before.0).bind(f.before.1).bind(channel).bind(status)
        .bind(f.limit).fetch_all(c).await)?,
    )
}

#[derive(Clone, Debug, FromRow)]
pub struct ConversationRow {
    pub id: Uuid,
    pub chatbot_id: Uuid,
    pub integration_id: Option<Uuid>,
    pub contact_id: Uuid,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub session_id: String,
    #[sqlx(try_from = "String")]
    pub mode: Mode,
    #[sqlx(try_from = "String")]
    pub status: ConversationStatus,
    pub last_inbound_at: Option<Millis>,
    pub created_at: Millis,
}

pub async fn find(conn: &mut Conn, workspace_id: Uuid, id: Uuid) -> StoreResult<Option<ConversationRow>> {
    let sql = "select id, chatbot_id, integration_id, contact_id, channel, session_id, mode, status, last_inbound_at, created_at
               from conversations where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// Conversations of an integration, a chunk at a time, to be erased.
pub async fn ids_of_integration(
    conn: &mut Conn,
    workspace_id: Uuid,
    integration_id: Uuid,
    chunk: i64,
) -> StoreResult<Vec<Uuid>> {
    let sql = "select id from conversations where workspace_id = $1 and integration_id = $2 limit $3";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(integration_id).bind(chunk).fetch_all(c).await)?)
}

pub async fn delete(conn: &mut Conn, workspace_id: Uuid, id: Uuid) -> StoreResult<()> {
    let sql = "delete from conversations where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    Ok(())
}
