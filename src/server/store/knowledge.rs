//! The questions and answers of chatbots.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    chatbot::KnowledgeItem,
    ids::{ChatbotId, KnowledgeItemId, WorkspaceId},
};

#[derive(FromRow)]
struct Row {
    id: KnowledgeItemId,
    chatbot_id: ChatbotId,
    question: String,
    answer: String,
    updated_at: Millis,
}

impl From<Row> for KnowledgeItem {
    fn from(r: Row) -> Self {
        Self { id: r.id, chatbot_id: r.chatbot_id, question: r.question, answer: r.answer, updated_at: r.updated_at }
    }
}

pub async fn list(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
) -> StoreResult<Vec<KnowledgeItem>> {
    let sql = "select id, chatbot_id, question, answer, updated_at from knowledge_items
               where workspace_id = $1 and chatbot_id = $2 order by lower(question), id";
    let rows: Vec<Row> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(chatbot_id).fetch_all(c).await)?;
    Ok(rows.into_iter().map(KnowledgeItem::from).collect())
}

pub async fn insert(conn: &mut Conn, workspace_id: WorkspaceId, item: &KnowledgeItem) -> StoreResult<()> {
    let sql = "insert into knowledge_items (workspace_id, id, chatbot_id, question, answer, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $6, $6)";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(item.id).bind(item.chatbot_id).bind(&item.question)
        .bind(&item.answer).bind(item.updated_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Changes an item of that chatbot; `false` when there is none.
pub async fn update(conn: &mut Conn, workspace_id: WorkspaceId, item: &KnowledgeItem) -> StoreResult<bool> {
    let sql = "update knowledge_items set question = $4, answer = $5, updated_at = $6
               where workspace_id = $1 and chatbot_id = $2 and id = $3";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(item.chatbot_id).bind(item.id)
        .bind(&item.question).bind(&item.answer).bind(item.updated_at).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Deletes an item and says whose it was.
pub async fn delete(conn: &mut Conn, workspace_id: WorkspaceId, id: KnowledgeItemId) -> StoreResult<Option<ChatbotId>> {
    let sql = "delete from knowledge_items where workspace_id = $1 and id = $2 returning chatbot_id";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}
