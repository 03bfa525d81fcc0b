//! Storage on SQLite or PostgreSQL from one SQL text.
//!
//! A file per aggregate holds its queries as functions over a [`Conn`], so that they combine within one transaction.
//! Writes reach a connection only through the `Writer` of the pipeline; reads take one from [`Store::read`].
//! This module knows nothing of HTTP, channels or engines.

pub mod account;
pub mod attempt;
pub mod audit;
mod channels;
pub mod chatbot;
pub mod contact;
pub mod content;
pub mod conversation;
pub mod dead_letter;
pub mod delivery;
pub mod episode;
pub mod erasure;
mod error;
pub mod event;
mod ids;
pub mod integration;
pub mod invitation;
pub mod knowledge;
pub mod label;
mod many;
pub mod member;
pub mod message;
pub mod node;
pub mod note;
pub mod outbound;
pub mod person;
pub mod postgres;
pub mod queue;
pub mod second_factor;
pub mod session;
pub mod sqlite;
pub mod status;
pub mod throttle;
pub mod token;

use std::time::Duration;

use sqlx::{PgPool, Sqlite, pool::PoolConnection};

use crate::domain::{Millis, event::DomainEvent, ids::WorkspaceId, principal::Principal};

pub use error::{StoreError, StoreResult};

/// A connection to either database, who acts on it, and what was told over it in the running transaction.
pub struct Conn {
    pub line: Line,
    by: Principal,
    told: Vec<event::Told>,
}

pub enum Line {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(postgres::Held),
}

/// Runs the same sqlx expression on whichever engine a [`Conn`] belongs to. PostgreSQL may be at the other end of a line
/// that is dead without saying so: there each statement has its time.
macro_rules! on {
    ($conn:expr, $c:ident => $body:expr) => {
        match $crate::server::store::Conn::line($conn) {
            $crate::server::store::Line::Sqlite($c) => {
                let $c = &mut **$c;
                $body
            }
            $crate::server::store::Line::Postgres(held) => {
                let patience = held.patience();
                let outcome = {
                    let $c = &mut **held;
                    ::tokio::time::timeout(patience, async { $body }).await
                };
                outcome.unwrap_or_else(|_| Err(held.give_up()))
            }
        }
    };
}
pub(crate) use on;

/// The SQL dialect, for the few statements that differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Conn {
    const fn new(line: Line) -> Self {
        Self { line, by: Principal::System, told: Vec::new() }
    }

    /// For [`on!`].
    pub const fn line(&mut self) -> &mut Line {
        &mut self.line
    }

    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match self.line {
            Line::Sqlite(_) => Dialect::Sqlite,
            Line::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Tells what the running transaction makes true, at `now`. The writer stores it before it commits, and wakes what
    /// passes it on; it is forgotten when the transaction is.
    pub fn tell(&mut self, workspace_id: WorkspaceId, event: DomainEvent, now: Millis) {
        self.told.push(event::Told { workspace_id, event, at: now, by: self.by });
    }

    /// From here on somebody else acts. For the writer, which runs the work of many in one transaction.
    pub const fn act_as(&mut self, by: Principal) {
        self.by = by;
    }

    /// What was told so far.
    #[must_use]
    pub fn told(&self) -> &[event::Told] {
        &self.told
    }

    /// What was told, to be stored.
    pub fn take_told(&mut self) -> Vec<event::Told> {
        std::mem::take(&mut self.told)
    }

    /// Closes a connection of which nobody knows what it is in the middle of, instead of giving it back. (SQLite runs on a
    /// thread that finishes its current statement; what was begun there has been rolled back.)
    pub fn discard(self) {
        if let Line::Postgres(mut c) = self.line {
            c.discard();
        }
    }

    /// Begins a transaction that may write.
    ///
    /// On SQLite it takes the write lock at once: a read that later turns into a write would fail.
    pub async fn begin(&mut self) -> StoreResult<()> {
        let sql = match self.dialect() {
            Dialect::Sqlite => "begin immediate",
            Dialect::Postgres => "begin",
        };
        Ok(on!(self, c => sqlx::query(sql).execute(c).await.map(drop))?)
    }

    pub async fn commit(&mut self) -> StoreResult<()> {
        let committed = on!(&mut *self, c => sqlx::query("commit").execute(c).await.map(drop));
        committed.map_err(|error| {
            let error = StoreError::from(error);
            if self.dialect() == Dialect::Postgres { error.of_commit() } else { error }
        })
    }

    pub async fn rollback(&mut self) -> StoreResult<()> {
        Ok(on!(self, c => sqlx::query("rollback").execute(c).await.map(drop))?)
    }
}

