//! Sign-in sessions, keyed by the SHA-256 of their id: the table alone signs nobody in.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{Millis, ids::UserId};

/// A session that nobody uses for so long ends.
pub const IDLE: Millis = 14 * 24 * 60 * 60 * 1000;

#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SessionRow {
    pub id_hash: Vec<u8>,
    pub data: String,
    pub expires_at: Millis,
    /// When it was used last, to a few minutes.
    pub seen_at: Option<Millis>,
}

/// Adds a session, or changes one that is there; `false` when the key of a new one is taken, or the other has ended. An ended
/// one never comes back: requests save theirs once more at their end, when somebody may have been signed out meanwhile.
pub async fn save(
    conn: &mut Conn,
    id_hash: &[u8],
    user_id: Option<UserId>,
    data: &str,
    expires_at: Millis,
    (now, only_new): (Millis, bool),
) -> StoreResult<bool> {
    let sql = if only_new {
        "insert into sessions (id_hash, user_id, data, expires_at, seen_at) values ($1, $2, $3, $4, $5)
         on conflict (id_hash) do nothing"
    } else {
        "update sessions set user_id = $2, data = $3, expires_at = $4, seen_at = $5 where id_hash = $1"
    };
    let rows = on!(conn, c => sqlx::query(sql).bind(id_hash).bind(user_id).bind(data).bind(expires_at).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// A session that has not ended.
pub async fn find(conn: &mut Conn, id_hash: &[u8], now: Millis) -> StoreResult<Option<SessionRow>> {
    let sql = "select id_hash, data, expires_at, seen_at from sessions where id_hash = $1 and expires_at > $2
               and (seen_at is null or seen_at > $3)";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(id_hash).bind(now).bind(now - IDLE).fetch_optional(c).await)?)
}

/// Those of a person that have not ended, the one that was used last first.
pub async fn list_of_user(conn: &mut Conn, user_id: UserId, now: Millis) -> StoreResult<Vec<SessionRow>> {
    let sql = "select id_hash, data, expires_at, seen_at from sessions where user_id = $1 and expires_at > $2
               and (seen_at is null or seen_at > $3) order by coalesce(seen_at, 0) desc, id_hash";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(user_id).bind(now).bind(now - IDLE).fetch_all(c).await)?)
}

/// Notes that it was used.
pub async fn touch(conn: &mut Conn, id_hash: &[u8], now: Millis) -> StoreResult<()> {
    let sql = "update sessions set seen_at = $2 where id_hash = $1";
    on!(conn, c => sqlx::query(sql).bind(id_hash).bind(now).execute(c).await.map(drop))?;
    Ok(())
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

/// Signs a user out everywhere but there.
pub async fn delete_others(conn: &mut Conn, user_id: UserId, id_hash: &[u8]) -> StoreResult<()> {
    let sql = "delete from sessions where user_id = $1 and id_hash <> $2";
    on!(conn, c => sqlx::query(sql).bind(user_id).bind(id_hash).execute(c).await.map(drop))?;
    Ok(())
}

pub async fn delete_expired(conn: &mut Conn, now: Millis) -> StoreResult<()> {
    let sql = "delete from sessions where expires_at <= $1 or seen_at <= $2";
    on!(conn, c => sqlx::query(sql).bind(now).bind(now - IDLE).execute(c).await.map(drop))?;
    Ok(())
}
