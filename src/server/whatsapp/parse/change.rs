//! One change of a webhook: its field, its number, and the lists in its value, taken apart item by item.

use serde_json::Value;

use super::{
    Content, Item,
    message::parse_message,
    status::parse_status,
    value::{digits, shorten},
};
use crate::server::whatsapp::wire::{number_of, text_of};

/// Takes a list out of an object, empty when it has none; nothing when it is something else.
pub(super) fn take_list(object: &mut Value, field: &str) -> Option<Vec<Value>> {
    match object.as_object_mut()?.get_mut(field) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(list)) => Some(std::mem::take(list)),
        Some(_) => None,
    }
}

pub(super) fn poison(place: String, waba_id: Option<String>, raw: Value, reason: &str) -> Item {
    Item { place, waba_id, phone_number_id: None, content: Content::Poison(reason.to_owned()), raw }
}

pub(super) fn parse_change(place: &str, waba_id: Option<&String>, mut change: Value, items: &mut Vec<Item>) {
    if !change.is_object() {
        items.push(poison(place.to_owned(), waba_id.cloned(), change, "the change is not an object"));
        return;
    }
    let field = text_of(&change, "field").unwrap_or_default();
    let value = change.get_mut("value").map(Value::take).unwrap_or_default();
    if field != "messages" {
        items.push(Item {
            place: place.to_owned(),
            waba_id: waba_id.cloned(),
            phone_number_id: number_id(&value),
            content: Content::Unknown(format!("field:{}", shorten(&field))),
            raw: value,
        });
        return;
    }
    if let Err(value) = parse_messages_value(place, waba_id, value, items) {
        let reason = "the value of `messages` has another shape";
        items.push(poison(place.to_owned(), waba_id.cloned(), value, reason));
    }
}

/// The id of the business number that a change is about.
fn number_id(value: &Value) -> Option<String> {
    value.get("metadata").and_then(|m| text_of(m, "phone_number_id"))
}

/// Messages first, in the order of their time; then reports (contract, section 2; a throw among the reports must not
/// cost messages).
///
/// # Errors
/// With the value, when its lists are none.
fn parse_messages_value(
    place: &str,
    waba_id: Option<&String>,
    mut value: Value,
    items: &mut Vec<Item>,
) -> Result<(), Value> {
    let lists = ["contacts", "messages", "statuses", "errors"];
    let is_list = |field: &str| value.get(field).is_none_or(|list| list.is_array() || list.is_null());
    if !value.is_object() || !lists.iter().all(|field| is_list(field)) {
        return Err(value);
    }
    let [contacts, messages, statuses, errors] = lists.map(|field| take_list(&mut value, field).unwrap_or_default());
    let phone_number_id = number_id(&value);
    let own_number = value.get("metadata").and_then(|m| text_of(m, "display_phone_number")).map(|n| digits(&n));
    let mut messages: Vec<(usize, Value)> = messages.into_iter().enumerate().collect();
    messages.sort_by_key(|(_, m)| number_of(m, "timestamp").unwrap_or(i64::MAX));
    let mut push = |list: &str, index: usize, content: Content, raw: Value| {
        items.push(Item {
            place: format!("{place}.{list}.{index}"),
            waba_id: waba_id.cloned(),
            phone_number_id: phone_number_id.clone(),
            content,
            raw,
        });
    };
    for (index, raw) in messages {
        let content = parse_message(&raw, &contacts, own_number.as_deref())
            .map_or_else(Content::Poison, |m| Content::Message(Box::new(m)));
        push("messages", index, content, raw);
    }
    for (index, raw) in statuses.into_iter().enumerate() {
        let content = parse_status(&raw).unwrap_or_else(Content::Poison);
        push("statuses", index, content, raw);
    }
    for (index, raw) in errors.into_iter().enumerate() {
        let code = number_of(&raw, "code").unwrap_or_default();
        push("errors", index, Content::Unknown(format!("error:{code}")), raw);
    }
    Ok(())
}
