//! `audit/…`: who did what that people may have to answer for.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        Millis,
        audit::{AuditAction, AuditPage},
        ids::UserId,
    },
    error::ApiError,
};

/// The audit log, newest first: all of it, or what one person did, one kind of action, from a time on (`since`) or before one
/// (`until`). `before` is the `next` of the page before.
#[server(prefix = "/api/v1", endpoint = "audit/list", protocol = Wire)]
pub async fn list_audit_entries(
    #[server(default)] person: Option<UserId>,
    #[server(default)] action: Option<AuditAction>,
    #[server(default)] since: Option<Millis>,
    #[server(default)] until: Option<Millis>,
    #[server(default)] before: Option<String>,
) -> Result<AuditPage, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{
            auth::authorise,
            service::{self, audit::Wanted},
        },
    };
    let (state, actor) = authorise(Permission::ReadAuditLog)?;
    let wanted = Wanted { person, action, since, until };
    Ok(service::audit::list(&state, &actor, wanted, before.as_deref()).await?)
}
