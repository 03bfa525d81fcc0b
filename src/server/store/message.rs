//! Messages of conversations.

mod removal;

use std::collections::{HashMap, HashSet};

use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

pub use self::removal::{delete_of_conversation, delete_some, has_words_after};
use super::{
    Conn, StoreResult,
    content::{self, ContentRow},
    many::portions,
    on,
    queue::SendClass,
};
use crate::domain::{
    Millis,
    channel::Channel,
    content::Content,
    conversation::HandOver,
    ids::{ContactId, ConversationId, IntegrationId, LeaseId, MessageId, UserId, WorkspaceId},
    message::{Author, Direction, Message, MessageState, ON_PHONE},
    order::{cut, in_order},
};

/// A message to be stored.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub workspace_id: WorkspaceId,
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub integration_id: IntegrationId,
    pub external_key: Option<String>,
    pub channel: Channel,
    pub direction: Direction,
    pub author: Author,
    pub user_id: Option<UserId>,
    pub content: Content,
    /// What came, as it came, of what cannot be shown.
    pub payload: Option<String>,
    pub external_message_id: Option<String>,
    pub client_id: Option<Uuid>,
    pub answerable: bool,
    /// Nobody has to look at it.
    pub silent: bool,
    pub state: MessageState,
    /// Who goes before it, and whom it goes before.
    pub class: SendClass,
    /// It is being sent already.
    pub sending: Option<Sending>,
    pub next_attempt_at: Millis,
    pub at: Millis,
}

impl NewMessage {
    /// What a customer wrote.
    #[must_use]
    pub fn inbound(of: &Thread, id: MessageId, content: Content, at: Millis) -> Self {
        Self { direction: Direction::Inbound, author: Author::Contact, ..Self::new(of, id, content, at) }
    }

    /// An outbound message: queued, or done at once where the channel needs no sending.
    #[must_use]
    pub fn outbound(of: &Thread, id: MessageId, by: (Author, Option<UserId>), content: Content, now: Millis) -> Self {
        let state = if of.channel.capabilities().sends { MessageState::Queued } else { MessageState::Sent };
        let (author, user_id) = by;
        Self { author, user_id, state, next_attempt_at: now, ..Self::new(of, id, content, now) }
    }

    /// A line between the messages that says what happened to the conversation. `by` is the person who did it.
    #[must_use]
    pub fn activity(of: &Thread, id: MessageId, by: Option<UserId>, text: String, now: Millis) -> Self {
        Self { user_id: by, ..Self::new(of, id, Content::activity(text), now) }
    }

    fn new(of: &Thread, id: MessageId, content: Content, at: Millis) -> Self {
        Self {
            workspace_id: of.workspace_id,
            id,
            conversation_id: of.conversation_id,
            integration_id: of.integration_id,
            external_key: None,
            channel: of.channel,
            direction: Direction::Outbound,
            author: Author::System,
            user_id: None,
            content,
            payload: None,
            external_message_id: None,
            client_id: None,
            answerable: false,
            silent: false,
            state: MessageState::Received,
            class: SendClass::Answer,
            sending: None,
            next_attempt_at: 0,
            at,
        }
    }
}

/// The conversation that a message is of.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Thread {
    pub workspace_id: WorkspaceId,
    pub conversation_id: ConversationId,
    pub integration_id: IntegrationId,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
}

/// A place in a conversation that was kept for a line: its `seq`.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct LinePlace {
    #[sqlx(flatten)]
    pub thread: Thread,
    pub seq: i64,
}

/// The first attempt of a message that is sent directly.
#[derive(Clone, Copy, Debug)]
pub struct Sending {
    /// The attempt's id.
    pub lease: LeaseId,
    pub lease_until: Millis,
}

/// A message with its place in the conversation.
pub type Placed<'a> = (&'a NewMessage, i64);

pub async fn insert(conn: &mut Conn, m: &NewMessage, seq: i64, now: Millis) -> StoreResult<()> {
    insert_many(conn, &[(m, seq)], now).await
}

