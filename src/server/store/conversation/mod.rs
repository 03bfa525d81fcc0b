//! Conversations: the inbox, and the queue of what waits for an answer.

mod arrival;
mod assigning;
mod count;
mod echo;
mod idle;
mod inbox;
mod place;
mod snooze;
mod stretch;
mod turn;
mod waiting;

use sqlx::FromRow;

use self::waiting::heard;
pub use self::{
    arrival::{Arrival, arrive, arrive_many},
    assigning::{Released, assign, keep_of_user, list_colleagues, list_releases, release_of_user, release_some},
    count::count,
    echo::{append_echo, find_at, set_owner, set_recipient},
    idle::{GivenBack, give_back_idle, has_bot, has_idle},
    inbox::{InboxFilter, InboxRow, Whose, any, list, list_last_words, list_of},
    place::{Place, Visit, find_visit, resolve, resolve_many},
    snooze::{has_due, snooze_until, wake_some},
    turn::{
        AnswerPlace, TurnEnd, TurnLease, Unanswered, claim_unanswered, finish_answers, free_answers,
        has_expired_answers, next_answer_due, postpone_answer, release_all_answers, renew_answer, shorten_waits,
    },
    waiting::{
        WAITING_MAX, WaitingRow, answer_arrived, answer_failed, answer_withdrawn, answered_elsewhere, call_people,
        count_waiting, forget_waiting, list_newest_waiting,
    },
};
use super::{
    Conn, Dialect, StoreResult,
    episode::{self, Opener},
    on,
};
use crate::domain::{
    Millis,
    channel::Channel,
    conversation::{ConversationStatus, Mode},
    ids::{ChatbotId, ContactId, ConversationId, IntegrationId, UserId, WorkspaceId},
    message::Author,
};

/// Gives an outbound message its place, and the inbox its line. The author is with their id, if they belong to the workspace:
/// when a person writes, they are who answers, what was nobody's is theirs, the provider gives us the customer's thread back, and nobody waits for an
/// answer any more. Their first words of an episode count.
pub async fn append(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    preview: &str,
    (author, user_id): (Author, Option<UserId>),
    now: Millis,
) -> StoreResult<i64> {
    let sql =
        "update conversations set last_seq = last_seq + 1, preview = $3, preview_author = $4, preview_user_id = $6,
               person_id = coalesce($6, person_id), assignee_id = coalesce(assignee_id, $6), on_phone = case when $6 is not null then false else on_phone end,
               thread_owner = case when $6 is not null and thread_owner = 'other' then 'us' else thread_owner end,
               waiting_since = case when $6 is not null then null else waiting_since end,
               person_at = case when $6 is not null then $5 else person_at end,
               answered_seq = case when $6 is not null then inbound_seq else answered_seq end,
               episode_answer_seq = case when $6 is not null and episode_seq > 0 and episode_answer_seq = 0 then last_seq + 1
                 else episode_answer_seq end,
               episode_person_seq = case when $6 is not null and episode_seq > 0 and episode_person_seq = 0 then last_seq + 1
                 else episode_person_seq end,
               last_message_at = $5, updated_at = $5 where workspace_id = $1 and id = $2 returning last_seq, episode_person_seq";
    let (seq, person_seq): (i64, i64) = on!(&mut *conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).bind(preview)
        .bind(author.as_str()).bind(now).bind(user_id).fetch_one(c).await)?;
    if user_id.is_some() && person_seq == seq {
        episode::person_answered(conn, (workspace_id, id), user_id, now).await?;
    }
    Ok(seq)
}

/// Gives an activity line its place, without touching what the inbox shows.
pub async fn next_seq(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId, now: Millis) -> StoreResult<i64> {
    let sql = "update conversations set last_seq = last_seq + 1, updated_at = $3 where workspace_id = $1 and id = $2 returning last_seq";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(now).fetch_one(c).await)?)
}

/// Who answers from now on.
#[derive(Clone, Copy, Debug)]
pub struct Hands {
    pub mode: Mode,
    /// Which of the people, if that is known.
    pub person_id: Option<UserId>,
    /// The bot has taken its leave, and may still send what it has said so far.
    pub parting: bool,
}

