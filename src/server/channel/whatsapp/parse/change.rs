//! One change of a webhook: its field, its number, and the lists in its value, taken apart item by item.

use serde_json::Value;

use super::{
    bearing::not_from_a_customer,
    message::parse_message,
    others::{own_number, parse_others},
    status::parse_status,
    value::{id_of, shorten},
};
use crate::server::channel::{
    item::{Item, ItemKind},
    whatsapp::wire::{members, number_of, object_of, text_of},
};

/// Takes a list out of an object; what can be none stays where it is.
///
/// # Errors
/// When it is something else.
pub(super) fn take_list(object: &mut Value, field: &str) -> Result<Vec<Value>, ()> {
    let Some(found) = object.get_mut(field) else { return Ok(Vec::new()) };
    members(found.take()).map_err(|other| *found = other)
}

pub(super) fn poison(place: String, waba_id: Option<String>, raw: Value, reason: &str) -> Item {
    Item { place, account_id: waba_id, external_key: None, kind: ItemKind::Poison(reason.to_owned()), raw }
}

pub(super) fn parse_change(place: &str, waba_id: Option<&String>, mut change: Value, items: &mut Vec<Item>) {
    if !change.is_object() {
        items.push(poison(place.to_owned(), waba_id.cloned(), change, "the change is not an object"));
        return;
    }
    let field = text_of(&change, "field").unwrap_or_default();
    let mut value = change.get_mut("value").map(Value::take).unwrap_or_default();
    if let Value::Array(list) = &mut value
        && let [only] = list.as_mut_slice()
    {
        value = only.take();
    }
    let phone_number_id = number_id(&value);
    if let Some(found) = parse_others(&field, &mut value) {
        items.extend(found.into_iter().map(|(list, index, kind, raw)| Item {
            place: format!("{place}.{list}.{index}"),
            account_id: waba_id.cloned(),
            external_key: phone_number_id.clone(),
            kind,
            raw,
        }));
        return;
    }
    if field != "messages" {
        items.push(Item {
            place: place.to_owned(),
            account_id: waba_id.cloned(),
            external_key: phone_number_id,
            kind: ItemKind::Unknown(format!("field:{}", shorten(&field))),
            raw: value,
        });
        return;
    }
    if let Err(value) = parse_messages_value(place, waba_id, value, items) {
        let reason = "the value of `messages` has another shape";
        items.push(poison(place.to_owned(), waba_id.cloned(), value, reason));
    }
}

/// The id of the business number that a change is about; a handover names it as its recipient.
fn number_id(value: &Value) -> Option<String> {
    ["metadata", "recipient"].iter().find_map(|at| object_of(value, at).and_then(|m| id_of(m, "phone_number_id")))
}

/// Messages first, in the order of their time; then reports (contract, section 2; a throw among the reports must not
/// cost messages). A list that is none costs only itself.
///
/// # Errors
/// With the value, when it is no object.
fn parse_messages_value(
    place: &str,
    waba_id: Option<&String>,
    mut value: Value,
    items: &mut Vec<Item>,
) -> Result<(), Value> {
    if !value.is_object() {
        return Err(value);
    }
    let phone_number_id = number_id(&value);
    // Names come from here and nothing else: what is no list of contacts is no reason to lose a message.
    let contacts = take_list(&mut value, "contacts").unwrap_or_default();
    let own_number = own_number(&value);
    let [messages, statuses, errors] = ["messages", "statuses", "errors"].map(|field| {
        take_list(&mut value, field).unwrap_or_else(|()| {
            let raw = value.get_mut(field).map(Value::take).unwrap_or_default();
            let reason = "this should be a list";
            let item = poison(format!("{place}.{field}"), waba_id.cloned(), raw, reason);
            items.push(Item { external_key: phone_number_id.clone(), ..item });
            Vec::new()
        })
    });
    let mut messages: Vec<(usize, Value)> = messages.into_iter().enumerate().collect();
    messages.sort_by_key(|(_, m)| number_of(m, "timestamp").unwrap_or(i64::MAX));
    let mut push = |list: &str, index: usize, kind: ItemKind, raw: Value| {
        items.push(Item {
            place: format!("{place}.{list}.{index}"),
            account_id: waba_id.cloned(),
            external_key: phone_number_id.clone(),
            kind,
            raw,
        });
    };
    for (index, raw) in messages {
        let kind = match not_from_a_customer(&raw, own_number.as_deref()) {
            Some(what) => ItemKind::Unknown(what.to_owned()),
            None => parse_message(&raw, &contacts, own_number.as_deref())
                .map_or_else(ItemKind::Poison, |m| ItemKind::Message(Box::new(m))),
        };
        push("messages", index, kind, raw);
    }
    for (index, raw) in statuses.into_iter().enumerate() {
        let kind = parse_status(&raw).unwrap_or_else(ItemKind::Poison);
        push("statuses", index, kind, raw);
    }
    for (index, raw) in errors.into_iter().enumerate() {
        let code = number_of(&raw, "code").unwrap_or_default();
        push("errors", index, ItemKind::Unknown(format!("error:{code}")), raw);
    }
    Ok(())
}
