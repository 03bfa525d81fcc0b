//! Rows of webhooks that are to go out: queued ones, failed ones that wait for their next try, and statuses of the future.
//!
//! In a lane the order is `(due_at, seq)` and only the first may go. `next_at` is never before `due_at`, so the head of a lane
//! tells when the lane has something to do. Nothing here talks HTTP.

use sqlx::{FromRow, SqliteConnection};

use super::{error::SandboxResult, message};
use crate::domain::Millis;

/// How many lanes one step serves.
const BATCH: i64 = 64;

/// Meta gives a webhook up after seven days (contract, section 1.3).
const KEPT: Millis = 7 * 24 * 3_600_000;

/// Pauses before the attempts after the first one, in seconds; the last repeats. Meta publishes no schedule, only that it
/// begins at once and then thins out.
const PAUSES: [Millis; 10] = [1, 2, 5, 10, 30, 60, 300, 900, 3_600, 10_800];

pub(super) struct NewWebhook<'a> {
    pub(super) phone_number_id: &'a str,
    pub(super) lane: &'a str,
    pub(super) body: &'a str,
    pub(super) wamid: Option<&'a str>,
    pub(super) due_at: Millis,
}

/// A webhook to deliver now, and where to. It holds the app secret: no `Debug`.
#[derive(FromRow)]
pub(super) struct DueWebhook {
    pub(super) seq: i64,
    pub(super) body: String,
    pub(super) wamid: Option<String>,
    pub(super) attempts: i64,
    pub(super) callback_url: String,
    pub(super) app_secret: String,
}

/// Heads of lanes. A webhook waits while its app has no callback.
macro_rules! heads {
    ($columns:literal, $rest:literal) => {
        concat!(
            "select ",
            $columns,
            " from outbox o join numbers n on n.phone_number_id = o.phone_number_id
             where n.callback_url is not null
               and not exists (select 1 from outbox e where e.lane = o.lane and (e.due_at, e.seq) < (o.due_at, o.seq)) ",
            $rest
        )
    };
}

pub(super) async fn insert(conn: &mut SqliteConnection, new: &NewWebhook<'_>) -> SandboxResult<()> {
    let sql =
        "insert into outbox (phone_number_id, lane, body, wamid, due_at, next_at) values ($1, $2, $3, $4, $5, $5)";
    sqlx::query(sql)
        .bind(new.phone_number_id)
        .bind(new.lane)
        .bind(new.body)
        .bind(new.wamid)
        .bind(new.due_at)
        .execute(conn)
        .await?;
    Ok(())
}

/// What may go now: of every lane its head, once its time has come.
pub(super) async fn list_due(conn: &mut SqliteConnection, now: Millis) -> SandboxResult<Vec<DueWebhook>> {
    let sql = heads!(
        "o.seq, o.body, o.wamid, o.attempts, n.callback_url, n.app_secret",
        "and o.next_at <= $1 order by o.due_at, o.seq limit $2"
    );
    Ok(sqlx::query_as(sql).bind(now).bind(BATCH).fetch_all(conn).await?)
}

/// When there will be something to do next, typing that ends included.
pub(super) async fn next_moment(conn: &mut SqliteConnection) -> SandboxResult<Option<Millis>> {
    let sql = heads!("min(o.next_at)", "");
    let webhook: Option<Millis> = sqlx::query_scalar(sql).fetch_one(&mut *conn).await?;
    let typing: Option<Millis> =
        sqlx::query_scalar("select min(typing_until) from customers where typing_until is not null")
            .fetch_one(conn)
            .await?;
    Ok([webhook, typing].into_iter().flatten().min())
}

/// The callback answered 200: the webhook is done, and the message that it told of is delivered.
pub(super) async fn taken(conn: &mut SqliteConnection, webhook: &DueWebhook) -> SandboxResult<()> {
    sqlx::query("delete from outbox where seq = $1").bind(webhook.seq).execute(&mut *conn).await?;
    if let Some(wamid) = &webhook.wamid {
        message::mark_delivered(conn, wamid).await?;
    }
    Ok(())
}

/// Anything but a 200: another try later.
pub(super) async fn refused(conn: &mut SqliteConnection, webhook: &DueWebhook, now: Millis) -> SandboxResult<()> {
    let sql = "update outbox set attempts = attempts + 1, next_at = $1 where seq = $2";
    sqlx::query(sql).bind(now + pause_after(webhook.attempts)).bind(webhook.seq).execute(conn).await?;
    Ok(())
}

/// Tries what waits in a lane again now. Meta would send a new event at once, whatever became of the older ones; here those
/// go first, so that the order stays.
pub(super) async fn hurry_lane(conn: &mut SqliteConnection, lane: &str, now: Millis) -> SandboxResult<()> {
    let sql = "update outbox set next_at = max(due_at, $1) where lane = $2 and next_at > $1";
    sqlx::query(sql).bind(now).bind(lane).execute(conn).await?;
    Ok(())
}

/// The same for all of a number's lanes, when its callback was set again.
pub(super) async fn hurry_number(conn: &mut SqliteConnection, phone_number_id: &str, now: Millis) -> SandboxResult<()> {
    let sql = "update outbox set next_at = max(due_at, $1) where phone_number_id = $2 and next_at > $1";
    sqlx::query(sql).bind(now).bind(phone_number_id).execute(conn).await?;
    Ok(())
}

/// Gives up what is seven days old. Whether there was any.
pub(super) async fn give_up(conn: &mut SqliteConnection, now: Millis) -> SandboxResult<bool> {
    let sql = "delete from outbox where due_at <= $1 returning wamid";
    let gone: Vec<Option<String>> = sqlx::query_scalar(sql).bind(now - KEPT).fetch_all(&mut *conn).await?;
    for wamid in gone.iter().flatten() {
        let sql = "update messages set tick = 'failed' where wamid = $1 and tick = 'clock'";
        sqlx::query(sql).bind(wamid).execute(&mut *conn).await?;
    }
    Ok(!gone.is_empty())
}

fn pause_after(attempts: i64) -> Millis {
    let nth = usize::try_from(attempts).unwrap_or(usize::MAX).min(PAUSES.len() - 1);
    PAUSES.get(nth).copied().unwrap_or(1) * 1000
}

#[cfg(test)]
mod tests {
    use super::pause_after;

    #[test]
    fn pauses_grow_and_then_stay() {
        let pauses: Vec<_> = (0..20).map(pause_after).collect();
        assert!(pauses.is_sorted());
        assert_eq!((pauses[0], pauses[19]), (1_000, 10_800_000));
    }
}