pub async fn insert_many(conn: &mut Conn, messages: &[Placed<'_>], now: Millis) -> StoreResult<()> {
    for portion in portions(messages) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into messages (workspace_id, id, conversation_id, integration_id, external_key, channel, direction,
                 author, user_id, kind, body, content, payload, external_message_id, client_id, seq, answerable, silent, state,
                 class, next_attempt_at, lease, lease_until, attempts, at, created_at, updated_at) ",
            );
            sql.push_values(portion, |mut row, (m, seq)| {
                row.push_bind(m.workspace_id).push_bind(m.id).push_bind(m.conversation_id).push_bind(m.integration_id)
                    .push_bind(&m.external_key).push_bind(m.channel.as_str()).push_bind(m.direction.as_str())
                    .push_bind(m.author.as_str()).push_bind(m.user_id).push_bind(m.content.kind.name()).push_bind(&m.content.text)
                    .push_bind(content::json(&m.content)).push_bind(&m.payload).push_bind(&m.external_message_id).push_bind(m.client_id).push_bind(*seq)
                    .push_bind(m.answerable).push_bind(m.silent).push_bind(m.state.as_str()).push_bind(m.class.rank())
                    .push_bind(m.next_attempt_at)
                    .push_bind(m.sending.map(|s| s.lease)).push_bind(m.sending.map_or(0, |s| s.lease_until))
                    .push_bind(i64::from(m.sending.is_some())).push_bind(m.at).push_bind(now).push_bind(now);
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

/// Notes on an activity line why a conversation was handed over. Few lines have such a reason, so it comes after them.
pub async fn set_reason(conn: &mut Conn, workspace_id: WorkspaceId, id: MessageId, why: HandOver) -> StoreResult<()> {
    let sql = "update messages set reason = $3 where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(why.as_str()).execute(c).await.map(drop))?;
    Ok(())
}

/// How the channel knows a message: workspace, phone number id, the channel's id.
pub type ExternalKey = (WorkspaceId, String, String);

/// Which of these messages are stored already.
pub async fn list_stored(conn: &mut Conn, keys: &[ExternalKey]) -> StoreResult<HashSet<ExternalKey>> {
    let mut stored = HashSet::new();
    for portion in portions(keys) {
        let found: Vec<ExternalKey> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "select m.workspace_id, m.external_key, m.external_message_id from (",
            );
            sql.push_values(portion, |mut row, (workspace_id, number, id)| {
                row.push_bind(*workspace_id).push_bind(number).push_bind(id);
            });
            sql.push(") as v join messages m on m.workspace_id = v.column1 and m.external_key = v.column2
                      and m.external_message_id = v.column3");
            sql.build_query_as().fetch_all(c).await
        })?;
        stored.extend(found);
    }
    Ok(stored)
}

/// Where a message of the channel stands: its conversation, its place there, and the contact.
pub async fn place_of_external(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    external_key: &str,
    external_id: &str,
) -> StoreResult<Option<(ConversationId, i64, ContactId)>> {
    let sql = "select m.conversation_id, m.seq, o.contact_id from messages m
               join conversations o on o.workspace_id = m.workspace_id and o.id = m.conversation_id
               where m.workspace_id = $1 and m.external_key = $2 and m.external_message_id = $3";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(external_key).bind(external_id)
        .fetch_optional(c).await)?)
}

/// Whether the customer has written after a place.
pub async fn has_inbound_after(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    seq: i64,
) -> StoreResult<bool> {
    let sql = "select 1 from messages where workspace_id = $1 and conversation_id = $2 and seq > $3
               and direction = 'inbound' limit 1";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(conversation_id).bind(seq)
        .fetch_optional(c).await)?;
    Ok(found.is_some())
}

#[derive(FromRow)]
struct Row {
    id: MessageId,
    conversation_id: ConversationId,
    #[sqlx(try_from = "String")]
    channel: Channel,
    #[sqlx(try_from = "String")]
    direction: Direction,
    #[sqlx(try_from = "String")]
    author: Author,
    user_id: Option<UserId>,
    author_name: Option<String>,
    #[sqlx(flatten, try_from = "ContentRow")]
    content: Content,
    #[sqlx(try_from = "String")]
    state: MessageState,
    error: Option<String>,
    error_code: Option<i64>,
    next_attempt_at: Millis,
    attempts: i64,
    at: Millis,
    created_at: Millis,
    seq: i64,
    client_id: Option<Uuid>,
}

impl Row {
    /// When it was written and when it came in, for what the channel dates itself.
    fn times(&self) -> Option<(Millis, Millis)> {
        let dated = match self.author {
            Author::Contact | Author::Other => true,
            Author::User => self.user_id.is_none(),
            Author::Bot | Author::System | Author::Newer => false,
        };
        dated.then_some((self.at, self.created_at))
    }
}

impl From<Row> for Message {
    fn from(r: Row) -> Self {
        // A person without an account wrote on the phone itself.
        let on_phone = r.author == Author::User && r.user_id.is_none();
        // What stands in a queue after an error without a provider's code was tried, whether that counts or not.
        let was_tried = r.attempts > 0 || r.error.is_some() && r.error_code.is_none();
        let waits = r.state == MessageState::Queued && was_tried;
        Self {
            id: r.id,
            conversation_id: r.conversation_id,
            channel: r.channel,
            direction: r.direction,
            author: r.author,
            author_name: if on_phone { Some(ON_PHONE.to_owned()) } else { r.author_name },
            mine: false,
            user_id: r.user_id,
            note: r.content.note(),
            content: r.content,
            state: r.state,
            error: r.error,
            error_code: r.error_code,
            action: None,
            next_attempt_at: waits.then_some(r.next_attempt_at),
            at: r.at,
            seq: r.seq,
            client_id: r.client_id,
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select m.id, m.conversation_id, m.channel, m.direction, m.author, m.user_id, u.name as author_name, m.kind, m.body,
             m.content, m.state, m.error, m.error_code, m.next_attempt_at, m.attempts, m.at, m.created_at, m.seq, m.client_id
             from messages m left join users u on u.id = m.user_id ",
            $tail
        )
    };
}

