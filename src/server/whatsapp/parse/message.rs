//! One message: what the customer wrote or chose.

use serde_json::Value;

use super::{
    InboundMessage,
    sender::parse_sender,
    value::{clean, item_id, shorten, timestamp},
};
use crate::{domain::message::MessageKind, server::whatsapp::wire::text_of};

pub(super) fn parse_message(
    raw: &Value,
    contacts: &[Value],
    own_number: Option<&str>,
) -> Result<InboundMessage, String> {
    let id = item_id(raw)?;
    let type_name = shorten(&text_of(raw, "type").unwrap_or_else(|| "unknown".to_owned()));
    let sender = parse_sender(raw, contacts)?;
    let is_own = own_number.is_some_and(|own| !own.is_empty() && sender.wa_id.as_deref() == Some(own));
    let written = written_text(raw, &type_name)?;
    let (kind, body) =
        written.map_or_else(|| (MessageKind::Unsupported, type_name.clone()), |t| (MessageKind::Text, t));
    let answerable = kind == MessageKind::Text && !body.trim().is_empty() && !is_own;
    Ok(InboundMessage { id, kind, type_name, body, at: timestamp(raw), sender, answerable })
}

/// What the customer wrote or chose, for the types that carry words.
fn written_text(raw: &Value, type_name: &str) -> Result<Option<String>, String> {
    let found = match type_name {
        "text" => {
            Some(raw.get("text").and_then(|t| t.get("body")).and_then(Value::as_str).ok_or("the text has no body")?)
        }
        "button" => raw.get("button").and_then(|b| b.get("text")).and_then(Value::as_str),
        "interactive" => raw
            .get("interactive")
            .and_then(|i| i.get("button_reply").or_else(|| i.get("list_reply")))
            .and_then(|r| r.get("title"))
            .and_then(Value::as_str),
        _ => None,
    };
    Ok(found.map(clean))
}
