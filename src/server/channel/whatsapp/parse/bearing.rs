//! Whether a message is the customer speaking, and to us (contract, sections 2.1, 3 and 5.3).

use serde_json::Value;

use super::value::{digits, id_of};
use crate::{
    domain::bearing::Bearing,
    server::channel::{
        item::Sender,
        whatsapp::wire::{object_of, text_of},
    },
};

/// What an entry of `messages[]` means. Meta's window opens with what a customer sends, not with what happens to it: a
/// reaction, an edit and a changed number open none, and nobody has to answer them. What is of no known type was most likely
/// sent by somebody.
pub(super) fn bearing_of(raw: &Value, type_name: &str) -> Bearing {
    match type_name {
        "interactive" | "button" => Bearing::Chosen,
        "system" | "reaction" | "edit" | "revoke" | "request_welcome" | "pin" | "unpin" => Bearing::Notice,
        // What Meta does not pass on names its kind: some of them happen to messages, too.
        "unsupported" | "unknown" => match object_of(raw, "unsupported").and_then(|u| text_of(u, "type")).as_deref() {
            Some("edit" | "revoke" | "pin" | "unpin" | "keep_in_chat" | "poll_update" | "reaction") => Bearing::Notice,
            _ => Bearing::Spoken,
        },
        _ => Bearing::Spoken,
    }
}

/// Why a message belongs to no conversation with a customer: it was written in a group, where an answer would be a private
/// one, or by the business's own number.
pub(super) fn not_from_a_customer(raw: &Value, own_number: Option<&str>) -> Option<&'static str> {
    let in_group = raw.get("group_id").is_some_and(|id| !matches!(id, Value::Null) && id.as_str() != Some(""))
        || text_of(raw, "recipient_type").as_deref() == Some("group");
    if in_group {
        return Some("message:group");
    }
    let from = text_of(raw, "from").map(|from| digits(&from)).filter(|from| !from.is_empty());
    (from.is_some() && from.as_deref() == own_number).then_some("message:own_number")
}

/// Whom a notice is about that does not say who it is from.
pub(super) fn subject_of(raw: &Value) -> Option<Sender> {
    let system = object_of(raw, "system")?;
    let sender = Sender {
        wa_id: id_of(system, "customer").map(|number| digits(&number)).filter(|number| !number.is_empty()),
        user_id: id_of(system, "previous_user_id").or_else(|| id_of(system, "user_id")),
        parent_user_id: id_of(system, "previous_parent_user_id").or_else(|| id_of(system, "parent_user_id")),
        ..Sender::default()
    };
    let is_known = sender.wa_id.is_some() || sender.user_id.is_some() || sender.parent_user_id.is_some();
    is_known.then_some(sender)
}
