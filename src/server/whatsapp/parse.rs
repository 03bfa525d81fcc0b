//! From a webhook's bytes to items, one by one. A bad item is an item with a reason; its neighbours go on.

use serde_json::Value;

use super::wire::{number_of, text_of};
use crate::domain::{Millis, message::MessageKind};

/// One thing that a webhook tells, and where it stood.
#[derive(Debug)]
pub struct Item {
    /// Its place, such as `0.1.messages.2`: entry, change, list, index.
    pub place: String,
    /// WhatsApp Business Account id.
    pub waba_id: Option<String>,
    /// The business number it concerns; none for account-wide fields.
    pub phone_number_id: Option<String>,
    pub content: Content,
    pub raw: Value,
}

#[derive(Debug)]
pub enum Content {
    Message(Box<InboundMessage>),
    Status(StatusReport),
    /// Acknowledged and kept, but without meaning to this version: the field or type.
    Unknown(String),
    /// It cannot be what it claims to be: the reason.
    Poison(String),
}

/// A customer's message.
#[derive(Clone, Debug)]
pub struct InboundMessage {
    /// wamid.
    pub id: String,
    pub kind: MessageKind,
    /// Meta's word for its type.
    pub type_name: String,
    pub body: String,
    pub at: Option<Millis>,
    pub sender: Sender,
    /// Whether the chatbot may answer this type at all.
    pub answerable: bool,
}

/// Who wrote it: a phone number, a business-scoped user id, or both.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
    pub parent_user_id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
}

/// A report on a message that we sent.
#[derive(Clone, Debug)]
pub struct StatusReport {
    /// wamid.
    pub id: String,
    /// Meta's word.
    pub status: String,
    pub at: Option<Millis>,
    /// Our own id of the message, when it came back.
    pub callback_data: Option<String>,
    pub error_code: Option<i64>,
    pub error: Option<String>,
}

/// The most items of one delivery (Meta sends up to 1,000).
const ITEMS_MAX: usize = 5000;
/// Longer ids are not Meta's.
const ID_MAX: usize = 512;

/// Takes a webhook apart.
///
/// # Errors
/// When the body is not a JSON object at all: then the whole delivery is a dead letter.
pub fn parse(body: &[u8]) -> Result<Vec<Item>, String> {
    let mut json: Value = serde_json::from_slice(body).map_err(|e| format!("not a webhook: {e}"))?;
    if !json.is_object() {
        return Err("not a webhook: the body is no object".to_owned());
    }
    let object = text_of(&json, "object").unwrap_or_default();
    let mut items = Vec::new();
    if object != "whatsapp_business_account" {
        items.push(Item {
            place: String::from("object"),
            waba_id: None,
            phone_number_id: None,
            content: Content::Unknown(format!("object:{}", shorten(&object))),
            raw: Value::Null,
        });
        return Ok(items);
    }
    let entries = take_list(&mut json, "entry").ok_or("not a webhook: its entries are no list")?;
    for (e, mut entry) in entries.into_iter().enumerate() {
        let waba_id = text_of(&entry, "id");
        let Some(changes) = take_list(&mut entry, "changes") else {
            items.push(poison(format!("{e}"), waba_id, entry, "the entry is no object with a list of changes"));
            continue;
        };
        for (c, change) in changes.into_iter().enumerate() {
            parse_change(&format!("{e}.{c}"), waba_id.as_ref(), change, &mut items);
        }
    }
    items.truncate(ITEMS_MAX);
    Ok(items)
}

/// Takes a list out of an object, empty when it has none; nothing when it is something else.
fn take_list(object: &mut Value, field: &str) -> Option<Vec<Value>> {
    match object.as_object_mut()?.get_mut(field) {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(list)) => Some(std::mem::take(list)),
        Some(_) => None,
    }
}

fn poison(place: String, waba_id: Option<String>, raw: Value, reason: &str) -> Item {
    Item { place, waba_id, phone_number_id: None, content: Content::Poison(reason.to_owned()), raw }
}

