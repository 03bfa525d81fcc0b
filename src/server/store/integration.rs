//! Integrations. Secrets are sealed before they come here and opened after they leave.

mod activity;
mod change;
mod health;
mod settings;
mod website;

use sqlx::FromRow;

pub use self::{
    activity::{
        Activity, HELD, Withdrawn, cancel_of_deleted, cancel_stale_answers, hold_answers, note_activity, note_rejected,
        release_held, void_answers,
    },
    change::{
        Change, Sealed, Secrets, begin_erasing, close_windows, delete, finish_erasing, insert, list_erasing,
        move_conversations, reseal, revive, set_active, update,
    },
    health::{
        Counts, DueCheck, Findings, HealthRow, claim_checks, counts, has_due_checks, list_failures, note_reach,
        postpone_check, preview_removal, request_check, set_error, set_findings,
    },
    settings::Settings,
    website::{Website, delete_website, find_website, insert_website, set_website_active},
};
use super::{Conn, StoreResult, on};
use crate::domain::{
    Millis,
    channel::Channel,
    ids::{ChatbotId, IntegrationId, WorkspaceId},
    integration::Provider,
};

/// An integration with its sealed secrets.
#[derive(Clone, FromRow)]
pub struct IntegrationRow {
    pub workspace_id: WorkspaceId,
    pub id: IntegrationId,
    pub chatbot_id: ChatbotId,
    pub chatbot_name: Option<String>,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    #[sqlx(try_from = "String")]
    pub provider: Provider,
    /// How the provider names what is connected, and the account that it belongs to.
    pub external_key: String,
    pub account_key: String,
    #[sqlx(try_from = "String")]
    pub settings: Settings,
    pub access_token: Option<Vec<u8>>,
    pub access_token_last4: String,
    pub access_token_set_at: Millis,
    pub app_secret: Option<Vec<u8>>,
    pub app_secret_digest: Option<Vec<u8>>,
    pub app_secret_set_at: Millis,
    pub verify_token: Option<Vec<u8>>,
    /// The provider has confirmed that the token is of the deployment-wide app and opens number and account. It counts for a
    /// while.
    pub app_proven: bool,
    pub active: bool,
    pub error_reason: Option<String>,
    pub error_action: Option<String>,
    pub address: Option<String>,
    pub display_name: Option<String>,
    pub last_webhook_at: Option<Millis>,
    pub last_inbound_at: Option<Millis>,
    pub last_outbound_at: Option<Millis>,
    pub rejected_count: i64,
    pub rejected_at: Option<Millis>,
    pub created_at: Millis,
    pub deleted_at: Option<Millis>,
    #[sqlx(flatten)]
    pub health: HealthRow,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select i.workspace_id, i.id, i.chatbot_id, b.name as chatbot_name, i.name, i.channel, i.provider,
             i.external_key, i.account_key, i.settings, i.access_token, i.access_token_last4, i.access_token_set_at, i.app_secret,
             i.app_secret_digest, i.app_secret_set_at, i.verify_token, i.app_proven, i.active, i.error_reason,
             i.error_action, i.address, i.display_name, i.last_webhook_at, i.last_inbound_at,
             i.last_outbound_at, i.rejected_count, i.rejected_at, i.created_at, i.deleted_at, i.error_remedy, i.quality,
             i.messaging_limit, i.ability, i.token_expires_at, i.checked_at, i.rejected_since, i.unreachable_since, i.proven_at
             from integrations i left join chatbots b on b.workspace_id = i.workspace_id and b.id = i.chatbot_id ",
            $tail
        )
    };
}

/// The integrations of a channel.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId, channel: Channel) -> StoreResult<Vec<IntegrationRow>> {
    let sql =
        select!("where i.workspace_id = $1 and i.channel = $2 and i.deleted_at is null order by i.created_at, i.id");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(channel.as_str()).fetch_all(c).await)?)
}

pub async fn find(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
) -> StoreResult<Option<IntegrationRow>> {
    let sql = select!("where i.workspace_id = $1 and i.id = $2 and i.deleted_at is null");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// By id alone, deleted ones too: for the webhook, which learns the workspace from it.
pub async fn find_for_webhook(conn: &mut Conn, id: IntegrationId) -> StoreResult<Option<IntegrationRow>> {
    let sql = select!("where i.id = $1");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)?)
}

