//! Sign-in sessions, keyed by the SHA-256 of their id: the table alone signs nobody in.

use super::{Conn, StoreResult, on};
use crate::domain::{Millis, ids::UserId};

/// Adds a session, or changes one that is there; `false` when the key of a new one is taken, or the other has ended. An ended
/// one never comes back: requests save theirs once more at their end, when somebody may have been signed out meanwhile.
pub async fn save(
    conn: &mut Conn,
    id_hash: &[u8],
    user_id: Option<UserId>,
    data: &str,
    expires_at: Millis,
    only_new: bool,
) -> StoreResult<bool> {
    let sql = if only_new {
        "insert into sessions (id_hash, user_id, data, expires_at) values ($1, $2, $3, $4) on conflict (id_hash) do nothing"
    } else {
        "update sessions set user_id = $2, data = $3, expires_at = $4 where id_hash = $1"
    };
    let rows = on!(conn, c => sqlx::query(sql).bind(id_hash).bind(user_id).bind(data).bind(expires_at)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// The data of a session that has not expired.
pub async fn find(conn: &mut Conn, id_hash: &[u8], now: Millis) -> StoreResult<Option<(String, Millis)>> {
    let sql = "select data, expires_at from sessions where id_hash = $1 and expires_at > $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(id_hash).bind(now).fetch_optional(c).await)?)
}

pub async fn delete(conn: &mut Conn, id_hash: &[u8]) -> StoreResult<()> {
    on!(conn, c => sqlx::query("delete from sessions where id_hash = $1").bind(id_hash).execute(c).await.map(drop))?;
    Ok(())
}

/// Signs a user out everywhere.
pub async fn delete_of_user(conn: &mut Conn, user_id: UserId) -> StoreResult<()> {
    on!(conn, c => sqlx::query("delete from sessions where user_id = $1").bind(user_id).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn delete_expired(conn: &mut Conn, now: Millis) -> StoreResult<()> {
    on!(conn, c => sqlx::query("delete from sessions where expires_at <= $1").bind(now).execute(c).await.map(drop))?;
    Ok(())
}
