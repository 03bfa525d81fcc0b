//! Whose a conversation is. What is nobody's becomes theirs who take it over or write in it (`store/conversation/assigning.rs`).

use super::{
    get,
    hands::{Line, name_of, write_line},
};
use crate::{
    domain::{
        Millis,
        conversation::Conversation,
        ids::{ConversationId, MessageId, UserId},
        listing::Colleague,
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        service::{Services, actor::Actor},
        store::{Conn, StoreResult, account, conversation, person},
    },
};

/// Gives a conversation to somebody of the team, or puts it back into the queue.
///
/// # Errors
/// When there is no such conversation, or the person is not let in to the workspace.
pub async fn assign(state: &Services, actor: &Actor, id: ConversationId, to: Option<UserId>) -> Result<Conversation> {
    get(state, actor, id).await?;
    let input = (*actor, id, to, mint_id(), state.now());
    let assigned = state.transact(actor, id, input, |conn, (actor, id, to, line_id, now)| {
        Box::pin(assign_within(conn, actor, *id, *to, *line_id, *now))
    });
    assigned.await??;
    get(state, actor, id).await
}

async fn assign_within(
    conn: &mut Conn,
    actor: &Actor,
    id: ConversationId,
    to: Option<UserId>,
    line_id: MessageId,
    now: Millis,
) -> StoreResult<std::result::Result<(), ApiError>> {
    let ws = actor.workspace_id;
    let mut name = None;
    if let Some(user_id) = to {
        // Held, so that nobody is dismissed meanwhile and keeps it.
        let is_in = person::hold(conn, user_id).await? == Some(true);
        let Some(member) = account::find_member(conn, ws, user_id).await?.filter(|_| is_in) else {
            return Ok(Err(ApiError::invalid("user_id", "This person is not let in to the workspace.")
                .action("Choose somebody else.")));
        };
        name = Some(member.name);
    }
    if !conversation::assign(conn, ws, id, to, now).await? {
        return Ok(Ok(()));
    }
    let who = name_of(conn, actor).await?;
    let body = match name {
        None => format!("{who} put the conversation back into the queue"),
        Some(_) if to == Some(actor.user_id) => format!("{who} took on the conversation"),
        Some(name) => format!("{who} assigned the conversation to {name}"),
    };
    write_line(conn, ws, id, Line { id: line_id, by: Some(actor.user_id), body }, now).await?;
    Ok(Ok(()))
}

/// Whom a conversation can be assigned to.
pub async fn list_colleagues(state: &Services, actor: &Actor) -> Result<Vec<Colleague>> {
    Ok(conversation::list_colleagues(&mut state.store.read().await?, actor.workspace_id).await?)
}
