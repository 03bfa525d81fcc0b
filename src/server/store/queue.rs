//! The outbound queue: messages in state `queued`, `sending` and `unknown`.

use std::collections::{HashMap, HashSet};

use sqlx::{FromRow, QueryBuilder};

use super::{
    Conn, StoreResult,
    attempt::{self, Attempt},
    channels::provided_channels,
    many::portions,
    on,
};
use crate::domain::{
    Millis,
    ids::{ConversationId, IntegrationId, LeaseId, MessageId, WorkspaceId},
    message::MessageState,
};

mod class;
mod withdrawal;

pub use self::class::SendClass;
pub use self::withdrawal::{cancel_bot, cancel_conversation, cancel_if_barred, cancel_integration};

/// The classes of which something may be queued, due or not; none when nothing is.
pub async fn waiting(conn: &mut Conn) -> StoreResult<&'static [SendClass]> {
    // In the order of the queue's index. Without one, PostgreSQL may look for the first row in the table itself, which it
    // takes for quicker while many are queued; and reads all of it when none is.
    let sql = "select (select 1 from messages where state = 'queued' order by integration_id, class, next_attempt_at, id limit 1),
               (select 1 from messages where state = 'queued' and class > 0 order by class limit 1)";
    let found: (Option<i32>, Option<i32>) = on!(conn, c => sqlx::query_as(sql).fetch_one(c).await)?;
    Ok(match found {
        (None, _) => &[],
        (Some(_), None) => &[SendClass::Answer],
        (Some(_), Some(_)) => &SendClass::ALL,
    })
}

/// Integrations that may send and have something of a class due, in a circle that begins behind `after`.
pub async fn list_due_integrations(
    conn: &mut Conn,
    class: SendClass,
    after: IntegrationId,
    now: Millis,
    limit: i64,
) -> StoreResult<Vec<IntegrationId>> {
    let sql = concat!(
        "select id from (select i.id from integrations i where i.id > $1
                 and i.active and i.error_reason is null and i.deleted_at is null and i.channel <> 'web' and i.channel in ",
        provided_channels!(),
        " and i.provider in ('cloud', 'sandbox') and exists
                 (select 1 from messages m where m.integration_id = i.id and m.state = 'queued' and m.class = $4
                  and m.next_attempt_at <= $2)
                 order by i.id limit $3) as behind
               union all
               select id from (select i.id from integrations i where i.id <= $1
                 and i.active and i.error_reason is null and i.deleted_at is null and i.channel <> 'web' and i.channel in ",
        provided_channels!(),
        " and i.provider in ('cloud', 'sandbox') and exists
                 (select 1 from messages m where m.integration_id = i.id and m.state = 'queued' and m.class = $4
                  and m.next_attempt_at <= $2)
                 order by i.id limit $3) as before
               limit $3"
    );
    let mut ids: Vec<IntegrationId> = on!(conn, c => sqlx::query_scalar(sql).bind(after).bind(now).bind(limit).bind(class.rank()).fetch_all(c).await)?;
    ids.sort_by_key(|id| (*id <= after, *id));
    Ok(ids)
}

/// A message that is due and has nothing unsent before it in its conversation.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct DueMessage {
    pub workspace_id: WorkspaceId,
    pub id: MessageId,
    pub conversation_id: ConversationId,
}

