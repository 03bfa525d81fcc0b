//! The list of conversations.

use std::collections::{BTreeSet, HashMap};

use sqlx::{FromRow, QueryBuilder};

use crate::{
    domain::{
        Millis,
        channel::Channel,
        content::Content,
        conversation::{ConversationStatus, Mode},
        ids::{ConversationId, UserId, WorkspaceId},
        message::{Author, MessageState},
    },
    server::store::{Conn, StoreResult, content::ContentRow, many::portions, on},
};

#[derive(Clone, Debug, FromRow)]
pub struct InboxRow {
    pub id: ConversationId,
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
    pub person_id: Option<UserId>,
    pub person_name: Option<String>,
    pub on_phone: bool,
    pub unread: i64,
    pub preview: String,
    #[sqlx(try_from = "String")]
    pub preview_author: Author,
    /// Who of the workspace wrote it, with their name while they are known.
    pub preview_user_id: Option<UserId>,
    pub preview_user_name: Option<String>,
    #[sqlx(try_from = "String")]
    pub preview_state: MessageState,
    pub last_message_at: Millis,
    pub waiting_since: Option<Millis>,
}

/// What to list; the place is that of the last row of the page before.
#[derive(Clone, Copy, Debug)]
pub struct InboxFilter {
    /// Only where the customer waits for a person. The place is then how long ago they began to (`ConversationRow::place`).
    pub waiting: bool,
    pub channel: Option<Channel>,
    pub status: Option<ConversationStatus>,
    pub before: (Millis, ConversationId),
    /// At most 51: a page, and whether there is more.
    pub limit: i64,
}

/// Rows of the inbox of workspace `$1`.
macro_rules! rows_where {
    ($($condition:tt)+) => {
        concat!(
            "select v.id, v.channel, k.name as contact_name, k.phone as contact_phone, k.username as contact_username,
               v.session_id, v.mode, v.status, v.person_id, p.name as person_name, v.on_phone, v.unread, v.preview, v.preview_author, v.preview_user_id, u.name as preview_user_name,
               v.last_message_at, v.waiting_since,
               case when v.preview_author = 'contact' then 'received' else coalesce((select m.state from messages m
                 where m.workspace_id = v.workspace_id and m.conversation_id = v.id and m.direction = 'outbound'
                 and m.author <> 'system' and not m.silent order by m.seq desc limit 1), 'received') end as preview_state
               from conversations v join contacts k on k.workspace_id = v.workspace_id and k.id = v.contact_id
               left join users u on u.id = v.preview_user_id left join users p on p.id = v.person_id
               where v.workspace_id = $1 and ",
            $($condition)+
        )
    };
}

/// The newest of one channel and one status: a stretch of an index, in the order of the list. What a filter rules out is not
/// looked for. The limit is no parameter: PostgreSQL would reckon with a tenth of all rows, and sort them.
macro_rules! stretch {
    ($channel:literal, $status:literal) => {
        concat!(
            "select id, last_message_at from (select id, last_message_at from conversations where workspace_id = $1 and $5 in ('', '",
            $channel,
            "') and $6 in ('', '",
            $status,
            "') and channel = '",
            $channel,
            "' and status = '",
            $status,
            "' and (last_message_at, id) < ($2, $3) and (last_inbound_at is not null or preview <> '')
               order by last_message_at desc, id desc limit 51) as stretch union all "
        )
    };
}

/// The page of a list: the newest of all stretches. What a filter lets through is found without going through the rest, be it
/// rare or not there at all.
const LIST: &str = rows_where!(
    "v.id in (select id from (",
    stretch!("web", "open"),
    stretch!("web", "snoozed"),
    stretch!("web", "resolved"),
    stretch!("whatsapp", "open"),
    stretch!("whatsapp", "snoozed"),
    stretch!("whatsapp", "resolved"),
    // What only a newer version knows has a small index of its own.
    "select id, last_message_at from (select id, last_message_at from conversations where workspace_id = $1
       and (channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved'))
       and ($5 = '' or channel = $5) and ($6 = '' or status = $6)
       and (last_message_at, id) < ($2, $3) and (last_inbound_at is not null or preview <> '')
       order by last_message_at desc, id desc limit 51) as stretch
       order by last_message_at desc, id desc limit $4) as page) order by v.last_message_at desc, v.id desc"
);
const _: () = assert!(Channel::ALL.len() == 3 && ConversationStatus::ALL.len() == 4, "the list has other stretches");

