//! What only SQLite needs: how it is opened.

use std::{str::FromStr, time::Duration};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::StoreResult;
use crate::server::base::files;

const READERS: u32 = 8;
/// Memory for pages, in KiB (that is what the minus means). The writer goes through the indexes of every table.
const WRITER_CACHE: &str = "-24576";
const READER_CACHE: &str = "-2048";
/// Rows that SQLite's thread may be ahead of who reads them: it waits for nobody within a set of a statement.
const ROWS_AHEAD: usize = 512;
/// Pages in the log beyond which the writer itself moves them into the database, in the middle of its work: a net below
/// [`checkpoint`], which does so beside it.
const CHECKPOINT_BY_WRITER: &str = "24000";
/// Pages in the log beyond which it starts over. The same page is changed many times, so not too early.
const LOG_MAX: i64 = 8000;
/// How long a new beginning waits for readers. The writer waits as long.
const RESTART_PATIENCE: Duration = Duration::from_millis(5);

/// The connection pools of one database file.
#[derive(Clone)]
pub(super) struct Pools {
    /// One connection.
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    /// One connection, for [`checkpoint`].
    checkpointer: SqlitePool,
}

impl Pools {
    pub(super) async fn close(&self) {
        self.checkpointer.close().await;
        self.readers.close().await;
        // Last: the connection that closes last checkpoints what is left in the log.
        self.writer.close().await;
    }
}

/// Opens a database and brings its tables up to date.
///
/// `synchronous=FULL`: a commit has reached the disk when it returns, which is what a 200 to the provider promises.
pub(super) async fn open(url: &str) -> StoreResult<Pools> {
    let options = SqliteConnectOptions::from_str(url)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        // An index that is made for one statement needs a look at a whole table. Without statistics SQLite thinks that
        // cheap: a set of 64 went through all conversations that there ever were.
        .pragma("automatic_index", "off")
        .statement_cache_capacity(256)
        .row_buffer_size(ROWS_AHEAD);
    // Messages are in there. What SQLite makes beside it gets its mode. When it cannot be made, SQLite says why.
    if let Err(error) = files::make_private_database(options.get_filename()) {
        tracing::debug!(%error, "The database could not be made for its owner only");
    }
    let writer = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .connect_with(
            options
                .clone()
                .pragma("cache_size", WRITER_CACHE)
                .pragma("wal_autocheckpoint", CHECKPOINT_BY_WRITER)
                // What a statement of many rows has changed is kept, should it fail half-way: not in a file.
                .pragma("temp_store", "memory"),
        )
        .await?;
    sqlx::migrate!("./migrations/sqlite").run(&writer).await?;
    let checkpointer = SqlitePoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
        .connect_lazy_with(options.clone().busy_timeout(RESTART_PATIENCE));
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
    Ok(Pools { writer, readers, checkpointer })
}

/// Checkpoints pages from the log into the database while the writer goes on, and returns how many are in the log. `known` is
/// how many there were the last time.
///
/// A writer that never rests leaves the log no moment to start over, so from a certain length on it is held up for one:
/// after two rounds beside it, hardly anything is left to be moved.
pub(super) async fn checkpoint(pools: &Pools, known: i64) -> StoreResult<i64> {
    let mut conn = pools.checkpointer.acquire().await?;
    let mut move_pages = async |how: &'static str| -> StoreResult<i64> {
        let (_, in_log, _): (i64, i64, i64) = sqlx::query_as(how).fetch_one(&mut *conn).await?;
        Ok(in_log)
    };
    let in_log = move_pages("pragma wal_checkpoint(passive)").await?;
    // A log that has started over keeps its length until something is written.
    if in_log <= LOG_MAX || in_log == known {
        return Ok(in_log);
    }
    move_pages("pragma wal_checkpoint(passive)").await?;
    move_pages("pragma wal_checkpoint(restart)").await
}

#[cfg(test)]
mod tests {
    use super::{LOG_MAX, checkpoint, open};

    #[tokio::test]
    async fn the_log_begins_anew_beside_a_writer_that_does_not_stop() {
        let folder = tempfile::tempdir().unwrap();
        let pools = open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.unwrap();
        let mut writer = pools.writer.acquire().await.unwrap();
        let write = "insert into t values (zeroblob($1))";
        sqlx::query("create table t (body blob)").execute(&mut *writer).await.unwrap();
        let few = checkpoint(&pools, 0).await.unwrap();
        assert!(few < 500, "{few}");
        sqlx::query(write).bind((LOG_MAX + 100) * 4096).execute(&mut *writer).await.unwrap();
        let many = checkpoint(&pools, few).await.unwrap();
        assert!(many > LOG_MAX, "{many}");
        // Until something is written it stays as it is, and nobody is held up for it again.
        assert_eq!(checkpoint(&pools, many).await.unwrap(), many);
        sqlx::query(write).bind(1).execute(&mut *writer).await.unwrap();
        let frames = checkpoint(&pools, many).await.unwrap();
        assert!(frames < 10, "{frames}");
        let kept: i64 = sqlx::query_scalar("select count(*) from t").fetch_one(&mut *writer).await.unwrap();
        assert_eq!(kept, 2);
        drop(writer);
        pools.close().await;
    }
}
