//! Episodes: what people measure of a conversation, from a customer's first words (or their first after it was resolved) until
//! somebody resolves it.
//!
//! Each function here is called by the statement of the conversation that makes it true, in its transaction, and only where that
//! statement says so: `conversations` keeps the places of the open episode's firsts, so an ordinary message asks for nothing more.

use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{Conn, StoreResult, many::portions, on};
use crate::{
    domain::{
        Millis,
        ids::{ConversationId, UserId, WorkspaceId},
        message::Author,
    },
    server::base::clock::mint_id,
};

/// A conversation by its workspace and id.
pub type Key = (WorkspaceId, ConversationId);

/// Who began an episode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opener {
    Customer,
    /// A person took back that the conversation was resolved.
    Person,
}

impl Opener {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Person => "person",
        }
    }
}

/// What a hand-over by a person's own take-over is called; the others have their words in `domain::conversation::HandOver`.
pub const TAKEN_OVER: &str = "taken_over";

/// Begins an episode in each of these conversations. Nothing happens where one is open: a count is worth no customer's message.
pub(super) async fn open_many(conn: &mut Conn, keys: &[Key], by: Opener, now: Millis) -> StoreResult<()> {
    for portion in portions(keys) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into episodes (workspace_id, id, conversation_id, chatbot_id, integration_id, channel, opened_at, opened_by,
                 reopening)
                 select v.workspace_id, w.column3, v.id, v.chatbot_id, v.integration_id, v.channel, w.column4, w.column5,
                 exists (select 1 from episodes e where e.workspace_id = v.workspace_id and e.conversation_id = v.id) from (",
            );
            sql.push_values(portion, |mut row, (workspace_id, conversation_id)| {
                row.push_bind(*workspace_id).push_bind(*conversation_id).push_bind(mint_id::<Uuid>()).push_bind(now)
                    .push_bind(by.as_str());
            });
            sql.push(") as w join conversations v on v.workspace_id = w.column1 and v.id = w.column2 where true
                      on conflict do nothing");
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// The first answers in the open episodes of these conversations are there, and not a person's.
pub(super) async fn answered_many(conn: &mut Conn, keys: &[Key], by: Author, now: Millis) -> StoreResult<()> {
    for portion in portions(keys) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update episodes set first_answered_at = v.column3, first_answered_by = v.column4 from (",
            );
            sql.push_values(portion, |mut row, (workspace_id, conversation_id)| {
                row.push_bind(*workspace_id).push_bind(*conversation_id).push_bind(now).push_bind(by.as_str());
            });
            sql.push(") as v where episodes.workspace_id = v.column1 and episodes.conversation_id = v.column2
                      and episodes.resolved_at is null and episodes.first_answered_at is null");
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// A person has answered for the first time in the open episode; which one, unless they did it on the phone.
pub(super) async fn person_answered(
    conn: &mut Conn,
    (workspace_id, conversation_id): Key,
    user_id: Option<UserId>,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update episodes set first_person_at = $3, first_person_id = $4,
               first_answered_user_id = case when first_answered_at is null then $4 else first_answered_user_id end,
               first_answered_by = coalesce(first_answered_by, 'user'), first_answered_at = coalesce(first_answered_at, $3)
               where workspace_id = $1 and conversation_id = $2 and resolved_at is null and first_person_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).bind(now).bind(user_id).execute(c).await
        .map(drop))?;
    Ok(())
}

/// The conversation went to people. The first time in an episode counts.
pub async fn handed_over(
    conn: &mut Conn,
    (workspace_id, conversation_id): Key,
    reason: &str,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update episodes set handed_over_at = $3, handed_over_reason = $4
               where workspace_id = $1 and conversation_id = $2 and resolved_at is null and handed_over_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).bind(now).bind(reason).execute(c).await
        .map(drop))?;
    Ok(())
}

/// Somebody resolved it.
pub(super) async fn resolved(
    conn: &mut Conn,
    (workspace_id, conversation_id): Key,
    user_id: UserId,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update episodes set resolved_at = $3, resolved_by = 'person', resolved_user_id = $4
               where workspace_id = $1 and conversation_id = $2 and resolved_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).bind(now).bind(user_id).execute(c).await
        .map(drop))?;
    Ok(())
}

/// Something that was said did not go out. Where it was the first answer of the open episode, or a person's first, the next one that
/// stands takes its place, if there is any.
pub async fn taken_back(conn: &mut Conn, (workspace_id, conversation_id): Key) -> StoreResult<()> {
    let sql = "update conversations set
               episode_answer_seq = coalesce((select min(m.seq) from messages m where m.workspace_id = $1 and m.conversation_id = $2
                 and m.seq >= episode_seq and m.direction = 'outbound' and m.author <> 'system' and not m.silent
                 and m.state not in ('failed', 'cancelled')), 0),
               episode_person_seq = coalesce((select min(m.seq) from messages m where m.workspace_id = $1 and m.conversation_id = $2
                 and m.seq >= episode_seq and m.direction = 'outbound' and m.author = 'user' and not m.silent
                 and m.state not in ('failed', 'cancelled')), 0)
               where workspace_id = $1 and id = $2 and episode_seq > 0 and exists (select 1 from messages f
                 where f.workspace_id = $1 and f.conversation_id = $2 and f.seq in (episode_answer_seq, episode_person_seq)
                 and f.state in ('failed', 'cancelled'))
               returning episode_answer_seq, episode_person_seq";
    let now: Option<(i64, i64)> = on!(&mut *conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id)
        .fetch_optional(c).await)?;
    let Some((answer_seq, person_seq)) = now else { return Ok(()) };
    let sql = "update episodes set
               (first_answered_at, first_answered_by, first_answered_user_id) = (select m.created_at, m.author, m.user_id
                 from messages m where m.workspace_id = $1 and m.conversation_id = $2 and m.seq = $3),
               (first_person_at, first_person_id) = (select m.created_at, m.user_id
                 from messages m where m.workspace_id = $1 and m.conversation_id = $2 and m.seq = $4)
               where workspace_id = $1 and conversation_id = $2 and resolved_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).bind(answer_seq).bind(person_seq).execute(c)
        .await.map(drop))?;
    Ok(())
}

/// All of a conversation: what was measured of what is erased goes with it.
pub(super) async fn erase(conn: &mut Conn, (workspace_id, conversation_id): Key) -> StoreResult<()> {
    let sql = "delete from episodes where workspace_id = $1 and conversation_id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).execute(c).await.map(drop))?;
    Ok(())
}
