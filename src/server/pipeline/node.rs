//! What distinguishes this node from the others on one PostgreSQL.
//!
//! Leases carry the number of their node. A node has its number for its name, and the name as long as it holds an advisory
//! lock on it: the holder of a name's lock knows that nobody works under it any more, and frees at once what was left
//! under its number, instead of waiting until those leases run out. A second node of the same name gets another one beside
//! it. On SQLite there is one node, whose number is 0.
//!
//! Who holds a name is also who sends: the rates of numbers and customers are one budget, of which each node has an even slice.
//! What one cannot send it queues, and any node with capacity takes it from there.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use sqlx::{Connection, Executor, PgConnection};
use tokio::{
    runtime::Handle,
    time::{sleep, timeout},
};
use uuid::Uuid;

use super::Pipeline;
use crate::{
    domain::ids::LeaseId,
    server::{
        base::clock::mint_id,
        error::Result,
        store::{StoreError, node},
        writer::Priority,
    },
};

/// The interval of checks whether the lock is still held.
const EVERY: Duration = Duration::from_secs(5);
/// How long the database may take for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// A node that was killed may keep its name for a moment: the next one of that name asks so often, so far apart.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(50);
/// Nodes of one name.
const SAME_NAME: u32 = 64;

/// This node among the others.
#[derive(Default)]
pub struct Node {
    /// Its number; 0 belongs to no node.
    number: AtomicU32,
    /// How many nodes share the rates; 0 until they have been counted.
    sharing: AtomicU32,
}

impl Node {
    /// A new lease: an id that ends with the number of this node.
    #[must_use]
    pub fn mint_lease(&self) -> LeaseId {
        let mut bytes = mint_id::<Uuid>().into_bytes();
        if let Some(end) = bytes.last_chunk_mut::<4>() {
            let number = self.number.load(Ordering::Relaxed);
            if number != 0 {
                *end = number.to_be_bytes();
            }
        }
        Uuid::from_bytes(bytes).into()
    }
}

/// Counts the nodes, and takes an even slice of what they may send together. Only on PostgreSQL.
///
/// # Errors
/// When the database is unavailable.
pub(crate) async fn share_rates(state: &Pipeline) -> Result<()> {
    let count = node::count(&mut state.store.read().await?).await?;
    let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
    let before = state.node.sharing.swap(count, Ordering::Relaxed);
    if before != count {
        let (joins, now) = (before == 0 && count > 1, state.now());
        state.number_rate.share(count, joins, now);
        // Hardly any customer was just written to as often as is allowed, and one would wait for minutes otherwise. (A customer
        // who was may get a slice too many; then the provider's own limit protects them.)
        state.pair_rate.share(count, false, now);
        tracing::info!(nodes = count, "The rates of numbers and customers are shared");
    }
    Ok(())
}

/// Takes a name, and frees what was left under it. Only on PostgreSQL.
///
/// # Errors
/// When the database is unavailable.
pub async fn take(state: &Pipeline) -> Result<()> {
    if state.store.postgres().is_none() {
        return Ok(());
    }
    let Some(lock) = lock_some_name(state, Since::Start).await? else {
        tracing::warn!(
            "Too many nodes have this name; what this one leaves when it dies waits for the end of its leases"
        );
        return share_rates(state).await;
    };
    share_rates(state).await?;
    node::notify(&mut state.store.read().await?, node::CAME).await?;
    let held = std::sync::Mutex::new(Some(lock));
    state.life.keep(state, &Handle::current(), "the name of this node", move |state, _| {
        let lock = held.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        hold(state, lock)
    });
    Ok(())
}

/// Whether the process has just started, or continues after its connection was lost.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Start,
    Loss,
}

/// The connection that holds the lock of a name; none when all are taken.
pub(crate) async fn lock_some_name(state: &Pipeline, since: Since) -> Result<Option<PgConnection>> {
    let Some(pool) = state.store.postgres() else { return Ok(None) };
    let mut conn = PgConnection::connect_with(&pool.connect_options()).await.map_err(StoreError::from)?;
    for nth in 1..=SAME_NAME {
        let name = match nth {
            1 => state.config.node_name.clone(),
            nth => format!("{}#{nth}", state.config.node_name),
        };
        let mut tries = if nth == 1 && since == Since::Start { TRIES } else { 1 };
        while tries > 0 {
            if node::try_lock(&mut conn, &name).await? {
                begin(state, name, since).await?;
                return Ok(Some(conn));
            }
            tries -= 1;
            if tries > 0 {
                sleep(BETWEEN).await;
            }
        }
    }
    Ok(None)
}

/// Works under that name from here on. What is still held under its number was left by a dead one, unless this process may
/// be at it itself: that it had before its connection was lost.
async fn begin(state: &Pipeline, name: String, since: Since) -> Result<()> {
    let now = state.now();
    let number = state
        .writer
        .write(Priority::Interactive, Uuid::nil(), (name.clone(), now, since), |conn, (name, now, since)| {
            Box::pin(async move {
                let number = node::number(conn, name, *now).await?;
                if *since == Since::Start {
                    node::free(conn, number).await?;
                }
                Ok(number)
            })
        })
        .await?;
    state.node.number.store(u32::try_from(number).unwrap_or(0), Ordering::Relaxed);
    tracing::info!(name, number, "This node has its name");
    Ok(())
}

/// Holds the name until the server stops. When the connection is lost, it is taken again; if another node was quicker, under
/// another name.
async fn hold(state: Pipeline, mut lock: Option<PgConnection>) {
    loop {
        tokio::select! {
            () = sleep(EVERY) => {}
            () = state.signals.nodes.notified() => {}
            () = state.life.shutdown.cancelled() => break,
        }
        let is_held = match &mut lock {
            Some(conn) => matches!(timeout(PATIENCE, conn.execute("select 1")).await, Ok(Ok(_))),
            None => false,
        };
        if is_held {
            if let Err(error) = share_rates(&state).await {
                tracing::debug!(error = ?error, "The nodes could not be counted");
            }
            continue;
        }
        // Until it has one again, what this node leaves behind is nobody's: its leases run out.
        state.node.number.store(0, Ordering::Relaxed);
        lock = match timeout(PATIENCE, lock_some_name(&state, Since::Loss)).await {
            Ok(Ok(lock)) => lock,
            Ok(Err(error)) => {
                tracing::debug!(error = ?error, "This node has no name just now");
                None
            }
            Err(_) => None,
        };
    }
    if let Some(conn) = lock {
        drop(timeout(BETWEEN * TRIES, conn.close()).await);
    }
}
