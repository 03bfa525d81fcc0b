//! From deliveries to contacts, conversations and messages, item by item.
//!
//! Every item is an operation of its own and may come twice: it is stored once. What cannot be stored becomes a dead
//! letter with its reason, and its neighbours go on.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    Claim, Signals, Stage, status,
    writer::{Pending, Priority},
};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        contact::IdentityKind,
        conversation::WINDOW,
        live::LiveEvent,
        message::{Author, Direction, MessageKind, MessageState},
    },
    server::{
        clock::mint_id,
        error::Result,
        service::routing::{self, Destination},
        state::AppState,
        store::{
            Conn, StoreError, StoreResult, contact, conversation, dead_letter, delivery,
            delivery::DeliveryRow,
            event, integration,
            message::{self, NewMessage},
        },
        whatsapp::parse::{self, Content, InboundMessage, Item},
    },
};

/// Deliveries of one batch.
const BATCH: i64 = 64;

pub struct Ingest;

/// Deliveries that are worked off together, in order.
pub struct Batch {
    lease: Uuid,
    deliveries: Vec<DeliveryRow>,
}

impl Stage for Ingest {
    type Job = Batch;
    const NAME: &'static str = "ingest";
    /// One batch at a time keeps the order of arrival.
    const AT_ONCE: usize = 1;

    fn signal(signals: &Signals) -> &Notify {
        &signals.ingest
    }

    async fn claim(state: &AppState, _limit: usize) -> Result<Claim<Batch>> {
        let waiting = delivery::backlog_exists(&mut state.store.read().await?, state.now()).await?;
        if !waiting {
            return Ok(Claim { jobs: Vec::new(), wake_in: None });
        }
        let lease = mint_id();
        let now = state.now();
        let until = now + state.config.lease();
        let deliveries = state
            .writer
            .write(Priority::Pipeline, Uuid::nil(), (lease, now, until), |conn, (lease, now, until)| {
                Box::pin(delivery::claim(conn, *lease, *now, *until, BATCH))
            })
            .await?;
        let jobs = if deliveries.is_empty() { Vec::new() } else { vec![Batch { lease, deliveries }] };
        state.faults.point("ingest.claimed").await;
        Ok(Claim { jobs, wake_in: None })
    }

    async fn handle(state: &AppState, batch: Batch) {
        let mut destinations = HashMap::new();
        let mut submitted = Vec::with_capacity(batch.deliveries.len());
        for delivery in &batch.deliveries {
            submitted.push(submit(state, delivery, &mut destinations).await);
        }
        for (delivery, pending) in batch.deliveries.iter().zip(submitted) {
            finish(state, batch.lease, delivery, pending).await;
        }
        state.live.ring();
        state.signals.answer.notify_one();
        state.signals.deliver.notify_one();
    }
}

/// An item on its way into the database, kept for the dead letter it may become.
struct Submitted {
    item: Arc<Item>,
    owner: Option<(Uuid, Uuid)>,
    outcome: Pending<()>,
}

/// By integration of the path, WhatsApp account and number.
type Destinations = HashMap<(Option<Uuid>, Option<String>, Option<String>), Vec<Arc<Destination>>>;

/// Takes a delivery apart and hands its items to the writer, in order.
async fn submit(state: &AppState, delivery: &DeliveryRow, known: &mut Destinations) -> Result<Vec<Submitted>> {
    let owner = delivery.workspace_id.zip(delivery.integration_id);
    let items = match parse::parse(&delivery.body) {
        Ok(items) => items,
        Err(reason) => {
            let outcome =
                submit_dead_letter(state, delivery.id, owner, "", &reason, &String::from_utf8_lossy(&delivery.body));
            outcome.committed().await?;
            return Ok(Vec::new());
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
            let outcome = submit_dead_letter(
                state,
                delivery.id,
                owner,
                &item.place,
                "no integration has this number",
                &item.raw.to_string(),
            );
            submitted.push(Submitted { item: Arc::clone(&item), owner, outcome });
        }
        for destination in destinations {
            let owner = Some((destination.workspace_id, destination.integration_id));
            let outcome = submit_item(state, delivery, destination, Arc::clone(&item));
            submitted.push(Submitted { item: Arc::clone(&item), owner, outcome });
        }
    }
    Ok(submitted)
}

