//! What others who answer for the business do: the owner on the phone with the same number, Meta's agent, another app
//! (contract, section 4; `whatsapp-2026`, sections 2 and 5). And calls, which nobody takes here, but which speak for somebody.

use serde_json::{Map, Value};

use super::{
    bearing::not_from_a_customer,
    change::take_list,
    message::parse_message,
    sender::parse_sender,
    status::parse_status,
    value::{digits, timestamp},
};
use crate::{
    domain::{bearing::Bearing, content::Content},
    server::channel::{
        item::{Echo, Handover, InboundMessage, ItemKind, Speaker},
        whatsapp::wire::{object_of, text_of},
    },
};

/// An item with the list it stood in and its place there.
type Found = (&'static str, usize, ItemKind, Value);

/// The business's own number, as far as the change names it.
pub(super) fn own_number(value: &Value) -> Option<String> {
    object_of(value, "metadata").and_then(|m| text_of(m, "display_phone_number")).map(|number| digits(&number))
}

/// What a field tells of others; none when it is not one of these, or holds nothing of what it should.
pub(super) fn parse_others(field: &str, value: &mut Value) -> Option<Vec<Found>> {
    let own = own_number(value);
    let mut found = Vec::new();
    match field {
        // All that a person sent from the phone, and all that another app sent.
        "smb_message_echoes" | "message_echoes" => {
            let contacts = take_list(value, "contacts").unwrap_or_default();
            echoes(value, &contacts, own.as_deref(), Speaker::Phone, &mut found);
        }
        "standby" => match value.get_mut("standby")? {
            Value::Array(list) => standby(list.first_mut()?, own.as_deref(), &mut found),
            standby_value => standby(standby_value, own.as_deref(), &mut found),
        },
        "messaging_handovers" => found.push(("handover", 0, ItemKind::Handover(parse_handover(value)?), value.take())),
        "calls" => calls(value, &mut found),
        _ => return None,
    }
    (!found.is_empty()).then_some(found)
}

fn kind(parsed: Result<ItemKind, String>) -> ItemKind {
    parsed.unwrap_or_else(ItemKind::Poison)
}

/// The thread belongs to somebody else: what the customer says to them, and what they say.
fn standby(value: &mut Value, own: Option<&str>, found: &mut Vec<Found>) {
    let list = |value: &mut Value, field| take_list(value, field).unwrap_or_default();
    let contacts = list(value, "contacts");
    for (index, raw) in list(value, "messages").into_iter().enumerate() {
        let parsed = match not_from_a_customer(&raw, own) {
            Some(what) => Ok(ItemKind::Unknown(what.to_owned())),
            None => parse_message(&raw, &contacts, own).map(|message| ItemKind::Message(Box::new(overheard(message)))),
        };
        found.push(("standby.messages", index, kind(parsed), raw));
    }
    for (index, raw) in list(value, "statuses").into_iter().enumerate() {
        found.push(("standby.statuses", index, kind(parse_status(&raw)), raw));
    }
    echoes(value, &contacts, own, Speaker::App, found);
}

fn overheard(message: InboundMessage) -> InboundMessage {
    let bearing = if message.bearing.is_spoken() { Bearing::Overheard } else { message.bearing };
    InboundMessage { bearing, answerable: false, ..message }
}

fn echoes(value: &mut Value, contacts: &[Value], own: Option<&str>, by: Speaker, found: &mut Vec<Found>) {
    for (index, raw) in take_list(value, "message_echoes").unwrap_or_default().into_iter().enumerate() {
        let as_sent = turned(&raw);
        let parsed = match not_from_a_customer(&as_sent, own) {
            Some(what) => Ok(ItemKind::Unknown(what.to_owned())),
            None => {
                parse_message(&as_sent, contacts, None).map(|message| ItemKind::Echo(Box::new(Echo { message, by })))
            }
        };
        found.push(("message_echoes", index, kind(parsed), raw));
    }
}

/// An echo as if whom it went to had written it: so all that is known of messages holds for it. In the standby its content
/// lies under `message`.
fn turned(raw: &Value) -> Value {
    let Some(echo) = raw.as_object() else { return raw.clone() };
    let mut message: Map<String, Value> = match echo.get("message") {
        Some(Value::Object(inner)) => inner.clone(),
        _ => echo.clone(),
    };
    for field in ["id", "timestamp"] {
        if let Some(outer) = echo.get(field) {
            message.insert(field.to_owned(), outer.clone());
        }
    }
    let first = |fields: &[&str]| fields.iter().find_map(|field| message.get(*field).cloned());
    let (to, user_id) = (first(&["to"]), first(&["to_user_id", "recipient_user_id", "recipient"]));
    let parent = first(&["to_parent_user_id", "recipient_parent_user_id"]);
    for (field, value) in [("from", to), ("from_user_id", user_id), ("from_parent_user_id", parent)] {
        message.insert(field.to_owned(), value.unwrap_or(Value::Null));
    }
    Value::Object(message)
}

/// Who gets a customer's thread. Meta tells the new owner that it was passed on, and the old one that it was taken.
fn parse_handover(value: &Value) -> Option<Handover> {
    let kind = text_of(value, "type");
    let is = |word: &str| kind.as_deref() == Some(word) || kind.is_none() && value.get(word).is_some();
    let is_ours = match (is("control_passed"), is("control_taken")) {
        (true, _) => true,
        (_, true) => false,
        _ => return None,
    };
    let sender = object_of(value, "sender")?;
    let mut named = Map::new();
    for (field, names) in [("from", ["phone_number", "wa_id"].as_slice()), ("from_user_id", &["user_id"])] {
        let name = names.iter().find_map(|name| text_of(sender, name));
        named.insert(field.to_owned(), name.map_or(Value::Null, Value::String));
    }
    let customer = parse_sender(&Value::Object(named), &[]).ok()?;
    Some(Handover { customer, is_ours, at: timestamp(value) })
}

/// A customer's call opens the window as a message does, and somebody ought to know of it.
fn calls(value: &mut Value, found: &mut Vec<Found>) {
    let contacts = take_list(value, "contacts").unwrap_or_default();
    for (index, raw) in take_list(value, "calls").unwrap_or_default().into_iter().enumerate() {
        let is_theirs = text_of(&raw, "direction").is_none_or(|direction| direction != "BUSINESS_INITIATED");
        let begins = text_of(&raw, "event").as_deref() == Some("connect");
        let parsed = if is_theirs && begins {
            parse_message(&raw, &contacts, None).map(|message| {
                let call = InboundMessage {
                    content: Content::unsupported("call", ""),
                    bearing: Bearing::Spoken,
                    answerable: false,
                    type_name: "call".to_owned(),
                    ..message
                };
                ItemKind::Message(Box::new(call))
            })
        } else {
            Ok(ItemKind::Unknown("field:calls".to_owned()))
        };
        found.push(("calls", index, kind(parsed), raw));
    }
}
