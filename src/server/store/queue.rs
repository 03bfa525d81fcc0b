//! The outbound queue: messages in state `queued`, `sending` and `unknown`.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, StoreResult, on};
use crate::domain::{Millis, message::MessageState};

/// Integrations that may send and have something due.
pub async fn list_due_integrations(conn: &mut Conn, now: Millis, limit: i64) -> StoreResult<Vec<(Uuid, Uuid)>> {
    let sql = "select i.workspace_id, i.id from integrations i
               where i.active and i.error_reason is null and i.deleted_at is null and exists
               (select 1 from messages m where m.integration_id = i.id and m.state = 'queued' and m.next_attempt_at <= $1)
               order by i.id limit $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}

/// A message that is due and has nothing unsent before it in its conversation.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct DueMessage {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub conversation_id: Uuid,
}

/// What an integration may send now, oldest first: at most one message of each conversation.
pub async fn list_due(conn: &mut Conn, integration_id: Uuid, now: Millis, limit: i64) -> StoreResult<Vec<DueMessage>> {
    let sql = "select m.workspace_id, m.id, m.conversation_id from messages m
               where m.integration_id = $1 and m.state = 'queued' and m.next_attempt_at <= $2
               and not exists (select 1 from messages e where e.conversation_id = m.conversation_id and e.seq < m.seq
                 and (e.state in ('queued', 'sending') or (e.state = 'unknown' and e.next_attempt_at > $2)))
               order by m.next_attempt_at, m.id limit $3";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(integration_id).bind(now).bind(limit).fetch_all(c).await)?)
}

/// A message taken for sending, with whom it goes to.
#[derive(Clone, Debug, FromRow)]
pub struct Claimed {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub body: String,
    pub attempts: i64,
    pub seq: i64,
    /// The recipient's phone number in WhatsApp's spelling.
    pub wa_id: Option<String>,
    /// The recipient's business-scoped user id.
    pub user_id: Option<String>,
}

/// Takes a message for sending; none when it is no longer due or the bot may no longer speak.
///
/// The mode is checked here again: a person outranks the bot until the last moment.
pub async fn claim(
    conn: &mut Conn,
    due: DueMessage,
    lease: Uuid,
    now: Millis,
    lease_until: Millis,
) -> StoreResult<Option<Claimed>> {
    let sql =
        "update messages set state = 'sending', lease = $3, lease_until = $5, attempts = attempts + 1, updated_at = $4
               where workspace_id = $1 and id = $2 and state = 'queued' and next_attempt_at <= $4
               and (author <> 'bot' or exists (select 1 from conversations v where v.workspace_id = $1
                    and v.id = messages.conversation_id and v.mode = 'bot'))";
    let taken = on!(&mut *conn, c => sqlx::query(sql).bind(due.workspace_id).bind(due.id).bind(lease).bind(now)
        .bind(lease_until).execute(c).await.map(|r| r.rows_affected()))?;
    if taken == 0 {
        return Ok(None);
    }
    let attempt = "insert into attempts (workspace_id, id, message_id, started_at) values ($1, $2, $3, $4)";
    on!(&mut *conn, c => sqlx::query(attempt).bind(due.workspace_id).bind(lease).bind(due.id).bind(now)
        .execute(c).await.map(drop))?;
    let view = "select m.workspace_id, m.id, m.conversation_id, m.body, m.attempts, m.seq,
                (select max(n.value) from identities n where n.workspace_id = v.workspace_id and n.contact_id = v.contact_id
                 and n.kind = 'wa_id') as wa_id,
                (select max(n.value) from identities n where n.workspace_id = v.workspace_id and n.contact_id = v.contact_id
                 and n.kind = 'user_id') as user_id
                from messages m join conversations v on v.workspace_id = m.workspace_id and v.id = m.conversation_id
                where m.workspace_id = $1 and m.id = $2";
    Ok(on!(conn, c => sqlx::query_as(view).bind(due.workspace_id).bind(due.id).fetch_optional(c).await)?)
}

/// How a try ended.
#[derive(Clone, Debug)]
pub struct Ending {
    pub state: MessageState,
    /// The wamid, when the channel took it.
    pub external_message_id: Option<String>,
    /// When it is tried again (`queued`), or until when its fate may yet show (`unknown`).
    pub next_attempt_at: Millis,
    pub http_status: Option<i64>,
    pub error_code: Option<i64>,
    pub error: Option<String>,
    pub trace_id: Option<String>,
    /// Whether the try counts: a stopped channel does not use tries up.
    pub counts: bool,
}

