//! The queue of conversations that wait for their chatbot.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::{
    domain::{
        Millis,
        channel::Channel,
        ids::{ChatbotId, ConversationId, IntegrationId, LeaseId, WorkspaceId},
        message::Author,
    },
    server::store::{
        Conn, Dialect, StoreResult, channels::known_channels, episode, integration::HELD, many::portions, on,
    },
};

/// A conversation that waits for its chatbot.
#[derive(Clone, Debug, FromRow)]
pub struct Unanswered {
    pub workspace_id: WorkspaceId,
    pub id: ConversationId,
    pub chatbot_id: ChatbotId,
    pub integration_id: IntegrationId,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub inbound_seq: i64,
    pub answered_seq: i64,
    pub greeted: bool,
    pub answer_failures: i64,
    /// The place of the bot's last answer; 0: it has not said anything.
    pub bot_seq: i64,
    /// How the other side has replied so far, in the brake's own words.
    pub pace: Option<String>,
    /// How often in a row the bot did not know the answer.
    pub misses: i64,
}

/// Turns are a worker's own for a while.
#[derive(Clone, Copy, Debug)]
pub struct TurnLease {
    pub lease: LeaseId,
    pub now: Millis,
    pub until: Millis,
}

/// Takes conversations whose burst has paused, for a while, but for those of some chatbots. Those of channels that only a newer
/// version knows are left to it.
pub async fn claim_unanswered(
    conn: &mut Conn,
    l: TurnLease,
    without: &[ChatbotId],
    limit: i64,
) -> StoreResult<Vec<Unanswered>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => concat!(
            "update conversations set answer_lease = $1, answer_lease_until = $3
             where (workspace_id, id) in (select workspace_id, id from conversations
               where mode = 'bot' and inbound_seq > answered_seq and answer_due_at <= $2 and answer_lease_until <= $2
               and channel in ",
            known_channels!(),
            "
               and ($5 = '' or instr($5, lower(hex(chatbot_id))) = 0)
               order by answer_due_at limit $4)
             returning workspace_id, id, chatbot_id, integration_id, channel, inbound_seq, answered_seq, greeted, answer_failures,
               bot_seq, pace, misses"
        ),
        Dialect::Postgres => concat!(
            "with due as materialized (select workspace_id as due_workspace, id as due_id from conversations
               where mode = 'bot' and inbound_seq > answered_seq and answer_due_at <= $2 and answer_lease_until <= $2
               and channel in ",
            known_channels!(),
            "
               and ($5 = '' or strpos($5, replace(chatbot_id::text, '-', '')) = 0)
               order by answer_due_at limit $4 for no key update skip locked)
             update conversations set answer_lease = $1, answer_lease_until = $3
             from due where workspace_id = due_workspace and id = due_id
             returning workspace_id, id, chatbot_id, integration_id, channel, inbound_seq, answered_seq, greeted, answer_failures,
               bot_seq, pace, misses"
        ),
    };
    // Full ones are few, and seldom any.
    let without = without.iter().map(|id| Uuid::from(*id).simple().to_string()).collect::<Vec<_>>().join(" ");
    Ok(
        on!(conn, c => sqlx::query_as(sql).bind(l.lease).bind(l.now).bind(l.until).bind(limit).bind(without).fetch_all(c).await)?,
    )
}

/// Keeps a turn for longer, if it is still that worker's.
pub async fn renew_answer(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    lease: LeaseId,
    until: Millis,
) -> StoreResult<()> {
    let sql = "update conversations set answer_lease_until = $4
               where workspace_id = $1 and id = $2 and answer_lease = $3";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(lease).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// The end of a bot's turn.
#[derive(Clone, Debug)]
pub struct TurnEnd {
    pub turn: Unanswered,
    pub lease: LeaseId,
    /// The newest message that was answered.
    pub seq: i64,
    /// How many messages the answer has.
    pub parts: i64,
    /// The inbox's line on its last one.
    pub preview: String,
    /// How the other side replies, this turn included.
    pub pace: Option<String>,
    /// How often in a row the bot did not know the answer, this turn included.
    pub misses: i64,
}

/// Where the answer to a conversation goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerPlace {
    /// The last place before it.
    pub after: i64,
    /// It has to wait: something before it has not been sent yet, or its integration may not send just now.
    /// Means nothing where nothing is sent.
    pub held_up: bool,
}

