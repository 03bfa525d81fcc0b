//! Copies of what an erased customer wrote, in webhooks as they came and in dead letters. A webhook may hold what others
//! wrote, too, and be the only way back to it: so it is taken apart, and only the items of that customer go.

use serde_json::Value;
use uuid::Uuid;

use super::erase_up_to;
use crate::{
    domain::{Millis, event::DomainEvent},
    server::{
        channel::whatsapp::{
            json::{self, Reading},
            wire::{text, text_of},
        },
        error::Result,
        service::Services,
        store::{
            Conn, StoreResult, contact, conversation,
            erasure::{self, CopyRow, Erasure, NAMES, Reach},
            message, queue,
        },
        writer::Priority,
    },
};

/// Webhooks gone through with one look.
const PAGE: i64 = 500;

/// Goes through all that came in for the workspace: an app's callback may have been that of another integration. Whether that
/// was the end of it: what had come in before the order and is not worked off yet will be stored, and has to go then.
pub(super) async fn erase(state: &Services, job: &Erasure) -> Result<bool> {
    let is_last = !erasure::is_awaited(&mut state.store.read().await?, job.workspace_id, job.upto).await?;
    let names: Vec<String> = serde_json::from_str(&job.names).unwrap_or_default();
    let places = erasure::places(&mut state.store.read().await?, job.workspace_id).await?;
    let only = places.iter().find(|(id, _)| *id == job.subject_id).map(|(_, number)| number.clone());
    for place in &places {
        let (id, number) = place;
        go_through(state, job, place, Concern::Own(only.as_deref()), &names).await?;
        if only.as_ref().is_none_or(|only| only == number) {
            go_through(state, job, place, Concern::Shared(number), &names).await?;
            let input = (job.workspace_id, *id, job.upto, names.clone(), state.now());
            state.writer.write(Priority::Bulk, *id, input, |conn, input| Box::pin(forget_letters(conn, input))).await?;
        }
    }
    Ok(is_last)
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
    conn.tell(*ws, DomainEvent::IntegrationChanged { id: *id }, *now);
    Ok(())
}

/// An integration and its number.
type Place = (Uuid, String);

