//! The audit log, for those who may read it. It is written by nobody here: the events of a unit of work are what it holds.

mod export;

use uuid::Uuid;

pub use self::export::{Export, export};
use super::{Services, actor::Actor};
use crate::{
    domain::{
        Millis,
        audit::{AuditAction, AuditEntry, AuditPage},
        conversation::parse_place,
        ids::UserId,
    },
    error::ApiError,
    server::{
        error::Result,
        store::audit::{self, AuditFilter, AuditRow},
    },
};

const PAGE: usize = 50;

/// Which entries are wanted; all of them where nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// What this person did.
    pub person: Option<UserId>,
    pub action: Option<AuditAction>,
    /// From then on.
    pub since: Option<Millis>,
    /// Before then.
    pub until: Option<Millis>,
}

/// A page of the audit log, newest first.
///
/// # Errors
/// `invalid` for an action or a place that there is not.
pub async fn list(state: &Services, actor: &Actor, wanted: Wanted, before: Option<&str>) -> Result<AuditPage> {
    wanted.check()?;
    let from = match before {
        None => wanted.beginning(),
        Some(text) => {
            parse_place(text).ok_or_else(|| ApiError::invalid("before", "This is not a `next` of a page."))?
        }
    };
    let filter = wanted.filter(from, i64::try_from(PAGE).unwrap_or(i64::MAX) + 1);
    let mut rows = audit::list(&mut state.store.read().await?, actor.workspace_id, filter).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.at, row.id));
    Ok(AuditPage { rows: rows.into_iter().map(view).collect(), next })
}

impl Wanted {
    fn check(self) -> Result<()> {
        if self.action == Some(AuditAction::Newer) {
            return Err(ApiError::invalid("action", "This is no action of the audit log.").into());
        }
        Ok(())
    }

    /// The place before the newest one.
    fn beginning(self) -> (Millis, Uuid) {
        (self.until.unwrap_or(Millis::MAX), Uuid::nil())
    }

    const fn filter(self, before: (Millis, Uuid), limit: i64) -> AuditFilter {
        AuditFilter { user_id: self.person, action: self.action, since: self.since, before, limit }
    }
}

fn view(row: AuditRow) -> AuditEntry {
    AuditEntry {
        id: row.id,
        at: row.at,
        actor: row.actor,
        user_id: row.user_id,
        user_name: row.user_name,
        token_id: row.token_id,
        action: row.action,
        subject: row.subject,
        subject_id: row.subject_id,
        subject_name: row.subject_name,
        // What a newer version wrote may be of another kind.
        detail: serde_json::from_str(&row.detail).unwrap_or_default(),
    }
}
