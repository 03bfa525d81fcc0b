//! `workspaces/…`: where the caller belongs, and going from one to another.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{ids::WorkspaceId, session::Workspace},
    error::ApiError,
};

/// The workspaces that the caller belongs to.
#[server(prefix = "/api/v1", endpoint = "workspaces/list", protocol = Wire)]
pub async fn list_workspaces() -> Result<Vec<Workspace>, ApiError> {
    use crate::server::{auth::authenticated, service};
    let (state, actor) = authenticated()?;
    Ok(service::account::list_workspaces(&state, &actor).await?)
}

/// Goes on in another workspace, with this session. API tokens stay in theirs.
#[server(prefix = "/api/v1", endpoint = "workspaces/enter", protocol = Wire)]
pub async fn enter_workspace(id: WorkspaceId) -> Result<(), ApiError> {
    use crate::server::{
        auth::{self, authenticated},
        service,
    };
    let (state, actor) = authenticated()?;
    service::account::require_membership(&state, &actor, id).await?;
    auth::enter_workspace(id).await
}
