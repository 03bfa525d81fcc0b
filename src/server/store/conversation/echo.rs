//! What somebody else says to the customer on our channel (the owner on the phone, another app), and who owns the thread.

use super::arrival::erased;
use crate::{
    domain::{
        Millis,
        contact::Recipient,
        ids::{ContactId, ConversationId, IntegrationId, WorkspaceId},
        message::Author,
        order::SLACK,
    },
    server::store::{Conn, StoreResult, episode, on},
};

/// The conversation of a contact on an integration, if they ever had one.
pub async fn find_at(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    contact_id: ContactId,
) -> StoreResult<Option<ConversationId>> {
    let sql = "select id from conversations where workspace_id = $1 and integration_id = $2 and contact_id = $3";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(integration_id).bind(contact_id)
        .fetch_optional(c).await)?)
}

/// Gives what somebody else said its place, and the inbox its line, unless it was overtaken by what is there. Who answers on
/// the phone is who answers from then on. The first answer of an episode counts, by any author.
pub async fn append_echo(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    preview: &str,
    author: Author,
    (at, now): (Millis, Millis),
) -> StoreResult<i64> {
    let sql = "update conversations set last_seq = last_seq + 1, last_message_at = $5, updated_at = $5,
               preview = case when last_inbound_at > $6 and last_inbound_at - $6 <= $7 and $5 - last_arrival_at <= $7
                 then preview else $3 end,
               preview_author = case when last_inbound_at > $6 and last_inbound_at - $6 <= $7 and $5 - last_arrival_at <= $7
                 then preview_author else $4 end,
               preview_user_id = case when last_inbound_at > $6 and last_inbound_at - $6 <= $7 and $5 - last_arrival_at <= $7
                 then preview_user_id else null end,
               person_id = case when $4 = 'user' then null else person_id end,
               on_phone = case when $4 = 'user' then true else on_phone end,
               episode_answer_seq = case when episode_seq > 0 and episode_answer_seq = 0
                   and coalesce(last_inbound_at, 0) <= $6 then last_seq + 1
                 else episode_answer_seq end,
               episode_person_seq = case when $4 = 'user' and episode_seq > 0 and episode_person_seq = 0
                   and coalesce(last_inbound_at, 0) <= $6 then last_seq + 1
                 else episode_person_seq end
               where workspace_id = $1 and id = $2 returning last_seq, episode_answer_seq, episode_person_seq";
    let places: Option<(i64, i64, i64)> = on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).bind(preview)
        .bind(author.as_str()).bind(now).bind(at).bind(SLACK).fetch_optional(c).await)?;
    let (seq, answer_seq, person_seq) = places.ok_or_else(erased)?;
    if person_seq == seq {
        episode::person_answered(conn, (workspace_id, id), None, now).await?;
    } else if answer_seq == seq {
        episode::answered_many(conn, &[(workspace_id, id)], author, now).await?;
    }
    Ok(seq)
}

/// Whom to write to, where the customer has not written yet.
pub async fn set_recipient(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    to: &Recipient,
) -> StoreResult<()> {
    let sql = "update conversations set reply_wa_id = $3, reply_user_id = $4
               where workspace_id = $1 and id = $2 and reply_wa_id is null and reply_user_id is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&to.wa_id).bind(&to.user_id).execute(c).await
        .map(drop))?;
    Ok(())
}

/// Whose the customer's thread is from a moment on; `false` when something newer is known. What the bot was about to say to
/// a customer of somebody else is void.
pub async fn set_owner(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    is_ours: bool,
    (at, now): (Millis, Millis),
) -> StoreResult<bool> {
    let sql = if is_ours {
        "update conversations set thread_owner = 'us', thread_owner_at = $3, updated_at = $4
         where workspace_id = $1 and id = $2 and thread_owner_at <= $3"
    } else {
        "update conversations set thread_owner = 'other', thread_owner_at = $3, answered_seq = inbound_seq, answer_lease = null,
         answer_lease_until = 0, updated_at = $4 where workspace_id = $1 and id = $2 and thread_owner_at <= $3"
    };
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(at).bind(now).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}
