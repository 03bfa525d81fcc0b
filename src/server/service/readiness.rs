//! Readiness: whether this node can store a webhook durably.
//!
//! Webhooks that come in tell it for nothing. When none has come for a while and somebody asks, one is rehearsed: a
//! delivery of typical size is written and deleted in one transaction. Less would prove less, since a full
//! disk still has room for a row that only changes.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};

use tokio::{sync::Mutex, time::timeout};
use uuid::Uuid;

use super::Services;
use crate::{
    domain::{Millis, channel::Channel},
    server::{
        base::clock::mint_id,
        store::{
            StoreError, StoreResult,
            delivery::{self, NewDelivery},
        },
    },
};

/// How long an outcome is valid: one rehearsal in this time, however many ask.
const KEPT: Millis = 2000;
/// How long a rehearsal may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a delivery, in ids: they do not shrink when a database compresses them.
const IDS: usize = 256;

/// What is known, and since when.
#[derive(Default)]
pub struct Readiness {
    /// When a delivery was last written, or negative when one was last refused. 0 is never.
    known: AtomicI64,
    rehearsal: Mutex<()>,
}

impl Readiness {
    /// How the write of a delivery ended.
    pub fn note(&self, outcome: &StoreResult<()>, now: Millis) {
        match outcome {
            Ok(()) => self.set(true, now),
            Err(StoreError::Unavailable(_) | StoreError::Unheard(_)) => self.set(false, now),
            // Too much at once, or the wrong thing: that says nothing about the database.
            Err(_) => {}
        }
    }

    fn set(&self, ready: bool, now: Millis) {
        let before = self.known.swap(if ready { now } else { -now }, Ordering::Relaxed);
        match (before >= 0, ready) {
            (true, false) => tracing::warn!("Not ready: the database does not take writes"),
            (false, true) => tracing::info!("Ready again: the database takes writes"),
            _ => {}
        }
    }

    /// What is known, if it is new enough. (The clock may jump, and then nothing is.)
    fn fresh(&self, now: Millis) -> Option<bool> {
        let known = self.known.load(Ordering::Relaxed);
        (now.abs_diff(known.abs()) < KEPT.unsigned_abs()).then_some(known > 0)
    }

    /// Whether a delivery could be written now.
    pub async fn ask(&self, state: &Services) -> bool {
        if let Some(known) = self.fresh(state.now()) {
            return known;
        }
        // Others who ask meanwhile wait for the outcome.
        let _turn = self.rehearsal.lock().await;
        if let Some(known) = self.fresh(state.now()) {
            return known;
        }
        let ready = matches!(timeout(PATIENCE, rehearse(state)).await, Ok(Ok(())));
        self.set(ready, state.now());
        ready
    }
}

async fn rehearse(state: &Services) -> StoreResult<()> {
    let delivery = NewDelivery {
        id: mint_id(),
        workspace_id: None,
        integration_id: None,
        channel: Channel::Web,
        body: (0..IDS).flat_map(|_| mint_id::<Uuid>().into_bytes()).collect(),
        received_at: state.now(),
    };
    let written = state.writer.rehearse(delivery, |conn, delivery| {
        Box::pin(async move {
            delivery::insert_many(conn, std::slice::from_ref(delivery)).await?;
            delivery::withdraw(conn, delivery.id).await
        })
    });
    written.await
}