/// Writes down how a try ended. `false` when a status report or another worker has settled the message meanwhile:
/// then only the message's id is added.
pub async fn finish(
    conn: &mut Conn,
    workspace_id: Uuid,
    id: Uuid,
    lease: Uuid,
    e: &Ending,
    now: Millis,
) -> StoreResult<bool> {
    let attempt = "update attempts set finished_at = $3, outcome = $4, http_status = $5, error_code = $6, trace_id = $7
                   where workspace_id = $1 and id = $2";
    on!(&mut *conn, c => sqlx::query(attempt).bind(workspace_id).bind(lease).bind(now).bind(e.state.as_str())
        .bind(e.http_status).bind(e.error_code).bind(&e.trace_id).execute(c).await.map(drop))?;
    let sql = "update messages set state = $4, external_message_id = coalesce($5, external_message_id),
               next_attempt_at = $6, error_code = $7, error = $8, lease = null, lease_until = 0, updated_at = $9,
               attempts = case when $10 then attempts else attempts - 1 end
               where workspace_id = $1 and id = $2 and lease = $3 and state in ('sending', 'unknown')";
    let rows = on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(lease).bind(e.state.as_str())
        .bind(&e.external_message_id).bind(e.next_attempt_at).bind(e.error_code).bind(&e.error).bind(now)
        .bind(e.counts).execute(c).await.map(|r| r.rows_affected()))?;
    if rows == 0 && e.external_message_id.is_some() {
        let sql = "update messages set external_message_id = coalesce(external_message_id, $3) where workspace_id = $1 and id = $2";
        on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&e.external_message_id)
            .execute(c).await.map(drop))?;
    }
    Ok(rows > 0)
}

/// A message whose try nobody has brought to an end.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct CutOff {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub seq: i64,
}

/// Marks sends whose lease ran out as `unknown`: they may have gone out. The lease stays, so that a late end still counts.
pub async fn expire(conn: &mut Conn, now: Millis, grace_until: Millis) -> StoreResult<Vec<CutOff>> {
    let sql = "update messages set state = 'unknown', next_attempt_at = $2, updated_at = $1
               where state = 'sending' and lease_until <= $1 returning workspace_id, id, conversation_id, seq";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(now).bind(grace_until).fetch_all(c).await)?)
}

/// Ends the leases of a dead process. For a database that only this process uses.
pub async fn expire_all(conn: &mut Conn) -> StoreResult<()> {
    let sql = "update messages set lease_until = 0 where state = 'sending'";
    on!(conn, c => sqlx::query(sql).execute(c).await.map(drop))?;
    Ok(())
}

/// Withdraws what the bot has queued in a conversation; the number withdrawn.
pub async fn cancel_bot(conn: &mut Conn, workspace_id: Uuid, conversation_id: Uuid, now: Millis) -> StoreResult<u64> {
    let sql = "update messages set state = 'cancelled', updated_at = $3
               where workspace_id = $1 and conversation_id = $2 and author = 'bot' and state = 'queued'";
    Ok(on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?)
}

/// Withdraws a bot's message that came back into the queue while a person had taken over: it would never go out and hold
/// up everything behind it.
pub async fn cancel_if_silenced(conn: &mut Conn, workspace_id: Uuid, id: Uuid, now: Millis) -> StoreResult<bool> {
    let sql = "update messages set state = 'cancelled', updated_at = $3
               where workspace_id = $1 and id = $2 and state = 'queued' and author = 'bot' and exists
               (select 1 from conversations v where v.workspace_id = $1 and v.id = messages.conversation_id and v.mode <> 'bot')";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Withdraws all that an integration has queued.
pub async fn cancel_integration(
    conn: &mut Conn,
    workspace_id: Uuid,
    integration_id: Uuid,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update messages set state = 'cancelled', updated_at = $3
               where workspace_id = $1 and integration_id = $2 and state = 'queued'";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Until when the outbound queue may wait, at the longest.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// A message that was never tried.
    pub first: Millis,
    /// One that failed before.
    pub retry: Millis,
    /// A send under way.
    pub send_lease: Millis,
    /// A message whose fate may yet show.
    pub grace: Millis,
}

/// After the clock was set back: nothing waits for a moment that lies further ahead than it can have been meant.
pub async fn shorten_waits(conn: &mut Conn, waits: &Waits) -> StoreResult<()> {
    let sql = "update messages set
               lease_until = case when state = 'sending' and lease_until > $3 then $3 else lease_until end,
               next_attempt_at = case when state = 'queued' and attempts = 0 and next_attempt_at > $1 then $1
                 when state = 'queued' and next_attempt_at > $2 then $2
                 when state = 'unknown' and next_attempt_at > $4 then $4
                 else next_attempt_at end
               where state in ('queued', 'sending', 'unknown') and (next_attempt_at > $1 or lease_until > $1)";
    on!(conn, c => sqlx::query(sql).bind(waits.first).bind(waits.retry).bind(waits.send_lease).bind(waits.grace)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// How many wait to be sent, and how many are under way.
pub async fn backlog(conn: &mut Conn) -> StoreResult<(i64, i64)> {
    let sql = "select (select count(*) from messages where state = 'queued'), (select count(*) from messages where state = 'sending')";
    Ok(on!(conn, c => sqlx::query_as(sql).fetch_one(c).await)?)
}

/// Lets a queued message wait longer.
pub async fn postpone(conn: &mut Conn, due: DueMessage, until: Millis) -> StoreResult<()> {
    let sql = "update messages set next_attempt_at = $3 where workspace_id = $1 and id = $2 and state = 'queued'";
    on!(conn, c => sqlx::query(sql).bind(due.workspace_id).bind(due.id).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// Whether a send's lease has run out.
pub async fn has_expired(conn: &mut Conn, now: Millis) -> StoreResult<bool> {
    let sql = "select 1 from messages where state = 'sending' and lease_until <= $1 limit 1";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}
