//! What a send needs of its message, and whom it goes to. It is read before the message is taken for sending: afterwards
//! nothing may fail any more.

use std::collections::HashMap;

use sqlx::{FromRow, QueryBuilder};

use super::{Conn, StoreResult, content::ContentRow, many::portions, on, queue::DueMessage};
use crate::domain::{
    content::Content,
    ids::{ConversationId, MessageId, WorkspaceId},
};

/// Whom a message goes to: the name under which the customer wrote last in this conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Addressee {
    /// The phone number in WhatsApp's spelling.
    pub wa_id: Option<String>,
    /// The business-scoped user id, of the account that the conversation came in by.
    pub user_id: Option<String>,
}

#[derive(Clone, Debug, FromRow)]
pub struct Letter {
    pub workspace_id: WorkspaceId,
    pub id: MessageId,
    pub conversation_id: ConversationId,
    #[sqlx(flatten, try_from = "ContentRow")]
    pub content: Content,
    #[sqlx(flatten)]
    pub to: Addressee,
}

/// What is to be sent, by message.
pub async fn list(conn: &mut Conn, due: &[DueMessage]) -> StoreResult<HashMap<MessageId, Letter>> {
    let mut letters = HashMap::with_capacity(due.len());
    for portion in portions(due) {
        let rows: Vec<Letter> = on!(&mut *conn, c => {
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
        letters.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(letters)
}

#[derive(FromRow)]
struct AddresseeRow {
    id: ConversationId,
    #[sqlx(flatten)]
    to: Addressee,
}

/// Whom the answers in conversations go to, each given with its workspace.
pub async fn list_addressees(
    conn: &mut Conn,
    conversations: &[(WorkspaceId, ConversationId)],
) -> StoreResult<HashMap<ConversationId, Addressee>> {
    let mut addressees = HashMap::with_capacity(conversations.len());
    for portion in portions(conversations) {
        let rows: Vec<AddresseeRow> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("select o.id, o.reply_wa_id as wa_id, o.reply_user_id as user_id from (");
            sql.push_values(portion, |mut row, (workspace_id, id)| {
                row.push_bind(*workspace_id).push_bind(*id);
            });
            sql.push(") as v join conversations o on o.workspace_id = v.column1 and o.id = v.column2");
            sql.build_query_as().fetch_all(c).await
        })?;
        addressees.extend(rows.into_iter().map(|row| (row.id, row.to)));
    }
    Ok(addressees)
}
