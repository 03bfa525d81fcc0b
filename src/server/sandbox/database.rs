//! How the simulator's SQLite file is opened. It has nothing to do with the product's database.

use std::{path::Path, time::Duration};

use sqlx::{
    SqliteConnection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::error::{SandboxError, SandboxResult};
use crate::server::base::files;

/// Opens the file, making it on first use.
///
/// One connection: the simulator serves a handful of people, and with one there are neither busy errors nor snapshots that a
/// later write cannot build on. Its holder must not ask the pool for another.
pub(super) async fn open(path: &Path) -> SandboxResult<SqlitePool> {
    // It holds app secrets.
    files::make_private_database(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // What a customer wrote is on the disk before the page says so.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(options)
        .await?;
    let migrated = sqlx::migrate!("./migrations/sandbox").run(&pool).await;
    migrated.map_err(|error| SandboxError::Foreign(path.display().to_string(), error))?;
    Ok(pool)
}

/// The next number of a series (see the table).
pub(super) async fn next_in_series(conn: &mut SqliteConnection, series: &str) -> SandboxResult<i64> {
    let sql = "insert into series (name, last) values ($1, 1) on conflict (name) do update set last = last + 1 returning last";
    Ok(sqlx::query_scalar(sql).bind(series).fetch_one(conn).await?)
}
