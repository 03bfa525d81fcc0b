//! One message: what the customer wrote or chose, and what it holds beyond that.

use serde_json::Value;

use super::{
    bearing::{bearing_of, subject_of},
    sender::parse_sender,
    value::{clean, item_id, shorten, timestamp},
};
use crate::{
    domain::{
        contact::shown_contact_name,
        content::{Content, Location},
        visible::{has_visible, one_line},
    },
    server::channel::{
        item::InboundMessage,
        whatsapp::wire::{members, number_of, object_of, text_of},
    },
};

pub(super) fn parse_message(
    raw: &Value,
    contacts: &[Value],
    own_number: Option<&str>,
) -> Result<InboundMessage, String> {
    let id = item_id(raw)?;
    let type_name = type_of(raw);
    let sender = parse_sender(raw, contacts).or_else(|why| subject_of(raw).ok_or(why))?;
    let is_own = own_number.is_some_and(|own| !own.is_empty() && sender.wa_id.as_deref() == Some(own));
    let (content, in_words) = content_of(raw, &type_name);
    let bearing = bearing_of(raw, &type_name);
    let answerable = bearing.is_spoken() && in_words && !is_own;
    Ok(InboundMessage { id, type_name, content, at: timestamp(raw), sender, bearing, answerable })
}

/// Payloads by which a message without a type tells what it is.
const TELLING: [&str; 12] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "interactive",
    "button",
    "order",
    "reaction",
];

/// Meta's word for what it is.
fn type_of(raw: &Value) -> String {
    let named = text_of(raw, "type").map(|name| shorten(&one_line(&name))).filter(|name| !name.is_empty());
    let told = || TELLING.into_iter().find(|field| raw.get(field).is_some_and(|v| !v.is_null())).map(str::to_owned);
    named.or_else(told).unwrap_or_else(|| "unknown".to_owned())
}

/// What it holds, and whether the customer said it in words: a caption is some, the name of a file is none.
fn content_of(raw: &Value, type_name: &str) -> (Content, bool) {
    if let Some(text) = visible(written(raw, type_name)) {
        return (Content::text(text), true);
    }
    let what = exact_type(raw, type_name);
    let part = object_of(raw, type_name);
    if let Some(location) = part.filter(|_| type_name == "location").and_then(location_of) {
        return (Content::location(location), false);
    }
    if let Some(caption) = visible(part.and_then(|p| text_of(p, "caption"))) {
        let is_media = ["image", "video", "audio", "voice", "document", "sticker", "gif"].contains(&type_name);
        return (Content::unsupported(what, caption), is_media);
    }
    (Content::unsupported(what, visible(named(raw, part, type_name)).unwrap_or_default()), false)
}

fn visible(text: Option<String>) -> Option<String> {
    text.map(|text| clean(&text)).filter(|text| has_visible(text))
}

/// What the customer wrote or chose, for the types that carry words.
fn written(raw: &Value, type_name: &str) -> Option<String> {
    match type_name {
        "text" => object_of(raw, "text").and_then(|t| text_of(t, "body")).or_else(|| text_of(raw, "text")),
        "button" => object_of(raw, "button").and_then(|b| first_text(b, &["text", "payload"])),
        "interactive" => {
            let choice = object_of(raw, "interactive")?;
            ["button_reply", "list_reply"]
                .into_iter()
                .find_map(|reply| object_of(choice, reply).and_then(|r| first_text(r, &["title", "description", "id"])))
        }
        _ => None,
    }
}

fn first_text(object: &Value, fields: &[&str]) -> Option<String> {
    fields.iter().find_map(|field| visible(text_of(object, field)))
}

/// Its type, more exactly where Meta's one word covers several things.
fn exact_type(raw: &Value, type_name: &str) -> String {
    let part = object_of(raw, type_name);
    let inner = |field: &str| part.and_then(|p| text_of(p, field)).map(|word| shorten(&one_line(&word)));
    let errors = raw.get("errors").and_then(|errors| members(errors.clone()).ok()).unwrap_or_default();
    let has_error = |code: i64| errors.iter().any(|error| number_of(error, "code") == Some(code));
    match type_name {
        _ if has_error(131_052) => "too_large".to_owned(),
        "unsupported" | "unknown" if has_error(131_060) => "unavailable".to_owned(),
        "unsupported" | "unknown" => {
            inner("type").map_or_else(|| "unsupported".to_owned(), |t| format!("unsupported/{t}"))
        }
        "audio" if part.is_some_and(|p| p.get("voice") == Some(&Value::Bool(true))) => "voice".to_owned(),
        "interactive" => {
            let told = ["nfm_reply", "call_permission_reply"].into_iter().find(|field| {
                inner("type").as_deref() == Some(*field)
                    || part.is_some_and(|p| p.get(field).is_some_and(Value::is_object))
            });
            told.unwrap_or(type_name).to_owned()
        }
        other => other.to_owned(),
    }
}

/// A place, as Meta tells it: coordinates as numbers, or as text.
fn location_of(part: &Value) -> Option<Location> {
    let degrees = |field: &str| text_of(part, field)?.trim().parse().ok();
    let words = |field: &str| visible(text_of(part, field)).map(|text| one_line(&text));
    Location::new(degrees("latitude")?, degrees("longitude")?, words("name"), words("address"))
}

/// What the thing itself is called.
fn named(raw: &Value, part: Option<&Value>, type_name: &str) -> Option<String> {
    match type_name {
        // A file's name may hold a path; its sender chose it.
        "document" => part.and_then(|p| text_of(p, "filename")).map(|f| {
            let name = f.rsplit(['/', '\\']).next().unwrap_or_default();
            shorten(&one_line(name))
        }),
        // One that is nowhere on earth.
        "location" => part.map(|p| {
            let words = ["name", "address"].into_iter().filter_map(|field| visible(text_of(p, field)));
            words.map(|w| one_line(&w)).collect::<Vec<_>>().join(", ")
        }),
        "contacts" => {
            let cards = members(raw.get("contacts").cloned().unwrap_or_default()).unwrap_or_default();
            let name = |card: &Value| object_of(card, "name").and_then(|n| text_of(n, "formatted_name"));
            let names = cards.iter().take(5).filter_map(name).filter_map(|n| shown_contact_name(&n, None));
            Some(names.collect::<Vec<_>>().join(", "))
        }
        "order" => part.and_then(|p| text_of(p, "text")),
        _ => None,
    }
}
