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

/// Changes what is given of the workspace: its name, and whether everybody in it has to sign in with a second factor. Who demands
/// it has one themselves; whoever has none may do nothing here until they have set one up.
#[server(prefix = "/api/v1", endpoint = "workspaces/update", protocol = Wire)]
pub async fn update_workspace(
    #[server(default)] name: Option<String>,
    #[server(default)] second_factor_needed: Option<bool>,
) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::in_person, service},
    };
    let (state, actor) = in_person()?;
    actor.require(Permission::ManageWorkspace)?;
    Ok(service::account::update_workspace(&state, &actor, name.as_deref(), second_factor_needed).await?)
}