impl From<Mode> for Hands {
    fn from(mode: Mode) -> Self {
        Self { mode, person_id: None, parting: false }
    }
}

/// Waits for whoever is writing a conversation, and keeps others from it until the transaction ends. On SQLite there is one writer
/// anyway.
pub async fn hold(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId) -> StoreResult<()> {
    if conn.dialect() == Dialect::Postgres {
        let sql = "select 1 from conversations where workspace_id = $1 and id = $2 for no key update";
        let _: Option<i32> =
            on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    }
    Ok(())
}

/// Changes who answers: the bot, or people, and which of them is known: what was nobody's is theirs then. `false` when it was so
/// already or there is no such conversation.
///
/// The person who gives it back has seen what is there: the bot does not answer it afterwards, and nobody waits. Taking over
/// answers nobody: a customer who spoke last waits for a person, and what they said stays unanswered. With `parting` the bot
/// may still send what it has said so far.
pub async fn set_mode(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    to: Hands,
    now: Millis,
) -> StoreResult<bool> {
    // A change of the mode that is in progress is waited for; else the update would take the mode of before for today's, and
    // leave with the bot what a person has just written in.
    hold(conn, workspace_id, id).await?;
    let sql = concat!(
        "update conversations set mode = $3, person_id = $5, assignee_id = coalesce(assignee_id, $5),
         on_phone = case when $3 = 'human' then on_phone else false end,
         answered_seq = case when $3 = 'human' then answered_seq else inbound_seq end,
         person_at = case when $3 = 'human' then $4 else person_at end,
         waiting_since = case when $3 <> 'human' then null
           when status = 'open' and last_inbound_at is not null and preview_author = 'contact' and ",
        heard!(),
        "then coalesce(waiting_since, nullif(last_arrival_at, 0), last_inbound_at) else waiting_since end,
         answer_lease = null, answer_lease_until = 0, pace = null, misses = 0,
         parting_seq = case when $6 then last_seq else null end, updated_at = $4
         where workspace_id = $1 and id = $2 and mode <> $3"
    );
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(to.mode.as_str()).bind(now)
        .bind(to.person_id).bind(to.parting).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Opens or closes a conversation, as somebody wants it. In one that is not open nobody waits. Resolving ends its episode; taking
/// that back begins another one.
pub async fn set_status(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    (status, by): (ConversationStatus, UserId),
    now: Millis,
) -> StoreResult<bool> {
    let sql = concat!(
        "update conversations set status = $3, snoozed_until = null, updated_at = $4,
         episode_seq = case when $3 = 'resolved' then 0 when status <> 'resolved' or episode_seq > 0 then episode_seq
           when last_seq > 0 then last_seq else 1 end,
         episode_answer_seq = case when $3 = 'resolved' then 0 else episode_answer_seq end,
         episode_person_seq = case when $3 = 'resolved' then 0 else episode_person_seq end,
         waiting_since = case when $3 <> 'open' then null
           when mode = 'human' and status <> 'open' and preview_author = 'contact' and ",
        heard!(),
        "then coalesce(nullif(last_arrival_at, 0), last_inbound_at) else waiting_since end
         where workspace_id = $1 and id = $2 returning episode_seq"
    );
    let episode_seq: Option<i64> = on!(&mut *conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id)
        .bind(status.as_str()).bind(now).fetch_optional(c).await)?;
    let Some(episode_seq) = episode_seq else { return Ok(false) };
    if status == ConversationStatus::Resolved {
        episode::resolved(conn, (workspace_id, id), by, now).await?;
    } else if episode_seq > 0 {
        episode::open_many(conn, &[(workspace_id, id)], Opener::Person, now).await?;
    }
    Ok(true)
}

