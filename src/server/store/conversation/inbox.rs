//! The list of conversations.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    domain::{
        Millis,
        channel::Channel,
        conversation::{ConversationStatus, Mode},
        message::{Author, MessageState},
    },
    server::store::{Conn, StoreResult, on},
};

#[derive(Clone, Debug, FromRow)]
pub struct InboxRow {
    pub id: Uuid,
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    pub contact_name: Option<String>,
    pub contact_phone: Option<String>,
    pub contact_username: Option<String>,
    pub session_id: String,
    #[sqlx(try_from = "String")]
    pub mode: Mode,
    #[sqlx(try_from = "String")]
    pub status: ConversationStatus,
    /// Which person answers, with their name; see [`super::ConversationRow`].
    pub person_id: Option<Uuid>,
    pub person_name: Option<String>,
    pub on_phone: bool,
    pub unread: i64,
    pub preview: String,
    #[sqlx(try_from = "String")]
    pub preview_author: Author,
    /// Who of the workspace wrote it, with their name while they are known.
    pub preview_user_id: Option<Uuid>,
    pub preview_user_name: Option<String>,
    #[sqlx(try_from = "String")]
    pub preview_state: MessageState,
    pub last_message_at: Millis,
}

/// What to list; the place is that of the last row of the page before.
#[derive(Clone, Copy, Debug)]
pub struct InboxFilter {
    pub channel: Option<Channel>,
    pub status: Option<ConversationStatus>,
    pub before: (Millis, Uuid),
    pub limit: i64,
}

/// Conversations in which something was said: what only holds notices about a customer is not one yet.
pub async fn list(conn: &mut Conn, workspace_id: Uuid, f: InboxFilter) -> StoreResult<Vec<InboxRow>> {
    let sql =
        "select v.id, v.channel, k.name as contact_name, k.phone as contact_phone, k.username as contact_username,
               v.session_id, v.mode, v.status, v.person_id, p.name as person_name, v.on_phone, v.unread, v.preview, v.preview_author, v.preview_user_id, u.name as preview_user_name,
               v.last_message_at,
               case when v.preview_author = 'contact' then 'received' else coalesce((select m.state from messages m
                 where m.workspace_id = v.workspace_id and m.conversation_id = v.id and m.direction = 'outbound'
                 and m.author <> 'system' and not m.silent order by m.seq desc limit 1), 'received') end as preview_state
               from conversations v join contacts k on k.workspace_id = v.workspace_id and k.id = v.contact_id
               left join users u on u.id = v.preview_user_id left join users p on p.id = v.person_id
               where v.workspace_id = $1 and (v.last_message_at, v.id) < ($2, $3)
               and (v.last_inbound_at is not null or v.preview <> '')
               and ($4 = '' or v.channel = $4) and ($5 = '' or v.status = $5)
               order by v.last_message_at desc, v.id desc limit $6";
    let channel = f.channel.map_or("", Channel::as_str);
    let status = f.status.map_or("", ConversationStatus::as_str);
    Ok(
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(f.before.0).bind(f.before.1).bind(channel).bind(status)
        .bind(f.limit).fetch_all(c).await)?,
    )
}

/// Those of some conversations that a filter lets through, wherever they stand. One after the other: they are few.
pub async fn list_of(conn: &mut Conn, workspace_id: Uuid, f: InboxFilter, ids: &[Uuid]) -> StoreResult<Vec<InboxRow>> {
    // The columns of a page.
    let sql =
        "select v.id, v.channel, k.name as contact_name, k.phone as contact_phone, k.username as contact_username,
               v.session_id, v.mode, v.status, v.person_id, p.name as person_name, v.on_phone, v.unread, v.preview, v.preview_author, v.preview_user_id, u.name as preview_user_name,
               v.last_message_at,
               case when v.preview_author = 'contact' then 'received' else coalesce((select m.state from messages m
                 where m.workspace_id = v.workspace_id and m.conversation_id = v.id and m.direction = 'outbound'
                 and m.author <> 'system' and not m.silent order by m.seq desc limit 1), 'received') end as preview_state
               from conversations v join contacts k on k.workspace_id = v.workspace_id and k.id = v.contact_id
               left join users u on u.id = v.preview_user_id left join users p on p.id = v.person_id
               where v.workspace_id = $1 and v.id = $2 and (v.last_inbound_at is not null or v.preview <> '')
               and ($3 = '' or v.channel = $3) and ($4 = '' or v.status = $4)";
    let channel = f.channel.map_or("", Channel::as_str);
    let status = f.status.map_or("", ConversationStatus::as_str);
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let row: Option<InboxRow> = on!(&mut *conn, c => sqlx::query_as(sql).bind(workspace_id).bind(*id).bind(channel)
            .bind(status).fetch_optional(c).await)?;
        found.extend(row);
    }
    Ok(found)
}

/// Whether the inbox of the workspace holds anything at all.
pub async fn any(conn: &mut Conn, workspace_id: Uuid) -> StoreResult<bool> {
    let sql = "select 1 where exists (select 1 from conversations where workspace_id = $1
               and (last_inbound_at is not null or preview <> ''))";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}
