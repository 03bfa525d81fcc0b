//! Rows of messages as the phones show them.

use sqlx::{FromRow, SqliteConnection};

use super::error::SandboxResult;
use crate::domain::{
    Millis,
    content::{Content, Kind},
    ids::CustomerId,
    sandbox::{SandboxMessage, SandboxTick},
};

/// How much of a chat a phone shows.
const SHOWN: i64 = 500;

/// The longest text, in UTF-16 units: Meta says "characters" and leaves open which, so the stricter reading counts.
pub(super) const TEXT_LIMIT: usize = 4096;

pub(super) struct NewMessage<'a> {
    pub(super) wamid: &'a str,
    pub(super) customer_id: CustomerId,
    pub(super) mine: bool,
    pub(super) content: &'a Content,
}

pub(super) fn fits(text: &str) -> bool {
    text.encode_utf16().count() <= TEXT_LIMIT
}

/// What the customer wrote waits with a clock; what the business wrote is on the phone at once.
pub(super) async fn insert(conn: &mut SqliteConnection, new: &NewMessage<'_>, at: Millis) -> SandboxResult<()> {
    let tick = if new.mine { SandboxTick::Clock } else { SandboxTick::Delivered };
    let sql =
        "insert into messages (wamid, customer_id, mine, text, content, tick, at) values ($1, $2, $3, $4, $5, $6, $7)";
    sqlx::query(sql)
        .bind(new.wamid)
        .bind(new.customer_id)
        .bind(new.mine)
        .bind(&new.content.text)
        .bind(serde_json::to_string(&new.content.kind)?)
        .bind(tick.as_str())
        .bind(at)
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest messages of a chat, oldest first.
pub(super) async fn list(conn: &mut SqliteConnection, customer_id: CustomerId) -> SandboxResult<Vec<SandboxMessage>> {
    let sql = "select * from (select * from messages where customer_id = $1 order by seq desc limit $2) order by seq";
    let rows: Vec<Row> = sqlx::query_as(sql).bind(customer_id).bind(SHOWN).fetch_all(conn).await?;
    Ok(rows.into_iter().map(SandboxMessage::from).collect())
}

/// The webhook was taken. A read receipt may have been faster than the answer: what is read stays read.
pub(super) async fn mark_delivered(conn: &mut SqliteConnection, wamid: &str) -> SandboxResult<()> {
    let sql = "update messages set tick = 'delivered' where wamid = $1 and tick = 'clock'";
    sqlx::query(sql).bind(wamid).execute(conn).await?;
    Ok(())
}

/// A read receipt counts for the message and for all before it in the chat (contract, section 5.1).
///
/// Answers with the customer, or none when no customer of this number wrote such a message.
pub(super) async fn mark_read(
    conn: &mut SqliteConnection,
    phone_number_id: &str,
    wamid: &str,
) -> SandboxResult<Option<CustomerId>> {
    let sql = "select m.customer_id, m.seq from messages m join customers c on c.id = m.customer_id
               where m.wamid = $1 and m.mine = 1 and c.phone_number_id = $2";
    let found: Option<(CustomerId, i64)> =
        sqlx::query_as(sql).bind(wamid).bind(phone_number_id).fetch_optional(&mut *conn).await?;
    let Some((customer_id, seq)) = found else { return Ok(None) };
    let sql =
        "update messages set tick = 'read' where customer_id = $1 and seq <= $2 and mine = 1 and tick <> 'failed'";
    sqlx::query(sql).bind(customer_id).bind(seq).execute(conn).await?;
    Ok(Some(customer_id))
}

#[derive(FromRow)]
struct Row {
    wamid: String,
    mine: bool,
    text: String,
    /// None of messages from before there was anything but text.
    content: Option<String>,
    #[sqlx(try_from = "String")]
    tick: SandboxTick,
    at: Millis,
}

impl From<Row> for SandboxMessage {
    fn from(row: Row) -> Self {
        let kind = row.content.map_or(Kind::Text, |json| serde_json::from_str(&json).unwrap_or(Kind::Unknown));
        let content = Content { text: row.text, kind };
        Self { id: row.wamid, mine: row.mine, content, tick: row.tick, at: row.at }
    }
}
