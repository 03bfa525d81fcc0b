//! Webhooks as Meta spells them (contract, sections 2 and 3).
//!
//! Everything is optional except an item's own id: what is missing or strange must not cost its neighbours anything.
//! Items stay raw JSON here and are decoded one by one in [`super::parse`].

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub struct Envelope {
    #[serde(default)]
    pub object: Value,
    #[serde(default)]
    pub entry: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Entry {
    /// WhatsApp Business Account id; string or number.
    #[serde(default)]
    pub id: Value,
    #[serde(default)]
    pub changes: Vec<Value>,
}

#[derive(Debug, Deserialize)]
pub struct Change {
    #[serde(default)]
    pub field: Value,
    #[serde(default)]
    pub value: Value,
}

/// The value of a `messages` change.
#[derive(Debug, Default, Deserialize)]
pub struct MessagesValue {
    #[serde(default)]
    pub metadata: Metadata,
    #[serde(default)]
    pub contacts: Vec<Value>,
    #[serde(default)]
    pub messages: Vec<Value>,
    #[serde(default)]
    pub statuses: Vec<Value>,
    #[serde(default)]
    pub errors: Vec<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Metadata {
    #[serde(default)]
    pub display_phone_number: Value,
    #[serde(default)]
    pub phone_number_id: Value,
}

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
