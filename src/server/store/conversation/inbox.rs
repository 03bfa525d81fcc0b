//! The list of conversations.

use std::collections::{BTreeSet, HashMap};

use sqlx::{FromRow, QueryBuilder};

use super::stretch::{is_said, stretches};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        content::Content,
        conversation::{ConversationStatus, Mode},
        ids::{ConversationId, LabelId, UserId, WorkspaceId},
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
    /// Whose the conversation is, with their name.
    pub assignee_id: Option<UserId>,
    pub assignee_name: Option<String>,
    /// It has labels, or has had some.
    pub labelled: i64,
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
    pub whose: Whose,
    pub label: Option<LabelId>,
    /// Only where something is unread.
    pub unread: bool,
    pub before: (Millis, ConversationId),
    /// At most 51: a page, and whether there is more.
    pub limit: i64,
}

/// Whose conversations are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Anybodys,
    Nobodys,
    Of(UserId),
}

impl InboxFilter {
    pub(super) fn channel(&self) -> &'static str {
        self.channel.map_or("", Channel::as_str)
    }

    pub(super) fn status(&self) -> &'static str {
        self.status.map_or("", ConversationStatus::as_str)
    }

    pub(super) fn nobodys(&self) -> bool {
        self.whose == Whose::Nobodys
    }

    pub(super) const fn person(&self) -> Option<UserId> {
        match self.whose {
            Whose::Of(user_id) => Some(user_id),
            Whose::Anybodys | Whose::Nobodys => None,
        }
    }
}

/// Rows of the inbox of workspace `$1`.
macro_rules! rows_where {
    ($($condition:tt)+) => {
        concat!(
            "select v.id, v.channel, k.name as contact_name, k.phone as contact_phone, k.username as contact_username,
               v.session_id, v.mode, v.status, v.person_id, p.name as person_name, v.on_phone, v.assignee_id, s.name as assignee_name,
               v.labelled, v.unread, v.preview, v.preview_author, v.preview_user_id, u.name as preview_user_name,
               v.last_message_at, v.waiting_since,
               case when v.preview_author = 'contact' then 'received' else coalesce((select m.state from messages m
                 where m.workspace_id = v.workspace_id and m.conversation_id = v.id and m.direction = 'outbound'
                 and m.author <> 'system' and not m.silent order by m.seq desc limit 1), 'received') end as preview_state
               from conversations v join contacts k on k.workspace_id = v.workspace_id and k.id = v.contact_id
               left join users u on u.id = v.preview_user_id left join users p on p.id = v.person_id
               left join users s on s.id = v.assignee_id where v.workspace_id = $1 and ",
            $($condition)+
        )
    };
}

/// The newest of a stretch, in the order of the list, below the place `$2, $3`. The limit is no parameter: PostgreSQL would
/// reckon with a tenth of all rows, and sort them.
macro_rules! newest {
    ($stretch:expr) => {
        concat!(
            "select id, last_message_at from (select id, last_message_at from conversations where workspace_id = $1 and ",
            $stretch,
            " and (last_message_at, id) < ($2, $3) and (last_inbound_at is not null or preview <> '')
               order by last_message_at desc, id desc limit 51) as stretch union all "
        )
    };
}

/// The same of what has the label `$7`.
macro_rules! newest_labelled {
    ($stretch:expr) => {
        concat!(
            "select id, last_message_at from (select conversation_id as id, last_message_at
               from conversation_labels where workspace_id = $1 and label_id = $7 and ",
            $stretch,
            " and (last_message_at, conversation_id) < ($2, $3) and ",
            is_said!(),
            " order by last_message_at desc, conversation_id desc limit 51) as stretch union all "
        )
    };
}

/// What only a newer version knows has a small index of its own.
macro_rules! newest_newer {
    ($whose:literal) => {
        concat!(
            "select id, last_message_at from (select id, last_message_at from conversations where workspace_id = $1
               and (channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved'))
               and ($5 = '' or channel = $5) and ($6 = '' or status = $6) and (not $8 or unread > 0) and ",
            $whose,
            " and (last_message_at, id) < ($2, $3) and (last_inbound_at is not null or preview <> '')
               order by last_message_at desc, id desc limit 51) as stretch"
        )
    };
}

