//! Messages that others send to a customer on behalf of the business, and who owns the customer's thread.
//!
//! A person on the phone outranks the bot as one in the inbox does: the conversation is theirs in the transaction that stores
//! what they said. The provider's agent and other apps own the thread as long as the provider says so, and the bot stays silent.

use super::items::{ItemInput, at, external_key, identities, of_the_channel, place, sender, thread};
use crate::{
    domain::{
        Millis,
        bearing::Bearing,
        contact::Recipient,
        conversation::HandOver,
        event::DomainEvent,
        ids::ConversationId,
        message::{Author, MessageState},
    },
    server::{
        channel::item::{Echo, Handover, InboundMessage, ItemKind, Speaker},
        service::conversation::{Handing, hand_over},
        store::{
            Conn, StoreResult, contact, conversation,
            message::{self, NewMessage},
            queue,
        },
    },
};

/// Stores a message that somebody else sent, once; what we sent ourselves is stored already.
pub(super) async fn store_echo(conn: &mut Conn, input: &ItemInput, echo: &Echo) -> StoreResult<()> {
    let (d, m) = (&input.destination, &echo.message);
    let (ws, now, at) = (d.workspace_id, input.now, at(input, m.at));
    if !message::list_stored(conn, &[external_key((input, m))]).await?.is_empty() {
        return Ok(());
    }
    let customer = sender((input, m));
    let contact_id = contact::resolve_many(conn, std::slice::from_ref(&customer), now).await?;
    let contact_id = contact_id.first().map_or(customer.new_id, |found| found.id);
    let (place, new_id) = place((input, m), contact_id);
    let id = conversation::resolve(conn, &place, new_id, now).await?;
    // The id of a send in progress is not known yet.
    if message::is_under_way(conn, ws, id, &m.content.text, at).await? {
        return Ok(());
    }
    let author = match echo.by {
        Speaker::Phone => Author::User,
        Speaker::App => Author::Other,
    };
    let seq = if m.bearing == Bearing::Notice {
        conversation::next_seq(conn, ws, id, now).await?
    } else {
        let to = Recipient { wa_id: m.sender.wa_id.clone(), user_id: m.sender.user_id.clone() };
        conversation::set_recipient(conn, ws, id, &to).await?;
        conversation::append_echo(conn, ws, id, &m.content.preview(), author, (at, now)).await?
    };
    message::insert(conn, &new_message(input, m, id, author, at), seq, now).await?;
    match echo.by {
        // A reaction is no answer.
        Speaker::Phone if m.type_name == "reaction" => {}
        Speaker::Phone => {
            let handing = Handing { why: HandOver::Phone, line_id: input.new.line, body: None, parting: false };
            hand_over(conn, ws, id, &handing, now).await?;
            if m.bearing != Bearing::Notice {
                conversation::answered_elsewhere(conn, ws, id, (at, now)).await?;
            }
        }
        Speaker::App => {
            elsewhere(conn, input, id, at).await?;
            if m.bearing != Bearing::Notice {
                conversation::answered_elsewhere(conn, ws, id, (at, now)).await?;
            }
        }
    }
    conn.tell(ws, DomainEvent::MessageSent { conversation_id: id }, now);
    Ok(())
}

fn new_message(
    input: &ItemInput,
    m: &InboundMessage,
    conversation_id: ConversationId,
    author: Author,
    at: Millis,
) -> NewMessage {
    let thread = thread(input, conversation_id);
    let said = NewMessage::outbound(&thread, input.new.message, (author, None), m.content.clone(), at);
    NewMessage {
        silent: m.bearing == Bearing::Notice,
        state: MessageState::Sent,
        next_attempt_at: 0,
        ..of_the_channel(input, m, said)
    }
}

/// The thread is somebody else's.
async fn elsewhere(conn: &mut Conn, input: &ItemInput, id: ConversationId, at: Millis) -> StoreResult<()> {
    let ws = input.destination.workspace_id;
    if conversation::set_owner(conn, ws, id, false, (at, input.now)).await? {
        queue::cancel_bot(conn, ws, id, input.now).await?;
    }
    Ok(())
}

/// Notes whose threads are ours and whose are not. Those of customers who never wrote are nobody's yet.
pub(super) async fn store_handovers(conn: &mut Conn, inputs: &[ItemInput]) -> StoreResult<()> {
    for input in inputs {
        if let ItemKind::Handover(handover) = &input.item.kind {
            store_handover(conn, input, handover).await?;
        }
    }
    Ok(())
}

async fn store_handover(conn: &mut Conn, input: &ItemInput, handover: &Handover) -> StoreResult<()> {
    let (d, at) = (&input.destination, at(input, handover.at));
    let names = identities(d, &handover.customer);
    let Some(contact_id) = contact::find_by_identity(conn, d.workspace_id, &names).await? else { return Ok(()) };
    let found = conversation::find_at(conn, d.workspace_id, d.integration_id, contact_id).await?;
    let Some(id) = found else { return Ok(()) };
    if handover.is_ours {
        conversation::set_owner(conn, d.workspace_id, id, true, (at, input.now)).await?;
    } else {
        elsewhere(conn, input, id, at).await?;
    }
    conn.tell(d.workspace_id, DomainEvent::ConversationChanged { id }, input.now);
    Ok(())
}
