//! What people note of a contact: a name, values of fields, what they agreed to, and that they are blocked.

use super::{Full, get, missing, read};
use crate::{
    domain::{
        Millis,
        chatbot::NAME_MAX,
        contact::{
            holds_number,
            record::{Consent, Contact, CustomValue, VALUE_MAX},
        },
        event::DomainEvent,
        ids::{ContactFieldId, ContactId, WorkspaceId},
    },
    error::ApiError,
    server::{
        error::Result,
        service::{Services, actor::Actor, validate},
        store::{
            Conn, StoreResult,
            contact::{
                field,
                record::{self, NewConsent},
            },
            conversation, queue,
        },
    },
};

/// What a change writes.
#[derive(Clone)]
struct Change {
    ws: WorkspaceId,
    id: ContactId,
    /// The name that people give, or none to go by the channel's again.
    name: Option<Option<String>>,
    values: Vec<(ContactFieldId, String)>,
    now: Millis,
}

/// Changes name and custom fields; what is not given stays, and so does a name that is given as it was shown.
///
/// # Errors
/// `invalid` for a field that there is not, a value that is not of its kind, and a name that holds a phone number: names are shown
/// with the customer's digits hidden, so whoever may give a name with digits could find out by it which are the customer's.
pub async fn update(
    state: &Services,
    actor: &Actor,
    id: ContactId,
    name: Option<String>,
    custom: Vec<CustomValue>,
) -> Result<Contact> {
    let ws = actor.workspace_id;
    let mut keys: Vec<&str> = custom.iter().map(|value| value.key.as_str()).collect();
    keys.sort_unstable();
    if keys.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
        return Err(ApiError::invalid("custom", "A field is given twice.").action("Give each field once.").into());
    }
    let mut conn = state.store.read().await?;
    let known = read(&mut conn, ws, id).await?.ok_or_else(missing)?;
    let stored = record::list_values(&mut conn, ws, id).await?;
    let fields = field::list(&mut conn, ws).await?;
    drop(conn);
    let mut values = Vec::new();
    for CustomValue { key, value } in custom {
        let field = fields.iter().find(|field| field.key == key).ok_or_else(|| {
            ApiError::invalid("custom", format!("There is no field “{key}”.")).action("Reload the page and try again.")
        })?;
        let before = stored.iter().find(|(stored, _)| *stored == key).map_or("", |(_, value)| value.as_str());
        if value.trim() == before {
            continue;
        }
        let value = field.parse(&value.replace('\0', "")).ok_or_else(|| {
            let label = &field.label;
            ApiError::invalid("custom", format!("“{label}” does not take this value."))
                .action("A number has digits only, a day is written like 2026-11-29, and a choice is one of its list.")
        })?;
        values.push((field.id, value));
    }
    let change = Change { ws, id, name: new_name(&known, name)?, values, now: state.now() };
    if change.name.is_none() && change.values.is_empty() {
        // Nothing that anybody would have to answer for.
        return get(state, actor, id).await;
    }
    let found = state.transact(actor, id, change, |conn, change| Box::pin(write(conn, change))).await?;
    if !found {
        return Err(missing().into());
    }
    get(state, actor, id).await
}

/// The name to be written; none when it stays.
fn new_name(known: &Full, typed: Option<String>) -> Result<Option<Option<String>>> {
    let Some(typed) = typed else { return Ok(None) };
    let name = validate::text("name", &typed, NAME_MAX)?;
    let as_stored = known.row.name.as_deref() == Some(name.as_str()) && known.row.named;
    if as_stored || name == known.shown() {
        return Ok(None);
    }
    if name.contains('•') || holds_number(&name) {
        return Err(ApiError::invalid("name", "A name holds no phone number.")
            .action(
                "Write the name without it: the contact's numbers stand on its page, hidden from who may not see them.",
            )
            .into());
    }
    if name.is_empty() {
        return Ok(known.row.named.then_some(None));
    }
    Ok(Some(Some(validate::required("name", &name, NAME_MAX)?)))
}

async fn write(conn: &mut Conn, c: &Change) -> StoreResult<bool> {
    if record::find(conn, c.ws, c.id).await?.is_none() {
        return Ok(false);
    }
    let mut fields = Vec::new();
    if let Some(name) = &c.name {
        record::rename(conn, c.ws, c.id, name.as_deref(), c.now).await?;
        fields.push("name");
        // It stands above their conversations, too.
        for (id, ..) in conversation::list_of_contact(conn, c.ws, c.id).await? {
            conn.tell(c.ws, DomainEvent::ConversationChanged { id }, c.now);
        }
    }
    for (field_id, value) in &c.values {
        record::set_value(conn, c.ws, (c.id, *field_id), value).await?;
    }
    if !c.values.is_empty() {
        fields.push("custom");
    }
    conn.tell(c.ws, DomainEvent::ContactChanged { id: c.id, fields }, c.now);
    Ok(true)
}

/// Notes what a customer agreed to, from now on; the time stays where only its source or proof is put right.
///
/// # Errors
/// `invalid` without a source: a consent that nobody can trace is none.
pub async fn set_consent(
    state: &Services,
    actor: &Actor,
    id: ContactId,
    consent: Consent,
    (source, proof): (&str, &str),
) -> Result<Contact> {
    let source = validate::text("source", source, VALUE_MAX)?;
    let proof = validate::text("proof", proof, VALUE_MAX)?;
    match consent {
        Consent::OptedIn => drop(validate::required("source", &source, VALUE_MAX)?),
        Consent::Unknown | Consent::OptedOut => {}
        Consent::Newer => {
            return Err(ApiError::invalid("consent", "The consent is unknown, opted_in or opted_out.").into());
        }
    }
    let new = NewConsent { consent, source, proof };
    let found = state
        .transact(actor, id, (actor.workspace_id, id, new, state.now()), |conn, (ws, id, new, now)| {
            Box::pin(async move {
                if !record::set_consent(conn, *ws, *id, new, *now).await? {
                    return Ok(false);
                }
                conn.tell(*ws, DomainEvent::ContactChanged { id: *id, fields: vec![new.consent.as_str()] }, *now);
                Ok(true)
            })
        })
        .await?;
    if !found {
        return Err(missing().into());
    }
    get(state, actor, id).await
}

/// Blocks a contact or lets them in again. What a blocked one writes is kept and can be read; the bot does not answer it, it counts
/// as unread nowhere, and nobody is told that they wait. What was under way for them ends.
pub async fn set_blocked(state: &Services, actor: &Actor, id: ContactId, blocked: bool) -> Result<Contact> {
    let input = (actor.workspace_id, id, blocked, state.now());
    state
        .transact(actor, id, input, |conn, (ws, id, blocked, now)| Box::pin(block(conn, (*ws, *id), *blocked, *now)))
        .await?;
    get(state, actor, id).await
}

async fn block(conn: &mut Conn, (ws, id): (WorkspaceId, ContactId), blocked: bool, now: Millis) -> StoreResult<()> {
    if !record::set_blocked(conn, ws, id, blocked, now).await? {
        return Ok(());
    }
    for (conversation_id, ..) in conversation::list_of_contact(conn, ws, id).await? {
        if blocked {
            record::hush(conn, ws, conversation_id).await?;
            queue::cancel_bot(conn, ws, conversation_id, now).await?;
        }
        conn.tell(ws, DomainEvent::ConversationChanged { id: conversation_id }, now);
    }
    conn.tell(ws, DomainEvent::ContactBlocked { id, blocked }, now);
    Ok(())
}
