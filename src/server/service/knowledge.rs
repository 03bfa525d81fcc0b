//! Questions and answers. Every change makes the chatbot's index out of date, in the same transaction.

use super::{Services, actor::Actor, validate};
use crate::{
    domain::{
        chatbot::{ANSWER_MAX, KnowledgeItem, QUESTION_MAX},
        event::DomainEvent,
        ids::{ChatbotId, KnowledgeItemId},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        store::{chatbot, knowledge},
    },
};

pub async fn list(state: &Services, actor: &Actor, chatbot_id: ChatbotId) -> Result<Vec<KnowledgeItem>> {
    let mut conn = state.store.read().await?;
    if chatbot::find_profile(&mut conn, actor.workspace_id, chatbot_id).await?.is_none() {
        return Err(ApiError::not_found("The chatbot").into());
    }
    Ok(knowledge::list(&mut conn, actor.workspace_id, chatbot_id).await?)
}

pub async fn save(
    state: &Services,
    actor: &Actor,
    chatbot_id: ChatbotId,
    id: Option<KnowledgeItemId>,
    question: &str,
    answer: &str,
) -> Result<KnowledgeItem> {
    let item = KnowledgeItem {
        id: id.unwrap_or_else(mint_id),
        chatbot_id,
        question: validate::required("question", question, QUESTION_MAX)?,
        answer: validate::required("answer", answer, ANSWER_MAX)?,
        updated_at: state.now(),
    };
    let input = (actor.workspace_id, item.clone(), id.is_none());
    let saved = state
        .transact(actor, chatbot_id, input, |conn, (workspace_id, item, is_new)| {
            Box::pin(async move {
                if !chatbot::bump_knowledge(conn, *workspace_id, item.chatbot_id, item.updated_at).await? {
                    return Ok(Err("The chatbot"));
                }
                if *is_new {
                    knowledge::insert(conn, *workspace_id, item).await?;
                } else if !knowledge::update(conn, *workspace_id, item).await? {
                    return Ok(Err("The question"));
                }
                conn.tell(
                    *workspace_id,
                    DomainEvent::KnowledgeChanged { chatbot_id: item.chatbot_id },
                    item.updated_at,
                );
                Ok(Ok(()))
            })
        })
        .await?;
    saved.map_err(ApiError::not_found)?;
    Ok(item)
}

pub async fn delete(state: &Services, actor: &Actor, id: KnowledgeItemId) -> Result<()> {
    let input = (actor.workspace_id, id, state.now());
    let deleted = state
        .transact(actor, id, input, |conn, (workspace_id, id, now)| {
            Box::pin(async move {
                let Some(chatbot_id) = knowledge::delete(conn, *workspace_id, *id).await? else { return Ok(false) };
                chatbot::bump_knowledge(conn, *workspace_id, chatbot_id, *now).await?;
                conn.tell(*workspace_id, DomainEvent::KnowledgeChanged { chatbot_id }, *now);
                Ok(true)
            })
        })
        .await?;
    if !deleted {
        return Err(ApiError::not_found("The question").into());
    }
    Ok(())
}
