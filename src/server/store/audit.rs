//! The audit log. Entries are added with the transaction that they tell of, and neither changed nor deleted.

use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use super::{Conn, StoreResult, event::Told, many::portions, on};
use crate::{
    domain::{
        Millis,
        audit::{AuditAction, AuditNote, AuditSubject},
        ids::{TokenId, UserId, WorkspaceId},
        principal::PrincipalKind,
    },
    server::base::clock::mint_id,
};

/// Stores what the audit log is told by what was told; nothing is asked of the database where that is nothing.
pub(super) async fn store(conn: &mut Conn, told: &[Told]) -> StoreResult<()> {
    let notes: Vec<(&Told, AuditNote)> = told.iter().filter_map(|t| Some((t, t.event.audit()?))).collect();
    for portion in portions(&notes) {
        on!(&mut *conn, c => {
            let mut sql = QueryBuilder::new(
                "insert into audit_entries (workspace_id, id, at, actor, user_id, token_id, action, subject, subject_id, detail) ",
            );
            sql.push_values(portion, |mut row, (told, note)| {
                // A map of texts is always JSON.
                let detail = serde_json::to_string(&note.detail).unwrap_or_default();
                row.push_bind(told.workspace_id).push_bind(mint_id::<Uuid>()).push_bind(told.at)
                    .push_bind(told.by.kind().as_str()).push_bind(told.by.user_id()).push_bind(told.by.token_id())
                    .push_bind(note.action.as_str()).push_bind(note.subject.as_str()).push_bind(note.subject_id)
                    .push_bind(detail);
            });
            sql.build().execute(c).await.map(drop)
        })?;
    }
    Ok(())
}

#[derive(Clone, Debug, FromRow)]
pub struct AuditRow {
    pub id: Uuid,
    pub at: Millis,
    #[sqlx(try_from = "String")]
    pub actor: PrincipalKind,
    pub user_id: Option<UserId>,
    pub user_name: Option<String>,
    pub token_id: Option<TokenId>,
    #[sqlx(try_from = "String")]
    pub action: AuditAction,
    #[sqlx(try_from = "String")]
    pub subject: AuditSubject,
    pub subject_id: Uuid,
    /// What it is called, while it is there.
    pub subject_name: Option<String>,
    pub detail: String,
}

/// Which entries are wanted.
#[derive(Clone, Copy, Debug)]
pub struct AuditFilter {
    /// What this person did.
    pub user_id: Option<UserId>,
    pub action: Option<AuditAction>,
    /// From then on.
    pub since: Option<Millis>,
    /// Older than this one: a time, and the id of an entry.
    pub before: (Millis, Uuid),
    pub limit: i64,
}

/// Entries of a workspace, newest first.
pub async fn list(conn: &mut Conn, workspace_id: WorkspaceId, f: AuditFilter) -> StoreResult<Vec<AuditRow>> {
    Ok(on!(conn, c => {
        // Only the conditions that are asked for, so that each kind of question has its index.
        let mut sql = QueryBuilder::new(
            "select a.id, a.at, a.actor, a.user_id, u.name as user_name, a.token_id, a.action, a.subject, a.subject_id, a.detail,
             coalesce(s.name, b.name, i.name) as subject_name
             from audit_entries a left join users u on u.id = a.user_id
             left join users s on a.subject = 'person' and s.id = a.subject_id
             left join chatbots b on a.subject = 'chatbot' and b.workspace_id = a.workspace_id and b.id = a.subject_id
             left join integrations i on a.subject = 'integration' and i.workspace_id = a.workspace_id and i.id = a.subject_id
             where a.workspace_id = ",
        );
        sql.push_bind(workspace_id).push(" and (a.at, a.id) < (").push_bind(f.before.0).push(", ").push_bind(f.before.1)
            .push(")");
        if let Some(user_id) = f.user_id {
            sql.push(" and a.user_id = ").push_bind(user_id);
        }
        if let Some(action) = f.action {
            sql.push(" and a.action = ").push_bind(action.as_str());
        }
        if let Some(since) = f.since {
            sql.push(" and a.at >= ").push_bind(since);
        }
        sql.push(" order by a.at desc, a.id desc limit ").push_bind(f.limit);
        sql.build_query_as().fetch_all(c).await
    })?)
}