/// The workspace's integration of a number with the same app secret: where an app's webhook for another of its numbers goes.
pub async fn find_sibling(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    (channel, external_key): (Channel, &str),
    app_secret_digest: &[u8],
) -> StoreResult<Option<IntegrationRow>> {
    let sql = select!(
        "where i.workspace_id = $1 and i.external_key = $2 and i.channel = $4 and i.app_secret_digest = $3 and i.deleted_at is null"
    );
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(external_key).bind(app_secret_digest)
        .bind(channel.as_str()).fetch_optional(c).await)?)
}

/// Integrations of a number, in any workspace, of which the provider has confirmed since a time that their token is of the
/// deployment-wide app and opens number and account. With an account: only those that have the number in it.
pub async fn list_proven(
    conn: &mut Conn,
    external_key: &str,
    account_key: Option<&str>,
    since: Millis,
) -> StoreResult<Vec<IntegrationRow>> {
    let sql = select!(
        "where i.external_key = $1 and i.app_proven and i.proven_at > $2 and i.active and i.error_reason is null
         and i.deleted_at is null and i.account_key = coalesce($3, i.account_key) order by i.created_at"
    );
    Ok(on!(conn, c => sqlx::query_as(sql).bind(external_key).bind(since).bind(account_key)
        .fetch_all(c).await)?)
}

/// The same for an account, for fields that concern no single number.
pub async fn list_proven_of_account(
    conn: &mut Conn,
    account_key: &str,
    since: Millis,
) -> StoreResult<Vec<IntegrationRow>> {
    let sql = select!(
        "where i.account_key = $1 and i.app_proven and i.proven_at > $2 and i.active and i.error_reason is null
         and i.deleted_at is null order by i.created_at"
    );
    Ok(on!(conn, c => sqlx::query_as(sql).bind(account_key).bind(since).fetch_all(c).await)?)
}

/// Names of the integrations that use a chatbot, but for the website that comes with it.
pub async fn names_of_chatbot(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
) -> StoreResult<Vec<String>> {
    let sql = "select name from integrations where workspace_id = $1 and chatbot_id = $2 and channel <> 'web' and deleted_at is null order by name";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(chatbot_id).fetch_all(c).await)?)
}

/// The name of the integration that already has this key in the workspace.
pub async fn name_of_key(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    (channel, external_key): (Channel, &str),
) -> StoreResult<Option<String>> {
    let sql = "select name from integrations where workspace_id = $1 and external_key = $2 and channel = $3 and deleted_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(external_key).bind(channel.as_str())
        .fetch_optional(c).await)?)
}

/// The newest deleted integration of a key whose conversations were kept: connecting it again finds them.
pub async fn find_deleted(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    (channel, external_key): (Channel, &str),
    provider: Provider,
) -> StoreResult<Option<IntegrationId>> {
    let sql =
        "select id from integrations where workspace_id = $1 and external_key = $2 and channel = $4 and provider = $3
               and deleted_at is not null and erased_at is null order by deleted_at desc limit 1";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(external_key).bind(provider.as_str())
        .bind(channel.as_str()).fetch_optional(c).await)?)
}

/// The workspace's integrations with the same app secret: they share the app's one callback.
pub async fn ids_of_app(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    app_secret_digest: &[u8],
) -> StoreResult<Vec<IntegrationId>> {
    let sql = "select id from integrations where workspace_id = $1 and app_secret_digest = $2 and deleted_at is null
               order by id limit 100";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(app_secret_digest).fetch_all(c).await)?)
}

/// Whether another integration, in whatever workspace, uses this business account: its subscription must then stay.
pub async fn account_is_shared(conn: &mut Conn, id: IntegrationId, account_key: &str) -> StoreResult<bool> {
    let sql = "select 1 from integrations where account_key = $1 and id <> $2 and deleted_at is null limit 1";
    let found: Option<i32> =
        on!(conn, c => sqlx::query_scalar(sql).bind(account_key).bind(id).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// A page of the integrations of all workspaces with their sealed secrets, for the change of the key.
pub async fn list_sealed(conn: &mut Conn, after: IntegrationId, limit: i64) -> StoreResult<Vec<IntegrationRow>> {
    let sql = select!("where i.id > $1 order by i.id limit $2");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(after).bind(limit).fetch_all(c).await)?)
}