#[derive(Clone)]
enum Pools {
    Sqlite(sqlite::Pools),
    Postgres(PgPool),
}

/// The database.
#[derive(Clone)]
pub struct Store {
    pools: Pools,
    /// How long PostgreSQL may take for a statement.
    patience: Duration,
}

/// How long PostgreSQL may take for a statement, unless told otherwise.
pub const PATIENCE: Duration = Duration::from_secs(30);

impl Store {
    /// Opens the database, creates it if need be and brings its tables up to date.
    ///
    /// # Errors
    /// When it cannot be reached, is not writable or is newer than this program.
    pub async fn open(url: &str) -> StoreResult<Self> {
        Self::open_with(url, PATIENCE).await
    }

    /// The same, with the time that PostgreSQL may take for a statement.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(url: &str, patience: Duration) -> StoreResult<Self> {
        let pools = if url.starts_with("sqlite:") {
            Pools::Sqlite(sqlite::open(url).await?)
        } else {
            Pools::Postgres(postgres::open(url, patience).await?)
        };
        Ok(Self { pools, patience })
    }

    #[must_use]
    pub const fn dialect(&self) -> Dialect {
        match self.pools {
            Pools::Sqlite(_) => Dialect::Sqlite,
            Pools::Postgres(_) => Dialect::Postgres,
        }
    }

    /// A connection to read with.
    pub async fn read(&self) -> StoreResult<Conn> {
        // Waiting for one takes 4 KB, which every task that may ever read would carry along.
        Ok(Conn::new(match &self.pools {
            Pools::Sqlite(pools) => Line::Sqlite(Box::pin(pools.readers.acquire()).await.map_err(away)?),
            Pools::Postgres(pool) => {
                Line::Postgres(postgres::Held::new(Box::pin(pool.acquire()).await.map_err(away)?, self.patience))
            }
        }))
    }

    /// A connection to write with: for writer lanes only.
    pub async fn writer_connection(&self) -> StoreResult<Conn> {
        Ok(Conn::new(match &self.pools {
            Pools::Sqlite(pools) => Line::Sqlite(pools.writer.acquire().await.map_err(away)?),
            Pools::Postgres(pool) => {
                Line::Postgres(postgres::Held::new(pool.acquire().await.map_err(away)?, self.patience))
            }
        }))
    }

    /// The PostgreSQL pool, for LISTEN and NOTIFY.
    #[must_use]
    pub const fn postgres(&self) -> Option<&PgPool> {
        match &self.pools {
            Pools::Sqlite(_) => None,
            Pools::Postgres(pool) => Some(pool),
        }
    }

    /// On SQLite, moves pages from the write-ahead log into the database; how many are in the log, of which there were
    /// `known` the last time. PostgreSQL does so by itself.
    pub async fn checkpoint(&self, known: i64) -> StoreResult<Option<i64>> {
        match &self.pools {
            Pools::Sqlite(pools) => sqlite::checkpoint(pools, known).await.map(Some),
            Pools::Postgres(_) => Ok(None),
        }
    }

    /// On PostgreSQL, analyzes tables that have more than doubled since that was done last, and those that never were; their
    /// names. SQLite's plans do not depend on what its tables hold.
    pub async fn analyze_grown(&self) -> StoreResult<Vec<String>> {
        match &self.pools {
            Pools::Sqlite(_) => Ok(Vec::new()),
            Pools::Postgres(pool) => postgres::analyze_grown(pool).await,
        }
    }

    /// Closes every connection, after the statements that run now.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite(pools) => pools.close().await,
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// Whatever stops us from getting a connection: the database is unavailable.
fn away(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(std::sync::Arc::new(error))
}
