//! What happens to an integration by itself: webhooks, sends, rejected deliveries; and the answers that it holds back.

use sqlx::{FromRow, QueryBuilder};

use crate::{
    domain::{
        Millis,
        ids::{ConversationId, IntegrationId, WorkspaceId},
    },
    server::store::{Conn, StoreResult, many::portions, on},
};

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
pub async fn note_activity(
    conn: &mut Conn,
    notes: &[((WorkspaceId, IntegrationId), Activity)],
) -> StoreResult<Vec<(WorkspaceId, IntegrationId)>> {
    let mut changed = Vec::new();
    for portion in portions(notes) {
        let rows: Vec<(WorkspaceId, IntegrationId)> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "update integrations set
                 last_webhook_at = case when last_webhook_at > v.column3 then last_webhook_at else coalesce(v.column3, last_webhook_at) end,
                 last_inbound_at = case when last_inbound_at > v.column4 then last_inbound_at else coalesce(v.column4, last_inbound_at) end,
                 last_outbound_at = case when last_outbound_at > v.column5 then last_outbound_at else coalesce(v.column5, last_outbound_at) end,
                 rejected_since = case when v.column3 is null then rejected_since else 0 end from (",
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
pub async fn note_rejected(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    count: i64,
    at: Millis,
) -> StoreResult<()> {
    let sql = "update integrations set rejected_count = rejected_count + $3, rejected_since = rejected_since + $3, rejected_at = $4
               where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(count).bind(at).execute(c).await.map(drop))?;
    Ok(())
}

/// When answers of an inactive integration are due: not before somebody switches it on.
pub const HELD: Millis = i64::MAX / 4;

/// Holds back the answers that an integration owes.
pub async fn hold_answers(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
) -> StoreResult<()> {
    let sql = "update conversations set answer_due_at = $3
               where workspace_id = $1 and integration_id = $2 and inbound_seq > answered_seq";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).bind(HELD).execute(c).await.map(drop))?;
    Ok(())
}

/// Lets held answers go: those to messages since `fresh_since` are due now, older ones are never given.
///
/// With `integration_id` those of one integration; else those of any active one (a message may have been stored as held
/// on another node in the seconds after the switch). The number of conversations.
pub async fn release_held(
    conn: &mut Conn,
    integration_id: Option<IntegrationId>,
    fresh_since: Millis,
    now: Millis,
) -> StoreResult<u64> {
    let sql = "update conversations set answer_due_at = $3, answered_seq = coalesce((select max(m.seq) from messages m
                 where m.workspace_id = conversations.workspace_id and m.conversation_id = conversations.id
                 and m.answerable and m.at < $2 and m.seq > conversations.answered_seq), answered_seq)
               where mode = 'bot' and inbound_seq > answered_seq and answer_due_at = $4
               and ($5 or integration_id = $1) and exists (select 1 from integrations i
                 where i.workspace_id = conversations.workspace_id and i.id = conversations.integration_id
                 and i.active and i.deleted_at is null)";
    let id = integration_id.unwrap_or_default();
    Ok(on!(conn, c => sqlx::query(sql).bind(id).bind(fresh_since).bind(now).bind(HELD).bind(integration_id.is_none())
        .execute(c).await.map(|r| r.rows_affected()))?)
}

/// Takes back every answer that an integration owes, those being made included: their lease is void.
pub async fn void_answers(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
) -> StoreResult<()> {
    let sql = "update conversations set answered_seq = inbound_seq, answer_lease = null, answer_lease_until = 0
               where workspace_id = $1 and integration_id = $2 and inbound_seq > answered_seq";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(integration_id).execute(c).await.map(drop))?;
    Ok(())
}

/// A message that was withdrawn.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Withdrawn {
    pub workspace_id: WorkspaceId,
    pub conversation_id: ConversationId,
}

/// Withdraws the bot's answers that inactive integrations hold since before a time: nobody wants them any more.
///
/// With `integration_id` those of one integration, else of all.
pub async fn cancel_stale_answers(
    conn: &mut Conn,
    integration_id: Option<IntegrationId>,
    before: Millis,
    now: Millis,
    limit: i64,
) -> StoreResult<Vec<Withdrawn>> {
    let sql =
        "update messages set state = 'cancelled', error = 'It waited too long while the integration was inactive.',
               updated_at = $2 where (workspace_id, id) in (select m.workspace_id, m.id from messages m
                 join integrations i on i.workspace_id = m.workspace_id and i.id = m.integration_id
                 where not i.active and i.deleted_at is null and m.state = 'queued' and m.author = 'bot'
                 and m.created_at < $1 and ($4 or i.id = $5) limit $3)
               returning workspace_id, conversation_id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(before).bind(now).bind(limit)
        .bind(integration_id.is_none()).bind(integration_id.unwrap_or_default()).fetch_all(c).await)?)
}

/// Withdraws what is queued of deleted integrations, of which a deletion beside it did not know.
pub async fn cancel_of_deleted(conn: &mut Conn, now: Millis, limit: i64) -> StoreResult<Vec<Withdrawn>> {
    let sql = "update messages set state = 'cancelled', updated_at = $1
               where (workspace_id, id) in (select m.workspace_id, m.id from integrations i
                 join messages m on m.integration_id = i.id and m.state = 'queued' where i.deleted_at is not null limit $2)
               returning workspace_id, conversation_id";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(now).bind(limit).fetch_all(c).await)?)
}
