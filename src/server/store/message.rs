//! Messages of conversations.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    channel::Channel,
    message::{Author, Direction, Message, MessageKind, MessageState},
};

/// A message to be written down.
#[derive(Clone, Debug)]
pub struct NewMessage {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub conversation_id: Uuid,
    pub integration_id: Option<Uuid>,
    pub phone_number_id: Option<String>,
    pub channel: Channel,
    pub direction: Direction,
    pub author: Author,
    pub user_id: Option<Uuid>,
    pub kind: MessageKind,
    pub body: String,
    /// What came, as it came, for kinds that this version cannot show.
    pub payload: Option<String>,
    pub external_message_id: Option<String>,
    pub client_id: Option<Uuid>,
    pub answerable: bool,
    pub state: MessageState,
    pub next_attempt_at: Millis,
    pub at: Millis,
}

pub async fn insert(conn: &mut Conn, m: &NewMessage, seq: i64, now: Millis) -> StoreResult<()> {
    let sql =
        "insert into messages (workspace_id, id, conversation_id, integration_id, phone_number_id, channel, direction,
               author, user_id, kind, body, payload, external_message_id, client_id, seq, answerable, state,
               next_attempt_at, at, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $20)";
    on!(conn, c => sqlx::query(sql).bind(m.workspace_id).bind(m.id).bind(m.conversation_id).bind(m.integration_id)
        .bind(&m.phone_number_id).bind(m.channel.as_str()).bind(m.direction.as_str()).bind(m.author.as_str())
        .bind(m.user_id).bind(m.kind.as_str()).bind(&m.body).bind(&m.payload).bind(&m.external_message_id)
        .bind(m.client_id).bind(seq).bind(m.answerable).bind(m.state.as_str()).bind(m.next_attempt_at).bind(m.at)
        .bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Whether a message of the channel is stored already.
pub async fn exists_external(
    conn: &mut Conn,
    workspace_id: Uuid,
    phone_number_id: &str,
    external_id: &str,
) -> StoreResult<bool> {
    let sql = "select 1 from messages where workspace_id = $1 and phone_number_id = $2 and external_message_id = $3";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(phone_number_id)
        .bind(external_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    conversation_id: Uuid,
    #[sqlx(try_from = "String")]
    channel: Channel,
    #[sqlx(try_from = "String")]
    direction: Direction,
    #[sqlx(try_from = "String")]
    author: Author,
    author_name: Option<String>,
    #[sqlx(try_from = "String")]
    kind: MessageKind,
    body: String,
    #[sqlx(try_from = "String")]
    state: MessageState,
    error: Option<String>,
    error_code: Option<i64>,
    next_attempt_at: Millis,
    attempts: i64,
    at: Millis,
    seq: i64,
}

impl From<Row> for Message {
    fn from(r: Row) -> Self {
        let waits = r.state == MessageState::Queued && r.attempts > 0;
        Self {
            id: r.id,
            conversation_id: r.conversation_id,
            channel: r.channel,
            direction: r.direction,
            author: r.author,
            author_name: r.author_name,
            kind: r.kind,
            body: r.body,
            state: r.state,
            error: r.error,
            error_code: r.error_code,
            next_attempt_at: waits.then_some(r.next_attempt_at),
            at: r.at,
            seq: r.seq,
        }
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select m.id, m.conversation_id, m.channel, m.direction, m.author, u.name as author_name, m.kind, m.body,
             m.state, m.error, m.error_code, m.next_attempt_at, m.attempts, m.at, m.seq
             from messages m left join users u on u.id = m.user_id ",
            $tail
        )
    };
}

/// The newest messages before a place, oldest first.
pub async fn list(
    conn: &mut Conn,
    workspace_id: Uuid,
    conversation_id: Uuid,
    before: i64,
    limit: i64,
) -> StoreResult<Vec<Message>> {
    let sql =
        select!("where m.workspace_id = $1 and m.conversation_id = $2 and m.seq < $3 order by m.seq desc limit $4");
    let mut rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(before)
        .bind(limit).fetch_all(c).await)?;
    rows.reverse();
    Ok(rows.into_iter().map(Message::from).collect())
}

/// What a visitor may see after a place: no activity lines.
pub async fn list_for_visitor(
    conn: &mut Conn,
    workspace_id: Uuid,
    conversation_id: Uuid,
    after: i64,
) -> StoreResult<Vec<Message>> {
    let sql = select!(
        "where m.workspace_id = $1 and m.conversation_id = $2 and m.seq > $3 and m.author <> 'system' order by m.seq limit 200"
    );
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(after)
        .fetch_all(c).await)?;
    Ok(rows.into_iter().map(Message::from).collect())
}

pub async fn find(conn: &mut Conn, workspace_id: Uuid, id: Uuid) -> StoreResult<Option<Message>> {
    let sql = select!("where m.workspace_id = $1 and m.id = $2");
    let row: Option<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Message::from))
}

/// The message that this client already sent under its own id.
pub async fn find_by_client_id(
    conn: &mut Conn,
    workspace_id: Uuid,
    conversation_id: Uuid,
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
    pub seq: i64,
    pub body: String,
    pub external_message_id: Option<String>,
    pub at: Millis,
}

/// The messages between two places that want an answer, in order.
pub async fn list_questions(
    conn: &mut Conn,
    workspace_id: Uuid,
    conversation_id: Uuid,
    after: i64,
    upto: i64,
) -> StoreResult<Vec<Question>> {
    let sql = "select seq, body, external_message_id, at from messages
               where workspace_id = $1 and conversation_id = $2 and seq > $3 and seq <= $4 and answerable order by seq limit 100";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(after).bind(upto)
        .fetch_all(c).await)?)
}

/// Deletes a conversation's messages with all that hangs on them.
pub async fn delete_of_conversation(conn: &mut Conn, workspace_id: Uuid, conversation_id: Uuid) -> StoreResult<()> {
    for sql in [
        "delete from attempts where workspace_id = $1 and message_id in
         (select id from messages where workspace_id = $1 and conversation_id = $2)",
        "delete from message_statuses where workspace_id = $1 and message_id in
         (select id from messages where workspace_id = $1 and conversation_id = $2)",
        "delete from messages where workspace_id = $1 and conversation_id = $2",
    ] {
        on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).execute(c).await.map(drop))?;
    }
    Ok(())
}
