//! `messages/…`: read a thread, write into it.

use leptos::prelude::*;
use uuid::Uuid;

use super::wire::Wire;
use crate::{
    domain::{
        ids::{ConversationId, MessageId},
        message::Message,
    },
    error::ApiError,
};

/// The newest messages of a conversation, oldest first; `before` is a `seq` to page back from.
#[server(prefix = "/api/v1", endpoint = "messages/list", protocol = Wire)]
pub async fn list_messages(
    conversation_id: ConversationId,
    #[server(default)] before: Option<i64>,
) -> Result<Vec<Message>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::message::list(&state, &actor, conversation_id, before).await?)
}

/// Sends a person's message. It takes the conversation over: the bot is silent from then on.
/// `client_id` (a UUID) makes repeating safe: the same id sends once.
#[server(prefix = "/api/v1", endpoint = "messages/send", protocol = Wire)]
pub async fn send_message(
    conversation_id: ConversationId,
    text: String,
    #[server(default)] client_id: Option<Uuid>,
) -> Result<Message, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::SendMessages)?;
    Ok(service::message::send(&state, &actor, conversation_id, &text, client_id).await?)
}

/// Sends a failed, withdrawn or unknown message again, as a new message of its own.
#[server(prefix = "/api/v1", endpoint = "messages/retry", protocol = Wire)]
pub async fn retry_message(id: MessageId) -> Result<Message, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::SendMessages)?;
    Ok(service::message::retry(&state, &actor, id).await?)
}
