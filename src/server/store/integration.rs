//! Integrations. Secrets are sealed before they come here and opened after they leave.

use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Conn, StoreResult, many::portions, on};
use crate::domain::{Millis, integration::Provider};

/// An integration with its sealed secrets.
#[derive(Clone, FromRow)]
pub struct IntegrationRow {
    pub workspace_id: Uuid,
    pub id: Uuid,
    pub chatbot_id: Uuid,
    pub chatbot_name: Option<String>,
    pub name: String,
    #[sqlx(try_from = "String")]
    pub provider: Provider,
    pub phone_number_id: String,
    pub business_account_id: String,
    pub app_id: Option<String>,
    pub access_token: Option<Vec<u8>>,
    pub access_token_last4: String,
    pub access_token_set_at: Millis,
    pub app_secret: Option<Vec<u8>>,
    pub app_secret_digest: Option<Vec<u8>>,
    pub app_secret_set_at: Millis,
    pub verify_token: Option<Vec<u8>>,
    /// The token was proven to belong to the deployment-wide app.
    pub app_proven: bool,
    pub active: bool,
    pub error_reason: Option<String>,
    pub error_action: Option<String>,
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    pub last_webhook_at: Option<Millis>,
    pub last_inbound_at: Option<Millis>,
    pub last_outbound_at: Option<Millis>,
    pub rejected_count: i64,
    pub rejected_at: Option<Millis>,
    pub created_at: Millis,
    pub deleted_at: Option<Millis>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select i.workspace_id, i.id, i.chatbot_id, b.name as chatbot_name, i.name, i.provider, i.phone_number_id,
             i.business_account_id, i.app_id, i.access_token, i.access_token_last4, i.access_token_set_at, i.app_secret,
             i.app_secret_digest, i.app_secret_set_at, i.verify_token, i.app_proven, i.active, i.error_reason,
             i.error_action, i.display_phone_number, i.verified_name, i.last_webhook_at, i.last_inbound_at,
             i.last_outbound_at, i.rejected_count, i.rejected_at, i.created_at, i.deleted_at
             from integrations i left join chatbots b on b.workspace_id = i.workspace_id and b.id = i.chatbot_id ",
            $tail
        )
    };
}

pub async fn list(conn: &mut Conn, workspace_id: Uuid) -> StoreResult<Vec<IntegrationRow>> {
    let sql = select!("where i.workspace_id = $1 and i.deleted_at is null order by i.created_at, i.id");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).fetch_all(c).await)?)
}

pub async fn find(conn: &mut Conn, workspace_id: Uuid, id: Uuid) -> StoreResult<Option<IntegrationRow>> {
    let sql = select!("where i.workspace_id = $1 and i.id = $2 and i.deleted_at is null");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// By id alone, deleted ones too: for the webhook, which learns the workspace from it.
pub async fn find_for_webhook(conn: &mut Conn, id: Uuid) -> StoreResult<Option<IntegrationRow>> {
    let sql = select!("where i.id = $1");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await)?)
}

/// The workspace's integration of a number with the same app secret: where an app's webhook for another of its numbers goes.
pub async fn find_sibling(
    conn: &mut Conn,
    workspace_id: Uuid,
    phone_number_id: &str,
    app_secret_digest: &[u8],
) -> StoreResult<Option<IntegrationRow>> {
    let sql = select!(
        "where i.workspace_id = $1 and i.phone_number_id = $2 and i.app_secret_digest = $3 and i.deleted_at is null"
    );
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(phone_number_id).bind(app_secret_digest)
        .fetch_optional(c).await)?)
}

/// Integrations of a number, in any workspace, whose token was proven to belong to the deployment-wide app.
pub async fn list_proven(conn: &mut Conn, phone_number_id: &str) -> StoreResult<Vec<IntegrationRow>> {
    let sql = select!("where i.phone_number_id = $1 and i.app_proven and i.deleted_at is null order by i.created_at");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(phone_number_id).fetch_all(c).await)?)
}

/// The same for an account, for fields that concern no single number.
pub async fn list_proven_of_account(conn: &mut Conn, business_account_id: &str) -> StoreResult<Vec<IntegrationRow>> {
    let sql =
        select!("where i.business_account_id = $1 and i.app_proven and i.deleted_at is null order by i.created_at");
    Ok(on!(conn, c => sqlx::query_as(sql).bind(business_account_id).fetch_all(c).await)?)
}

/// Notes that the token was proven to belong to the deployment-wide app, or not.
pub async fn set_proven(conn: &mut Conn, workspace_id: Uuid, id: Uuid, proven: bool) -> StoreResult<()> {
    let sql = "update integrations set app_proven = $3 where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(proven).execute(c).await.map(drop))?;
    Ok(())
}

/// Names of the integrations that use a chatbot.
pub async fn names_of_chatbot(conn: &mut Conn, workspace_id: Uuid, chatbot_id: Uuid) -> StoreResult<Vec<String>> {
    let sql = "select name from integrations where workspace_id = $1 and chatbot_id = $2 and deleted_at is null order by name";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(chatbot_id).fetch_all(c).await)?)
}

