//! The built-in WhatsApp simulator: Meta's part and the customers' phones, for trying everything out without an account.
//!
//! It meets the product by real HTTP only, as Meta does: signed webhooks go out to the callback, Graph calls come in. So nothing in
//! here may reach into the product's stores, services or pipeline, and the product treats a sandbox number like any other.
//! Everything it knows lies in its own SQLite file and survives a restart, webhooks that were not yet taken included.
//!
//! | file | what |
//! |---|---|
//! | `account`, `phone` | what the server calls: numbers, and the phone page |
//! | `worker`, `callback` | delivers the outbox; speaks HTTP to the product |
//! | `graph` | the Graph API look-alike |
//! | `webhook`, `ascii`, `ids` | bodies, their spelling, ids in Meta's shapes |
//! | `number`, `customer`, `message`, `outbox`, `database` | rows |

mod account;
mod ascii;
mod callback;
mod contents;
mod customer;
mod database;
mod error;
mod graph;
mod ids;
mod message;
mod number;
mod outbox;
mod phone;
mod webhook;
mod worker;

#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc, time::Duration};

use sqlx::{Sqlite, SqlitePool, Transaction, pool::PoolConnection};
use tokio::sync::{Mutex, Notify, watch};

use self::error::SandboxResult;
pub use self::{
    account::Credentials,
    error::{CallbackError, SandboxError},
};
use crate::{domain::Millis, server::base::clock::Clock};

/// How a simulator is set up.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    pub database_path: PathBuf,
    pub delays: Delays,
}

/// How long after a send each status comes about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    pub sent: Duration,
    pub delivered: Duration,
    pub read: Duration,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            sent: Duration::from_millis(300),
            delivered: Duration::from_millis(900),
            read: Duration::from_millis(2500),
        }
    }
}

impl Delays {
    /// Everything at once, for tests. The order stays.
    #[must_use]
    pub const fn none() -> Self {
        Self { sent: Duration::ZERO, delivered: Duration::ZERO, read: Duration::ZERO }
    }
}

/// The simulator. Clones are the same one.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    db: SqlitePool,
    http: reqwest::Client,
    clock: Clock,
    delays: Delays,
    /// Tells the worker that something may be due.
    wake: Notify,
    stepping: Mutex<()>,
    changes: watch::Sender<u64>,
}

impl Sandbox {
    /// Opens the simulator's file, making it on first use. Nothing goes out before [`Sandbox::run`].
    ///
    /// # Errors
    /// When the file cannot be opened or brought up to date.
    pub async fn open(options: SandboxOptions) -> Result<Self, SandboxError> {
        Self::open_with_clock(options, Clock::System).await
    }

    /// The same under a clock that a test may hold.
    ///
    /// # Errors
    /// When the file cannot be opened or brought up to date.
    pub async fn open_with_clock(options: SandboxOptions, clock: Clock) -> Result<Self, SandboxError> {
        let inner = Inner {
            db: database::open(&options.database_path).await?,
            http: callback::client()?,
            clock,
            delays: options.delays,
            wake: Notify::new(),
            stepping: Mutex::new(()),
            changes: watch::Sender::new(0),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Grows whenever something changed that a phone shows.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// The Graph API look-alike, to be nested under a path of the server's choice; inside, paths begin with the version.
    pub fn graph_router(&self) -> axum::Router {
        graph::router(self.clone())
    }

    fn now(&self) -> Millis {
        self.inner.clock.now()
    }

    async fn connection(&self) -> SandboxResult<PoolConnection<Sqlite>> {
        Ok(self.inner.db.acquire().await?)
    }

    async fn begin(&self) -> SandboxResult<Transaction<'static, Sqlite>> {
        Ok(self.inner.db.begin().await?)
    }

    /// A phone shows something new.
    fn bump(&self) {
        self.inner.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// A phone shows something new and the worker has something to do.
    fn changed(&self) {
        self.bump();
        self.inner.wake.notify_one();
    }
}
