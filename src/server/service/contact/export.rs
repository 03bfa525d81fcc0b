//! Contacts as a file: line by line, so that any number of them takes no more memory than one portion.

use std::collections::HashMap;

use crate::{
    domain::{
        Millis,
        contact::{
            IdentityKind,
            record::{COLUMNS, ContactField},
        },
        event::DomainEvent,
        ids::{ContactId, WorkspaceId},
        sheet::line,
    },
    server::{
        error::Result,
        service::{
            Services,
            actor::Actor,
            download::{Download, put_on_record},
        },
        store::contact::{
            field,
            record::{self, RecordRow},
        },
    },
};

/// Contacts that are read at once.
const PORTION: i64 = 500;

/// An export that has begun: it is on record.
pub struct Export {
    workspace_id: WorkspaceId,
    fields: Vec<ContactField>,
    before: ContactId,
}

/// Begins an export of all contacts, newest first.
///
/// # Errors
/// When the database is unavailable.
pub async fn export(state: &Services, actor: &Actor) -> Result<Export> {
    let workspace_id = actor.workspace_id;
    let fields = field::list(&mut state.store.read().await?, workspace_id).await?;
    put_on_record(state, actor, DomainEvent::ContactsExported { workspace_id }).await?;
    Ok(Export { workspace_id, fields, before: ContactId::max() })
}

impl Download for Export {
    fn head(&self) -> String {
        line(COLUMNS.into_iter().chain(self.fields.iter().map(|field| field.key.as_str())))
    }

    async fn next(&mut self, state: &Services) -> Result<Option<String>> {
        let mut text = String::new();
        let ws = self.workspace_id;
        let mut conn = state.store.read().await?;
        let rows = record::list(&mut conn, ws, None, self.before, PORTION).await?;
        let ids: Vec<ContactId> = rows.iter().map(|row| row.id).collect();
        let mut values: HashMap<ContactId, HashMap<String, String>> = HashMap::new();
        for (id, key, value) in record::list_values_of(&mut conn, ws, &ids).await? {
            values.entry(id).or_default().insert(key, value);
        }
        let mut numbers: HashMap<ContactId, String> = HashMap::new();
        for (id, kind, value) in record::list_identities_of(&mut conn, ws, &ids).await? {
            if kind == IdentityKind::WaId.as_str() {
                numbers.entry(id).or_insert(value);
            }
        }
        drop(conn);
        for row in &rows {
            self.before = row.id;
            text.push_str(&self.line(row, numbers.get(&row.id), values.get(&row.id)));
        }
        Ok((!text.is_empty()).then_some(text))
    }
}

impl Export {
    fn line(&self, row: &RecordRow, number: Option<&String>, values: Option<&HashMap<String, String>>) -> String {
        let phone = row.phone.as_ref().or(number);
        let time = |at: Option<Millis>| at.map(|at| at.to_string()).unwrap_or_default();
        let known: [String; COLUMNS.len()] = [
            row.id.to_string(),
            row.name.clone().unwrap_or_default(),
            row.username.clone().unwrap_or_default(),
            phone.cloned().unwrap_or_default(),
            row.consent.as_str().to_owned(),
            time(row.consent_at),
            row.consent_source.clone(),
            row.consent_proof.clone(),
            if row.blocked_at.is_some() { "yes" } else { "no" }.to_owned(),
            time(Some(row.created_at)),
        ];
        let custom =
            self.fields.iter().map(|field| values.and_then(|values| values.get(&field.key)).map_or("", String::as_str));
        line(known.iter().map(String::as_str).chain(custom))
    }
}