/// What integrations may send now of a class, oldest first: at most one message of each conversation, and up to the given
/// number of each integration.
pub async fn list_due(
    conn: &mut Conn,
    class: SendClass,
    limits: &[(IntegrationId, i64)],
    now: Millis,
) -> StoreResult<Vec<(IntegrationId, DueMessage)>> {
    let mut due = Vec::new();
    for portion in portions(limits) {
        let rows: Vec<DueRow> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("");
            for (at, (integration_id, limit)) in portion.iter().enumerate() {
                sql.push(if at == 0 { "select * from (" } else { " union all select * from (" });
                sql.push("select m.integration_id, m.workspace_id, m.id, m.conversation_id from messages m
                          where m.state = 'queued' and m.integration_id = ");
                sql.push_bind(*integration_id);
                sql.push(" and m.class = ");
                sql.push_bind(class.rank());
                sql.push(" and m.next_attempt_at <= ");
                sql.push_bind(now);
                // The list of states is that of the index over what holds others up; without it all messages are looked at.
                sql.push(" and not exists (select 1 from messages e where e.conversation_id = m.conversation_id and e.seq < m.seq
                          and e.state in ('queued', 'sending', 'unknown') and (e.state <> 'unknown' or e.next_attempt_at > ");
                sql.push_bind(now);
                sql.push(") and (e.state <> 'queued' or e.class <= ");
                sql.push_bind(class.rank());
                sql.push(")) order by m.next_attempt_at, m.id limit ");
                sql.push_bind(*limit);
                sql.push(") as due");
            }
            sql.build_query_as().fetch_all(c).await
        })?;
        due.extend(rows.into_iter().map(|row| (row.integration_id, row.due)));
    }
    Ok(due)
}

#[derive(FromRow)]
struct DueRow {
    integration_id: IntegrationId,
    #[sqlx(flatten)]
    due: DueMessage,
}

/// A request to claim a message for sending.
#[derive(Clone, Copy, Debug)]
pub struct ClaimRequest {
    pub due: DueMessage,
    /// The attempt's id.
    pub lease: LeaseId,
    pub now: Millis,
    pub lease_until: Millis,
}

/// Claims messages for sending and returns, in their order, each one's attempt number; none for those that are no longer due
/// or that the bot may no longer send.
///
/// Mode and block are checked here again: a person outranks the bot until the last moment. What the bot said before it handed the
/// conversation over itself is still sent.
pub async fn claim_many(conn: &mut Conn, requests: &[ClaimRequest]) -> StoreResult<Vec<Option<i64>>> {
    let mut taken: HashMap<MessageId, i64> = HashMap::with_capacity(requests.len());
    for portion in portions(requests) {
        let rows: Vec<(MessageId, i64)> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update messages set state = 'sending', lease = v.column3, lease_until = v.column5, attempts = attempts + 1,
                 updated_at = v.column4 from (",
            );
            sql.push_values(portion, |mut row, t| {
                row.push_bind(t.due.workspace_id).push_bind(t.due.id).push_bind(t.lease).push_bind(t.now)
                    .push_bind(t.lease_until);
            });
            sql.push(") as v where messages.workspace_id = v.column1 and messages.id = v.column2
                      and state = 'queued' and next_attempt_at <= v.column4
                      and (author <> 'bot' or exists (select 1 from conversations c where c.workspace_id = v.column1
                           and c.id = messages.conversation_id and (c.mode = 'bot' or messages.seq <= c.parting_seq)
                           and c.thread_owner <> 'other'
                           and not exists (select 1 from contacts k where k.workspace_id = v.column1
                             and k.id = c.contact_id and k.blocked_at is not null)))
                      returning id, attempts");
            sql.build_query_as().fetch_all(c).await
        })?;
        taken.extend(rows);
    }
    Ok(requests.iter().map(|t| taken.get(&t.due.id).copied()).collect())
}

/// A send that the channel accepted.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub workspace_id: WorkspaceId,
    pub id: MessageId,
    pub lease: LeaseId,
    pub external_message_id: String,
    pub started_at: Millis,
    pub now: Millis,
}

impl Accepted {
    fn attempt(&self) -> Attempt {
        Attempt {
            workspace_id: self.workspace_id,
            id: self.lease,
            message_id: self.id,
            started_at: self.started_at,
            finished_at: self.now,
            outcome: MessageState::Accepted.as_str(),
            http_status: Some(200),
            error_code: None,
            trace_id: None,
        }
    }
}

/// Stores that the channel accepted messages. One that a status report or another worker had settled before keeps its
/// state and gets the channel's id.
pub async fn accept_many(conn: &mut Conn, accepted: &[Accepted]) -> StoreResult<()> {
    attempt::insert_many(conn, &accepted.iter().map(Accepted::attempt).collect::<Vec<_>>()).await?;
    let mut settled: HashSet<MessageId> = HashSet::new();
    for portion in portions(accepted) {
        let rows: Vec<MessageId> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update messages set state = 'accepted', external_message_id = v.column4, next_attempt_at = v.column5,
                 error_code = null, error = null, lease = null, lease_until = 0, updated_at = v.column5 from (",
            );
            sql.push_values(portion, |mut row, a| {
                row.push_bind(a.workspace_id).push_bind(a.id).push_bind(a.lease).push_bind(&a.external_message_id)
                    .push_bind(a.now);
            });
            sql.push(") as v where messages.workspace_id = v.column1 and messages.id = v.column2
                      and lease = v.column3 and state in ('sending', 'unknown') returning id");
            sql.build_query_scalar().fetch_all(c).await
        })?;
        settled.extend(rows);
    }
    for late in accepted.iter().filter(|a| !settled.contains(&a.id)) {
        name_external(conn, late.workspace_id, late.id, &late.external_message_id).await?;
    }
    Ok(())
}

/// Adds the channel's id to a message that was settled without it.
async fn name_external(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: MessageId,
    external_id: &str,
) -> StoreResult<()> {
    let sql = "update messages set external_message_id = coalesce(external_message_id, $3) where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(external_id).execute(c).await.map(drop))?;
    Ok(())
}

/// The result of a send.
#[derive(Clone, Debug)]
pub struct SendResult {
    pub state: MessageState,
    /// The channel's id, when it was accepted.
    pub external_message_id: Option<String>,
    /// When it is tried again (`queued`), or until when its fate may yet show (`unknown`).
    pub next_attempt_at: Millis,
    pub http_status: Option<i64>,
    pub error_code: Option<i64>,
    pub error: Option<String>,
    pub trace_id: Option<String>,
    /// Whether the attempt counts: a stopped channel uses up no attempts.
    pub counts: bool,
}

