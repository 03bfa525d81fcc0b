//! Notes: what people write to each other in a conversation.
//!
//! They are in a table of their own, which nothing reads but the thread that people see. So no note can be sent, shown to a
//! visitor, told to an engine or stand in a preview: what does those things asks for messages.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    channel::Channel,
    content::Content,
    ids::{ConversationId, MessageId, NoteId, UserId, WorkspaceId},
    message::{Author, Direction, Message, MessageState},
};

/// A note to be stored.
#[derive(Clone, Debug)]
pub struct NewNote {
    pub workspace_id: WorkspaceId,
    pub id: NoteId,
    pub conversation_id: ConversationId,
    pub user_id: UserId,
    pub body: String,
    /// The id that its writer gave it: under one it is stored once.
    pub client_id: Option<Uuid>,
}

pub async fn insert(conn: &mut Conn, n: &NewNote, seq: i64, now: Millis) -> StoreResult<()> {
    let sql = "insert into notes (workspace_id, id, conversation_id, seq, user_id, body, client_id, created_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(conn, c => sqlx::query(sql).bind(n.workspace_id).bind(n.id).bind(n.conversation_id).bind(seq).bind(n.user_id)
        .bind(&n.body).bind(n.client_id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes down that a note mentions somebody.
pub async fn mention(conn: &mut Conn, n: &NewNote, user_id: UserId, seq: i64, now: Millis) -> StoreResult<()> {
    let sql = "insert into mentions (workspace_id, user_id, note_id, conversation_id, seq, created_at)
               values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    on!(conn, c => sqlx::query(sql).bind(n.workspace_id).bind(user_id).bind(n.id).bind(n.conversation_id).bind(seq)
        .bind(now).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(FromRow)]
struct Row {
    id: NoteId,
    conversation_id: ConversationId,
    channel: String,
    seq: i64,
    user_id: UserId,
    user_name: Option<String>,
    body: String,
    client_id: Option<Uuid>,
    created_at: Millis,
}

/// Notes of workspace `$1`, with the names of who wrote them.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "select n.id, n.conversation_id, v.channel, n.seq, n.user_id, u.name as user_name, n.body, n.client_id, n.created_at from notes n
             join conversations v on v.workspace_id = n.workspace_id and v.id = n.conversation_id
             left join users u on u.id = n.user_id where n.workspace_id = $1 and ",
            $condition
        )
    };
}

impl From<Row> for Message {
    /// As a line of the thread that people see.
    fn from(row: Row) -> Self {
        Self {
            id: MessageId::from(Uuid::from(row.id)),
            conversation_id: row.conversation_id,
            channel: Channel::from(row.channel),
            direction: Direction::Internal,
            author: Author::User,
            author_name: row.user_name,
            mine: false,
            user_id: Some(row.user_id),
            content: Content::text(row.body),
            note: None,
            state: MessageState::Received,
            error: None,
            error_code: None,
            action: None,
            next_attempt_at: None,
            at: row.created_at,
            seq: row.seq,
            client_id: row.client_id,
        }
    }
}

/// The newest notes between two places (from, before), at most so many, oldest first.
pub async fn list(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    (from, before): (i64, i64),
    limit: i64,
) -> StoreResult<Vec<Message>> {
    let sql = select!("n.conversation_id = $2 and n.seq >= $3 and n.seq < $4 order by n.seq desc limit $5");
    let mut rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(from).bind(before)
        .bind(limit).fetch_all(c).await)?;
    rows.reverse();
    Ok(rows.into_iter().map(Message::from).collect())
}

/// The note that this client has already written under its own id.
pub async fn find_by_client_id(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    client_id: Uuid,
) -> StoreResult<Option<Message>> {
    let sql = select!("n.conversation_id = $2 and n.client_id = $3");
    let row: Option<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(conversation_id).bind(client_id)
        .fetch_optional(c).await)?;
    Ok(row.map(Message::from))
}

/// Deletes the notes of a conversation up to a place, with their mentions, a chunk at a time; how many.
pub async fn delete_some(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    upto: i64,
    chunk: i64,
) -> StoreResult<i64> {
    let sql = "delete from notes where workspace_id = $1 and conversation_id = $2 and seq in (select n.seq from notes n
               where n.workspace_id = $1 and n.conversation_id = $2 and n.seq <= $3 order by n.seq limit $4)";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(conversation_id).bind(upto).bind(chunk).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}
