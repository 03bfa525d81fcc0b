//! `chatbots/…`: create, read, change and delete chatbots, and try them out.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        chatbot::{Chatbot, ChatbotFields, TryAnswer},
        conversation::Erased,
        ids::ChatbotId,
    },
    error::ApiError,
};

/// Every chatbot of the workspace, by name.
#[server(prefix = "/api/v1", endpoint = "chatbots/list", protocol = Wire)]
pub async fn list_chatbots() -> Result<Vec<Chatbot>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::chatbot::list(&state, &actor).await?)
}

#[server(prefix = "/api/v1", endpoint = "chatbots/create", protocol = Wire)]
pub async fn create_chatbot(name: String) -> Result<Chatbot, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageChatbots)?;
    Ok(service::chatbot::create(&state, &actor, &name).await?)
}

#[server(prefix = "/api/v1", endpoint = "chatbots/get", protocol = Wire)]
pub async fn get_chatbot(id: ChatbotId) -> Result<Chatbot, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::chatbot::get(&state, &actor, id).await?)
}

/// Changes what is given; the rest stays. Of the small talk (`hello`, `thanks`, `goodbye`, `insult`, and `person` for when people
/// take over) an empty text stands for the built-in words in the customer's language, and a dash for saying nothing. `idle_minutes`:
/// after so long without a person's word the bot has a conversation again that people have taken; 0: never.
#[server(prefix = "/api/v1", endpoint = "chatbots/update", protocol = Wire)]
pub async fn update_chatbot(id: ChatbotId, #[server(flatten)] fields: ChatbotFields) -> Result<Chatbot, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageChatbots)?;
    Ok(service::chatbot::update(&state, &actor, id, fields).await?)
}

/// Switches a chatbot's chat on websites on or off. Off (as each is at first), its page is not there and nobody can write.
#[server(prefix = "/api/v1", endpoint = "chatbots/set_website", protocol = Wire)]
pub async fn set_website(id: ChatbotId, active: bool) -> Result<Chatbot, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::chatbot::set_website(&state, &actor, id, active).await?)
}

/// Erases every conversation that visitors of websites have had with a chatbot so far, for good.
#[server(prefix = "/api/v1", endpoint = "chatbots/erase_website_history", protocol = Wire)]
pub async fn erase_website_history(id: ChatbotId) -> Result<Erased, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Erase)?;
    Ok(service::erasure::erase_website(&state, &actor, id).await?)
}

/// Deletes a chatbot with its knowledge. 409 while integrations use it.
#[server(prefix = "/api/v1", endpoint = "chatbots/delete", protocol = Wire)]
pub async fn delete_chatbot(id: ChatbotId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageChatbots)?;
    Ok(service::chatbot::delete(&state, &actor, id).await?)
}

/// What the chatbot would answer at the beginning of a conversation. Sends nothing and stores nothing. To go on with a
/// conversation, say that it has `greeted`, and give the `misses` of the last answer back.
#[server(prefix = "/api/v1", endpoint = "chatbots/try", protocol = Wire)]
pub async fn try_chatbot(
    id: ChatbotId,
    question: String,
    #[server(default)] greeted: Option<bool>,
    #[server(default)] misses: Option<i64>,
) -> Result<TryAnswer, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::chatbot::try_out(
        &state,
        &actor,
        id,
        &question,
        (greeted.unwrap_or_default(), misses.unwrap_or_default()),
    )
    .await?)
}
