//! Who wrote a message, put together from the message itself and the contact beside it.

use serde_json::Value;

use super::value::{digits, id_of, shorten};
use crate::{
    domain::visible::shown_name,
    server::channel::{
        item::Sender,
        whatsapp::wire::{object_of, text_of},
    },
};

/// The sender's identity from the message itself; name and the rest from the contact that has the same identity, never
/// from the one at the same position: batches reorder.
pub(super) fn parse_sender(raw: &Value, contacts: &[Value]) -> Result<Sender, String> {
    let from = identity_of(raw, "from");
    // A BSUID can turn up where a phone number belongs.
    let (from_phone, from_id) = match from {
        Some(from) if is_user_id(&from) => (None, Some(from)),
        from => (from, None),
    };
    let mut sender = Sender {
        wa_id: from_phone.map(|f| digits(&f)).filter(|f| !f.is_empty()),
        user_id: identity_of(raw, "from_user_id").or(from_id),
        parent_user_id: identity_of(raw, "from_parent_user_id"),
        ..Sender::default()
    };
    let contact = contacts.iter().find(|c| {
        let same = |theirs: Option<String>, ours: &Option<String>| ours.is_some() && theirs == *ours;
        same(identity_of(c, "user_id"), &sender.user_id)
            || same(identity_of(c, "wa_id").map(|w| if is_user_id(&w) { w } else { digits(&w) }), &sender.wa_id)
            || same(identity_of(c, "wa_id"), &sender.user_id)
    });
    if let Some(contact) = contact {
        sender.user_id = sender.user_id.or_else(|| identity_of(contact, "user_id"));
        sender.parent_user_id = sender.parent_user_id.or_else(|| identity_of(contact, "parent_user_id"));
        sender.wa_id =
            sender.wa_id.or_else(|| identity_of(contact, "wa_id").filter(|w| !is_user_id(w)).map(|w| digits(&w)));
        let profile = object_of(contact, "profile");
        let field = |name| profile.and_then(|p| text_of(p, name)).and_then(|n| shown_name(&n)).map(|n| shorten(&n));
        sender.name = field("name");
        sender.username = field("username");
    }
    if sender.wa_id.is_none() && sender.user_id.is_none() && sender.parent_user_id.is_none() {
        return Err("the message does not say who wrote it".to_owned());
    }
    Ok(sender)
}

/// What names a customer. One that is spoiled is none: without the spoiled digit it would be somebody else's number.
fn identity_of(object: &Value, field: &str) -> Option<String> {
    id_of(object, field).filter(|id| !id.contains(char::REPLACEMENT_CHARACTER))
}

/// `CC.` and letters or digits: a business-scoped user id.
fn is_user_id(value: &str) -> bool {
    value
        .split_once('.')
        .is_some_and(|(country, _)| country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase()))
}