/// Marks messages as answered and gives the answers their places. A conversation that the bot may not answer any more is
/// missing.
///
/// The check of mode, place and lease is the take-over promise: it happens in the transaction that queues the answer.
pub async fn finish_answers(
    conn: &mut Conn,
    ends: &[TurnEnd],
    now: Millis,
) -> StoreResult<HashMap<ConversationId, AnswerPlace>> {
    let mut answered: HashMap<ConversationId, (i64, AnswerPlace)> = HashMap::with_capacity(ends.len());
    for portion in portions(ends) {
        let rows: Vec<(ConversationId, i64, i64, bool)> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update conversations set answered_seq = v.column4, answer_lease = null, answer_lease_until = 0,
                 answer_failures = 0, misses = v.column10, greeted = greeted or v.column6 > 0, last_seq = last_seq + v.column6,
                 bot_seq = case when v.column6 > 0 then last_seq + v.column6 else bot_seq end,
                 episode_answer_seq = case when v.column6 > 0 and episode_seq > 0 and episode_answer_seq = 0 then last_seq + 1
                   else episode_answer_seq end,
                 pace = case when v.column6 > 0 then v.column9 else pace end,
                 preview = case when v.column6 > 0 then v.column7 else preview end,
                 preview_author = case when v.column6 > 0 then 'bot' else preview_author end,
                 preview_user_id = case when v.column6 > 0 then null else preview_user_id end,
                 last_message_at = case when v.column6 > 0 then v.column8 else last_message_at end,
                 updated_at = v.column8 from (",
            );
            sql.push_values(portion, |mut row, e| {
                row.push_bind(e.turn.workspace_id).push_bind(e.turn.id).push_bind(e.turn.answered_seq).push_bind(e.seq)
                    .push_bind(e.lease).push_bind(e.parts).push_bind(&e.preview).push_bind(now)
                    .push_bind(&e.pace).push_bind(e.misses);
            });
            sql.push(") as v where conversations.workspace_id = v.column1 and conversations.id = v.column2
                      and mode = 'bot' and answered_seq = v.column3 and answer_lease = v.column5
                      returning id, last_seq, episode_answer_seq, not exists (select 1 from integrations i
                        where i.workspace_id = conversations.workspace_id and i.id = conversations.integration_id
                        and i.active and i.error_reason is null and i.deleted_at is null)
                      or exists (select 1 from messages e where e.conversation_id = conversations.id
                        and e.state in ('queued', 'sending', 'unknown')
                        and (e.state <> 'unknown' or e.next_attempt_at > ");
            sql.push_bind(now);
            // What is not an answer and still waits is overtaken.
            sql.push(") and (e.state <> 'queued' or e.class = 0))");
            sql.build_query_as().fetch_all(c).await
        })?;
        answered.extend(
            rows.into_iter().map(|(id, last, first, held_up)| (id, (first, AnswerPlace { after: last, held_up }))),
        );
    }
    // In which of them it is the first answer of the episode.
    let mut first_in = Vec::new();
    for end in ends {
        if let Some((first, place)) = answered.get_mut(&end.turn.id) {
            place.after -= end.parts;
            if *first > place.after {
                first_in.push((end.turn.workspace_id, end.turn.id));
            }
        }
    }
    episode::answered_many(conn, &first_in, Author::Bot, now).await?;
    Ok(answered.into_iter().map(|(id, (_, place))| (id, place)).collect())
}

/// Gives a claimed conversation back, to be tried again later. `failures` are those of its chatbot by now.
pub async fn postpone_answer(
    conn: &mut Conn,
    turn: &Unanswered,
    lease: LeaseId,
    due_at: Millis,
    failures: i64,
) -> StoreResult<()> {
    let sql = "update conversations set answer_lease = null, answer_lease_until = 0, answer_due_at = $4,
               answer_failures = $5 where workspace_id = $1 and id = $2 and answer_lease = $3";
    on!(conn, c => sqlx::query(sql).bind(turn.workspace_id).bind(turn.id).bind(lease).bind(due_at).bind(failures)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Releases what was claimed when the response to the claim was lost.
pub async fn free_answers(conn: &mut Conn, lease: LeaseId) -> StoreResult<()> {
    let sql = "update conversations set answer_lease = null, answer_lease_until = 0
               where mode = 'bot' and inbound_seq > answered_seq and answer_lease = $1";
    on!(conn, c => sqlx::query(sql).bind(lease).execute(c).await.map(drop))?;
    Ok(())
}

/// Releases what a dead process held. For a database that only this process uses.
pub async fn release_all_answers(conn: &mut Conn) -> StoreResult<()> {
    let sql = "update conversations set answer_lease = null, answer_lease_until = 0 where answer_lease is not null";
    on!(conn, c => sqlx::query(sql).execute(c).await.map(drop))?;
    Ok(())
}

/// After the clock was set back: nothing is due later, and no lease lies further ahead, than for a message of now. What
/// an inactive integration holds goes on waiting for its switch.
pub async fn shorten_waits(conn: &mut Conn, due_at: Millis, lease_until: Millis) -> StoreResult<()> {
    let sql = "update conversations set answer_due_at = $1
               where mode = 'bot' and inbound_seq > answered_seq and answer_due_at > $1 and answer_due_at < $2";
    on!(&mut *conn, c => sqlx::query(sql).bind(due_at).bind(HELD).execute(c).await.map(drop))?;
    let sql = "update conversations set answer_lease_until = $1
               where mode = 'bot' and inbound_seq > answered_seq and answer_lease_until > $1";
    on!(conn, c => sqlx::query(sql).bind(lease_until).execute(c).await.map(drop))?;
    Ok(())
}

/// When the next answer is due: the time to wake up at.
pub async fn next_answer_due(conn: &mut Conn) -> StoreResult<Option<Millis>> {
    let sql = concat!(
        "select min(answer_due_at) from conversations where mode = 'bot' and inbound_seq > answered_seq and answer_lease is null
               and channel in ",
        known_channels!()
    );
    Ok(on!(conn, c => sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// Whether a claim of a dead worker has run out.
pub async fn has_expired_answers(conn: &mut Conn, now: Millis) -> StoreResult<bool> {
    let sql = concat!(
        "select 1 from conversations where mode = 'bot' and inbound_seq > answered_seq and answer_lease is not null
               and channel in ",
        known_channels!(),
        " and answer_lease_until <= $1 limit 1"
    );
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}