/// Waits for the items of a delivery, buries those that failed, and marks it as done.
async fn finish(state: &AppState, lease: Uuid, delivery: &DeliveryRow, submitted: Result<Vec<Submitted>>) {
    let outcome = settle(state, delivery, submitted).await;
    state.faults.point("ingest.items_stored").await;
    let id = delivery.id;
    let done = match outcome {
        Ok((items, dropped)) => {
            {
                let input = (id, lease, items, dropped);
                state.writer.write(Priority::Pipeline, id, input, |conn, (id, lease, items, dropped)| {
                    Box::pin(delivery::finish(conn, *id, *lease, *items, *dropped))
                })
            }
            .await
        }
        Err(error) => {
            tracing::error!(delivery_id = %id, error = ?error, "A delivery has to wait");
            let input = (id, lease);
            state
                .writer
                .write(Priority::Pipeline, id, input, |conn, (id, lease)| {
                    Box::pin(delivery::release(conn, *id, *lease))
                })
                .await
        }
    };
    if let Err(error) = done {
        // Its lease runs out, and it is worked off again: every item is stored once all the same.
        tracing::warn!(delivery_id = %id, error = ?error, "A delivery could not be marked as done");
    }
    state.faults.point("ingest.finished").await;
}

async fn settle(state: &AppState, delivery: &DeliveryRow, submitted: Result<Vec<Submitted>>) -> Result<(i64, i64)> {
    let (mut items, mut dropped) = (0, 0);
    for Submitted { item, owner, outcome } in submitted? {
        items += 1;
        if matches!(item.content, Content::Poison(_)) {
            dropped += 1;
        }
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
                dropped += 1;
                let reason = format!("it could not be stored: {error}");
                submit_dead_letter(state, delivery.id, owner, &item.place, &reason, &item.raw.to_string())
                    .committed()
                    .await?;
            }
        }
    }
    Ok((items, dropped))
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
        Box::pin(dead_letter::insert(conn, letter, *now))
    })
}

/// What an operation on an item needs.
struct ItemInput {
    item: Arc<Item>,
    destination: Arc<Destination>,
    delivery_id: Uuid,
    received_at: Millis,
    now: Millis,
    quiet_time: Millis,
    /// Ids are minted outside: the operation may run again.
    ids: [Uuid; 3],
}

fn submit_item(
    state: &AppState,
    delivery: &DeliveryRow,
    destination: Arc<Destination>,
    item: Arc<Item>,
) -> Pending<()> {
    let key = lane_key(&destination, &item);
    let input = ItemInput {
        item,
        destination,
        delivery_id: delivery.id,
        received_at: delivery.received_at,
        now: state.now(),
        quiet_time: state.config.quiet_time,
        ids: [mint_id(), mint_id(), mint_id()],
    };
    state.writer.submit(Priority::Pipeline, key, input, |conn, input| Box::pin(store_item(conn, input)))
}

/// Items of one customer go through one lane, so that they stay in order.
fn lane_key(destination: &Destination, item: &Item) -> Uuid {
    let mut hasher = DefaultHasher::new();
    // Not by integration: a customer who writes to two numbers is one contact.
    destination.workspace_id.hash(&mut hasher);
    match &item.content {
        Content::Message(m) => m.sender.user_id.as_ref().or(m.sender.wa_id.as_ref()).hash(&mut hasher),
        Content::Status(s) => s.id.hash(&mut hasher),
        Content::Unknown(_) | Content::Poison(_) => {}
    }
    Uuid::from_u64_pair(0, hasher.finish())
}

