//! The floor's durable log: many bodies, one transaction, one fsync, and only then are the callers told.

use std::str::FromStr;

use axum::body::Bytes;
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::{mpsc, oneshot};

use crate::support::Result;

/// The most bodies of one transaction.
const BATCH: usize = 256;
/// Rows per insert: each size is one prepared statement.
const SIZES: [usize; 4] = [64, 16, 4, 1];

type Entry = (Bytes, oneshot::Sender<()>);

/// The way to append. Cheap to clone.
#[derive(Clone)]
pub(super) struct Log(mpsc::Sender<Entry>);

enum Store {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Log {
    pub(super) async fn open(url: &str) -> Result<Self> {
        let mut store = Store::open(url).await?;
        let (sender, mut receiver) = mpsc::channel::<Entry>(4096);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH);
            while receiver.recv_many(&mut batch, BATCH).await > 0 {
                // A failed batch drops its senders, and the callers see that.
                if store.append(&batch).await.is_ok() {
                    for (_, done) in batch.drain(..) {
                        let _ = done.send(());
                    }
                }
                batch.clear();
            }
        });
        Ok(Self(sender))
    }

    /// Returns when the body has reached the disk.
    pub(super) async fn append(&self, body: Bytes) -> Result<()> {
        let (done, durable) = oneshot::channel();
        self.0.send((body, done)).await?;
        Ok(durable.await?)
    }
}

impl Store {
    async fn open(url: &str) -> Result<Self> {
        if url.starts_with("postgres") {
            let mut conn = PgConnection::connect(url).await?;
            conn.execute("create table bodies (id bigserial primary key, body bytea not null)").await?;
            return Ok(Self::Postgres(conn));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut conn = SqliteConnection::connect_with(&options).await?;
        conn.execute("create table bodies (id integer primary key, body blob not null) strict").await?;
        Ok(Self::Sqlite(conn))
    }

    async fn append(&mut self, batch: &[Entry]) -> Result<()> {
        match self {
            Self::Sqlite(conn) => append_to_sqlite(conn, batch).await,
            Self::Postgres(conn) => {
                let bodies: Vec<&[u8]> = batch.iter().map(|(body, _)| body.as_ref()).collect();
                sqlx::query("insert into bodies (body) select unnest($1::bytea[])").bind(bodies).execute(conn).await?;
                Ok(())
            }
        }
    }
}

async fn append_to_sqlite(conn: &mut SqliteConnection, batch: &[Entry]) -> Result<()> {
    let mut transaction = conn.begin_with("begin immediate").await?;
    let mut rest = batch;
    while let Some(size) = SIZES.into_iter().find(|size| *size <= rest.len()) {
        let (chunk, after) = rest.split_at(size);
        let places = vec!["(?)"; size].join(",");
        let sql = format!("insert into bodies (body) values {places}");
        let mut insert = sqlx::query(AssertSqlSafe(sql));
        for (body, _) in chunk {
            insert = insert.bind(body.as_ref());
        }
        insert.execute(&mut *transaction).await?;
        rest = after;
    }
    Ok(transaction.commit().await?)
}