/// Conversations in which something was said: what only holds notices about a customer is not one yet.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId, f: InboxFilter) -> StoreResult<Vec<InboxRow>> {
    if f.waiting {
        return list_waiting(conn, workspace_id, f).await;
    }
    let channel = f.channel.map_or("", Channel::as_str);
    let status = f.status.map_or("", ConversationStatus::as_str);
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(workspace_id).bind(f.before.0).bind(f.before.1).bind(f.limit)
        .bind(channel).bind(status).fetch_all(c).await)?)
}

async fn list_waiting(conn: &mut Conn, workspace_id: WorkspaceId, f: InboxFilter) -> StoreResult<Vec<InboxRow>> {
    let sql = rows_where!(
        "v.waiting_since is not null and v.waiting_since >= $2 and (v.waiting_since > $2 or v.id < $3)
           and ($4 = '' or v.channel = $4) and ($5 = '' or v.status = $5)
           order by v.waiting_since, v.id desc limit $6"
    );
    let channel = f.channel.map_or("", Channel::as_str);
    let status = f.status.map_or("", ConversationStatus::as_str);
    let since = f.before.0.saturating_neg();
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(since).bind(f.before.1).bind(channel).bind(status)
        .bind(f.limit).fetch_all(c).await)?)
}

/// Those of some conversations that a filter lets through, wherever they stand. One after the other: they are few.
pub async fn list_of(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    f: InboxFilter,
    ids: BTreeSet<ConversationId>,
) -> StoreResult<Vec<InboxRow>> {
    let sql = rows_where!(
        "v.id = $2 and (v.last_inbound_at is not null or v.preview <> '')
               and ($3 = '' or v.channel = $3) and ($4 = '' or v.status = $4) and (v.waiting_since is not null or not $5)"
    );
    let channel = f.channel.map_or("", Channel::as_str);
    let status = f.status.map_or("", ConversationStatus::as_str);
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let row: Option<InboxRow> = on!(&mut *conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).bind(channel)
            .bind(status).bind(f.waiting).fetch_optional(c).await)?;
        found.extend(row);
    }
    Ok(found)
}

/// What a customer said last.
#[derive(FromRow)]
struct Words {
    conversation_id: ConversationId,
    #[sqlx(flatten, try_from = "ContentRow")]
    content: Content,
}

/// The customers' own last words in conversations, as the inbox shows them.
pub async fn list_last_words(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    ids: &[ConversationId],
) -> StoreResult<HashMap<ConversationId, String>> {
    let mut words = HashMap::with_capacity(ids.len());
    for portion in portions(ids) {
        let rows: Vec<Words> = on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new("select m.conversation_id, m.body, m.kind, m.content from (");
            sql.push_values(portion, |mut row, id| {
                row.push_bind(workspace_id).push_bind(*id);
            });
            sql.push(") as v join messages m on m.workspace_id = v.column1 and m.conversation_id = v.column2
                      and m.seq = (select max(i.seq) from messages i where i.workspace_id = v.column1
                        and i.conversation_id = v.column2 and i.direction = 'inbound' and not i.silent)");
            sql.build_query_as().fetch_all(c).await
        })?;
        words.extend(rows.into_iter().map(|w| (w.conversation_id, w.content.preview())));
    }
    Ok(words)
}

/// Whether the inbox of the workspace holds anything at all.
pub async fn any(conn: &mut Conn, workspace_id: WorkspaceId) -> StoreResult<bool> {
    let sql = "select 1 where exists (select 1 from conversations where workspace_id = $1
               and (last_inbound_at is not null or preview <> ''))";
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).fetch_optional(c).await)?;
    Ok(found.is_some())
}
