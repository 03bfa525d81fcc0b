//! Contents in Meta's spelling, both ways: as a phone's webhook tells them (contract, section 3) and as a call to send brings them
//! (section 5).

use serde_json::{Map, Value, json};

use super::{
    graph::error::GraphError,
    message::{TEXT_LIMIT, fits},
};
use crate::domain::content::{Content, Kind, Location};

/// The type and payload of a message from a phone; none for what no phone can send.
pub(super) fn to_webhook(content: &Content) -> Option<(&'static str, Value)> {
    match &content.kind {
        Kind::Text if !content.text.trim().is_empty() && fits(&content.text) => {
            Some(("text", json!({ "body": content.text })))
        }
        // It may come from anybody: only a place on earth is one.
        Kind::Location(l) if Location::new(l.latitude, l.longitude, None, None).is_some() => {
            Some(("location", json!(l)))
        }
        _ => None,
    }
}

/// What a call sends; `kind` is its type in lower case. Refused as Meta does it.
pub(super) fn of_call(call: &Map<String, Value>, kind: &str) -> Result<Content, GraphError> {
    match kind {
        "text" => {
            let body = call.get("text").and_then(|text| text.get("body"));
            let body = body.ok_or_else(|| GraphError::required("text['body']"))?;
            let body = body.as_str().ok_or_else(|| GraphError::parameter("Param text['body'] must be a string."))?;
            if body.trim().is_empty() {
                return Err(GraphError::required("text['body']"));
            }
            if !fits(body) {
                let message = format!("Param text['body'] must be at most {TEXT_LIMIT} characters long.");
                return Err(GraphError::parameter(&message));
            }
            Ok(Content::text(body))
        }
        "location" => {
            let part = call.get("location").ok_or_else(|| GraphError::required("location"))?;
            let location: Option<Location> = serde_json::from_value(part.clone()).ok();
            let location = location.and_then(|l| Location::new(l.latitude, l.longitude, l.name, l.address));
            let refused = "Param location must be an object with a latitude and a longitude.";
            location.map(Content::location).ok_or_else(|| GraphError::parameter(refused))
        }
        known if TYPES.contains(&known) => Err(GraphError::unsupported_type(kind)),
        _ => Err(GraphError::parameter("Param type is unknown.")),
    }
}

/// The types that Meta knows, for telling a typing error from something that the simulator leaves out.
const TYPES: [&str; 11] = [
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];
