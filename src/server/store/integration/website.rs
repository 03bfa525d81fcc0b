//! A chatbot's integration with the website: there from the beginning, open to visitors once somebody switches it on.

use sqlx::FromRow;
use uuid::Uuid;

use super::Settings;
use crate::{
    domain::{
        Millis,
        channel::Channel,
        ids::{ChatbotId, IntegrationId, WorkspaceId},
        integration::Provider,
    },
    server::store::{Conn, StoreResult, on},
};

/// A new chatbot's integration with the website, closed.
pub async fn insert_website(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    (chatbot_id, name): (ChatbotId, &str),
    now: Millis,
) -> StoreResult<()> {
    let sql =
        "insert into integrations (workspace_id, id, chatbot_id, channel, provider, name, external_key, account_key,
               settings, access_token_last4, access_token_set_at, app_secret_set_at, active, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $6, $7, '', $8, '', 0, 0, false, $9, $9)";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(chatbot_id).bind(Channel::Web.as_str())
        .bind(Provider::Own.as_str()).bind(name).bind(Uuid::from(id).simple().to_string()).bind(Settings::default().as_str()).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// Opens or closes a chatbot's chat on websites: its integration, or none when it was so already or there is no such chatbot.
pub async fn set_website_active(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    active: bool,
    now: Millis,
) -> StoreResult<Option<IntegrationId>> {
    let sql = "update integrations set active = $3, updated_at = $4
               where workspace_id = $1 and chatbot_id = $2 and channel = 'web' and deleted_at is null and active <> $3
               returning id";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(chatbot_id).bind(active).bind(now)
        .fetch_optional(c).await)?)
}

/// Deletes a chatbot's integration with the website, for the chatbot goes: which it was.
pub async fn delete_website(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    now: Millis,
) -> StoreResult<Option<IntegrationId>> {
    let sql = "update integrations set deleted_at = $3, active = false, updated_at = $3
               where workspace_id = $1 and chatbot_id = $2 and channel = 'web' and deleted_at is null returning id";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(chatbot_id).bind(now).fetch_optional(c).await)?)
}

/// A website as its public chat page needs it.
#[derive(Clone, Debug, FromRow)]
pub struct Website {
    pub workspace_id: WorkspaceId,
    pub chatbot_id: ChatbotId,
    /// The chatbot's name.
    pub name: String,
    /// Whether the chat is open.
    pub active: bool,
}

/// A website for the public chat page, which names nothing but its integration.
pub async fn find_website(conn: &mut Conn, id: IntegrationId) -> StoreResult<Option<Website>> {
    let sql = "select i.workspace_id, i.chatbot_id, b.name, i.active from integrations i
               join chatbots b on b.workspace_id = i.workspace_id and b.id = i.chatbot_id
               where i.id = $1 and i.channel = 'web' and i.deleted_at is null";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)?)
}