async fn go_through(
    state: &Services,
    job: &Erasure,
    place: &Place,
    concern: Concern<'_>,
    names: &[String],
) -> Result<()> {
    let (shared, id) = (concern.is_shared(), place.0);
    let mut reach = Reach { after: Uuid::nil(), upto: job.upto, page: PAGE };
    loop {
        let end = erasure::page_end(&mut state.store.read().await?, job.workspace_id, id, shared, reach).await?;
        let Some(last) = end else { return Ok(()) };
        for some in names.chunks(NAMES) {
            let asked = std::array::from_fn(|n| some.get(n).or(some.first()).cloned().unwrap_or_default());
            let mut within = reach;
            loop {
                let mut conn = state.store.read().await?;
                let found = erasure::copies(&mut conn, job.workspace_id, id, shared, (within, last), &asked).await?;
                // Not held while others of them are asked for.
                drop(conn);
                let Some(newest) = found.last().map(|copy| copy.id) else { break };
                within.after = newest;
                for copy in found {
                    put_back(state, job, place, copy, concern, names).await?;
                }
            }
        }
        reach.after = last;
        if state.life.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// Writes a webhook back without the items of the customer, and erases what has been stored of them since the order.
async fn put_back(
    state: &Services,
    job: &Erasure,
    (lane, number): &Place,
    copy: CopyRow,
    concern: Concern<'_>,
    names: &[String],
) -> Result<()> {
    let mut gone = Vec::new();
    let rest = without(&copy.body, concern, names, &mut gone);
    if rest.as_ref().is_some_and(|rest| *rest == copy.body) {
        return Ok(());
    }
    for (of, external_id) in gone {
        forget_stored(state, job, (of.as_deref().unwrap_or(number), &external_id), names).await?;
    }
    state
        .writer
        .write(Priority::Bulk, *lane, (copy.id, rest), |conn, (id, rest)| {
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

/// Erases a conversation up to a message that had come in before the order and was stored after it; all of it, unless the
/// customer has written since.
async fn forget_stored(
    state: &Services,
    job: &Erasure,
    (number, external_id): (&str, &str),
    names: &[String],
) -> Result<()> {
    let ws = job.workspace_id;
    let mut conn = state.store.read().await?;
    let found = message::place_of_external(&mut conn, ws, number, external_id).await?;
    let Some((id, seq, contact_id)) = found else { return Ok(()) };
    // An item may name the customer and be another one's.
    let identities = contact::list_identities(&mut conn, ws, contact_id).await?;
    drop(conn);
    if !identities.iter().any(|(.., value)| names.contains(value)) {
        return Ok(());
    }
    let input = (ws, id, seq, state.now());
    let upto =
        state.writer.write(Priority::Bulk, id, input, |conn, input| Box::pin(end_of_stored(conn, *input))).await?;
    erase_up_to(state, &Erasure { subject_id: id, ..job.clone() }, Some(upto), Priority::Bulk).await
}

async fn end_of_stored(conn: &mut Conn, (ws, id, seq, now): (Uuid, Uuid, i64, Millis)) -> StoreResult<i64> {
    if message::has_inbound_after(conn, ws, id, seq).await? {
        return Ok(seq);
    }
    queue::cancel_conversation(conn, ws, id, now).await?;
    Ok(conversation::void_answer(conn, ws, id).await?.unwrap_or(seq))
}

/// An item by the number that its change names and its own id.
type Gone = (Option<String>, String);

/// A webhook's body without the items that are meant and hold a name; none when it is no webhook at all. Notes what is gone.
fn without(body: &[u8], concern: Concern<'_>, names: &[String], gone: &mut Vec<Gone>) -> Option<Vec<u8>> {
    // As forgiving as ingest: what was spoiled in one item must not take the others along.
    let Reading { value: mut json, broken } = json::read(body);
    // What could not be read at all may hold a name: it does not stay.
    let mut changed = broken.is_some();
    let entries = json.get_mut("entry").and_then(Value::as_array_mut);
    for changes in entries?.iter_mut().filter_map(|entry| entry.get_mut("changes")?.as_array_mut()) {
        changes.retain_mut(|change| {
            let number = change.pointer("/value/metadata/phone_number_id").and_then(text);
            let mut ids = Vec::new();
            let goes = concern.covers(number.as_deref()) && purge(change, names, &mut ids);
            changed |= goes || !ids.is_empty();
            gone.extend(ids.into_iter().flatten().map(|id| (number.clone(), id)));
            !goes
        });
    }
    if changed { serde_json::to_vec(&json).ok() } else { Some(body.to_vec()) }
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
        String::from_utf8(without(body().to_string().as_bytes(), concern, &names, &mut Vec::new()).unwrap()).unwrap()
    }

    #[test]
    fn what_is_gone_is_told_with_its_number() {
        let mut gone = Vec::new();
        without(body().to_string().as_bytes(), Concern::Own(None), &["491511".to_owned()], &mut gone);
        let told: Vec<_> = gone.iter().map(|(number, id)| (number.as_deref(), id.as_str())).collect();
        assert_eq!(told, [(Some("316"), "m1"), (Some("316"), "m3"), (Some("317"), "m5")]);
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
        let rest = without(spoiled.as_bytes(), Concern::Own(None), &names, &mut Vec::new()).unwrap();
        let rest = String::from_utf8(rest).unwrap();
        assert!(!rest.contains("491511") && rest.contains("m2\u{fffd}") && rest.contains("m4"), "{rest}");
        // Broken off in the middle: what stands whole stays.
        let half = body().to_string();
        let half = &half[..half.find("statuses").unwrap()];
        let rest = without(half.as_bytes(), Concern::Own(None), &names, &mut Vec::new()).unwrap();
        let rest = String::from_utf8(rest).unwrap();
        assert!(!rest.contains("491511"), "{rest}");
    }

    #[test]
    fn nothing_else_is_touched() {
        // The same bytes, not only the same meaning.
        let odd = b"{ \"entry\": [ {\"changes\": [ {\"value\": {\"text\": \"call 491511\"}} ]} ] }";
        let without = |body: &[u8]| without(body, Concern::Own(None), &["491511".to_owned()], &mut Vec::new());
        assert_eq!(without(odd).as_deref(), Some(&odd[..]));
        assert_eq!((without(b"491511"), without(b"{")), (None, None));
    }
}
