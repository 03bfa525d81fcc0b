//! From deliveries to contacts, conversations and messages, item by item.
//!
//! Items are written as sets (see [`items`]), yet each has an outcome of its own, and each may come twice: it is stored
//! once. What cannot be stored becomes a dead letter with its reason, and its neighbours go on.

mod items;

use std::{collections::HashMap, sync::Arc};

use tokio::sync::Notify;
use uuid::Uuid;

pub use self::items::{ItemInput, store_items};
use super::{
    Claim, Signals, Stage,
    writer::{Pending, Priority},
};
use crate::{
    domain::live::LiveEvent,
    server::{
        clock::mint_id,
        error::Result,
        service::routing::{self, Destination},
        state::AppState,
        store::{
            StoreError, dead_letter,
            delivery::{self, ClaimSize, DeliveryRow, Done},
            event,
        },
        whatsapp::parse::{self, Content, Item},
    },
};

/// What one batch takes: bounded by bytes too, for Meta may fill 3 MB.
const BATCH: ClaimSize = ClaimSize { deliveries: 256, bytes: 8 << 20 };
/// The same while deliveries come in, which wait for the claim.
const BATCH_PRESSED: ClaimSize = ClaimSize { deliveries: 64, ..BATCH };

pub struct Ingest;

/// Deliveries whose items are on their way into the database.
pub struct Batch {
    lease: Uuid,
    deliveries: Vec<(DeliveryRow, Result<Vec<Submitted>>)>,
}

impl Stage for Ingest {
    type Job = Batch;
    const NAME: &'static str = "ingest";
    /// While one batch is being committed the next is taken apart.
    const AT_ONCE: usize = 2;

    fn signal(signals: &Signals) -> &Notify {
        &signals.ingest
    }

    /// Claims deliveries and hands their items to the writer: here, since claims follow one another, so that items keep
    /// the order of their arrival.
    async fn claim(state: &AppState, _limit: usize) -> Result<Claim<Batch>> {
        let waiting = delivery::backlog_exists(&mut state.store.read().await?, state.now()).await?;
        if !waiting {
            return Ok(Claim { jobs: Vec::new(), wake_in: None });
        }
        let lease = mint_id();
        let now = state.now();
        let size = if state.writer.is_pressed() { BATCH_PRESSED } else { BATCH };
        let claimed = state
            .writer
            .claim((lease, now, now + state.config.lease(), size), |conn, (lease, now, until, size)| {
                Box::pin(delivery::claim(conn, *lease, *now, *until, *size))
            })
            .await?;
        state.faults.point("ingest.claimed").await;
        if claimed.is_empty() {
            return Ok(Claim { jobs: Vec::new(), wake_in: None });
        }
        let mut destinations = HashMap::new();
        let mut deliveries = Vec::with_capacity(claimed.len());
        for mut delivery in claimed {
            let body = std::mem::take(&mut delivery.body);
            let submitted = submit(state, &delivery, &body, &mut destinations).await;
            deliveries.push((delivery, submitted));
        }
        Ok(Claim { jobs: vec![Batch { lease, deliveries }], wake_in: None })
    }

    async fn handle(state: &AppState, batch: Batch) {
        let lease = batch.lease;
        let mut settled = Vec::with_capacity(batch.deliveries.len());
        for (delivery, submitted) in batch.deliveries {
            let outcome = settle(state, &delivery, submitted).await;
            settled.push((delivery.id, outcome));
        }
        state.faults.point("ingest.items_stored").await;
        // The items can be answered; that their deliveries are done is only for the record.
        state.live.ring();
        state.signals.answer.notify_one();
        let ends = settled.into_iter().map(|(id, outcome)| finish(state, lease, id, outcome));
        futures::future::join_all(ends).await;
        state.faults.point("ingest.finished").await;
    }
}

/// An item on its way into the database, kept for the dead letter it may become.
struct Submitted {
    item: Arc<Item>,
    owner: Option<(Uuid, Uuid)>,
    /// It becomes a dead letter, whatever comes of that.
    dropped: bool,
    outcome: Pending<()>,
}

/// By integration of the path, WhatsApp account and number.
type Destinations = HashMap<(Option<Uuid>, Option<String>, Option<String>), Vec<Arc<Destination>>>;

