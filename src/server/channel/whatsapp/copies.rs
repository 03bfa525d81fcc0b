//! What a webhook holds of one customer, taken out of it: it may hold what others wrote, too, and be the only way back to it.

use serde_json::Value;

use super::{
    json::{self, Reading},
    wire::{text, text_of},
};
use crate::server::channel::{Cut, Gone};

/// The body without the items that hold a name, of numbers that `covers` says yes to; some are of none.
#[must_use]
pub fn cut_out(body: &[u8], covers: impl Fn(Option<&str>) -> bool, names: &[String]) -> Cut {
    // As forgiving as ingest: what was spoiled in one item must not take the others along.
    let Reading { value: mut json, broken } = json::read(body);
    // What could not be read at all may hold a name: it does not stay.
    let mut changed = broken.is_some();
    let mut gone = Vec::new();
    let Some(entries) = json.get_mut("entry").and_then(Value::as_array_mut) else {
        return Cut { rest: None, gone };
    };
    for changes in entries.iter_mut().filter_map(|entry| entry.get_mut("changes")?.as_array_mut()) {
        changes.retain_mut(|change| {
            let number = change.pointer("/value/metadata/phone_number_id").and_then(text);
            let mut ids = Vec::new();
            let goes = covers(number.as_deref()) && purge(change, names, &mut ids);
            changed |= goes || !ids.is_empty();
            gone.extend(ids.into_iter().flatten().map(|id| Gone { external_key: number.clone(), external_id: id }));
            !goes
        });
    }
    let rest = if changed { serde_json::to_vec(&json).ok() } else { Some(body.to_vec()) };
    Cut { rest, gone }
}

/// Takes the items of lists out that hold a name, and gives their ids (none where they have none); whether the value itself
/// holds one, outside of any list.
fn purge(value: &mut Value, names: &[String], gone: &mut Vec<Option<String>>) -> bool {
    match value {
        Value::Array(items) => {
            items.retain_mut(|item| {
                let goes = purge(item, names, gone);
                if goes {
                    gone.push(text_of(item, "id"));
                }
                !goes
            });
            false
        }
        // Every field is looked at, not only up to the first that holds one.
        Value::Object(fields) => fields.values_mut().fold(false, |holds, field| purge(field, names, gone) | holds),
        Value::String(_) | Value::Number(_) => text(value)
            .is_some_and(|text| names.iter().any(|name| text.trim_start_matches('+') == name.trim_start_matches('+'))),
        Value::Null | Value::Bool(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::cut_out;

    fn body() -> Value {
        let message = |id: &str, from: &str| json!({"id": id, "from": from, "text": {"body": "hello"}});
        json!({"object": "whatsapp_business_account", "entry": [{"id": "102", "changes": [
            {"field": "messages", "value": {
                "metadata": {"phone_number_id": "316"},
                "contacts": [{"wa_id": "491511", "profile": {"name": "A"}}, {"wa_id": "491512"}],
                "messages": [message("m1", "491511"), message("m2", "491512")],
                "statuses": [{"id": "m3", "recipient_id": "491511"}, {"id": "m4", "recipient_id": "491512"}],
            }},
            {"field": "messages", "value": {"metadata": {"phone_number_id": 317}, "messages": [message("m5", "491511")]}},
            {"field": "user_preferences", "value": {"wa_id": "+491511"}},
        ]}]})
    }

    fn any(_: Option<&str>) -> bool {
        true
    }

    fn left(covers: impl Fn(Option<&str>) -> bool, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        String::from_utf8(cut_out(body().to_string().as_bytes(), covers, &names).rest.unwrap()).unwrap()
    }

    #[test]
    fn what_is_gone_is_told_with_its_number() {
        let gone = cut_out(body().to_string().as_bytes(), any, &["491511".to_owned()]).gone;
        let told: Vec<_> = gone.iter().map(|g| (g.external_key.as_deref(), g.external_id.as_str())).collect();
        assert_eq!(told, [(Some("316"), "m1"), (Some("316"), "m3"), (Some("317"), "m5")]);
    }

    #[test]
    fn only_the_items_of_that_customer_go() {
        let rest = left(any, &["491511", "US.1"]);
        assert!(!rest.contains("491511") && !rest.contains("m1") && !rest.contains("m3") && !rest.contains("m5"));
        assert!(rest.contains("m2") && rest.contains("m4") && rest.contains("491512"));
        assert!(!rest.contains("user_preferences"));
    }

    #[test]
    fn what_another_number_got_stays() {
        let rest = left(|number| number.is_none_or(|number| number == "316"), &["491511"]);
        assert!(rest.contains("m5") && !rest.contains("m1") && !rest.contains("user_preferences"));
        // What has no number may be another workspace's.
        let rest = left(|number| number == Some("317"), &["491511"]);
        assert!(rest.contains("m1") && !rest.contains("m5") && rest.contains("user_preferences"));
    }

    #[test]
    fn what_is_spoiled_takes_nobody_along() {
        let names = ["491511".to_owned()];
        let spoiled = body().to_string().replacen("\"m2\"", "\"m2\\ud83d\"", 1);
        let rest = String::from_utf8(cut_out(spoiled.as_bytes(), any, &names).rest.unwrap()).unwrap();
        assert!(!rest.contains("491511") && rest.contains("m2\u{fffd}") && rest.contains("m4"), "{rest}");
        // Broken off in the middle: what stands whole stays.
        let half = body().to_string();
        let half = &half[..half.find("statuses").unwrap()];
        let rest = String::from_utf8(cut_out(half.as_bytes(), any, &names).rest.unwrap()).unwrap();
        assert!(!rest.contains("491511"), "{rest}");
    }

    #[test]
    fn nothing_else_is_touched() {
        // The same bytes, not only the same meaning.
        let odd = b"{ \"entry\": [ {\"changes\": [ {\"value\": {\"text\": \"call 491511\"}} ]} ] }";
        let rest = |body: &[u8]| cut_out(body, any, &["491511".to_owned()]).rest;
        assert_eq!(rest(odd).as_deref(), Some(&odd[..]));
        assert_eq!((rest(b"491511"), rest(b"{")), (None, None));
    }
}