/// Counts as unread only what came after the last place that was seen; `false` when that changes nothing. Somebody who has
/// seen less than another makes nothing unread again.
pub async fn mark_read(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId, seen: i64) -> StoreResult<bool> {
    // The row is locked before the messages are counted: what arrives meanwhile would be missing.
    let sql =
        "update conversations set unread = unread where workspace_id = $1 and id = $2 and unread > 0 returning unread";
    let unread: Option<i64> =
        on!(&mut *conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    let Some(unread) = unread else { return Ok(false) };
    let sql = "select count(*) from messages where workspace_id = $1 and conversation_id = $2 and seq > $3
               and direction = 'inbound' and not silent";
    let after: i64 =
        on!(&mut *conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(seen).fetch_one(c).await)?;
    if after >= unread {
        return Ok(false);
    }
    let sql = "update conversations set unread = $3 where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(after).execute(c).await.map(drop))?;
    Ok(true)
}

#[derive(Clone, Debug, FromRow)]
pub struct ConversationRow {
    pub id: ConversationId,
    pub chatbot_id: ChatbotId,
    pub integration_id: IntegrationId,
    pub contact_id: ContactId,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub session_id: String,
    #[sqlx(try_from = "String")]
    pub mode: Mode,
    #[sqlx(try_from = "String")]
    pub status: ConversationStatus,
    /// Which person answers, in mode `human`; none: nobody yet, or somebody on the phone.
    pub person_id: Option<UserId>,
    pub on_phone: bool,
    /// Who looks after it, whoever answers; see `assigning`.
    pub assignee_id: Option<UserId>,
    pub snoozed_until: Option<Millis>,
    /// Who owns the customer's thread at the provider, and since when that is known.
    pub thread_owner: String,
    pub thread_owner_at: Millis,
    pub last_inbound_at: Option<Millis>,
    pub created_at: Millis,
}

pub async fn find(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
) -> StoreResult<Option<ConversationRow>> {
    let sql = "select id, chatbot_id, integration_id, contact_id, channel, session_id, mode, status, person_id, on_phone, assignee_id, snoozed_until, thread_owner,
               thread_owner_at, last_inbound_at, created_at
               from conversations where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// Conversations of an integration, a chunk at a time, to be erased.
pub async fn ids_of_integration(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    chunk: i64,
) -> StoreResult<Vec<ConversationId>> {
    let sql = "select id from conversations where workspace_id = $1 and integration_id = $2 limit $3";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(integration_id).bind(chunk).fetch_all(c).await)?)
}

/// Deletes a conversation in which no message is left; whose it was. Its notes go along.
pub async fn delete_emptied(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
) -> StoreResult<Option<ContactId>> {
    let sql = "delete from conversations where workspace_id = $1 and id = $2 and not exists (select 1 from messages m
               where m.workspace_id = $1 and m.conversation_id = $2) returning contact_id";
    let gone: Option<ContactId> =
        on!(&mut *conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    if gone.is_some() {
        episode::erase(conn, (workspace_id, id)).await?;
    }
    Ok(gone)
}

/// Before what there is so far is erased: nothing of it is answered any more, not even what is being answered just now, and its
/// episodes are gone. The last place.
pub async fn void_answer(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId) -> StoreResult<Option<i64>> {
    let sql = "update conversations set answered_seq = inbound_seq, answer_lease = null, answer_lease_until = 0,
               waiting_since = null, snoozed_until = null, episode_seq = 0, episode_answer_seq = 0, episode_person_seq = 0
               where workspace_id = $1 and id = $2 returning last_seq";
    let last = on!(&mut *conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    // Behind it, as everybody who writes an episode has its conversation first.
    episode::erase(conn, (workspace_id, id)).await?;
    Ok(last)
}

/// The conversations of a contact, each with its integration and channel.
pub async fn list_of_contact(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    contact_id: ContactId,
) -> StoreResult<Vec<(ConversationId, IntegrationId, Channel)>> {
    let sql =
        "select id, integration_id, channel from conversations where workspace_id = $1 and contact_id = $2 order by id";
    let rows: Vec<(ConversationId, IntegrationId, String)> =
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(contact_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, integration_id, channel)| (id, integration_id, channel.into())).collect())
}

/// Conversations of visitors with a chatbot, begun up to a time, a chunk at a time.
pub async fn ids_of_website(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    upto: Millis,
    chunk: i64,
) -> StoreResult<Vec<ConversationId>> {
    let sql = "select id from conversations where workspace_id = $1 and created_at <= $3 and integration_id in
               (select i.id from integrations i where i.workspace_id = $1 and i.chatbot_id = $2 and i.channel = 'web') limit $4";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(chatbot_id).bind(upto).bind(chunk)
        .fetch_all(c).await)?)
}
