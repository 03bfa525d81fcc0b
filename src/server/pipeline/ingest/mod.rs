//! From deliveries to contacts, conversations and messages, item by item.
//!
//! Items are written as sets (see [`items`]), yet each has an outcome of its own, and each may come twice: it is stored
//! once. What cannot be stored becomes a dead letter with its reason, and its neighbours go on. What fails for a reason that
//! may yet be mended (see [`trouble`]) is tried again, less and less often, before it does.

mod items;
mod letters;
mod others;
mod suspects;
mod trouble;

use std::{collections::HashMap, sync::Arc};

use tokio::sync::Notify;
use uuid::Uuid;

use self::items::NewIds;
pub use self::items::{ItemInput, store_items};
use self::{
    letters::{bury, submit_dead_letter, submit_unclaimed},
    suspects::is_suspect,
    trouble::{Trouble, pause},
};
use super::{
    Claim, Pipeline, Stage,
    again::{Claimed, free},
};
use crate::{
    domain::ids::{IntegrationId, LeaseId, WorkspaceId},
    server::{
        channel::{
            self,
            item::{Item, ItemKind},
        },
        error::{Result, caught},
        service::routing::{self, Destination},
        store::{
            StoreError,
            delivery::{self, ClaimSize, DeliveryRow, Done},
        },
        writer::{Pending, Priority, signals::Signals},
    },
};

/// What one batch takes: bounded by bytes too, for one delivery may have 3 MB.
const BATCH: ClaimSize = ClaimSize { deliveries: 256, bytes: 8 << 20 };
/// The same while deliveries come in, which wait for the claim.
const BATCH_PRESSED: ClaimSize = ClaimSize { deliveries: 64, ..BATCH };

pub struct Ingest;

/// Deliveries whose items are being written.
pub struct Batch {
    lease: LeaseId,
    deliveries: Vec<(DeliveryRow, Vec<Submitted>)>,
}

impl Stage for Ingest {
    type Job = Batch;
    const NAME: &'static str = "ingest";
    /// While one batch is being committed the next is parsed.
    const AT_ONCE: usize = 2;

    fn signal(signals: &Signals) -> &Notify {
        &signals.ingest
    }

    /// Claims deliveries and hands their items to the writer: here, since claims follow one another, so that items keep
    /// the order of their arrival.
    async fn claim(state: &Pipeline, limit: usize) -> Result<Claim<Batch>> {
        let waiting = delivery::backlog_exists(&mut state.store.read().await?, state.now()).await?;
        if !waiting {
            return Ok(Claim { jobs: Vec::new(), wake_in: None });
        }
        let size = if state.writer.is_pressed() { BATCH_PRESSED } else { BATCH };
        let (lease, claimed) = take(state, size).await?;
        if claimed.is_empty() {
            return Ok(Claim { jobs: Vec::new(), wake_in: None });
        }
        if claimed.iter().any(is_suspect) {
            return suspects::one_by_one(state, lease, &claimed, limit == Self::AT_ONCE).await;
        }
        let mut destinations = HashMap::new();
        let mut deliveries = Vec::with_capacity(claimed.len());
        for mut delivery in claimed {
            let submitted = take_apart(state, &mut delivery, &mut destinations).await;
            deliveries.push((delivery, submitted));
        }
        Ok(Claim { jobs: vec![Batch { lease, deliveries }], wake_in: None })
    }

    async fn handle(state: &Pipeline, batch: Batch) {
        let lease = batch.lease;
        let mut settled = Vec::with_capacity(batch.deliveries.len());
        for (delivery, submitted) in batch.deliveries {
            let outcome = settle(state, &delivery, submitted).await;
            settled.push((delivery, outcome));
        }
        state.faults.point("ingest.items_stored").await;
        // The items can be answered; that their deliveries are done is only for the record.
        state.signals.answer.notify_one();
        let ends = settled
            .into_iter()
            .map(|(delivery, outcome)| async move { finish(state, lease, &delivery, outcome).await });
        futures::future::join_all(ends).await;
        state.faults.point("ingest.finished").await;
    }
}