/// The name of the integration that already has this number in the workspace.
pub async fn name_of_number(conn: &mut Conn, workspace_id: Uuid, phone_number_id: &str) -> StoreResult<Option<String>> {
    let sql = "select name from integrations where workspace_id = $1 and phone_number_id = $2 and deleted_at is null";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(phone_number_id).fetch_optional(c).await)?)
}

pub async fn insert(conn: &mut Conn, i: &IntegrationRow) -> StoreResult<()> {
    let sql = "insert into integrations (workspace_id, id, chatbot_id, name, provider, phone_number_id, business_account_id,
               app_id, access_token, access_token_last4, access_token_set_at, app_secret, app_secret_digest,
               app_secret_set_at, verify_token, app_proven, active, error_reason, error_action, display_phone_number,
               verified_name, created_at, updated_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22)";
    on!(conn, c => sqlx::query(sql).bind(i.workspace_id).bind(i.id).bind(i.chatbot_id).bind(&i.name)
        .bind(i.provider.as_str()).bind(&i.phone_number_id).bind(&i.business_account_id).bind(&i.app_id)
        .bind(&i.access_token).bind(&i.access_token_last4).bind(i.access_token_set_at).bind(&i.app_secret)
        .bind(&i.app_secret_digest).bind(i.app_secret_set_at).bind(&i.verify_token).bind(i.app_proven).bind(i.active)
        .bind(&i.error_reason).bind(&i.error_action).bind(&i.display_phone_number).bind(&i.verified_name)
        .bind(i.created_at).execute(c).await.map(drop))?;
    Ok(())
}

/// What a connection test found out.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    /// Reason and action, when the integration cannot work.
    pub error: Option<(String, String)>,
    /// Meta gave no verdict: what was known before stays.
    pub inconclusive: bool,
}

/// Writes down what a test found; an error it no longer found is gone.
pub async fn set_findings(conn: &mut Conn, workspace_id: Uuid, id: Uuid, f: &Findings, now: Millis) -> StoreResult<()> {
    let (reason, action) = f.error.clone().unzip();
    let sql = "update integrations set display_phone_number = coalesce($3, display_phone_number),
               verified_name = coalesce($4, verified_name), error_reason = case when $8 then error_reason else $5 end,
               error_action = case when $8 then error_action else $6 end, updated_at = $7
               where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&f.display_phone_number).bind(&f.verified_name)
        .bind(reason).bind(action).bind(now).bind(f.inconclusive).execute(c).await.map(drop))?;
    Ok(())
}

/// Stops an integration: nothing is sent until a test or a change mends it.
pub async fn set_error(
    conn: &mut Conn,
    workspace_id: Uuid,
    id: Uuid,
    reason: &str,
    action: &str,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update integrations set error_reason = $3, error_action = $4, updated_at = $5
               where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(reason).bind(action).bind(now)
        .execute(c).await.map(drop))?;
    Ok(())
}

/// When an integration was last used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Activity {
    /// The newest delivery.
    pub webhook_at: Option<Millis>,
    /// The newest delivery with a message in it.
    pub inbound_at: Option<Millis>,
    pub outbound_at: Option<Millis>,
}

/// Notes when integrations were last used; which of them this has changed. Older notes change nothing.
pub async fn note_activity(conn: &mut Conn, notes: &[((Uuid, Uuid), Activity)]) -> StoreResult<Vec<(Uuid, Uuid)>> {
    let mut changed = Vec::new();
    for portion in portions(notes) {
        let rows: Vec<(Uuid, Uuid)> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update integrations set
                 last_webhook_at = case when last_webhook_at > v.column3 then last_webhook_at else coalesce(v.column3, last_webhook_at) end,
                 last_inbound_at = case when last_inbound_at > v.column4 then last_inbound_at else coalesce(v.column4, last_inbound_at) end,
                 last_outbound_at = case when last_outbound_at > v.column5 then last_outbound_at else coalesce(v.column5, last_outbound_at) end
                 from (",
            );
            sql.push_values(portion, |mut row, ((workspace_id, id), a)| {
                row.push_bind(*workspace_id).push_bind(*id).push_bind(a.webhook_at).push_bind(a.inbound_at)
                    .push_bind(a.outbound_at);
            });
            sql.push(") as v where integrations.workspace_id = v.column1 and integrations.id = v.column2
                      and deleted_at is null returning workspace_id, id");
            sql.build_query_as().fetch_all(c).await
        })?;
        changed.extend(rows);
    }
    Ok(changed)
}

/// Adds to the deliveries that were rejected for their signature.
pub async fn note_rejected(conn: &mut Conn, workspace_id: Uuid, id: Uuid, count: i64, at: Millis) -> StoreResult<()> {
    let sql = "update integrations set rejected_count = rejected_count + $3, rejected_at = $4
               where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(count).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// Deletes an integration: its secrets are gone at once, a bare row remains for its callback. `false` when there is none.
pub async fn delete(conn: &mut Conn, workspace_id: Uuid, id: Uuid, now: Millis) -> StoreResult<bool> {
    let sql = "update integrations set deleted_at = $3, active = false, access_token = null, access_token_last4 = '',
               app_secret = null, app_secret_digest = null, verify_token = null, updated_at = $3
               where workspace_id = $1 and id = $2 and deleted_at is null";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}
