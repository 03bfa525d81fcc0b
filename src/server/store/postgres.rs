//! What only PostgreSQL needs: how it is opened.

use std::{
    io,
    net::IpAddr,
    ops::{Deref, DerefMut},
    str::FromStr,
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
};
use tokio::time::timeout;

use super::StoreResult;

const CONNECTIONS: u32 = 20;
/// How long a connection may take to say that it is alive.
const PING: Duration = Duration::from_secs(1);
/// More than there are statements, each in seven sizes (`store/many.rs`): one that is forgotten has to be planned again.
const STATEMENTS: usize = 512;
/// Every statement asks for few rows by an index, whatever the tables hold by now. PostgreSQL, going by what it knows of a
/// young table or a slow disk, would rather read a whole table for a set of 64 rows.
const PLANNING: &str = "set random_page_cost = 1.1; set enable_hashjoin = off;
     set enable_mergejoin = off; set jit = off";

/// The tables that grow with every message, and that of the numbers, which is small but updated all the time. Plans that were made
/// while one was empty are made again when it has grown: without that a new table once cost a quarter of all round trips.
pub const GROWING: [&str; 18] = [
    "contacts",
    "identities",
    "contact_values",
    "conversations",
    "conversation_labels",
    "notes",
    "mentions",
    "messages",
    "episodes",
    "audit_entries",
    "message_statuses",
    "attempts",
    "deliveries",
    "delivery_bodies",
    "dead_letters",
    "parked_statuses",
    "events",
    "integrations",
];

/// A connection, with the time that a statement may take on it.
pub struct Held {
    conn: PoolConnection<Postgres>,
    patience: Duration,
}

impl Held {
    pub(super) const fn new(conn: PoolConnection<Postgres>, patience: Duration) -> Self {
        Self { conn, patience }
    }

    /// A little more than the server itself allows: usually that says what it was.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience * 5 / 4
    }

    /// The statement did not come back: neither will the connection.
    pub fn give_up(&mut self) -> sqlx::Error {
        self.discard();
        sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "the database did not answer in time"))
    }

    /// It is closed instead of given back.
    pub fn discard(&mut self) {
        self.conn.close_on_drop();
    }
}

impl Deref for Held {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.conn
    }
}

impl DerefMut for Held {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.conn
    }
}

/// What the server sees to for a session. What a client has begun and abandoned (its machine died, its line is cut) would
/// hold its locks for hours.
fn limits(patience: Duration) -> String {
    let millis = patience.as_millis().max(1);
    format!("set statement_timeout = {millis}; set idle_in_transaction_session_timeout = {}; {KEEP_ALIVE}", 2 * millis)
}

/// How soon the server notices that a client is gone without a word: within a minute.
pub(super) const KEEP_ALIVE: &str =
    "set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; set tcp_keepalives_count = 3";

/// Opens a pool. Migrations take a lock of their own, so nodes may start at once.
pub(super) async fn open(url: &str, patience: Duration) -> StoreResult<PgPool> {
    let options = PgConnectOptions::from_str(url)?.application_name("parlance").statement_cache_capacity(STATEMENTS);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(Duration::from_secs(5))
        .after_connect(move |conn, _| {
            let settings = format!("{PLANNING}; {}", limits(patience));
            Box::pin(async move { conn.execute(AssertSqlSafe(settings)).await.map(drop) })
        })
        // A connection that is dead without saying so must not use up the time for getting one.
        .test_before_acquire(false)
        .before_acquire(move |conn, _| {
            Box::pin(async move {
                let ping = timeout(PING.min(patience / 4), conn.ping());
                ping.await.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into())).map(|()| true)
            })
        })
        .connect_with(options)
        .await?;
    // These may take as long as they take.
    let mut conn = pool.acquire().await?;
    conn.execute("set statement_timeout = 0").await?;
    sqlx::migrate!("./migrations/postgres").run(&mut *conn).await?;
    conn.close().await?;
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
