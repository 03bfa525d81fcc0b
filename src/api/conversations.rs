//! `conversations/…`: the inbox.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        channel::Channel,
        conversation::{Conversation, ConversationPage, ConversationStatus, Erased, Mode, Waiting},
        ids::ConversationId,
    },
    error::ApiError,
};

/// A page of the inbox, newest first; with `waiting` only conversations in which the customer waits for a person, the one who
/// has waited longest first. `before` is the `next` of the page above. With `ids` (at most 200): those of them that the filter
/// lets through, to learn what became of rows that are shown.
#[server(prefix = "/api/v1", endpoint = "conversations/list", protocol = Wire)]
pub async fn list_conversations(
    #[server(default)] channel: Option<Channel>,
    #[server(default)] status: Option<ConversationStatus>,
    #[server(default)] before: Option<String>,
    #[server(default)] ids: Option<Vec<ConversationId>>,
    #[server(default)] waiting: bool,
) -> Result<ConversationPage, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::conversation::list(&state, &actor, (channel, status, waiting), before.as_deref(), ids.as_deref())
        .await?)
}

/// How many customers wait for a person, and who began to wait last.
#[server(prefix = "/api/v1", endpoint = "conversations/waiting", protocol = Wire)]
pub async fn waiting_customers() -> Result<Waiting, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::conversation::waiting(&state, &actor).await?)
}

#[server(prefix = "/api/v1", endpoint = "conversations/get", protocol = Wire)]
pub async fn get_conversation(id: ConversationId) -> Result<Conversation, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::conversation::get(&state, &actor, id).await?)
}

/// Takes a conversation over (`human`) or gives it back (`bot`).
///
/// A take-over withdraws what the bot had queued; a customer who spoke last waits for a person from then on (`waiting_since`).
/// What was said before it is given back is not answered by the bot, and nobody waits any more. 409 when chatbot or integration
/// were deleted: then there is no bot to give it back to.
#[server(prefix = "/api/v1", endpoint = "conversations/set_mode", protocol = Wire)]
pub async fn set_mode(id: ConversationId, mode: Mode) -> Result<Conversation, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Converse)?;
    Ok(service::conversation::set_mode(&state, &actor, id, mode).await?)
}

/// Resolves, snoozes or opens a conversation. Resolving one that people have gives it back to the bot, with a line in the
/// thread, if there is a bot. Nobody waits in what is not open; the customer's next message opens it again.
#[server(prefix = "/api/v1", endpoint = "conversations/set_status", protocol = Wire)]
pub async fn set_status(id: ConversationId, status: ConversationStatus) -> Result<Conversation, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Converse)?;
    Ok(service::conversation::set_status(&state, &actor, id, status).await?)
}

/// What was said up to the place `seq` has been seen; what arrived after it stays unread. Without `seq`: all of it.
#[server(prefix = "/api/v1", endpoint = "conversations/mark_read", protocol = Wire)]
pub async fn mark_read(id: ConversationId, #[server(default)] seq: Option<i64>) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Converse)?;
    Ok(service::conversation::mark_read(&state, &actor, id, seq).await?)
}

/// Erases a conversation with all its messages for good, and what is kept of them in the event log. What is waiting to be sent
/// is withdrawn. The contact goes too, unless there are other conversations with them.
#[server(prefix = "/api/v1", endpoint = "conversations/erase", protocol = Wire)]
pub async fn erase_conversation(id: ConversationId) -> Result<Erased, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Erase)?;
    Ok(service::erasure::erase_conversation(&state, &actor, id).await?)
}
