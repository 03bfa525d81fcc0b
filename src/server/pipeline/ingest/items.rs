//! Items become rows. What waits is written as one set: a dozen statements for up to 64 messages.

use std::{collections::HashSet, sync::Arc};

use super::others;
use crate::{
    domain::{
        Millis,
        bearing::Bearing,
        contact::{IdentityKind, Recipient},
        content::Kind,
        conversation::WINDOW,
        event::DomainEvent,
        ids::{ContactId, ConversationId, DeadLetterId, DeliveryId, MessageId},
    },
    server::{
        base::clock::mint_id,
        channel::item::{InboundMessage, Item, ItemKind, Sender},
        pipeline::status,
        service::routing::Destination,
        store::{
            Conn, StoreResult, contact,
            conversation::{self, Arrival, Place},
            dead_letter, delivery, integration,
            message::{self, ExternalKey, NewMessage, Thread},
        },
    },
};

/// What an operation on an item needs.
pub struct ItemInput {
    pub item: Arc<Item>,
    pub destination: Arc<Destination>,
    pub delivery_id: DeliveryId,
    /// It came in on the deployment-wide path.
    pub shared: bool,
    pub received_at: Millis,
    pub now: Millis,
    pub quiet_time: Millis,
    pub new: NewIds,
}

/// The ids of what an item may make. Minted outside: the operation may run again.
#[derive(Clone, Copy)]
pub struct NewIds {
    pub contact: ContactId,
    pub conversation: ConversationId,
    pub message: MessageId,
    /// Of a line in the thread.
    pub line: MessageId,
    pub letter: DeadLetterId,
}

impl NewIds {
    pub fn mint() -> Self {
        Self { contact: mint_id(), conversation: mint_id(), message: mint_id(), line: mint_id(), letter: mint_id() }
    }
}

/// Fields that hint at a change of the account or number: the provider is then asked at once.
const HINTS: [&str; 5] = [
    "field:account_update",
    "field:account_review_update",
    "field:business_capability_update",
    "field:phone_number_name_update",
    "field:phone_number_quality_update",
];

/// Stores items: messages first, since reports may be about what they answer.
pub async fn store_items(conn: &mut Conn, inputs: &[ItemInput]) -> StoreResult<Vec<()>> {
    let messages = inputs.iter().filter_map(|input| match &input.item.kind {
        ItemKind::Message(message) => Some((input, &**message)),
        _ => None,
    });
    // What follows a handover is answered by whom it names; one about a conversation that begins here is found behind it.
    others::store_handovers(conn, inputs).await?;
    store_messages(conn, messages.collect()).await?;
    others::store_handovers(conn, inputs).await?;
    store_routes(conn, inputs).await?;
    for input in inputs {
        store_other(conn, input).await?;
    }
    Ok(vec![(); inputs.len()])
}

/// Notes whose items a delivery of the deployment-wide path held.
async fn store_routes(conn: &mut Conn, inputs: &[ItemInput]) -> StoreResult<()> {
    let shared = inputs.iter().filter(|input| input.shared);
    let routes: HashSet<_> =
        shared.map(|i| (i.destination.workspace_id, i.destination.integration_id, i.delivery_id, i.now)).collect();
    for (workspace_id, integration_id, delivery_id, now) in routes {
        delivery::route(conn, workspace_id, integration_id, delivery_id, now).await?;
    }
    Ok(())
}