/// Takes a delivery apart and hands its items to the writer, in order.
async fn submit(
    state: &AppState,
    delivery: &DeliveryRow,
    body: &[u8],
    known: &mut Destinations,
) -> Result<Vec<Submitted>> {
    let owner = delivery.workspace_id.zip(delivery.integration_id);
    let items = match parse::parse(body) {
        Ok(items) => items,
        Err(reason) => {
            let text = String::from_utf8_lossy(body);
            let outcome = submit_dead_letter(state, delivery.id, owner, "", &reason, &text);
            // The whole of it counts as one item.
            let item = Arc::new(Item {
                place: String::new(),
                waba_id: None,
                phone_number_id: None,
                content: Content::Poison(reason),
                raw: text.into(),
            });
            return Ok(vec![Submitted { item, owner, dropped: true, outcome }]);
        }
    };
    let mut submitted = Vec::with_capacity(items.len());
    for item in items.into_iter().map(Arc::new) {
        let key = (delivery.integration_id, item.waba_id.clone(), item.phone_number_id.clone());
        let destinations = match known.get(&key) {
            Some(found) => found.clone(),
            None => {
                let found = routing::destinations(state, delivery.integration_id, &item).await?;
                known.entry(key).or_insert(found).clone()
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
            submitted.push(Submitted { item: Arc::clone(&item), owner, dropped: true, outcome });
        }
        for destination in destinations {
            let owner = Some((destination.workspace_id, destination.integration_id));
            let outcome = submit_item(state, delivery, destination, Arc::clone(&item));
            let dropped = matches!(item.content, Content::Poison(_));
            submitted.push(Submitted { item: Arc::clone(&item), owner, dropped, outcome });
        }
    }
    Ok(submitted)
}

/// Marks a delivery as done, or gives it back when its items could not be stored now.
async fn finish(state: &AppState, lease: Uuid, id: Uuid, outcome: Result<(i64, i64)>) {
    let done = match outcome {
        Ok((items, dropped)) => state.groups.done.write(Uuid::nil(), Done { id, lease, items, dropped }).await,
        Err(error) => {
            tracing::error!(delivery_id = %id, error = ?error, "A delivery has to wait");
            let release = state.writer.write(Priority::Pipeline, Uuid::nil(), (id, lease), |conn, (id, lease)| {
                Box::pin(delivery::release(conn, *id, *lease))
            });
            release.await
        }
    };
    if let Err(error) = done {
        // Its lease runs out, and it is worked off again: every item is stored once all the same.
        tracing::warn!(delivery_id = %id, error = ?error, "A delivery could not be marked as done");
    }
}

/// Waits for the items of a delivery and buries those that failed; how many there were, and how many were dropped.
async fn settle(state: &AppState, delivery: &DeliveryRow, submitted: Result<Vec<Submitted>>) -> Result<(i64, i64)> {
    let (mut items, mut all_dropped) = (0, 0);
    for Submitted { item, owner, mut dropped, outcome } in submitted? {
        items += 1;
        match outcome.committed().await {
            Ok(()) => {}
            Err(
                error @ (StoreError::Unavailable(_)
                | StoreError::Overloaded
                | StoreError::Closed
                | StoreError::Contended(_)),
            ) => {
                return Err(error.into());
            }
            Err(error) => {
                tracing::error!(delivery_id = %delivery.id, place = item.place, error = ?error, "An item could not be stored");
                dropped = true;
                let reason = format!("it could not be stored: {error}");
                submit_dead_letter(state, delivery.id, owner, &item.place, &reason, &item.raw.to_string())
                    .committed()
                    .await?;
            }
        }
        all_dropped += i64::from(dropped);
    }
    Ok((items, all_dropped))
}

fn submit_dead_letter(
    state: &AppState,
    delivery_id: Uuid,
    owner: Option<(Uuid, Uuid)>,
    place: &str,
    reason: &str,
    payload: &str,
) -> Pending<()> {
    let (workspace_id, integration_id) = owner.unzip();
    let letter = dead_letter::NewDeadLetter {
        id: mint_id(),
        workspace_id,
        integration_id,
        delivery_id,
        item: place.to_owned(),
        reason: reason.to_owned(),
        payload: payload.replace('\0', ""),
    };
    tracing::warn!(delivery_id = %delivery_id, place, reason, "An item became a dead letter");
    state.writer.submit(Priority::Pipeline, delivery_id, (letter, state.now()), |conn, (letter, now)| {
        Box::pin(async move {
            dead_letter::insert(conn, letter, *now).await?;
            // The card and the event log say so at once.
            if let (Some(workspace_id), Some(id)) = (letter.workspace_id, letter.integration_id) {
                event::append(conn, workspace_id, &LiveEvent::Integration { id }, *now).await?;
            }
            Ok(())
        })
    })
}

/// An item of the deployment-wide path that is nobody's now. It is kept with the number that it names, and worked off again
/// when Meta has confirmed that the number is somebody's; until then nobody sees it.
fn submit_unclaimed(state: &AppState, delivery_id: Uuid, item: &Item) -> Pending<()> {
    let letter = dead_letter::NewDeadLetter {
        id: mint_id(),
        workspace_id: None,
        integration_id: None,
        delivery_id,
        item: item.place.clone(),
        reason: "no integration has this number, or none that Meta has confirmed of late".to_owned(),
        payload: item.raw.to_string().replace('\0', ""),
    };
    tracing::warn!(delivery_id = %delivery_id, place = item.place, "An item on the deployment-wide path is nobody's");
    let input = (letter, item.phone_number_id.clone(), item.waba_id.clone(), state.now());
    state.writer.submit(Priority::Pipeline, delivery_id, input, |conn, (letter, number, account, now)| {
        Box::pin(async move {
            dead_letter::insert(conn, letter, *now).await?;
            let (number, account) = (number.as_deref(), account.as_deref());
            dead_letter::note_number(conn, letter.delivery_id, &letter.item, number, account).await
        })
    })
}

fn submit_item(
    state: &AppState,
    delivery: &DeliveryRow,
    destination: Arc<Destination>,
    item: Arc<Item>,
) -> Pending<()> {
    let inbound = matches!(item.content, Content::Message(_));
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
        ids: [mint_id(), mint_id(), mint_id()],
    };
    state.groups.items.submit(key, input)
}
