//! `conversations/…`: the inbox.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        Millis,
        conversation::{Conversation, ConversationPage, ConversationStatus, Erased, Mode, Waiting},
        ids::{ConversationId, LabelId, UserId},
        listing::{Colleague, Counts, Listing},
    },
    error::ApiError,
};

/// A page of the inbox, newest first; with `waiting` only conversations in which the customer waits for a person, the one who
/// has waited longest first. The filters combine: `channel`, `status`, `waiting`, `assignee` (`mine`, `none`, or a person's id),
/// `label`, `unread`. `before` is the `next` of the page above. With `ids` (at most 200): those of them that the filter lets
/// through, to learn what became of rows that are shown.
#[server(prefix = "/api/v1", endpoint = "conversations/list", protocol = Wire)]
pub async fn list_conversations(
    #[server(flatten)] listing: Listing,
    #[server(default)] before: Option<String>,
    #[server(default)] ids: Option<Vec<ConversationId>>,
) -> Result<ConversationPage, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::conversation::list(&state, &actor, listing, before.as_deref(), ids.as_deref()).await?)
}

/// How many conversations the filters let through: the caller's, nobody's and all, each up to 1001 (more than 1000). An
/// `assignee` among the filters counts for nothing here.
#[server(prefix = "/api/v1", endpoint = "conversations/count", protocol = Wire)]
pub async fn count_conversations(#[server(flatten)] listing: Listing) -> Result<Counts, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::conversation::counts(&state, &actor, listing).await?)
}

/// Gives a conversation to a member of the workspace who is let in, or to nobody: then it is in the queue. Who answers stays as it
/// is. What is nobody's becomes theirs who take it over or write in it.
#[server(prefix = "/api/v1", endpoint = "conversations/assign", protocol = Wire)]
pub async fn assign_conversation(
    id: ConversationId,
    #[server(default)] user_id: Option<UserId>,
) -> Result<Conversation, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Converse)?;
    Ok(service::conversation::assign(&state, &actor, id, user_id).await?)
}

/// Puts labels on a conversation and takes others off.
#[server(prefix = "/api/v1", endpoint = "conversations/label", protocol = Wire)]
pub async fn label_conversation(
    id: ConversationId,
    #[server(default)] add: Vec<LabelId>,
    #[server(default)] remove: Vec<LabelId>,
) -> Result<Conversation, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Converse)?;
    Ok(service::label::label(&state, &actor, id, add, remove).await?)
}

/// Whom a conversation can be assigned to: the members who are let in, by name.
#[server(prefix = "/api/v1", endpoint = "conversations/colleagues", protocol = Wire)]
pub async fn list_colleagues() -> Result<Vec<Colleague>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::conversation::list_colleagues(&state, &actor).await?)
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

/// Resolves, snoozes or opens a conversation. One that is snoozed `until` a time (in milliseconds, at most a year ahead) opens by
/// itself then, and comes to the top of the list. Resolving one that people have gives it back to the bot, with a line in the
/// thread, if there is a bot. Nobody waits in what is not open; the customer's next message opens it again.
#[server(prefix = "/api/v1", endpoint = "conversations/set_status", protocol = Wire)]
pub async fn set_status(
    id: ConversationId,
    status: ConversationStatus,
    #[server(default)] until: Option<Millis>,
) -> Result<Conversation, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Converse)?;
    Ok(service::conversation::set_status(&state, &actor, id, status, until).await?)
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
