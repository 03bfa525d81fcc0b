//! The audit log as a file.

use uuid::Uuid;

use super::Wanted;
use crate::{
    domain::{Millis, event::DomainEvent, ids::WorkspaceId, sheet::line},
    server::{
        error::Result,
        service::{
            Services,
            actor::Actor,
            download::{Download, put_on_record},
        },
        store::audit::{self, AuditRow},
    },
};

/// Entries that are read at once.
const PORTION: i64 = 500;

const COLUMNS: [&str; 11] = [
    "id",
    "at",
    "actor",
    "user_id",
    "user_name",
    "token_id",
    "action",
    "subject",
    "subject_id",
    "subject_name",
    "detail",
];

/// An export that has begun.
pub struct Export {
    workspace_id: WorkspaceId,
    wanted: Wanted,
    before: (Millis, Uuid),
}

/// Begins an export of what is wanted, newest first. The entry that tells of it is in it, where it is wanted.
///
/// # Errors
/// `invalid` for an action that there is not.
pub async fn export(state: &Services, actor: &Actor, wanted: Wanted) -> Result<Export> {
    wanted.check()?;
    let workspace_id = actor.workspace_id;
    put_on_record(state, actor, DomainEvent::AuditLogExported { workspace_id }).await?;
    Ok(Export { workspace_id, wanted, before: wanted.beginning() })
}

impl Download for Export {
    fn head(&self) -> String {
        line(COLUMNS)
    }

    async fn next(&mut self, state: &Services) -> Result<Option<String>> {
        let mut text = String::new();
        let filter = self.wanted.filter(self.before, PORTION);
        let rows = audit::list(&mut state.store.read().await?, self.workspace_id, filter).await?;
        for row in &rows {
            self.before = (row.at, row.id);
            text.push_str(&written(row));
        }
        Ok((!text.is_empty()).then_some(text))
    }
}

fn written(row: &AuditRow) -> String {
    let id = |id: Option<String>| id.unwrap_or_default();
    let cells: [String; COLUMNS.len()] = [
        row.id.to_string(),
        row.at.to_string(),
        row.actor.as_str().to_owned(),
        id(row.user_id.map(|id| id.to_string())),
        id(row.user_name.clone()),
        id(row.token_id.map(|id| id.to_string())),
        row.action.as_str().to_owned(),
        row.subject.as_str().to_owned(),
        row.subject_id.to_string(),
        id(row.subject_name.clone()),
        row.detail.clone(),
    ];
    line(cells.iter().map(String::as_str))
}