fn parse_change(place: &str, waba_id: Option<&String>, mut change: Value, items: &mut Vec<Item>) {
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

fn item_id(raw: &Value) -> Result<String, String> {
    if !raw.is_object() {
        return Err("the item is not an object".to_owned());
    }
    match text_of(raw, "id") {
        None => Err("the item has no id".to_owned()),
        Some(id) if id.len() > ID_MAX || id.contains('\0') => Err("the item's id is not one of Meta's".to_owned()),
        Some(id) => Ok(id),
    }
}

fn parse_message(raw: &Value, contacts: &[Value], own_number: Option<&str>) -> Result<InboundMessage, String> {
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

/// The sender's identity from the message itself; name and the rest from the contact that has the same identity, never
/// from the one at the same position: batches reorder.
fn parse_sender(raw: &Value, contacts: &[Value]) -> Result<Sender, String> {
    let from = text_of(raw, "from");
    // A BSUID can turn up where a phone number belongs.
    let (from_phone, from_id) = match from {
        Some(from) if is_user_id(&from) => (None, Some(from)),
        from => (from, None),
    };
    let mut sender = Sender {
        wa_id: from_phone.map(|f| digits(&f)).filter(|f| !f.is_empty()),
        user_id: text_of(raw, "from_user_id").or(from_id),
        parent_user_id: text_of(raw, "from_parent_user_id"),
        ..Sender::default()
    };
    let contact = contacts.iter().find(|c| {
        let same = |theirs: Option<String>, ours: &Option<String>| ours.is_some() && theirs == *ours;
        same(text_of(c, "user_id"), &sender.user_id)
            || same(text_of(c, "wa_id").map(|w| if is_user_id(&w) { w } else { digits(&w) }), &sender.wa_id)
            || same(text_of(c, "wa_id"), &sender.user_id)
    });
    if let Some(contact) = contact {
        sender.user_id = sender.user_id.or_else(|| text_of(contact, "user_id"));
        sender.parent_user_id = sender.parent_user_id.or_else(|| text_of(contact, "parent_user_id"));
        sender.wa_id =
            sender.wa_id.or_else(|| text_of(contact, "wa_id").filter(|w| !is_user_id(w)).map(|w| digits(&w)));
        let profile = contact.get("profile");
        let field =
            |name| profile.and_then(|p| text_of(p, name)).map(|n| shorten(clean(&n).trim())).filter(|n| !n.is_empty());
        sender.name = field("name");
        sender.username = field("username");
    }
    if sender.wa_id.is_none() && sender.user_id.is_none() && sender.parent_user_id.is_none() {
        return Err("the message does not say who wrote it".to_owned());
    }
    Ok(sender)
}

fn parse_status(raw: &Value) -> Result<Content, String> {
    let id = item_id(raw)?;
    let status = text_of(raw, "status").ok_or("the report has no status")?;
    if text_of(raw, "type").as_deref() == Some("call") {
        return Ok(Content::Unknown("status:call".to_owned()));
    }
    let error = raw.get("errors").and_then(Value::as_array).and_then(|e| e.first());
    Ok(Content::Status(StatusReport {
        id,
        status: shorten(&status),
        at: timestamp(raw),
        callback_data: text_of(raw, "biz_opaque_callback_data"),
        error_code: error.and_then(|e| number_of(e, "code")),
        error: error.and_then(error_text),
    }))
}

fn error_text(error: &Value) -> Option<String> {
    error
        .get("error_data")
        .and_then(|d| text_of(d, "details"))
        .or_else(|| text_of(error, "details"))
        .or_else(|| text_of(error, "message"))
        .or_else(|| text_of(error, "title"))
        .map(|t| clean(&t).chars().take(500).collect())
}

/// Unix seconds, as Meta sends them, in milliseconds.
fn timestamp(raw: &Value) -> Option<Millis> {
    number_of(raw, "timestamp").filter(|s| (0..=100_000_000_000).contains(s)).map(|s| s * 1000)
}

/// `CC.` and letters or digits: a business-scoped user id.
fn is_user_id(value: &str) -> bool {
    value
        .split_once('.')
        .is_some_and(|(country, _)| country.len() == 2 && country.chars().all(|c| c.is_ascii_uppercase()))
}

fn digits(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

/// PostgreSQL cannot keep a NUL in a text, and nobody means one.
fn clean(value: &str) -> String {
    value.replace('\0', "")
}

fn shorten(value: &str) -> String {
    clean(value).chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Content, Item, parse};

    fn items(value: serde_json::Value) -> Vec<Item> {
        let body = json!({"object": "whatsapp_business_account", "entry": [{"id": "102", "changes": [{"field": "messages", "value": value}]}]});
        parse(body.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn matches_contacts_by_identity_not_position() {
        let found = items(json!({
            "metadata": {"phone_number_id": 316},
            "contacts": [{"wa_id": "491", "profile": {"name": "B"}}, {"user_id": "US.1", "profile": {"name": "A"}}],
            "messages": [
                {"id": "m1", "from_user_id": "US.1", "timestamp": "2", "type": "text", "text": {"body": "one"}},
                {"id": "m2", "from": "491", "timestamp": 1, "type": "text", "text": {"body": "two"}},
            ],
        }));
        let names: Vec<_> = found
            .iter()
            .map(|i| match &i.content {
                Content::Message(m) => (m.id.as_str(), m.sender.name.as_deref(), m.at),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names, [("m2", Some("B"), Some(1000)), ("m1", Some("A"), Some(2000))]);
        assert_eq!(found[0].phone_number_id.as_deref(), Some("316"));
    }

    #[test]
    fn a_poison_item_leaves_its_neighbours_alone() {
        let found = items(json!({
            "messages": [7, {"type": "text"}, {"id": "m", "from": "1", "type": "text", "text": {"body": 5}},
                         {"id": "good", "from": "491", "type": "text", "text": {"body": "hi"}}],
            "statuses": [{"id": "s"}, {"id": "s2", "status": "played"}],
        }));
        let poison = found.iter().filter(|i| matches!(i.content, Content::Poison(_))).count();
        assert_eq!((found.len(), poison), (6, 4));
    }

    #[test]
    fn keeps_unknown_types_and_takes_ids_out_of_the_phone_position() {
        let found = items(json!({"messages": [{"id": "m", "from": "DE.abc123", "type": "hologram", "hologram": {}}]}));
        let Content::Message(m) = &found[0].content else { panic!() };
        assert_eq!((m.sender.user_id.as_deref(), m.sender.wa_id.as_deref()), (Some("DE.abc123"), None));
        assert!(!m.answerable);
        assert_eq!(m.body, "hologram");
    }

    #[test]
    fn rubbish_is_an_error_or_an_item_but_never_a_panic() {
        for body in [
            "",
            "[]",
            "null",
            "{\"entry\":5}",
            "{\"object\":\"page\"}",
            "{\"object\":\"whatsapp_business_account\",\"entry\":[null,5]}",
        ] {
            drop(parse(body.as_bytes()));
        }
    }
}
