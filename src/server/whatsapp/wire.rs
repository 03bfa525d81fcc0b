//! Values as Meta spells them (contract, sections 2 and 3): what is a text may come as a number, and the other way round.

use serde_json::Value;

/// Reads a text that may also come as a number: ids and timestamps do.
#[must_use]
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) if !s.is_empty() => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// Reads a field as [`text`] does.
#[must_use]
pub fn text_of(object: &Value, field: &str) -> Option<String> {
    object.get(field).and_then(text)
}

/// Reads a number that may also come as text.
#[must_use]
pub fn number_of(object: &Value, field: &str) -> Option<i64> {
    match object.get(field)? {
        Value::Number(n) => n.as_i64(),
        Value::String(s) => s.trim().parse().ok(),
        _ => None,
    }
}