/// An attempt whose result is to be stored.
#[derive(Clone, Copy, Debug)]
pub struct OpenAttempt {
    pub workspace_id: WorkspaceId,
    /// The message.
    pub id: MessageId,
    pub lease: LeaseId,
    pub started_at: Millis,
}

/// Stores the result of an attempt. `false` when a status report or another worker has settled the message meanwhile:
/// then only the message's id is added.
pub async fn finish(conn: &mut Conn, t: &OpenAttempt, e: &SendResult, now: Millis) -> StoreResult<bool> {
    let OpenAttempt { workspace_id, id, lease, started_at } = *t;
    let attempt = Attempt {
        workspace_id,
        id: lease,
        message_id: id,
        started_at,
        finished_at: now,
        outcome: e.state.as_str(),
        http_status: e.http_status,
        error_code: e.error_code,
        trace_id: e.trace_id.clone(),
    };
    attempt::insert_many(conn, &[attempt]).await?;
    let sql = "update messages set state = $4, external_message_id = coalesce($5, external_message_id),
               next_attempt_at = $6, error_code = $7, error = $8, lease = null, lease_until = 0, updated_at = $9,
               attempts = case when $10 then attempts else attempts - 1 end
               where workspace_id = $1 and id = $2 and lease = $3 and state in ('sending', 'unknown')";
    let rows = on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(lease).bind(e.state.as_str())
        .bind(&e.external_message_id).bind(e.next_attempt_at).bind(e.error_code).bind(&e.error).bind(now)
        .bind(e.counts).execute(c).await.map(|r| r.rows_affected()))?;
    if let (0, Some(external_id)) = (rows, &e.external_message_id) {
        name_external(conn, workspace_id, id, external_id).await?;
    }
    Ok(rows > 0)
}

/// A message whose attempt has no result.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct CutOff {
    pub workspace_id: WorkspaceId,
    pub id: MessageId,
    pub conversation_id: ConversationId,
}

/// Marks sends whose lease ran out as `unknown`: they may have gone out. The lease stays, so that a late end still counts.
pub async fn expire(conn: &mut Conn, now: Millis, grace_until: Millis) -> StoreResult<Vec<CutOff>> {
    attempt::insert_cut_off(conn, now).await?;
    let sql = "update messages set state = 'unknown', next_attempt_at = $2, updated_at = $1
               where state = 'sending' and lease_until <= $1 returning workspace_id, id, conversation_id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(now).bind(grace_until).fetch_all(c).await)?)
}

/// Puts a message back into the queue that was marked as `sending` while nothing was sent for it. `false` when it is not
/// marked with that lease.
pub async fn put_back(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: MessageId,
    lease: LeaseId,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update messages set state = 'queued', lease = null, lease_until = 0, attempts = attempts - 1,
               next_attempt_at = $4, updated_at = $4
               where workspace_id = $1 and id = $2 and lease = $3 and state in ('sending', 'unknown')";
    let rows = on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(lease).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    if rows > 0 {
        attempt::forget(conn, workspace_id, id, lease).await?;
    }
    Ok(rows > 0)
}

/// Ends the leases of a dead process. For a database that only this process uses.
pub async fn expire_all(conn: &mut Conn) -> StoreResult<()> {
    let sql = "update messages set lease_until = 0 where state = 'sending'";
    on!(conn, c => sqlx::query(sql).execute(c).await.map(drop))?;
    Ok(())
}

/// Until when the outbound queue may wait, at the longest.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// A message that was never tried.
    pub first: Millis,
    /// One that failed before.
    pub retry: Millis,
    /// A send in progress.
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

/// How many wait to be sent, and how many are in progress.
pub async fn backlog(conn: &mut Conn) -> StoreResult<(i64, i64)> {
    let sql = "select (select count(*) from messages where state = 'queued'), (select count(*) from messages where state = 'sending')";
    Ok(on!(conn, c => sqlx::query_as(sql).fetch_one(c).await)?)
}

/// Fails a queued message when the customer's window has closed before it could be sent. Returns whether it did.
pub async fn fail_if_window_closed(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: MessageId,
    opened_before: Millis,
    reason: &str,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update messages set state = 'failed', error = $4, updated_at = $5
               where workspace_id = $1 and id = $2 and state = 'queued' and $3 >= coalesce(
                 (select o.last_inbound_at from conversations o where o.workspace_id = $1
                  and o.id = messages.conversation_id), created_at)";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(opened_before).bind(reason).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Makes what an integration has queued due, if it waits for this reason.
pub async fn hasten(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    reason: &str,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update messages set next_attempt_at = $4
               where workspace_id = $1 and integration_id = $2 and state = 'queued' and next_attempt_at > $4 and error = $3";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(reason).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
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
