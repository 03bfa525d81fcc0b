//! Copies of what an erased customer wrote, in webhooks as they came and in dead letters. A webhook may hold what others
//! wrote, too, and be the only way back to it: so it is taken apart, and only the items of that customer go.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    domain::{Millis, live::LiveEvent},
    server::{
        error::Result,
        pipeline::writer::Priority,
        state::AppState,
        store::{
            Conn, StoreResult,
            erasure::{self, CopyRow, Erasure, NAMES, Reach},
            event,
        },
        whatsapp::json::{self, Reading},
    },
};

/// Webhooks gone through with one look.
const PAGE: i64 = 500;

/// Goes through all that came in for the workspace: an app's callback may have been that of another integration.
pub(super) async fn erase(state: &AppState, job: &Erasure) -> Result<()> {
    let names: Vec<String> = serde_json::from_str(&job.names).unwrap_or_default();
    let places = erasure::places(&mut state.store.read().await?, job.workspace_id).await?;
    let only = places.iter().find(|(id, _)| *id == job.subject_id).map(|(_, number)| number.clone());
    for (id, number) in &places {
        go_through(state, job, *id, Concern::Own(only.as_deref()), &names).await?;
        if only.as_ref().is_none_or(|only| only == number) {
            go_through(state, job, *id, Concern::Shared(number), &names).await?;
            let input = (job.workspace_id, *id, job.upto, names.clone(), state.now());
            state.writer.write(Priority::Bulk, *id, input, |conn, input| Box::pin(forget_letters(conn, input))).await?;
            state.live.ring();
        }
    }
    Ok(())
}

/// Which webhooks, and which of their items.
#[derive(Clone, Copy)]
enum Concern<'a> {
    /// Those on the paths of the workspace's integrations; items of one number, or all.
    Own(Option<&'a str>),
    /// Those on the deployment-wide path, which may hold other workspaces' items too; items of one number only.
    Shared(&'a str),
}

impl Concern<'_> {
    const fn is_shared(self) -> bool {
        matches!(self, Self::Shared(_))
    }

    /// Whether an item of that number is meant; some are of none.
    fn covers(self, number: Option<&str>) -> bool {
        match self {
            Self::Own(None) => true,
            Self::Own(Some(own)) => number.is_none_or(|number| number == own),
            Self::Shared(own) => number == Some(own),
        }
    }
}

async fn forget_letters(
    conn: &mut Conn,
    (ws, id, upto, names, now): &(Uuid, Uuid, Millis, Vec<String>, Millis),
) -> StoreResult<()> {
    for name in names {
        erasure::forget_letters(conn, *ws, *id, *upto, name).await?;
    }
    event::append(conn, *ws, &LiveEvent::Integration { id: *id }, *now).await
}

