//! Customers who wait for a person.
//!
//! `waiting_since` is written by the transactions that write the conversation anyway: what arrives while people have it, a
//! take-over and a hand-over set it; what a person says, by whatever way, resolving and giving back clear it.

use sqlx::FromRow;

use crate::{
    domain::{
        Millis,
        channel::Channel,
        ids::{ConversationId, IntegrationId, MessageId, WorkspaceId},
    },
    server::store::{Conn, StoreResult, episode, on},
};

/// Whether the customer of a conversation is not blocked: nobody waits of those who are.
macro_rules! heard {
    () => {
        " not exists (select 1 from contacts k where k.workspace_id = conversations.workspace_id
            and k.id = conversations.contact_id and k.blocked_at is not null) "
    };
}
pub(super) use heard;

/// Has a customer ($2) wait again, since they spoke, and takes as answered only what went out.
macro_rules! make_wait {
    () => {
        "update conversations set
         waiting_since = coalesce(waiting_since, nullif(last_arrival_at, 0), last_inbound_at),
         answered_seq = coalesce((select max(m.seq) from messages m where m.workspace_id = $1 and m.conversation_id = $2
           and m.direction = 'outbound' and m.author <> 'system' and not m.silent
           and m.state not in ('failed', 'cancelled')), 0)"
    };
}

/// The most that are counted: more are as many as anybody needs to know.
pub const WAITING_MAX: i64 = 1000;

/// A customer who waits, as a notification names them.
#[derive(Clone, Debug, FromRow)]
pub struct WaitingRow {
    pub id: ConversationId,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub contact_name: Option<String>,
    pub contact_phone: Option<String>,
    pub contact_username: Option<String>,
    pub session_id: String,
    pub waiting_since: Millis,
}

/// How many wait in a workspace, at most [`WAITING_MAX`].
pub async fn count_waiting(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<i64> {
    let sql = "select count(*) from (select 1 from conversations where workspace_id = $1 and waiting_since is not null
               limit $2) as waiting";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(WAITING_MAX).fetch_one(c).await)?)
}

/// Those who began to wait last.
pub async fn list_newest_waiting(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    limit: i64,
) -> StoreResult<Vec<WaitingRow>> {
    let sql = "select v.id, v.channel, k.name as contact_name, k.phone as contact_phone, k.username as contact_username,
               v.session_id, v.waiting_since
               from conversations v join contacts k on k.workspace_id = v.workspace_id and k.id = v.contact_id
               where v.workspace_id = $1 and v.waiting_since is not null order by v.waiting_since desc, v.id desc limit $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(limit).fetch_all(c).await)?)
}

/// The bot's answer was withdrawn by a take-over: the customer waits for a person's, and what they said is unanswered.
pub async fn answer_withdrawn(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId) -> StoreResult<()> {
    let sql = concat!(make_wait!(), " where workspace_id = $1 and id = $2 and status = 'open' and ", heard!());
    on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    episode::taken_back(conn, (workspace_id, id)).await
}

/// A conversation was handed over to people: the customer waits for one. What led to it is dealt with, so the bot does not
/// come back to it; where the bot took its leave (`parting`) that is what it has answered.
pub async fn call_people(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    parting: bool,
    now: Millis,
) -> StoreResult<()> {
    let sql = concat!(
        "update conversations set waiting_since = case when ",
        heard!(),
        "then coalesce(waiting_since, $3) end, person_at = $3,
         answered_seq = case when $4 then answered_seq else inbound_seq end where workspace_id = $1 and id = $2"
    );
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now).bind(parting).execute(c).await.map(drop))?;
    Ok(())
}

/// Somebody answered the customer by another way than ours at that time: nobody waits, unless the customer has written since.
pub async fn answered_elsewhere(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    (at, now): (Millis, Millis),
) -> StoreResult<()> {
    let sql = "update conversations set person_at = $4,
               waiting_since = case when coalesce(last_inbound_at, 0) <= $3 then null else waiting_since end,
               answered_seq = case when coalesce(last_inbound_at, 0) <= $3 then inbound_seq else answered_seq end
               where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(at).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// What a person wrote did not go out: unless they said something else since, the customer waits as before, and what they
/// said is unanswered. Nothing for the bot's messages.
pub async fn answer_failed(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    message_id: MessageId,
) -> StoreResult<()> {
    let sql = concat!(
        make_wait!(),
        " where workspace_id = $1 and id = $2 and mode = 'human' and status = 'open' and last_inbound_at is not null
         and exists (select 1 from messages f where f.workspace_id = $1 and f.id = $3 and f.author = 'user'
           and f.state = 'failed')
         and not exists (select 1 from messages a where a.workspace_id = $1 and a.conversation_id = $2
           and a.seq > (select coalesce(max(i.seq), 0) from messages i where i.workspace_id = $1
             and i.conversation_id = $2 and i.direction = 'inbound' and not i.silent)
           and a.direction = 'outbound' and a.author in ('user', 'other') and not a.silent
           and a.state not in ('failed', 'cancelled')) and ",
        heard!()
    );
    on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(message_id).execute(c).await.map(drop))?;
    episode::taken_back(conn, (workspace_id, id)).await
}

/// What a person wrote and seemed to have failed did arrive: nobody waits for an answer, unless the customer has written since.
pub async fn answer_arrived(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    message_id: MessageId,
) -> StoreResult<()> {
    let sql = "update conversations set waiting_since = null, answered_seq = inbound_seq
               where workspace_id = $1 and id = $2 and waiting_since is not null
               and (select m.seq from messages m where m.workspace_id = $1 and m.id = $3 and m.author = 'user')
                 > (select coalesce(max(i.seq), 0) from messages i where i.workspace_id = $1 and i.conversation_id = $2
                   and i.direction = 'inbound' and not i.silent)";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(message_id).execute(c).await.map(drop))?;
    Ok(())
}

/// Nobody can be answered on an integration any more.
pub async fn forget_waiting(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
) -> StoreResult<()> {
    let sql = "update conversations set waiting_since = null
               where workspace_id = $1 and integration_id = $2 and waiting_since is not null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).execute(c).await.map(drop))?;
    Ok(())
}
