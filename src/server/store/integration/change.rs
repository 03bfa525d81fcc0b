//! Connecting, changing, switching and deleting an integration.

use super::{IntegrationRow, Settings};
use crate::{
    domain::{
        Millis,
        ids::{ChatbotId, IntegrationId, WorkspaceId},
    },
    server::store::{Conn, StoreResult, on},
};

pub async fn insert(conn: &mut Conn, i: &IntegrationRow) -> StoreResult<()> {
    let sql = "insert into integrations (workspace_id, id, chatbot_id, name, channel, provider, external_key, account_key,
               settings, access_token, access_token_last4, access_token_set_at, app_secret, app_secret_digest,
               app_secret_set_at, verify_token, app_proven, active, error_reason, error_action, address,
               display_name, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $23)";
    on!(conn, c => sqlx::query(sql).bind(i.workspace_id).bind(i.id).bind(i.chatbot_id).bind(&i.name)
        .bind(i.channel.as_str()).bind(i.provider.as_str()).bind(&i.external_key).bind(&i.account_key).bind(i.settings.as_str())
        .bind(&i.access_token).bind(&i.access_token_last4).bind(i.access_token_set_at).bind(&i.app_secret)
        .bind(&i.app_secret_digest).bind(i.app_secret_set_at).bind(&i.verify_token).bind(i.app_proven).bind(i.active)
        .bind(&i.error_reason).bind(&i.error_action).bind(&i.address).bind(&i.display_name)
        .bind(i.created_at).execute(c).await.map(drop))?;
    Ok(())
}