macro_rules! newest_newer_labelled {
    ($whose:literal) => {
        concat!(
            "select id, last_message_at from (select conversation_id as id, last_message_at
               from conversation_labels where workspace_id = $1 and label_id = $7
               and (channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved'))
               and ($5 = '' or channel = $5) and ($6 = '' or status = $6) and (not $8 or unread > 0) and ",
            $whose,
            " and (last_message_at, conversation_id) < ($2, $3) and ",
            is_said!(),
            " order by last_message_at desc, conversation_id desc limit 51) as stretch"
        )
    };
}

macro_rules! page {
    ($($stretches:tt)+) => {
        rows_where!(
            "v.id in (select id from (",
            $($stretches)+,
            " order by last_message_at desc, id desc limit $4) as page) order by v.last_message_at desc, v.id desc"
        )
    };
}

/// The page of a list: the newest of all stretches. What a filter lets through is found without going through the rest, be it
/// rare or not there at all.
const LIST: &str = page!(
    stretches!(newest!, "(case when assignee_id is null then 0 else 1 end) = 0"),
    stretches!(newest!, "(case when assignee_id is null then 0 else 1 end) = 1 and not $7"),
    newest_newer!("(not $7 or assignee_id is null)")
);
const LIST_OF_PERSON: &str = page!(stretches!(newest!, "assignee_id = $7"), newest_newer!("assignee_id = $7"));
const LIST_LABELLED: &str = page!(
    stretches!(newest_labelled!, "(case when assignee_id is null then 0 else 1 end) = 0"),
    stretches!(newest_labelled!, "(case when assignee_id is null then 0 else 1 end) = 1 and not $9"),
    newest_newer_labelled!("(not $9 or assignee_id is null)")
);
const LIST_LABELLED_OF_PERSON: &str =
    page!(stretches!(newest_labelled!, "assignee_id = $9"), newest_newer_labelled!("assignee_id = $9"));
const _: () = assert!(Channel::ALL.len() == 3 && ConversationStatus::ALL.len() == 4, "the list has other stretches");

/// Conversations in which something was said: what only holds notices about a customer is not one yet.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId, f: InboxFilter) -> StoreResult<Vec<InboxRow>> {
    if f.waiting {
        return list_waiting(conn, workspace_id, f).await;
    }
    let (at, id) = f.before;
    if let Some(label) = f.label {
        let sql = if f.person().is_some() { LIST_LABELLED_OF_PERSON } else { LIST_LABELLED };
        return Ok(on!(conn, c => {
            let query = sqlx::query_as(sql).bind(workspace_id).bind(at).bind(id).bind(f.limit).bind(f.channel())
                .bind(f.status()).bind(label).bind(f.unread);
            let query = match f.person() {
                Some(person) => query.bind(person),
                None => query.bind(f.nobodys()),
            };
            query.fetch_all(c).await
        })?);
    }
    if let Some(person) = f.person() {
        return Ok(on!(conn, c => sqlx::query_as(LIST_OF_PERSON).bind(workspace_id).bind(at).bind(id).bind(f.limit)
            .bind(f.channel()).bind(f.status()).bind(person).bind(f.unread).fetch_all(c).await)?);
    }
    Ok(on!(conn, c => sqlx::query_as(LIST).bind(workspace_id).bind(at).bind(id).bind(f.limit).bind(f.channel())
        .bind(f.status()).bind(f.nobodys()).bind(f.unread).fetch_all(c).await)?)
}

async fn list_waiting(conn: &mut Conn, workspace_id: WorkspaceId, f: InboxFilter) -> StoreResult<Vec<InboxRow>> {
    let sql = rows_where!(
        "v.waiting_since is not null and v.waiting_since >= $2 and (v.waiting_since > $2 or v.id < $3)
           and ($4 = '' or v.channel = $4) and ($5 = '' or v.status = $5) and (not $6 or v.unread > 0)
           and (not $7 or v.assignee_id is null) and ($8 is null or v.assignee_id = $8)
           and ($9 is null or exists (select 1 from conversation_labels l where l.workspace_id = $1
             and l.conversation_id = v.id and l.label_id = $9))
           order by v.waiting_since, v.id desc limit $10"
    );
    let since = f.before.0.saturating_neg();
    Ok(
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(since).bind(f.before.1).bind(f.channel()).bind(f.status())
        .bind(f.unread).bind(f.nobodys()).bind(f.person()).bind(f.label).bind(f.limit).fetch_all(c).await)?,
    )
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
               and ($3 = '' or v.channel = $3) and ($4 = '' or v.status = $4) and (v.waiting_since is not null or not $5)
               and (not $6 or v.unread > 0) and (not $7 or v.assignee_id is null) and ($8 is null or v.assignee_id = $8)
               and ($9 is null or exists (select 1 from conversation_labels l where l.workspace_id = $1
                 and l.conversation_id = v.id and l.label_id = $9))"
    );
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let row: Option<InboxRow> = on!(&mut *conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).bind(f.channel())
            .bind(f.status()).bind(f.waiting).bind(f.unread).bind(f.nobodys()).bind(f.person()).bind(f.label)
            .fetch_optional(c).await)?;
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
