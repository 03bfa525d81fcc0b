//! `session/…`: who is signed in. Signing in and out are plain forms (`POST /sign-in`, `POST /sign-out`).

use leptos::prelude::*;

use super::wire::Wire;
use crate::{domain::session::Session, error::ApiError};

/// The signed-in person and their workspace.
#[server(prefix = "/api/v1", endpoint = "session/current", protocol = Wire)]
pub async fn current_session() -> Result<Session, ApiError> {
    use crate::server::{auth::authenticated, service};
    let (state, actor) = authenticated()?;
    Ok(service::account::current(&state, &actor).await?)
}
