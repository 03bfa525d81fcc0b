//! What all items have: an id, a time, texts that can be stored.

use serde_json::Value;

use crate::{
    domain::Millis,
    server::channel::whatsapp::wire::{number_of, text_of},
};

/// Longer ids are not Meta's.
const ID_MAX: usize = 512;

pub(super) fn item_id(raw: &Value) -> Result<String, String> {
    if !raw.is_object() {
        return Err("the item is not an object".to_owned());
    }
    match text_of(raw, "id") {
        None => Err("the item has no id".to_owned()),
        Some(id) if is_id(&id) => Ok(id),
        Some(_) => Err("the item's id is not one of Meta's".to_owned()),
    }
}

/// An id in a field; none when it cannot be one of Meta's. PostgreSQL can neither keep nor look for a NUL, and its indexes
/// hold nothing long: one such id must not fail the statement that it shares with others.
pub(super) fn id_of(object: &Value, field: &str) -> Option<String> {
    text_of(object, field).filter(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    id.len() <= ID_MAX && !id.contains(char::is_control)
}

/// Unix seconds, as Meta sends them, in milliseconds.
pub(super) fn timestamp(raw: &Value) -> Option<Millis> {
    number_of(raw, "timestamp").filter(|s| (0..=100_000_000_000).contains(s)).map(|s| s * 1000)
}

pub(super) fn digits(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

/// PostgreSQL cannot keep a NUL in a text, and nobody means one.
pub(super) fn clean(value: &str) -> String {
    value.replace('\0', "")
}

pub(super) fn shorten(value: &str) -> String {
    clean(value).chars().take(100).collect()
}