/// Claims up to this number, under a lease of their own.
async fn take(state: &Pipeline, size: ClaimSize) -> Result<(LeaseId, Vec<DeliveryRow>)> {
    let (lease, now) = (state.node.mint_lease(), state.now());
    let claimed = state
        .writer
        .claim((lease, now, now + state.config.lease(), size), |conn, (lease, now, until, size)| {
            Box::pin(delivery::claim(conn, *lease, *now, *until, *size))
        })
        .await
        .inspect_err(|error| free(state, Claimed::Deliveries, lease, error))?;
    state.faults.point("ingest.claimed").await;
    Ok((lease, claimed))
}

/// The items of a delivery that are being written, or the whole delivery with the reason why not. The body is no longer needed.
async fn take_apart(state: &Pipeline, delivery: &mut DeliveryRow, destinations: &mut Destinations) -> Vec<Submitted> {
    let body = std::mem::take(&mut delivery.body);
    match caught(submit(state, delivery, &body, destinations)).await {
        Ok(submitted) => submitted,
        Err(error) => vec![spoilt(delivery, &body, Trouble::of(&error))],
    }
}

/// An item that is being written, kept for the dead letter it may become.
struct Submitted {
    item: Arc<Item>,
    owner: Option<(WorkspaceId, IntegrationId)>,
    /// It becomes a dead letter, whatever comes of that.
    dropped: bool,
    /// What keeps it from being stored, if anything does.
    outcome: std::result::Result<Pending<()>, Trouble>,
}

/// Where items are routed, or why they cannot be: by integration of the path, account and number.
type Destinations = HashMap<
    (Option<IntegrationId>, Option<String>, Option<String>),
    std::result::Result<Vec<Arc<Destination>>, Trouble>,
>;

/// The whole of a delivery, counted as one item.
fn whole(body: &[u8], reason: &str) -> Arc<Item> {
    Arc::new(Item {
        place: String::new(),
        account_id: None,
        external_key: None,
        kind: ItemKind::Poison(reason.to_owned()),
        raw: String::from_utf8_lossy(body).into(),
    })
}

/// A delivery that could not be parsed now.
fn spoilt(delivery: &DeliveryRow, body: &[u8], trouble: Trouble) -> Submitted {
    let owner = delivery.workspace_id.zip(delivery.integration_id);
    Submitted { item: whole(body, &trouble.reason), owner, dropped: true, outcome: Err(trouble) }
}

/// Parses a delivery and hands its items to the writer, in order.
async fn submit(
    state: &Pipeline,
    delivery: &DeliveryRow,
    body: &[u8],
    known: &mut Destinations,
) -> Result<Vec<Submitted>> {
    let owner = delivery.workspace_id.zip(delivery.integration_id);
    state.faults.point_of("ingest.routes", delivery.integration_id.unwrap_or_default()).await;
    let items = match channel::parse(delivery.channel, body) {
        Ok(items) => items,
        Err(reason) => {
            let text = String::from_utf8_lossy(body);
            let outcome = Ok(submit_dead_letter(state, delivery.id, owner, "", &reason, &text));
            return Ok(vec![Submitted { item: whole(body, &reason), owner, dropped: true, outcome }]);
        }
    };
    let mut submitted = Vec::with_capacity(items.len());
    for item in items.into_iter().map(Arc::new) {
        let key = (delivery.integration_id, item.account_id.clone(), item.external_key.clone());
        let destinations = match known.get(&key) {
            Some(found) => found.clone(),
            None => {
                let found = routing::destinations(state, delivery.integration_id, &item).await;
                known.entry(key).or_insert(found.map_err(|error| Trouble::of(&error))).clone()
            }
        };
        let destinations = match destinations {
            Ok(destinations) => destinations,
            Err(trouble) => {
                submitted.push(Submitted { item, owner, dropped: true, outcome: Err(trouble) });
                continue;
            }
        };
        if destinations.is_empty() {
            let outcome = match owner {
                Some(_) => {
                    let (place, raw) = (&item.place, item.raw.to_string());
                    submit_dead_letter(state, delivery.id, owner, place, "no integration has this number", &raw)
                }
                None => submit_unclaimed(state, delivery.id, &item),
            };
            submitted.push(Submitted { item: Arc::clone(&item), owner, dropped: true, outcome: Ok(outcome) });
        }
        for destination in destinations {
            let owner = Some((destination.workspace_id, destination.integration_id));
            let outcome = submit_item(state, delivery, destination, Arc::clone(&item));
            let dropped = matches!(item.kind, ItemKind::Poison(_));
            submitted.push(Submitted { item: Arc::clone(&item), owner, dropped, outcome: Ok(outcome) });
        }
    }
    Ok(submitted)
}