async fn store_other(conn: &mut Conn, input: &ItemInput) -> StoreResult<()> {
    let d = &input.destination;
    match &input.item.kind {
        ItemKind::Message(_) | ItemKind::Handover(_) => Ok(()),
        ItemKind::Echo(echo) => others::store_echo(conn, input, echo).await,
        ItemKind::Status(report) => status::store(conn, d, report, input.received_at, input.now).await,
        ItemKind::Unknown(what) => {
            if HINTS.contains(&what.as_str()) {
                integration::request_check(conn, d.workspace_id, d.integration_id, input.now).await?;
            }
            dead_letter::count(conn, d.workspace_id, d.integration_id, what, input.now).await
        }
        ItemKind::Poison(reason) => {
            let letter = dead_letter::NewDeadLetter {
                id: input.new.letter,
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

pub(super) type Inbound<'a> = (&'a ItemInput, &'a InboundMessage);

pub(super) fn external_key((input, m): Inbound<'_>) -> ExternalKey {
    let d = &input.destination;
    (d.workspace_id, d.external_key.clone(), m.id.clone())
}

async fn store_messages(conn: &mut Conn, mut messages: Vec<Inbound<'_>>) -> StoreResult<()> {
    let keys: Vec<ExternalKey> = messages.iter().copied().map(external_key).collect();
    let mut seen: HashSet<ExternalKey> = message::list_stored(conn, &keys).await?;
    messages.retain(|inbound| seen.insert(external_key(*inbound)));
    let Some(now) = messages.iter().map(|(input, _)| input.now).max() else { return Ok(()) };

    let senders: Vec<contact::Sender> = messages.iter().copied().map(sender).collect();
    let contacts = contact::resolve_many(conn, &senders, now).await?;
    let places: Vec<(Place, ConversationId)> =
        messages.iter().zip(&contacts).map(|(inbound, contact)| place(*inbound, contact.id)).collect();
    let conversations = conversation::resolve_many(conn, &places, now).await?;
    let arrivals: Vec<Arrival> = messages
        .iter()
        .zip(&conversations)
        .zip(&contacts)
        .map(|((inbound, id), contact)| arrival(*inbound, *id, contact.blocked))
        .collect();
    let seqs = conversation::arrive_many(conn, &arrivals, now).await?;
    let rows: Vec<NewMessage> =
        messages.iter().zip(&arrivals).map(|(inbound, arrival)| new_message(*inbound, arrival)).collect();
    let placed: Vec<message::Placed<'_>> = rows.iter().zip(seqs).collect();
    message::insert_many(conn, &placed, now).await?;
    for row in &rows {
        let conversation_id = row.conversation_id;
        conn.tell(row.workspace_id, DomainEvent::MessageReceived { conversation_id }, now);
    }
    Ok(())
}

pub(super) fn sender((input, m): Inbound<'_>) -> contact::Sender {
    let d = &input.destination;
    contact::Sender {
        workspace_id: d.workspace_id,
        identities: identities(d, &m.sender),
        profile: contact::Profile {
            name: m.sender.name.clone(),
            username: m.sender.username.clone(),
            phone: m.sender.wa_id.clone(),
        },
        new_id: input.new.contact,
    }
}

/// The names of a customer, strongest first. A user id is one within its account.
pub(super) fn identities(d: &Destination, customer: &Sender) -> Vec<contact::Identity> {
    let identity = |kind, scope: &str, value: &Option<String>| {
        value.clone().map(|value| contact::Identity { kind, scope: scope.to_owned(), value })
    };
    let names = [
        identity(IdentityKind::UserId, &d.account_key, &customer.user_id),
        identity(IdentityKind::WaId, "", &customer.wa_id),
        identity(IdentityKind::ParentUserId, "", &customer.parent_user_id),
    ];
    names.into_iter().flatten().collect()
}

/// Where a message belongs, with the id of the conversation should it be the first.
pub(super) fn place((input, m): Inbound<'_>, contact_id: ContactId) -> (Place, ConversationId) {
    let d = &input.destination;
    let sender = &m.sender;
    let session_id = [&sender.wa_id, &sender.user_id, &sender.parent_user_id].into_iter().flatten().next().cloned();
    let place = Place {
        workspace_id: d.workspace_id,
        chatbot_id: d.chatbot_id,
        integration_id: d.integration_id,
        contact_id,
        channel: d.channel,
        session_id: session_id.unwrap_or_default(),
    };
    (place, input.new.conversation)
}

/// What a customer says whom people have blocked is kept, and calls nobody.
fn arrival((input, m): Inbound<'_>, conversation_id: ConversationId, blocked: bool) -> Arrival {
    let at = at(input, m.at);
    let muted = blocked && m.bearing.calls_people();
    Arrival {
        workspace_id: input.destination.workspace_id,
        conversation_id,
        preview: m.content.preview(),
        bearing: if muted { Bearing::Muted } else { m.bearing },
        // Providers retry for days: what is too old is kept, but the bot does not answer it.
        answerable: m.answerable && !blocked && input.now - at < WINDOW,
        // Whether an inactive integration ever answers it is decided when it is switched on.
        answer_due_at: if input.destination.active { input.now + input.quiet_time } else { integration::HELD },
        at,
        reply: Recipient { wa_id: m.sender.wa_id.clone(), user_id: m.sender.user_id.clone() },
    }
}

/// The channel's time of an item. A clock may be ahead; a message from the future would hold the window open too long.
pub(super) fn at(input: &ItemInput, told: Option<Millis>) -> Millis {
    told.unwrap_or(input.received_at).min(input.now)
}

fn new_message((input, m): Inbound<'_>, arrival: &Arrival) -> NewMessage {
    NewMessage {
        answerable: arrival.answerable,
        silent: !arrival.bearing.calls_people(),
        ..of_the_channel(
            input,
            m,
            NewMessage::inbound(
                &thread(input, arrival.conversation_id),
                input.new.message,
                m.content.clone(),
                arrival.at,
            ),
        )
    }
}

/// The conversation that a message is of.
pub(super) fn thread(input: &ItemInput, conversation_id: ConversationId) -> Thread {
    let d = &input.destination;
    Thread { workspace_id: d.workspace_id, conversation_id, integration_id: d.integration_id, channel: d.channel }
}

/// A message as the channel knows it. What cannot be shown is kept as it came.
pub(super) fn of_the_channel(input: &ItemInput, m: &InboundMessage, message: NewMessage) -> NewMessage {
    NewMessage {
        external_key: Some(input.destination.external_key.clone()),
        external_message_id: Some(m.id.clone()),
        payload: matches!(m.content.kind, Kind::Unsupported { .. }).then(|| input.item.raw.to_string()),
        ..message
    }
}