/// How many messages beyond a page are looked at to end it where none was overtaken.
const BEYOND: i64 = 20;

/// The newest messages before a place, in the order in which they are read: this number, or a few more. None before them has a
/// greater place than one of them.
pub async fn list(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    before: i64,
    limit: i64,
) -> StoreResult<Vec<Message>> {
    let sql =
        select!("where m.workspace_id = $1 and m.conversation_id = $2 and m.seq < $3 order by m.seq desc limit $4");
    let mut rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(before)
        .bind(limit + BEYOND).fetch_all(c).await)?;
    rows.reverse();
    let mut rows = in_order(rows, Row::times);
    rows.drain(..cut(&rows, usize::try_from(limit).unwrap_or(usize::MAX), |row| row.seq));
    Ok(rows.into_iter().map(Message::from).collect())
}

/// What a visitor may see after a place: no activity lines.
pub async fn list_for_visitor(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    after: i64,
) -> StoreResult<Vec<Message>> {
    let sql = select!(
        "where m.workspace_id = $1 and m.conversation_id = $2 and m.seq > $3 and m.author <> 'system' order by m.seq limit 200"
    );
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(after)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(Message::from).collect())
}

pub async fn find(conn: &mut Conn, workspace_id: WorkspaceId, id: MessageId) -> StoreResult<Option<Message>> {
    let sql = select!("where m.workspace_id = $1 and m.id = $2");
    let row: Option<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Message::from))
}

/// The message that this client already sent under its own id.
pub async fn find_by_client_id(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    client_id: Uuid,
) -> StoreResult<Option<Message>> {
    let sql = select!("where m.workspace_id = $1 and m.conversation_id = $2 and m.client_id = $3");
    let row: Option<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(client_id)
        .fetch_optional(c).await)?;
    Ok(row.map(Message::from))
}

/// A message that wants an answer.
#[derive(Clone, Debug, FromRow)]
pub struct Question {
    pub conversation_id: ConversationId,
    pub seq: i64,
    pub body: String,
    pub external_message_id: Option<String>,
    /// When it was written, by the customer's time, and when it came in.
    pub at: Millis,
    pub created_at: Millis,
}

/// The most messages, answerable or not, that one answer looks at: what comes after them is the next one's.
pub const TURN_MAX: i64 = 100;

/// The messages of conversations between two places (after, up to) that want an answer, in order.
pub async fn list_questions(
    conn: &mut Conn,
    places: &[(WorkspaceId, ConversationId, i64, i64)],
) -> StoreResult<HashMap<ConversationId, Vec<Question>>> {
    let mut questions: HashMap<ConversationId, Vec<Question>> = HashMap::new();
    for portion in portions(places) {
        let found: Vec<Question> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("select m.conversation_id, m.seq, m.body, m.external_message_id, m.at, m.created_at from (");
            sql.push_values(portion, |mut row, (workspace_id, id, after, upto)| {
                row.push_bind(*workspace_id).push_bind(*id).push_bind(*after).push_bind((*upto).min(after + TURN_MAX));
            });
            sql.push(") as v join messages m on m.workspace_id = v.column1 and m.conversation_id = v.column2
                      and m.seq > v.column3 and m.seq <= v.column4 where m.answerable order by m.conversation_id, m.seq");
            sql.build_query_as().fetch_all(c).await
        })?;
        for question in found {
            questions.entry(question.conversation_id).or_default().push(question);
        }
    }
    Ok(questions)
}

/// How far the channel's clock may be ahead of ours.
const CLOCKS: Millis = 60_000;

/// Whether a text like this is on its way in a conversation, or was at that time: then its echo is ours. One that has been
/// `unknown` for days is not.
pub async fn is_under_way(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    body: &str,
    at: Millis,
) -> StoreResult<bool> {
    let sql = "select 1 from messages where workspace_id = $1 and conversation_id = $2
               and state in ('queued', 'sending', 'unknown') and state <> 'queued' and body = $3 and updated_at >= $4 limit 1";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(conversation_id).bind(body)
        .bind(at - CLOCKS).fetch_optional(c).await)?;
    Ok(found.is_some())
}