/// Marks a delivery as done, or postpones it until its next attempt.
async fn finish(
    state: &Pipeline,
    lease: LeaseId,
    delivery: &DeliveryRow,
    outcome: std::result::Result<(i64, i64), Trouble>,
) {
    let id = delivery.id;
    let done = match outcome {
        Ok((items, dropped)) => state.groups.done.write(Uuid::nil(), Done { id, lease, items, dropped }).await,
        Err(trouble) => {
            let (attempts, reason) = (delivery.attempts, &trouble.reason);
            tracing::error!(delivery_id = %id, attempts, reason, "A delivery has to wait");
            let input = (id, lease, state.now() + pause(attempts, trouble.is_passing), !trouble.is_passing);
            let rests =
                state.writer.write(Priority::Pipeline, Uuid::nil(), input, |conn, (id, lease, until, counts)| {
                    Box::pin(delivery::postpone(conn, *id, *lease, *until, *counts))
                });
            rests.await
        }
    };
    if let Err(error) = done {
        // Its lease runs out, and it is processed again: every item is stored once all the same.
        tracing::warn!(delivery_id = %id, error = ?error, "A delivery could not be marked as done");
    }
}

/// Waits for the items of a delivery and makes dead letters of those that failed. Returns how many there were, and how many
/// were dropped.
async fn settle(
    state: &Pipeline,
    delivery: &DeliveryRow,
    submitted: Vec<Submitted>,
) -> std::result::Result<(i64, i64), Trouble> {
    let (mut items, mut all_dropped) = (0, 0);
    // What has to be waited for. What will pass by itself comes first: it costs no try.
    let mut waits: Option<Trouble> = None;
    let mut wait_for = |trouble: Trouble| {
        if waits.as_ref().is_none_or(|known| !known.is_passing) {
            waits = Some(trouble);
        }
    };
    for Submitted { item, owner, mut dropped, outcome } in submitted {
        items += 1;
        let trouble = match outcome {
            Ok(pending) => match pending.committed().await {
                Ok(()) => None,
                Err(error) if error.is_passing() || matches!(error, StoreError::Panicked) => {
                    Some(Trouble::of(&error.into()))
                }
                Err(error) => Some(Trouble::refused(&error)),
            },
            Err(trouble) => Some(trouble),
        };
        match trouble {
            None => {}
            Some(trouble) if trouble.is_to_be_tried_again(delivery.attempts) => wait_for(trouble),
            Some(trouble) => {
                dropped = true;
                if let Err(error) = bury(state, delivery.id, owner, &item, &trouble.reason).await {
                    wait_for(Trouble::of(&error));
                }
            }
        }
        all_dropped += i64::from(dropped);
    }
    match waits {
        None => Ok((items, all_dropped)),
        Some(trouble) => Err(trouble),
    }
}

fn submit_item(
    state: &Pipeline,
    delivery: &DeliveryRow,
    destination: Arc<Destination>,
    item: Arc<Item>,
) -> Pending<()> {
    let inbound = matches!(&item.kind, ItemKind::Message(message) if message.bearing.is_spoken());
    state.activity.webhook(destination.workspace_id, destination.integration_id, delivery.received_at, inbound);
    let key = destination.integration_id;
    let input = ItemInput {
        item,
        destination,
        delivery_id: delivery.id,
        shared: delivery.integration_id.is_none(),
        received_at: delivery.received_at,
        now: state.now(),
        quiet_time: state.config.quiet_time,
        new: NewIds::mint(),
    };
    state.groups.items.submit(key, input)
}
