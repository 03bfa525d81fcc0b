//! Second factors: the sealed secrets that codes are made from, and the codes for when they are lost.

use sqlx::FromRow;

use super::{Conn, StoreResult, on};
use crate::domain::{Millis, ids::UserId};

#[derive(Clone, Debug, FromRow)]
pub struct SecondFactorRow {
    pub user_id: UserId,
    /// Sealed.
    pub secret: Vec<u8>,
    /// When its owner showed that they can make codes; until then nothing asks for one.
    pub confirmed_at: Option<Millis>,
    pub created_at: Millis,
}

pub async fn find(conn: &mut Conn, user_id: UserId) -> StoreResult<Option<SecondFactorRow>> {
    let sql = "select user_id, secret, confirmed_at, created_at from second_factors where user_id = $1";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(user_id).fetch_optional(c).await)?)
}

/// Keeps a secret that its owner has still to confirm, in place of another such one; `false` when one is confirmed.
pub async fn begin(conn: &mut Conn, user_id: UserId, secret: &[u8], now: Millis) -> StoreResult<bool> {
    let sql = "insert into second_factors (user_id, secret, created_at) values ($1, $2, $3) on conflict (user_id) do update
               set secret = excluded.secret, created_at = excluded.created_at where second_factors.confirmed_at is null";
    let rows = on!(conn, c => sqlx::query(sql).bind(user_id).bind(secret).bind(now)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Its owner has made a code with this secret, of that step; `false` when it was confirmed already, or there is another.
pub async fn confirm(conn: &mut Conn, row: &SecondFactorRow, step: i64, now: Millis) -> StoreResult<bool> {
    let sql = "update second_factors set confirmed_at = $3, last_step = $2
               where user_id = $1 and confirmed_at is null and secret = $4";
    let rows = on!(conn, c => sqlx::query(sql).bind(row.user_id).bind(step).bind(now).bind(&row.secret)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Takes the code of a step; `false` when it, or one of a later step, was taken before (RFC 6238, section 5.2).
pub async fn take_step(conn: &mut Conn, user_id: UserId, step: i64) -> StoreResult<bool> {
    let sql =
        "update second_factors set last_step = $2 where user_id = $1 and last_step < $2 and confirmed_at is not null";
    let rows = on!(conn, c => sqlx::query(sql).bind(user_id).bind(step).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Takes a recovery code; `false` when there is no such one.
pub async fn take_recovery_code(conn: &mut Conn, user_id: UserId, code_hash: &[u8]) -> StoreResult<bool> {
    let sql = "delete from recovery_codes where user_id = $1 and code_hash = $2";
    let rows =
        on!(conn, c => sqlx::query(sql).bind(user_id).bind(code_hash).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// Puts new recovery codes in place of the old ones.
pub async fn put_recovery_codes(conn: &mut Conn, user_id: UserId, hashes: &[Vec<u8>]) -> StoreResult<()> {
    on!(&mut *conn, c => sqlx::query("delete from recovery_codes where user_id = $1").bind(user_id)
        .execute(c).await.map(drop))?;
    for hash in hashes {
        let sql = "insert into recovery_codes (user_id, code_hash) values ($1, $2)";
        on!(&mut *conn, c => sqlx::query(sql).bind(user_id).bind(hash).execute(c).await.map(drop))?;
    }
    Ok(())
}

pub async fn count_recovery_codes(conn: &mut Conn, user_id: UserId) -> StoreResult<i64> {
    let sql = "select count(*) from recovery_codes where user_id = $1";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(user_id).fetch_one(c).await)?)
}

/// Takes somebody's second factor away, with its recovery codes; `false` when there was none.
pub async fn remove(conn: &mut Conn, user_id: UserId) -> StoreResult<bool> {
    put_recovery_codes(conn, user_id, &[]).await?;
    let sql = "delete from second_factors where user_id = $1";
    let rows = on!(conn, c => sqlx::query(sql).bind(user_id).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// All of them after that one, in the order of their owners: a change of the key seals them anew.
pub async fn list_sealed(conn: &mut Conn, after: UserId, limit: i64) -> StoreResult<Vec<SecondFactorRow>> {
    let sql = "select user_id, secret, confirmed_at, created_at from second_factors where user_id > $1 order by user_id limit $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(after).bind(limit).fetch_all(c).await)?)
}

/// Puts a secret that was sealed anew in place of the old one, unless that has changed meanwhile.
pub async fn reseal(conn: &mut Conn, user_id: UserId, old: &[u8], new: &[u8]) -> StoreResult<bool> {
    let sql = "update second_factors set secret = $3 where user_id = $1 and secret = $2";
    let rows = on!(conn, c => sqlx::query(sql).bind(user_id).bind(old).bind(new)
        .execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}
