//! Live events: from rows in the database to every open page of this node.
//!
//! One task reads what is new and broadcasts it; a page that missed something reads its gap from the database. Nothing
//! is ever sent that was not committed.

use std::{ops::Deref, sync::Arc, time::Duration};

use sqlx::Executor;
use tokio::{
    sync::{Notify, broadcast},
    time::{sleep, timeout},
};
use uuid::Uuid;

use crate::server::{
    base::{clock::mint_id, watch::Heartbeat},
    service::{Services, visitor::polls},
    store::{
        Dialect, PATIENCE, StoreResult,
        event::{self, Cursor, EventRow},
        node,
    },
};

/// How many events a slow page may lag behind before it has to read the database.
const BUFFER: usize = 1024;
/// Reads are at least this far apart: many commits, one read.
const PAUSE: Duration = Duration::from_millis(40);
const POLL: Duration = Duration::from_secs(1);
const PAGE: i64 = 500;
/// The stages of this node look for what others have left to do at most this often. Whoever commits wakes its own stages, so
/// most of it is done before anybody else could look, and each look costs the database.
const LOOKS_APART: Duration = Duration::from_millis(250);
/// After this long without events from other nodes the connection to the database is checked.
const SILENCE: Duration = Duration::from_secs(30);

/// Where pages listen, and what it takes to tell them. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    services: Services,
    /// Notified by other nodes' commits: pages have news.
    heard: Arc<Notify>,
    /// The same: there may be something to do.
    left: Arc<Notify>,
    /// What this node says of its commits, so that it knows its own voice.
    voice: Arc<str>,
    events: broadcast::Sender<Arc<EventRow>>,
}

impl Deref for Live {
    type Target = Services;

    fn deref(&self) -> &Services {
        &self.services
    }
}

impl Live {
    #[must_use]
    pub fn new(services: Services) -> Self {
        let voice = mint_id::<Uuid>().to_string().into();
        let (heard, left) = (Arc::default(), Arc::default());
        Self { services, heard, left, voice, events: broadcast::channel(BUFFER).0 }
    }

    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<EventRow>> {
        self.events.subscribe()
    }
}

/// Reads new events and broadcasts them until the server stops.
pub async fn run(state: Live, heartbeat: Arc<Heartbeat>) {
    let mut cursor = loop {
        match newest(&state).await {
            Ok(cursor) => break cursor,
            Err(error) => tracing::warn!(error = ?error, "Live events wait for the database"),
        }
        if stopped(&state, POLL).await {
            return;
        }
    };
    loop {
        let woken = tokio::select! {
            woken = timeout(POLL, state.writer.commits().rung()) => woken.is_ok(),
            () = state.heard.notified() => false,
            () = state.life.shutdown.cancelled() => return,
        };
        if woken {
            tell_other_nodes(&state).await;
        }
        match heartbeat.step(catch_up(&state, cursor)).await {
            Some(newest) => cursor = newest,
            None => return,
        }
    }
}

/// Reads and broadcasts what is new, page by page until there is no more: the place that it came to; none when the server
/// stops.
pub async fn catch_up(state: &Live, mut cursor: Cursor) -> Option<Cursor> {
    loop {
        let mut is_full = false;
        match read(state, cursor).await {
            Ok(Unread::Nobody(newest)) => cursor = newest,
            Ok(Unread::Rows(rows)) => {
                polls::tell(state, &rows).await;
                is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= PAGE);
                for row in rows {
                    cursor = row.cursor();
                    // Nobody listening is no error.
                    drop(state.events.send(Arc::new(row)));
                }
            }
            Err(error) => tracing::warn!(error = ?error, "Live events could not be read"),
        }
        if stopped(state, PAUSE).await {
            return None;
        }
        if !is_full {
            return Some(cursor);
        }
    }
}

async fn stopped(state: &Live, span: Duration) -> bool {
    tokio::select! {
        () = sleep(span) => false,
        () = state.life.shutdown.cancelled() => true,
    }
}

async fn newest(state: &Live) -> StoreResult<Cursor> {
    event::newest(&mut state.store.read().await?).await
}

enum Unread {
    Rows(Vec<EventRow>),
    /// Nobody listens: only the place is of interest.
    Nobody(Cursor),
}

async fn read(state: &Live, after: Cursor) -> StoreResult<Unread> {
    let mut conn = state.store.read().await?;
    let nobody = || state.events.receiver_count() == 0 && state.visitors.polls.count() == 0;
    if nobody() {
        let newest = event::newest(&mut conn).await?;
        // Later subscribers read up to this place themselves; those who subscribed meanwhile get the rows.
        if nobody() {
            return Ok(Unread::Nobody(newest));
        }
    }
    event::list_after(&mut conn, None, after, PAGE).await.map(Unread::Rows)
}

/// NOTIFY in a statement of its own, after the commit; the poll compensates for a lost one.
pub async fn tell_other_nodes(state: &Live) {
    if state.store.dialect() != Dialect::Postgres {
        return;
    }
    let told = async { node::notify(&mut state.store.read().await?, &state.voice).await };
    if let Err(error) = told.await {
        tracing::debug!(error = ?error, "Other nodes were not told; they poll");
    }
}

/// Wakes the stages of this node when others have committed something, but not with each commit of theirs.
pub async fn look_after_others(state: Live, _heartbeat: Arc<Heartbeat>) {
    loop {
        tokio::select! {
            () = state.left.notified() => state.signals.wake_all(),
            () = state.life.shutdown.cancelled() => return,
        }
        if stopped(&state, LOOKS_APART).await {
            return;
        }
    }
}

/// Hears when another node has committed something. Only on PostgreSQL.
pub async fn listen(state: Live, _heartbeat: Arc<Heartbeat>) {
    let Some(pool) = state.store.postgres().cloned() else { return };
    loop {
        if let Ok(mut listener) = sqlx::postgres::PgListener::connect_with(&pool).await
            && listener.listen(node::CHANNEL).await.is_ok()
        {
            loop {
                let received = tokio::select! {
                    received = timeout(SILENCE, listener.recv()) => received,
                    () = state.life.shutdown.cancelled() => return,
                };
                match received {
                    Ok(Ok(told)) if told.payload() == &*state.voice => continue,
                    Ok(Ok(told)) if told.payload() == node::CAME => state.signals.nodes.notify_one(),
                    Ok(Ok(_)) => {}
                    Ok(Err(_)) => break,
                    // Nothing to tell, or a dead connection that was not closed.
                    Err(_)
                        if timeout(PATIENCE, listener.execute("select 1")).await.is_ok_and(|asked| asked.is_ok()) => {}
                    Err(_) => break,
                }
                state.left.notify_one();
                state.heard.notify_one();
            }
        }
        if stopped(&state, POLL).await {
            return;
        }
    }
}
