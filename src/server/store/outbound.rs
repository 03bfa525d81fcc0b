//! Outbound messages with their recipients, as a send needs them. They are read before the message is claimed for sending:
//! afterwards nothing may fail.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, StoreResult, content::ContentRow, many::portions, on, queue::DueMessage};
use crate::domain::{
    contact::Recipient,
    content::Content,
    ids::{ConversationId, MessageId, WorkspaceId},
};

/// The columns of a [`Recipient`].
#[derive(FromRow)]
struct RecipientRow {
    wa_id: Option<String>,
    user_id: Option<String>,
}

impl From<RecipientRow> for Recipient {
    fn from(RecipientRow { wa_id, user_id }: RecipientRow) -> Self {
        Self { wa_id, user_id }
    }
}

/// A message as it is sent.
#[derive(Clone, Debug, FromRow)]
pub struct OutboundMessage {
    pub workspace_id: WorkspaceId,
    pub id: MessageId,
    pub conversation_id: ConversationId,
    #[sqlx(flatten, try_from = "ContentRow")]
    pub content: Content,
    #[sqlx(flatten, try_from = "RecipientRow")]
    pub to: Recipient,
}

/// The due messages, by id.
pub async fn list(conn: &mut Conn, due: &[DueMessage]) -> StoreResult<HashMap<MessageId, OutboundMessage>> {
    let mut messages = HashMap::with_capacity(due.len());
    for portion in portions(due) {
        let rows: Vec<OutboundMessage> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "select m.workspace_id, m.id, m.conversation_id, m.kind, m.body, m.content, o.reply_wa_id as wa_id, o.reply_user_id as user_id
                 from (",
            );
            sql.push_values(portion, |mut row, due| {
                row.push_bind(due.workspace_id).push_bind(due.id);
            });
            sql.push(") as v join messages m on m.workspace_id = v.column1 and m.id = v.column2
                      join conversations o on o.workspace_id = m.workspace_id and o.id = m.conversation_id");
            sql.build_query_as().fetch_all(c).await
        })?;
        messages.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(messages)
}

#[derive(FromRow)]
struct ReplyRow {
    id: ConversationId,
    #[sqlx(flatten, try_from = "RecipientRow")]
    to: Recipient,
}

/// The recipients of answers in conversations, each given with its workspace.
pub async fn list_recipients(
    conn: &mut Conn,
    conversations: &[(WorkspaceId, ConversationId)],
) -> StoreResult<HashMap<ConversationId, Recipient>> {
    let mut recipients = HashMap::with_capacity(conversations.len());
    for portion in portions(conversations) {
        let rows: Vec<ReplyRow> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("select o.id, o.reply_wa_id as wa_id, o.reply_user_id as user_id from (");
            sql.push_values(portion, |mut row, (workspace_id, id)| {
                row.push_bind(*workspace_id).push_bind(*id);
            });
            sql.push(") as v join conversations o on o.workspace_id = v.column1 and o.id = v.column2");
            sql.build_query_as().fetch_all(c).await
        })?;
        recipients.extend(rows.into_iter().map(|row| (row.id, row.to)));
    }
    Ok(recipients)
}
