//! `setup/…`: the first account. The only operations that ask nobody who they are.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{domain::session::SetupStatus, error::ApiError};

/// Whether the first account can still be made.
#[server(prefix = "/api/v1", endpoint = "setup/status", protocol = Wire)]
pub async fn get_setup_status() -> Result<SetupStatus, ApiError> {
    use crate::server::{auth::anyone, service};
    let state = anyone()?;
    Ok(service::setup::status(&state).await?)
}

/// Makes the workspace and its owner, once, and signs the owner in.
#[server(prefix = "/api/v1", endpoint = "setup/create", protocol = Wire)]
pub async fn create_owner(
    workspace: String,
    name: String,
    email: String,
    password: String,
    #[server(default)] code: Option<String>,
) -> Result<(), ApiError> {
    use crate::server::{auth, service};
    let state = auth::anyone()?;
    let code = service::setup::Code { given: code, from: auth::client_of_current_request(&state) };
    let user_id = service::setup::create(&state, &workspace, &name, &email, &password, &code).await?;
    auth::sign_in_current_request(user_id).await
}
