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

/// Joins a page with messages that are known. A page holds all between its first and its last place, in the order in which
/// they are read; so it takes the place of what was known of them.
pub(super) fn join_messages(known: &mut Vec<Message>, page: &[Message]) {
    let places = || page.iter().map(|m| m.seq);
    let (Some(first), Some(last)) = (places().min(), places().max()) else { return };
    let behind: Vec<Message> = known.iter().filter(|m| m.seq > last).cloned().collect();
    known.retain(|m| m.seq < first);
    if known.iter().map(|m| m.seq).max().is_some_and(|before| before + 1 < first) {
        // More came than a page holds: what lies between can be asked for again.
        known.clear();
    }
    known.extend(page.iter().cloned());
    known.extend(behind);
}
