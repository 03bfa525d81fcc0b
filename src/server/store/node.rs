//! Nodes on one PostgreSQL: their names, their numbers, and what a dead one has left.

use sqlx::PgConnection;

use super::{Conn, StoreResult, on};
use crate::domain::Millis;

/// The channel of LISTEN and NOTIFY between nodes.
pub const CHANNEL: &str = "parlance_live";
/// What is said there: a node has come. All else means that something was committed.
pub const CAME: &str = "node";

/// Says something to all nodes. Only on PostgreSQL.
pub async fn notify(conn: &mut Conn, what: &str) -> StoreResult<()> {
    let sql = "select pg_notify($1, $2)";
    Ok(on!(conn, c => sqlx::query(sql).bind(CHANNEL).bind(what).execute(c).await.map(drop))?)
}

/// Takes the lock of a name for as long as the connection lasts; `false` when somebody has it. (Two names may share a lock: then
/// the second is as good as taken.)
pub async fn try_lock(conn: &mut PgConnection, name: &str) -> StoreResult<bool> {
    let sql = "select pg_try_advisory_lock(hashtext('parlance node'), hashtext($1))";
    Ok(sqlx::query_scalar(sql).bind(name).fetch_one(conn).await?)
}

/// How many nodes there are: locks of names that somebody holds. (Names of long ago are not gone through.)
pub async fn count(conn: &mut Conn) -> StoreResult<i64> {
    let sql = "select count(*) from pg_locks where locktype = 'advisory' and granted and objsubid = 2
               and database = (select oid from pg_database where datname = current_database())
               and classid = (hashtext('parlance node')::bigint & 4294967295)::oid";
    Ok(on!(conn, c => sqlx::query_scalar(sql).fetch_one(c).await)?)
}

/// The number of a name: the same whenever it comes back.
pub async fn number(conn: &mut Conn, name: &str, now: Millis) -> StoreResult<i64> {
    let sql = "insert into nodes (name, number, started_at) select $1, coalesce(max(number), 0) + 1, $2 from nodes
               on conflict (name) do update set started_at = excluded.started_at returning number";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(name).bind(now).fetch_one(c).await)?)
}

/// Frees what is held under a number, whose node is dead: deliveries and turns are taken up again at once; what it was
/// sending may have left, and is told so. Only on PostgreSQL: what ends a lease is asked for in its words.
pub async fn free(conn: &mut Conn, number: i64) -> StoreResult<()> {
    for sql in [
        "update deliveries set state = 'waiting', lease = null, cut_off = cut_off + 1
         where state = 'working' and lease is not null and substring(uuid_send(lease) from 13) = int4send($1::int4)",
        "update conversations set answer_lease = null, answer_lease_until = 0
         where mode = 'bot' and inbound_seq > answered_seq and answer_lease is not null
         and substring(uuid_send(answer_lease) from 13) = int4send($1::int4)",
        "update messages set lease_until = 0
         where state = 'sending' and lease is not null and substring(uuid_send(lease) from 13) = int4send($1::int4)",
    ] {
        on!(&mut *conn, c => sqlx::query(sql).bind(number).execute(c).await.map(drop))?;
    }
    Ok(())
}
