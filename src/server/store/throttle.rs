//! Failed sign-ins, counted by account and by address so that a restart does not forget them.

use super::{Conn, StoreResult, on};
use crate::domain::Millis;

/// How often it failed, and when last.
pub async fn find(conn: &mut Conn, key_hash: &[u8]) -> StoreResult<Option<(i64, Millis)>> {
    let sql = "select failures, last_at from sign_in_failures where key_hash = $1";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(key_hash).fetch_optional(c).await)?)
}

/// Counts a failure, and tells how many it makes. What lies further back than `forget_before` starts over.
pub async fn count(conn: &mut Conn, key_hash: &[u8], now: Millis, forget_before: Millis) -> StoreResult<i64> {
    let sql = "insert into sign_in_failures (key_hash, failures, last_at) values ($1, 1, $2)
               on conflict (key_hash) do update set last_at = excluded.last_at,
               failures = case when sign_in_failures.last_at < $3 then 1 else sign_in_failures.failures + 1 end
               returning failures";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(key_hash).bind(now).bind(forget_before).fetch_one(c).await)?)
}

/// A failure as it was counted.
#[derive(Clone, Debug)]
pub struct Counted {
    pub key_hash: Vec<u8>,
    /// How many it made.
    pub failures: i64,
    pub at: Millis,
    /// When it had failed last before.
    pub before: Millis,
}

/// Takes back this number of failures, that one among them. When nothing was counted since, the last failure is the one before it
/// again.
pub async fn take_back(conn: &mut Conn, counted: &Counted, tries: i64) -> StoreResult<()> {
    let sql = "update sign_in_failures set failures = failures - $2,
               last_at = case when failures = $3 and last_at = $4 then $5 else last_at end where key_hash = $1";
    on!(conn, c => sqlx::query(sql).bind(&counted.key_hash).bind(tries).bind(counted.failures).bind(counted.at)
        .bind(counted.before).execute(c).await.map(drop))?;
    on!(conn, c => sqlx::query("delete from sign_in_failures where key_hash = $1 and failures <= 0")
        .bind(&counted.key_hash).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn clear(conn: &mut Conn, key_hash: &[u8]) -> StoreResult<()> {
    on!(conn, c => sqlx::query("delete from sign_in_failures where key_hash = $1").bind(key_hash)
        .execute(c).await.map(drop))?;
    Ok(())
}

pub async fn forget(conn: &mut Conn, before: Millis) -> StoreResult<()> {
    on!(conn, c => sqlx::query("delete from sign_in_failures where last_at < $1").bind(before)
        .execute(c).await.map(drop))?;
    Ok(())
}
