//! The lines in a thread that say which labels came and went.

use super::hands::{Line, name_of, write_line};
use crate::{
    domain::{
        Millis,
        ids::{ConversationId, MessageId},
    },
    server::{
        service::actor::Actor,
        store::{Conn, StoreResult},
    },
};

/// Says that somebody put labels on, or took them off; nothing for none.
pub async fn write_labels(
    conn: &mut Conn,
    actor: &Actor,
    id: ConversationId,
    (line_id, names, added): (MessageId, &[String], bool),
    now: Millis,
) -> StoreResult<()> {
    if names.is_empty() {
        return Ok(());
    }
    let who = name_of(conn, actor).await?;
    let names = names.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
    let body =
        if added { format!("{who} added the label {names}") } else { format!("{who} took off the label {names}") };
    write_line(conn, actor.workspace_id, id, Line { id: line_id, by: Some(actor.user_id), body }, now).await
}
