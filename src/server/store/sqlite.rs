//! What only SQLite needs: how it is opened.

use std::{str::FromStr, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::StoreResult;

const READERS: u32 = 8;
/// Memory for pages, in KiB (that is what the minus means). The writer goes through the indexes of every table.
const WRITER_CACHE: &str = "-32768";
const READER_CACHE: &str = "-4096";
/// Pages that are written to the log before they are moved to the database: the same page is changed many times.
const CHECKPOINT: &str = "4000";

/// Opens the one writing connection and the readers.
///
/// `synchronous=FULL`: a commit has reached the disk when it returns, which is what a 200 to Meta promises.
pub(super) async fn open(url: &str) -> StoreResult<(SqlitePool, SqlitePool)> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(256);
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(
            options
                .clone()
                .pragma("cache_size", WRITER_CACHE)
                .pragma("wal_autocheckpoint", CHECKPOINT)
                // What a statement of many rows has changed is kept, should it fail half-way: not in a file.
                .pragma("temp_store", "memory"),
        )
        .await?;
    sqlx::migrate!("./migrations/sqlite").run(&writer).await?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        // All at once and for good, from here: SQLite runs on a thread for each, which is as patient as the one that opened
        // it, and pages read with them too.
        .min_connections(READERS)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(5))
        .test_before_acquire(false)
        .connect_with(options.read_only(true).create_if_missing(false).pragma("cache_size", READER_CACHE))
        .await?;
    Ok((writer, readers))
}
