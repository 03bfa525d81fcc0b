//! The fields that a workspace makes for its contacts.

use std::collections::HashSet;

use crate::{
    domain::{
        chatbot::NAME_MAX,
        contact::record::{
            CHOICES_MAX, COLUMNS, ContactField, FIELDS_MAX, FieldKind, NewContactField, VALUE_MAX, key_of,
        },
        event::DomainEvent,
        ids::ContactFieldId,
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        service::{Services, actor::Actor, validate},
        store::contact::field,
        writer::Priority,
    },
};

/// Values that go in one transaction.
const CHUNK: i64 = 500;
/// What files have columns for already.
const TAKEN: [&str; 10] = COLUMNS;

fn missing() -> ApiError {
    ApiError::not_found("The field")
}

pub async fn list_fields(state: &Services, actor: &Actor) -> Result<Vec<ContactField>> {
    Ok(field::list(&mut state.store.read().await?, actor.workspace_id).await?)
}

/// Makes a field, or changes the label and the choices of one. Its key and kind stay as they are.
///
/// # Errors
/// `invalid` for what is no label, key or list of choices; `conflict` when there are too many fields.
pub async fn save_field(state: &Services, actor: &Actor, new: NewContactField) -> Result<ContactField> {
    let label = validate::required("label", &new.label, NAME_MAX)?;
    let known = list_fields(state, actor).await?;
    let saved = match new.id {
        Some(id) => {
            let before = known.iter().find(|field| field.id == id).ok_or_else(missing)?.clone();
            ContactField { label, choices: choices(before.kind, &new.choices)?, ..before }
        }
        None => {
            if known.len() >= FIELDS_MAX {
                return Err(ApiError::conflict(format!("There are {FIELDS_MAX} fields already."))
                    .action("Remove one that nobody uses any more.")
                    .into());
            }
            let kind = new.kind.unwrap_or(FieldKind::Text);
            if kind == FieldKind::Newer {
                return Err(ApiError::invalid("kind", "The kind is text, number, date or choice.").into());
            }
            let key = key(&known, new.key.as_deref(), &label)?;
            ContactField { id: mint_id(), key, label, kind, choices: choices(kind, &new.choices)? }
        }
    };
    let input = (actor.workspace_id, saved.clone(), state.now());
    state
        .transact(actor, saved.id, input, |conn, (ws, saved, now)| {
            let changed = DomainEvent::ContactFieldChanged { id: saved.id, label: saved.label.clone(), removed: false };
            conn.tell(*ws, changed, *now);
            Box::pin(field::save(conn, *ws, saved, *now))
        })
        .await?;
    Ok(saved)
}

/// The key of a new field: the one that was asked for, or one of the label's that is free.
fn key(known: &[ContactField], asked: Option<&str>, label: &str) -> Result<String> {
    let taken = |key: &str| TAKEN.contains(&key) || known.iter().any(|field| field.key == key);
    if let Some(asked) = asked.map(str::trim).filter(|asked| !asked.is_empty()) {
        if key_of(asked) != asked {
            return Err(ApiError::invalid("key", "A key has lower case letters, digits and underscores.")
                .action("Write it like customer_number.")
                .into());
        }
        if taken(asked) {
            return Err(ApiError::invalid("key", "This key is taken.").action("Choose another.").into());
        }
        return Ok(asked.to_owned());
    }
    let made = Some(key_of(label)).filter(|key| !key.is_empty()).unwrap_or_else(|| "field".to_owned());
    let numbered = (2..).map(|number| format!("{made}_{number}"));
    // There are fewer fields than numbers.
    Ok(std::iter::once(made.clone()).chain(numbered).find(|key| !taken(key)).unwrap_or(made))
}

/// Choices without empty ones and repetitions. Only a choice has some.
fn choices(kind: FieldKind, typed: &[String]) -> Result<Vec<String>> {
    if kind != FieldKind::Choice {
        return Ok(Vec::new());
    }
    let mut seen = HashSet::new();
    let mut kept = Vec::new();
    for choice in typed {
        let choice = validate::text("choices", choice, VALUE_MAX)?;
        if !choice.is_empty() && seen.insert(choice.clone()) {
            kept.push(choice);
        }
    }
    if kept.is_empty() || kept.len() > CHOICES_MAX {
        return Err(ApiError::invalid("choices", format!("A choice has from 1 to {CHOICES_MAX} values."))
            .action("Write each on a line of its own.")
            .into());
    }
    Ok(kept)
}

/// Removes a field with all its values: these first, in portions that hold up nobody.
pub async fn delete_field(state: &Services, actor: &Actor, id: ContactFieldId) -> Result<()> {
    let ws = actor.workspace_id;
    let label = list_fields(state, actor).await?.into_iter().find(|field| field.id == id).ok_or_else(missing)?.label;
    loop {
        let deleted = state
            .writer
            .write(Priority::Bulk, id, (ws, id), |conn, (ws, id)| Box::pin(field::delete_values(conn, *ws, *id, CHUNK)))
            .await?;
        if deleted == 0 || state.life.shutdown.is_cancelled() {
            break;
        }
    }
    let deleted = state
        .transact(actor, id, (ws, id, label, state.now()), |conn, (ws, id, label, now)| {
            let gone = DomainEvent::ContactFieldChanged { id: *id, label: label.clone(), removed: true };
            conn.tell(*ws, gone, *now);
            Box::pin(field::delete(conn, *ws, *id))
        })
        .await?;
    if deleted { Ok(()) } else { Err(missing().into()) }
}
