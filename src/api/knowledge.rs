//! `knowledge/…`: the questions and answers of a chatbot.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        chatbot::KnowledgeItem,
        ids::{ChatbotId, KnowledgeItemId},
    },
    error::ApiError,
};

/// Every question and answer of a chatbot, by question.
#[server(prefix = "/api/v1", endpoint = "knowledge/list", protocol = Wire)]
pub async fn list_knowledge(chatbot_id: ChatbotId) -> Result<Vec<KnowledgeItem>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::knowledge::list(&state, &actor, chatbot_id).await?)
}

/// Adds a question and answer, or changes the one with this `id`.
#[server(prefix = "/api/v1", endpoint = "knowledge/save", protocol = Wire)]
pub async fn save_knowledge(
    chatbot_id: ChatbotId,
    #[server(default)] id: Option<KnowledgeItemId>,
    question: String,
    answer: String,
) -> Result<KnowledgeItem, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageChatbots)?;
    Ok(service::knowledge::save(&state, &actor, chatbot_id, id, &question, &answer).await?)
}

#[server(prefix = "/api/v1", endpoint = "knowledge/delete", protocol = Wire)]
pub async fn delete_knowledge(id: KnowledgeItemId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageChatbots)?;
    Ok(service::knowledge::delete(&state, &actor, id).await?)
}
