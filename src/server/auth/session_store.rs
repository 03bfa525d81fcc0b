//! Sign-in sessions of tower-sessions in our database.

use std::fmt;

use async_trait::async_trait;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};
use uuid::Uuid;

use super::sign_in::USER_KEY;
use crate::{
    domain::{Millis, ids::UserId},
    server::{
        base::secrets::sha256,
        service::Services,
        store::{self, StoreError},
        writer::Priority,
    },
};

/// The last use of a session is stored at most this often.
const TOUCH_EVERY: Millis = 5 * 60 * 1000;

/// Keeps sessions under the SHA-256 of their id.
#[derive(Clone)]
pub struct DatabaseSessions(Services);

impl DatabaseSessions {
    #[must_use]
    pub const fn new(state: Services) -> Self {
        Self(state)
    }

    async fn store(&self, record: &Record, only_new: bool) -> Result<bool> {
        let user_id = record.data.get(USER_KEY).and_then(|v| serde_json::from_value::<UserId>(v.clone()).ok());
        let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        // tower-sessions reckons with the machine's time; what it leaves the session to live counts from our clock.
        let now = self.0.now();
        let expires_at = now + millis(record.expiry_date) - millis(OffsetDateTime::now_utc());
        let input = (session_key(&record.id), user_id, data, expires_at, (now, only_new));
        self.0
            .writer
            .write(Priority::Interactive, user_id.unwrap_or_default(), input, |conn, (key, user, data, at, new)| {
                Box::pin(store::session::save(conn, key, *user, data, *at, *new))
            })
            .await
            .map_err(backend)
    }
}

impl fmt::Debug for DatabaseSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseSessions")
    }
}

/// Under what a session is kept.
#[must_use]
pub fn session_key(id: &Id) -> Vec<u8> {
    sha256(&id.to_string())
}

fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for DatabaseSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.store(record, true).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.store(record, false).await.map(drop)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = self.0.now();
        let mut conn = self.0.store.read().await.map_err(backend)?;
        let found = store::session::find(&mut conn, &session_key(id), now).await.map_err(backend)?;
        drop(conn);
        let Some(kept) = found else { return Ok(None) };
        if kept.seen_at.is_none_or(|at| at < now - TOUCH_EVERY) {
            // Nobody waits for this one; a lost touch is made up by the next use.
            let input = (kept.id_hash, now);
            drop(self.0.writer.submit(Priority::Bulk, Uuid::nil(), input, |conn, (key, now)| {
                Box::pin(store::session::touch(conn, key, *now))
            }));
        }
        let data = serde_json::from_str(&kept.data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(kept.expires_at) * 1_000_000)
            .map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0
            .writer
            .write(Priority::Interactive, Uuid::nil(), session_key(id), |conn, key| {
                Box::pin(store::session::delete(conn, key))
            })
            .await
            .map_err(backend)
    }
}
