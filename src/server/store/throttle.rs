//! Failed sign-ins, counted by account and by address so that a restart does not forget them.

use super::{Conn, StoreResult, on};
use crate::domain::Millis;

/// How often it failed, and when last.
pub async fn find(conn: &mut Conn, key_hash: &[u8]) -> StoreResult<Option<(i64, Millis)>> {
    let sql = "select failures, last_at from sign_in_failures where key_hash = $1";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(key_hash).fetch_optional(c).await)?)
}

/// Counts a failure. What lies further back than `forget_before` starts anew.
pub async fn count(conn: &mut Conn, key_hash: &[u8], now: Millis, forget_before: Millis) -> StoreResult<()> {
    let sql = "insert into sign_in_failures (key_hash, failures, last_at) values ($1, 1, $2)
               on conflict (key_hash) do update set last_at = excluded.last_at,
               failures = case when sign_in_failures.last_at < $3 then 1 else sign_in_failures.failures + 1 end";
    on!(conn, c => sqlx::query(sql).bind(key_hash).bind(now).bind(forget_before).execute(c).await.map(drop))?;
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
