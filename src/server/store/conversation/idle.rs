//! Conversations that people have and in which none of them says anything any more: the bot gets them back.

use sqlx::FromRow;

use crate::{
    domain::{
        Millis,
        conversation::WINDOW,
        ids::{ConversationId, WorkspaceId},
    },
    server::store::{Conn, Dialect, StoreResult, message::LinePlace, on},
};

/// A conversation that the bot has again.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct GivenBack {
    #[sqlx(flatten)]
    pub place: LinePlace,
    /// How long nobody of the team had said anything.
    pub idle_minutes: i64,
    /// The customer still waits for a person.
    pub waits: bool,
}

/// What is idle: a chatbot that is there, an integration that is there, and no person's word for as long as the chatbot says.
macro_rules! idle {
    ($head:literal, $tail:literal) => {
        concat!(
            $head,
            " from chatbots b cross join conversations v where b.idle_minutes > 0 and v.workspace_id = b.workspace_id
             and v.chatbot_id = b.id and v.mode = 'human' and v.person_at <= $1 - b.idle_minutes * 60000
             and not exists (select 1 from integrations i where i.workspace_id = v.workspace_id and i.id = v.integration_id
               and i.deleted_at is not null) ",
            $tail
        )
    };
}

/// Whether any is idle.
pub async fn has_idle(conn: &mut Conn, now: Millis) -> StoreResult<bool> {
    let sql = idle!("select 1", "limit 1");
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Gives idle conversations back to their bots, up to a limit at a time, each with a place for the line that says so.
///
/// Whether one is idle is asked of the locked row: who has just written keeps it. What nobody has answered, the bot does,
/// unless the customer wrote it a day ago. Who waits for a person goes on doing so until one of them looks at it.
pub async fn give_back_idle(conn: &mut Conn, now: Millis, limit: i64) -> StoreResult<Vec<GivenBack>> {
    macro_rules! update {
        ($head:expr, $tail:expr) => {
            concat!(
                $head,
                "update conversations set mode = 'bot', pace = null, misses = 0, parting_seq = null, person_id = null, on_phone = false, answer_lease = null,
                 answer_lease_until = 0, answer_failures = 0, last_seq = last_seq + 1, updated_at = $1,
                 answered_seq = case when waiting_since is not null and last_inbound_at > $3 then answered_seq else inbound_seq end ",
                $tail,
                " returning workspace_id, id as conversation_id, integration_id, channel, last_seq as seq, waiting_since is not null as waits,
                 (select b.idle_minutes from chatbots b where b.workspace_id = conversations.workspace_id
                  and b.id = conversations.chatbot_id) as idle_minutes"
            )
        };
    }
    let sql = match conn.dialect() {
        Dialect::Sqlite => {
            update!("", idle!("where (workspace_id, id) in (select v.workspace_id, v.id", "limit $2)"))
        }
        // Chosen once and for all: a join would choose again for rows that are locked.
        Dialect::Postgres => update!(
            idle!(
                "with due as materialized (select v.workspace_id as due_workspace, v.id as due_id",
                "limit $2 for no key update of v skip locked) "
            ),
            "from due where workspace_id = due_workspace and id = due_id"
        ),
    };
    Ok(on!(conn, c => sqlx::query_as(sql).bind(now).bind(limit).bind(now - WINDOW).fetch_all(c).await)?)
}

/// Whether there is a bot that a conversation could be given back to.
pub async fn has_bot(conn: &mut Conn, workspace_id: WorkspaceId, id: ConversationId) -> StoreResult<bool> {
    let sql = "select 1 from conversations v join chatbots b on b.workspace_id = v.workspace_id and b.id = v.chatbot_id
               where v.workspace_id = $1 and v.id = $2 and not exists (select 1 from integrations i
                 where i.workspace_id = v.workspace_id and i.id = v.integration_id and i.deleted_at is not null)";
    let found: Option<i32> =
        on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?;
    Ok(found.is_some())
}
