//! How many conversations a filter lets through, as far as anybody wants to know.
//!
//! Counting reads the same stretches as the list and ends with the last one that counts.

use super::{
    inbox::InboxFilter,
    stretch::{is_said, stretches},
};
use crate::{
    domain::{ids::WorkspaceId, listing::COUNT_MAX},
    server::store::{Conn, StoreResult, on},
};

/// Those of a stretch in its order: else PostgreSQL would go through the table where it takes them for many.
macro_rules! some {
    ($stretch:expr) => {
        concat!(
            "select id from (select id from conversations where workspace_id = $1 and ",
            $stretch,
            " and (last_inbound_at is not null or preview <> '') order by last_message_at desc, id desc limit 1001) as stretch union all "
        )
    };
}

macro_rules! some_labelled {
    ($stretch:expr) => {
        concat!(
            "select id from (select conversation_id as id from conversation_labels where workspace_id = $1 and label_id = $7 and ",
            $stretch,
            " and ",
            is_said!(),
            " order by last_message_at desc, conversation_id desc limit 1001) as stretch union all "
        )
    };
}

macro_rules! counted {
    ($($stretches:tt)+) => {
        concat!("select count(*) from (", $($stretches)+, " limit 1001) as counted")
    };
}

const COUNT: &str = counted!(
    stretches!(some!, "(case when assignee_id is null then 0 else 1 end) = 0"),
    stretches!(some!, "(case when assignee_id is null then 0 else 1 end) = 1 and not $7"),
    "select id from conversations where workspace_id = $1
       and (channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved'))
       and ($5 = '' or channel = $5) and ($6 = '' or status = $6) and (not $8 or unread > 0) and (not $7 or assignee_id is null)
       and (last_inbound_at is not null or preview <> '')"
);
const COUNT_OF_PERSON: &str = counted!(
    stretches!(some!, "assignee_id = $7"),
    "select id from conversations where workspace_id = $1
       and (channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved'))
       and ($5 = '' or channel = $5) and ($6 = '' or status = $6) and (not $8 or unread > 0) and assignee_id = $7
       and (last_inbound_at is not null or preview <> '')"
);
macro_rules! newer_labelled {
    ($whose:literal) => {
        concat!(
            "select conversation_id as id from conversation_labels where workspace_id = $1 and label_id = $7
               and (channel not in ('web', 'whatsapp') or status not in ('open', 'snoozed', 'resolved'))
               and ($5 = '' or channel = $5) and ($6 = '' or status = $6) and (not $8 or unread > 0) and ",
            $whose,
            " and ",
            is_said!()
        )
    };
}

const COUNT_LABELLED: &str = counted!(
    stretches!(some_labelled!, "(case when assignee_id is null then 0 else 1 end) = 0"),
    stretches!(some_labelled!, "(case when assignee_id is null then 0 else 1 end) = 1 and not $9"),
    newer_labelled!("(not $9 or assignee_id is null)")
);
const COUNT_LABELLED_OF_PERSON: &str =
    counted!(stretches!(some_labelled!, "assignee_id = $9"), newer_labelled!("assignee_id = $9"));
const _: () = assert!(COUNT_MAX == 1001, "the statements count to another number");

/// How many there are, at most [`COUNT_MAX`].
pub async fn count(conn: &mut Conn, workspace_id: WorkspaceId, f: InboxFilter) -> StoreResult<i64> {
    if f.waiting {
        return count_waiting_of(conn, workspace_id, f).await;
    }
    // The second to fourth parameters are the list's place and limit, of which there are none.
    if let Some(label) = f.label {
        let sql = if f.person().is_some() { COUNT_LABELLED_OF_PERSON } else { COUNT_LABELLED };
        return Ok(on!(conn, c => {
            let query = sqlx::query_scalar(sql).bind(workspace_id).bind(0_i64).bind(0_i64).bind(0_i64).bind(f.channel())
                .bind(f.status()).bind(label).bind(f.unread);
            let query = match f.person() {
                Some(person) => query.bind(person),
                None => query.bind(f.nobodys()),
            };
            query.fetch_one(c).await
        })?);
    }
    if let Some(person) = f.person() {
        return Ok(
            on!(conn, c => sqlx::query_scalar(COUNT_OF_PERSON).bind(workspace_id).bind(0_i64).bind(0_i64).bind(0_i64)
            .bind(f.channel()).bind(f.status()).bind(person).bind(f.unread).fetch_one(c).await)?,
        );
    }
    Ok(
        on!(conn, c => sqlx::query_scalar(COUNT).bind(workspace_id).bind(0_i64).bind(0_i64).bind(0_i64).bind(f.channel())
        .bind(f.status()).bind(f.nobodys()).bind(f.unread).fetch_one(c).await)?,
    )
}

async fn count_waiting_of(conn: &mut Conn, workspace_id: WorkspaceId, f: InboxFilter) -> StoreResult<i64> {
    let sql =
        "select count(*) from (select 1 from conversations v where v.workspace_id = $1 and v.waiting_since is not null
               and ($2 = '' or v.channel = $2) and ($3 = '' or v.status = $3) and (not $4 or v.unread > 0)
               and (not $5 or v.assignee_id is null) and ($6 is null or v.assignee_id = $6)
               and ($7 is null or exists (select 1 from conversation_labels l where l.workspace_id = $1
                 and l.conversation_id = v.id and l.label_id = $7)) limit 1001) as counted";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(f.channel()).bind(f.status()).bind(f.unread)
        .bind(f.nobodys()).bind(f.person()).bind(f.label).fetch_one(c).await)?)
}