/// Connects a deleted integration again under its old id, so that conversations and callback are its own again.
/// `false` when it is not deleted any more, or its conversations were erased.
pub async fn revive(conn: &mut Conn, i: &IntegrationRow) -> StoreResult<bool> {
    let sql = "update integrations set chatbot_id = $3, name = $4, account_key = $5, settings = $6,
               access_token = $7, access_token_last4 = $8, access_token_set_at = $9, app_secret = $10,
               app_secret_digest = $11, app_secret_set_at = $9, verify_token = $12, app_proven = $13, proven_at = null, active = true,
               error_reason = null, error_action = null, error_remedy = null, error_at = null, quality = null,
               messaging_limit = null, ability = null, token_expires_at = null, checked_at = null, unreachable_since = null, check_due_at = 0,
               last_webhook_at = null, last_inbound_at = null, last_outbound_at = null, rejected_count = 0,
               rejected_since = 0, rejected_at = null, created_at = $9, updated_at = $9, deleted_at = null
               where workspace_id = $1 and id = $2 and deleted_at is not null and erased_at is null";
    let rows = on!(conn, c => sqlx::query(sql).bind(i.workspace_id).bind(i.id).bind(i.chatbot_id).bind(&i.name)
        .bind(&i.account_key).bind(i.settings.as_str()).bind(&i.access_token).bind(&i.access_token_last4)
        .bind(i.created_at).bind(&i.app_secret).bind(&i.app_secret_digest).bind(&i.verify_token).bind(i.app_proven)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// A sealed secret with what is shown of it.
#[derive(Clone, Default)]
pub struct Secrets {
    pub access_token: Option<Vec<u8>>,
    pub access_token_last4: Option<String>,
    pub app_secret: Option<Vec<u8>>,
    pub app_secret_digest: Option<Vec<u8>>,
    pub verify_token: Option<Vec<u8>>,
}

/// What changes; absent values stay, so that two people who change different things do not undo each other's.
#[derive(Clone, Default)]
pub struct Change {
    pub chatbot_id: Option<ChatbotId>,
    pub name: Option<String>,
    pub external_key: Option<String>,
    pub account_key: Option<String>,
    pub settings: Option<Settings>,
    pub secrets: Secrets,
}

/// Changes an integration. `false` when there is none.
pub async fn update(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    ch: &Change,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update integrations set chatbot_id = coalesce($3, chatbot_id), name = coalesce($4, name),
               external_key = coalesce($5, external_key),
               account_key = coalesce($6, account_key),
               settings = coalesce($7, settings),
               access_token = coalesce($8, access_token), access_token_last4 = coalesce($9, access_token_last4),
               access_token_set_at = case when $8 is null then access_token_set_at else $13 end,
               app_secret = coalesce($10, app_secret), app_secret_digest = coalesce($11, app_secret_digest),
               app_secret_set_at = case when $10 is null then app_secret_set_at else $13 end,
               rejected_since = case when $10 is null then rejected_since else 0 end,
               verify_token = coalesce($12, verify_token), updated_at = $13
               where workspace_id = $1 and id = $2 and deleted_at is null";
    let s = &ch.secrets;
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(ch.chatbot_id).bind(&ch.name)
        .bind(&ch.external_key).bind(&ch.account_key)
        .bind(ch.settings.as_ref().map(Settings::as_str)).bind(&s.access_token).bind(&s.access_token_last4).bind(&s.app_secret)
        .bind(&s.app_secret_digest).bind(&s.verify_token).bind(now).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Forgets what was known of the number before, when an integration moves to another: nothing of it holds there, and
/// the customers of the old number have opened no window with the new one.
pub async fn close_windows(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    open_since: Millis,
) -> StoreResult<()> {
    let integration = "update integrations set address = null, display_name = null, quality = null,
        messaging_limit = null, ability = null, last_webhook_at = null, last_inbound_at = null, last_outbound_at = null
        where workspace_id = $1 and id = $2";
    on!(&mut *conn, c => sqlx::query(integration).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    let windows = "update conversations set last_inbound_at = null
        where workspace_id = $1 and integration_id = $2 and last_inbound_at > $3";
    on!(conn, c => sqlx::query(windows).bind(workspace_id).bind(id).bind(open_since).execute(c).await.map(drop))?;
    Ok(())
}

/// Gives conversations of an integration to its present chatbot, a chunk at a time; the number given.
pub async fn move_conversations(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    chatbot_id: ChatbotId,
    chunk: i64,
) -> StoreResult<u64> {
    let sql = "update conversations set chatbot_id = $3 where workspace_id = $1 and id in (select id from conversations
               where workspace_id = $1 and integration_id = $2 and chatbot_id <> $3 limit $4)";
    Ok(on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(chatbot_id).bind(chunk)
        .execute(c).await.map(|r| r.rows_affected()))?)
}

/// Switches an integration on or off; `false` when it was so already or there is none. What was proven ends when it is
/// switched off, and is requested again when it is switched on.
pub async fn set_active(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    active: bool,
    now: Millis,
) -> StoreResult<bool> {
    let sql = "update integrations set active = $3, app_proven = false, proven_at = null, updated_at = $4,
               check_due_at = case when $3 then $4 else check_due_at end
               where workspace_id = $1 and id = $2 and deleted_at is null and active <> $3";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(active).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Deletes an integration: its secrets are gone at once, a bare row remains for its callback. `false` when there is none.
pub async fn delete(conn: &mut Conn, workspace_id: WorkspaceId, id: IntegrationId, now: Millis) -> StoreResult<bool> {
    let sql = "update integrations set deleted_at = $3, active = false, app_proven = false, proven_at = null, access_token = null, access_token_last4 = '',
               app_secret = null, app_secret_digest = null, verify_token = null, updated_at = $3
               where workspace_id = $1 and id = $2 and deleted_at is null";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Notes that the conversations of a deleted integration are to be erased: it does not come back.
pub async fn begin_erasing(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update integrations set erased_at = $3, erasing = true
               where workspace_id = $1 and id = $2 and deleted_at is not null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Integrations whose conversations are still being erased: workspace, id, number and since when.
pub async fn list_erasing(conn: &mut Conn) -> StoreResult<Vec<(WorkspaceId, IntegrationId, String, Millis)>> {
    let sql = "select workspace_id, id, external_key, coalesce(erased_at, 0) from integrations where erasing limit 100";
    Ok(on!(conn, c => sqlx::query_as(sql).fetch_all(c).await)?)
}

/// Notes that nothing is left to erase.
pub async fn finish_erasing(conn: &mut Conn, workspace_id: WorkspaceId, id: IntegrationId) -> StoreResult<()> {
    let sql = "update integrations set erasing = false where workspace_id = $1 and id = $2";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).execute(c).await.map(drop))?;
    Ok(())
}

/// Secrets as they were sealed, and as they are resealed.
#[derive(Clone, Default)]
pub struct Sealed {
    pub access_token: Option<(Vec<u8>, Vec<u8>)>,
    pub app_secret: Option<(Vec<u8>, Vec<u8>)>,
    pub verify_token: Option<(Vec<u8>, Vec<u8>)>,
    pub app_secret_digest: Option<Vec<u8>>,
}

/// Puts secrets that were resealed in place of the old ones; one that was changed meanwhile stays as it is.
pub async fn reseal(conn: &mut Conn, workspace_id: WorkspaceId, id: IntegrationId, s: &Sealed) -> StoreResult<bool> {
    let token = "update integrations set access_token = $4 where workspace_id = $1 and id = $2 and access_token = $3";
    let verify = "update integrations set verify_token = $4 where workspace_id = $1 and id = $2 and verify_token = $3";
    let mut changed = 0;
    for (sql, pair) in [(token, &s.access_token), (verify, &s.verify_token)] {
        if let Some((old, new)) = pair {
            changed += on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(old).bind(new)
                .execute(c).await.map(|r| r.rows_affected()))?;
        }
    }
    if let Some((old, new)) = &s.app_secret {
        let sql = "update integrations set app_secret = $4, app_secret_digest = $5
                   where workspace_id = $1 and id = $2 and app_secret = $3";
        changed += on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(old).bind(new)
            .bind(&s.app_secret_digest).execute(c).await.map(|r| r.rows_affected()))?;
    }
    Ok(changed > 0)
}
