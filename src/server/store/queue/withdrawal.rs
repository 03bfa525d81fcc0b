//! Messages that are withdrawn before they are sent.

use uuid::Uuid;

use crate::{
    domain::{
        Millis,
        ids::{ConversationId, IntegrationId, MessageId, WorkspaceId},
    },
    server::store::{Conn, StoreResult, on},
};

/// Withdraws what is queued of a workspace ($1) and fits: $2 is what it is about, $3 now.
macro_rules! withdraw {
    ($($fits:expr),+) => {
        concat!(
            "update messages set state = 'cancelled', updated_at = $3 where workspace_id = $1 and state = 'queued' and ",
            $($fits),+
        )
    };
}

/// What the bot may not say any more: people or another app have the conversation, or its customer is blocked.
macro_rules! of_silenced_bot {
    () => {
        "author = 'bot' and exists (select 1 from conversations v where v.workspace_id = $1 and v.id = messages.conversation_id
         and (v.mode <> 'bot' and messages.seq > coalesce(v.parting_seq, 0) or v.thread_owner = 'other'
           or exists (select 1 from contacts k where k.workspace_id = $1 and k.id = v.contact_id and k.blocked_at is not null)))"
    };
}

const OF_BOT: &str = withdraw!("conversation_id = $2 and ", of_silenced_bot!());
const BARRED: &str = withdraw!(
    "id = $2 and (",
    of_silenced_bot!(),
    " or exists (select 1 from integrations i where i.workspace_id = $1 and i.id = messages.integration_id
      and i.deleted_at is not null))"
);
const OF_CONVERSATION: &str = withdraw!("conversation_id = $2");
const OF_INTEGRATION: &str = withdraw!("integration_id = $2");

async fn withdraw(
    conn: &mut Conn,
    sql: &'static str,
    workspace_id: WorkspaceId,
    id: impl Into<Uuid>,
    now: Millis,
) -> StoreResult<bool> {
    let id = id.into();
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now).execute(c).await
        .map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Withdraws what the bot has queued in a conversation that is a person's or another app's, but for what it said before it
/// handed the conversation over itself; all of it where the customer is blocked.
pub async fn cancel_bot(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    now: Millis,
) -> StoreResult<bool> {
    withdraw(conn, OF_BOT, workspace_id, conversation_id, now).await
}

/// Withdraws a queued message that may never go out, and would hold up everything behind it: the bot's where a person or
/// another app has taken over or the customer is blocked, anybody's where the integration is deleted.
pub async fn cancel_if_barred(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: MessageId,
    now: Millis,
) -> StoreResult<bool> {
    withdraw(conn, BARRED, workspace_id, id, now).await
}

/// Withdraws all that is queued in a conversation.
pub async fn cancel_conversation(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    conversation_id: ConversationId,
    now: Millis,
) -> StoreResult<bool> {
    withdraw(conn, OF_CONVERSATION, workspace_id, conversation_id, now).await
}

/// Withdraws all that an integration has queued.
pub async fn cancel_integration(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    integration_id: IntegrationId,
    now: Millis,
) -> StoreResult<bool> {
    withdraw(conn, OF_INTEGRATION, workspace_id, integration_id, now).await
}
