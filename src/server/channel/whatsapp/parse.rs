//! From a webhook's bytes to items, one by one. A bad item is an item with a reason; its neighbours go on.

mod bearing;
mod change;
mod message;
mod others;
mod sender;
mod status;
mod value;

use serde_json::Value;

use self::{
    change::{parse_change, poison, take_list},
    value::{id_of, shorten},
};
use super::{
    super::item::{Item, ItemKind},
    json::{self, Reading},
    wire::text_of,
};
/// The most items of one delivery (Meta sends up to 1,000).
const ITEMS_MAX: usize = 5000;
/// What a broken webhook lost.
const BROKEN: &str = "the delivery breaks off or is garbled here";

/// Takes a webhook apart. What is spoiled in one item (see [`json`]) costs its neighbours nothing.
///
/// # Errors
/// When the body is not a JSON object at all: then the whole delivery is a dead letter.
pub fn parse(body: &[u8]) -> Result<Vec<Item>, String> {
    let Reading { value: mut root, broken } = json::read(body);
    if !root.is_object() {
        let why = broken.unwrap_or_else(|| "the body is no object".to_owned());
        return Err(format!("not a webhook: {why}"));
    }
    let object = text_of(&root, "object").unwrap_or_default();
    let mut items = Vec::new();
    if object != "whatsapp_business_account" {
        if let Some(why) = broken {
            return Err(format!("not a webhook: {why}"));
        }
        items.push(Item {
            place: String::from("object"),
            account_id: None,
            external_key: None,
            kind: ItemKind::Unknown(format!("object:{}", shorten(&object))),
            raw: Value::Null,
        });
        return Ok(items);
    }
    let entries = take_list(&mut root, "entry").map_err(|_| "not a webhook: its entries are no list")?;
    for (e, mut entry) in entries.into_iter().enumerate() {
        let waba_id = id_of(&entry, "id");
        let changes = if entry.is_object() { take_list(&mut entry, "changes").ok() } else { None };
        let Some(changes) = changes else {
            items.push(poison(format!("{e}"), waba_id, entry, "the entry is no object with a list of changes"));
            continue;
        };
        for (c, change) in changes.into_iter().enumerate() {
            parse_change(&format!("{e}.{c}"), waba_id.as_ref(), change, &mut items);
        }
    }
    items.truncate(ITEMS_MAX);
    if broken.is_some() {
        doubt(&mut items);
    }
    Ok(items)
}

/// In a webhook that is broken: what is not whole goes no further, and that something is lost is told in any case.
fn doubt(items: &mut Vec<Item>) {
    for item in items.iter_mut() {
        // Without its number, an item might go to another number's integration.
        let lost = matches!(item.kind, ItemKind::Message(_) | ItemKind::Status(_)) && item.external_key.is_none();
        if lost || json::is_broken(&item.raw) {
            item.kind = ItemKind::Poison(BROKEN.to_owned());
        }
    }
    if !items.iter().any(|item| matches!(&item.kind, ItemKind::Poison(reason) if reason == BROKEN)) {
        items.push(poison("end".to_owned(), None, Value::Null, BROKEN));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::parse;
    use crate::domain::content::Content;
    use crate::server::channel::item::{Item, ItemKind};

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
            .map(|i| match &i.kind {
                ItemKind::Message(m) => (m.id.as_str(), m.sender.name.as_deref(), m.at),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(names, [("m2", Some("B"), Some(1000)), ("m1", Some("A"), Some(2000))]);
        assert_eq!(found[0].external_key.as_deref(), Some("316"));
    }

    #[test]
    fn a_poison_item_leaves_its_neighbours_alone() {
        let found = items(json!({
            "messages": [7, {"type": "text"}, {"id": "m", "from": "1", "type": "text", "text": {"body": 5}},
                         {"id": "good", "from": "491", "type": "text", "text": {"body": "hi"}}],
            "statuses": [{"id": "s"}, {"id": "s2", "status": "played"}],
        }));
        let poison = found.iter().filter(|i| matches!(i.kind, ItemKind::Poison(_))).count();
        assert_eq!((found.len(), poison), (6, 3));
    }

    #[test]
    fn keeps_unknown_types_and_takes_ids_out_of_the_phone_position() {
        let found = items(json!({"messages": [{"id": "m", "from": "DE.abc123", "type": "hologram", "hologram": {}}]}));
        let ItemKind::Message(m) = &found[0].kind else { panic!() };
        assert_eq!((m.sender.user_id.as_deref(), m.sender.wa_id.as_deref()), (Some("DE.abc123"), None));
        assert!(!m.answerable);
        assert_eq!(m.content, Content::unsupported("hologram", ""));
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
