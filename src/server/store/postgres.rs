//! What only PostgreSQL needs: how it is opened.

use std::{net::IpAddr, str::FromStr, time::Duration};

use sqlx::{
    AssertSqlSafe, Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};

use super::StoreResult;

const CONNECTIONS: u32 = 20;
/// More than there are statements, each in seven sizes (`store/many.rs`): one that is forgotten has to be planned again.
const STATEMENTS: usize = 512;
/// Every statement asks for few rows by an index, whatever the tables hold by now. PostgreSQL, going by what it knows of a
/// young table or a slow disk, would rather read a whole table for a set of 64 rows.
const PLANNING: &str = "set random_page_cost = 1.1; set enable_hashjoin = off;
     set enable_mergejoin = off; set jit = off";

/// The tables that grow with every message, and that of the numbers, which is small but updated all the time.
const GROWING: [&str; 11] = [
    "contacts",
    "identities",
    "conversations",
    "messages",
    "message_statuses",
    "attempts",
    "deliveries",
    "dead_letters",
    "parked_statuses",
    "events",
    "integrations",
];

/// Opens a pool. Migrations take a lock of their own, so nodes may start at once.
pub(super) async fn open(url: &str) -> StoreResult<PgPool> {
    let options = PgConnectOptions::from_str(url)?.application_name("parlance").statement_cache_capacity(STATEMENTS);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(|conn, _| Box::pin(async move { conn.execute(PLANNING).await.map(drop) }))
        .connect_with(options)
        .await?;
    sqlx::migrate!("./migrations/postgres").run(&pool).await?;
    Ok(pool)
}

/// A way to a database on which nothing makes sure that it is encrypted.
#[derive(Debug, PartialEq, Eq)]
pub struct Travel {
    pub host: String,
    pub mode: &'static str,
}

/// Whether that address leads to another machine without insisting on TLS. `prefer`, which is the default, takes what it
/// gets.
#[must_use]
pub fn in_the_clear(url: &str) -> Option<Travel> {
    if url.starts_with("sqlite:") {
        return None;
    }
    let options = PgConnectOptions::from_str(url).ok()?;
    let mode = match options.get_ssl_mode() {
        PgSslMode::Disable => "disable",
        PgSslMode::Allow => "allow",
        PgSslMode::Prefer => "prefer",
        PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => return None,
    };
    let host = options.get_host();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let here = options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    (!here).then(|| Travel { host: host.to_owned(), mode })
}

/// Analyzes tables that have more than doubled since that was done last, and those that never were; their names.
pub(super) async fn analyze_grown(pool: &PgPool) -> StoreResult<Vec<String>> {
    // In pages, which are there at once: the counts of rows come late. An index that is made counts the pages, too, but says
    // nothing of what they hold. Only the owner may analyze, and without `track_counts` nobody knows that it was done.
    let sql = "select c.oid::regclass::text from pg_class c left join pg_stat_user_tables s on s.relid = c.oid,
               lateral (select pg_relation_size(c.oid) / current_setting('block_size')::bigint as pages) p
               where c.oid = any($1::text[]::regclass[]) and pg_has_role(c.relowner, 'USAGE') and p.pages > 2
               and (p.pages > 2 * c.relpages or current_setting('track_counts')::boolean
                    and s.last_analyze is null and s.last_autoanalyze is null)";
    let grown: Vec<String> = sqlx::query_scalar(sql).bind(&GROWING[..]).fetch_all(pool).await?;
    let mut analyzed = Vec::with_capacity(grown.len());
    for table in grown {
        // Another node may be about to do the same.
        match pool.execute(AssertSqlSafe(format!("analyze (skip_locked) {table}"))).await {
            Ok(_) => analyzed.push(table),
            Err(error) => tracing::warn!(table, error = ?error, "A table that has grown could not be analyzed"),
        }
    }
    Ok(analyzed)
}
