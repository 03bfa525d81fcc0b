//! What a list already loaded, kept together with what the server says now.

use crate::domain::{
    conversation::{ConversationPage, ConversationRow},
    message::Message,
};

/// Joins the first page with older rows: what the page covers is taken from the page alone, because rows that it no
/// longer holds have left the list.
pub(super) fn join_rows(page: &ConversationPage, older: &[ConversationRow]) -> Vec<ConversationRow> {
    let mut rows = page.rows.clone();
    let (Some(last), Some(_)) = (page.rows.last(), &page.next) else { return rows };
    let oldest = last.last_message_at;
    for row in older {
        if row.last_message_at <= oldest && rows.iter().all(|r| r.id != row.id) {
            rows.push(row.clone());
        }
    }
    rows
}

/// Joins messages by their place in the conversation; the newer word on a message wins.
pub(super) fn join_messages(known: &mut Vec<Message>, news: &[Message]) {
    for message in news {
        match known.binary_search_by_key(&message.seq, |m| m.seq) {
            Ok(at) => {
                if let Some(old) = known.get_mut(at) {
                    old.clone_from(message);
                }
            }
            Err(at) => known.insert(at, message.clone()),
        }
    }
}