async fn go_through(state: &AppState, job: &Erasure, id: Uuid, concern: Concern<'_>, names: &[String]) -> Result<()> {
    let shared = concern.is_shared();
    let mut reach = Reach { after: Uuid::nil(), upto: job.upto, page: PAGE };
    loop {
        let mut conn = state.store.read().await?;
        let Some(last) = erasure::page_end(&mut conn, job.workspace_id, id, shared, reach).await? else {
            return Ok(());
        };
        for some in names.chunks(NAMES) {
            let asked = std::array::from_fn(|n| some.get(n).or(some.first()).cloned().unwrap_or_default());
            let mut within = reach;
            loop {
                let found = erasure::copies(&mut conn, job.workspace_id, id, shared, (within, last), &asked).await?;
                let Some(newest) = found.last().map(|copy| copy.id) else { break };
                within.after = newest;
                for copy in found {
                    put_back(state, id, copy, concern, names).await?;
                }
            }
        }
        reach.after = last;
        if state.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// Writes a webhook back without the items of the customer.
async fn put_back(state: &AppState, lane: Uuid, copy: CopyRow, concern: Concern<'_>, names: &[String]) -> Result<()> {
    let rest = without(&copy.body, concern, names);
    if rest.as_ref().is_some_and(|rest| *rest == copy.body) {
        return Ok(());
    }
    state
        .writer
        .write(Priority::Bulk, lane, (copy.id, rest), |conn, (id, rest)| {
            Box::pin(async move {
                match rest {
                    Some(rest) => erasure::set_body(conn, *id, rest).await,
                    None => erasure::delete_delivery(conn, *id).await,
                }
            })
        })
        .await?;
    Ok(())
}

/// A webhook's body without the items that are meant and hold a name; none when it is no webhook at all.
fn without(body: &[u8], concern: Concern<'_>, names: &[String]) -> Option<Vec<u8>> {
    // As forgiving as ingest: what was spoiled in one item must not take the others along.
    let Reading { value: mut json, broken } = json::read(body);
    // What could not be read at all may hold a name: it does not stay.
    let mut changed = broken.is_some();
    let entries = json.get_mut("entry").and_then(Value::as_array_mut);
    for changes in entries?.iter_mut().filter_map(|entry| entry.get_mut("changes")?.as_array_mut()) {
        changes.retain_mut(|change| {
            let number = change.pointer("/value/metadata/phone_number_id").map(text);
            !(concern.covers(number.as_deref()) && purge(change, names, &mut changed))
        });
    }
    if changed { serde_json::to_vec(&json).ok() } else { Some(body.to_vec()) }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Takes the items of lists out that hold a name; whether the value itself holds one, outside of any list.
fn purge(value: &mut Value, names: &[String], changed: &mut bool) -> bool {
    let holds = match value {
        Value::Array(items) => {
            items.retain_mut(|item| !purge(item, names, changed));
            false
        }
        // Every field is looked at, not only up to the first that holds one.
        Value::Object(fields) => fields.values_mut().fold(false, |holds, field| purge(field, names, changed) | holds),
        Value::String(_) | Value::Number(_) => {
            let text = text(value);
            names.iter().any(|name| text.trim_start_matches('+') == name.trim_start_matches('+'))
        }
        Value::Null | Value::Bool(_) => false,
    };
    *changed |= holds;
    holds
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Concern, without};

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

    fn left(concern: Concern<'_>, names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        String::from_utf8(without(body().to_string().as_bytes(), concern, &names).unwrap()).unwrap()
    }

    #[test]
    fn only_the_items_of_that_customer_go() {
        let rest = left(Concern::Own(None), &["491511", "US.1"]);
        assert!(!rest.contains("491511") && !rest.contains("m1") && !rest.contains("m3") && !rest.contains("m5"));
        assert!(rest.contains("m2") && rest.contains("m4") && rest.contains("491512"));
        assert!(!rest.contains("user_preferences"));
    }

    #[test]
    fn what_another_number_got_stays() {
        let rest = left(Concern::Own(Some("316")), &["491511"]);
        assert!(rest.contains("m5") && !rest.contains("m1") && !rest.contains("user_preferences"));
        // What has no number may be another workspace's.
        let rest = left(Concern::Shared("317"), &["491511"]);
        assert!(rest.contains("m1") && !rest.contains("m5") && rest.contains("user_preferences"));
    }

    #[test]
    fn what_is_spoiled_takes_nobody_along() {
        let names = ["491511".to_owned()];
        let spoiled = body().to_string().replacen("\"m2\"", "\"m2\\ud83d\"", 1);
        let rest = without(spoiled.as_bytes(), Concern::Own(None), &names).unwrap();
        let rest = String::from_utf8(rest).unwrap();
        assert!(!rest.contains("491511") && rest.contains("m2\u{fffd}") && rest.contains("m4"), "{rest}");
        // Broken off in the middle: what stands whole stays.
        let half = body().to_string();
        let half = &half[..half.find("statuses").unwrap()];
        let rest = without(half.as_bytes(), Concern::Own(None), &names).unwrap();
        let rest = String::from_utf8(rest).unwrap();
        assert!(!rest.contains("491511"), "{rest}");
    }

    #[test]
    fn nothing_else_is_touched() {
        // The same bytes, not only the same meaning.
        let odd = b"{ \"entry\": [ {\"changes\": [ {\"value\": {\"text\": \"call 491511\"}} ]} ] }";
        assert_eq!(without(odd, Concern::Own(None), &["491511".to_owned()]).as_deref(), Some(&odd[..]));
        assert_eq!(without(b"491511", Concern::Own(None), &["491511".to_owned()]), None);
        assert_eq!(without(b"{", Concern::Own(None), &[]), None);
    }
}