async fn store_item(conn: &mut Conn, input: &ItemInput) -> StoreResult<()> {
    let d = &input.destination;
    let inbound = matches!(input.item.content, Content::Message(_));
    if integration::note_webhook(conn, d.workspace_id, d.integration_id, input.received_at, inbound).await? {
        event::append(conn, d.workspace_id, &LiveEvent::Integration { id: d.integration_id }, input.now).await?;
    }
    match &input.item.content {
        Content::Message(message) => store_message(conn, input, message).await,
        Content::Status(report) => status::store(conn, d, report, input.received_at, input.now).await,
        Content::Unknown(what) => dead_letter::count(conn, d.workspace_id, d.integration_id, what, input.now).await,
        Content::Poison(reason) => {
            let letter = dead_letter::NewDeadLetter {
                id: input.ids[0],
                workspace_id: Some(d.workspace_id),
                integration_id: Some(d.integration_id),
                delivery_id: input.delivery_id,
                item: input.item.place.clone(),
                reason: reason.clone(),
                payload: input.item.raw.to_string(),
            };
            dead_letter::insert(conn, &letter, input.now).await
        }
    }
}

async fn store_message(conn: &mut Conn, input: &ItemInput, m: &InboundMessage) -> StoreResult<()> {
    let d = &input.destination;
    let [contact_id, conversation_id, message_id] = input.ids;
    if message::exists_external(conn, d.workspace_id, &d.phone_number_id, &m.id).await? {
        return Ok(());
    }
    let sender = &m.sender;
    let profile =
        contact::Profile { name: sender.name.clone(), username: sender.username.clone(), phone: sender.wa_id.clone() };
    let contact_id = contact::resolve(conn, d.workspace_id, &identities(d, m), &profile, contact_id, input.now).await?;
    let session_id = [&sender.wa_id, &sender.user_id, &sender.parent_user_id].into_iter().flatten().next().cloned();
    let place = conversation::Place {
        workspace_id: d.workspace_id,
        chatbot_id: d.chatbot_id,
        integration_id: Some(d.integration_id),
        contact_id,
        channel: Channel::Whatsapp,
        session_id: session_id.unwrap_or_default(),
    };
    let conversation_id = conversation::resolve(conn, &place, conversation_id, input.now).await?;
    // A customer's clock may be ahead; a message from the future would hold the window open too long.
    let at = m.at.unwrap_or(input.received_at).min(input.now);
    // Meta repeats for days: what is too old is kept, but the bot does not come back to it.
    let answerable = m.answerable && d.active && input.now - at < WINDOW;
    let preview = preview(&m.body, m.kind);
    let arrival =
        conversation::Arrival { preview: &preview, answerable, answer_due_at: input.now + input.quiet_time, at };
    let seq = conversation::arrive(conn, d.workspace_id, conversation_id, &arrival, input.now).await?;
    let new = NewMessage {
        workspace_id: d.workspace_id,
        id: message_id,
        conversation_id,
        integration_id: Some(d.integration_id),
        phone_number_id: Some(d.phone_number_id.clone()),
        channel: Channel::Whatsapp,
        direction: Direction::Inbound,
        author: Author::Contact,
        user_id: None,
        kind: m.kind,
        body: m.body.clone(),
        payload: (m.kind == MessageKind::Unsupported).then(|| input.item.raw.to_string()),
        external_message_id: Some(m.id.clone()),
        client_id: None,
        answerable,
        state: MessageState::Received,
        next_attempt_at: 0,
        at,
    };
    message::insert(conn, &new, seq, input.now).await?;
    event::append(conn, d.workspace_id, &LiveEvent::Conversation { id: conversation_id }, input.now).await
}

fn identities(d: &Destination, m: &InboundMessage) -> Vec<contact::Identity> {
    let identity = |kind, scope: &str, value: &Option<String>| {
        value.clone().map(|value| contact::Identity { kind, scope: scope.to_owned(), value })
    };
    [
        identity(IdentityKind::UserId, &d.business_account_id, &m.sender.user_id),
        identity(IdentityKind::WaId, "", &m.sender.wa_id),
        identity(IdentityKind::ParentUserId, "", &m.sender.parent_user_id),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The first line of a message, for the inbox.
#[must_use]
pub fn preview(body: &str, kind: MessageKind) -> String {
    if kind == MessageKind::Unsupported {
        return format!("Unsupported message ({body})");
    }
    body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(140).collect()
}
