//! `notes/…`: what people write to each other in a conversation. They come with its messages (`messages/list`), marked `internal`.

use leptos::prelude::*;
use uuid::Uuid;

use super::wire::Wire;
use crate::{
    domain::{ids::ConversationId, message::Message},
    error::ApiError,
};

/// Writes a note that only members of the workspace see. Whoever it names as `@Name` is mentioned. `client_id` (a UUID) makes
/// repeating safe: the same id writes once.
#[server(prefix = "/api/v1", endpoint = "notes/create", protocol = Wire)]
pub async fn create_note(
    conversation_id: ConversationId,
    text: String,
    #[server(default)] client_id: Option<Uuid>,
) -> Result<Message, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Converse)?;
    Ok(service::note::create(&state, &actor, conversation_id, &text, client_id).await?)
}
