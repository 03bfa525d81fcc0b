//! Who is asking, and what they may do.
//!
//! A layer finds out who a request comes from ([`layer`]); every server function then begins with one of the functions
//! here. There is no other way for it to reach the state.

pub mod layer;
pub mod own_password;
pub mod second_step;
pub mod session_store;
pub mod sign_in;
pub mod throttle;

use std::net::IpAddr;

use leptos::prelude::use_context;
use tower_sessions::Session;

use crate::{
    domain::{
        ids::{UserId, WorkspaceId},
        principal::Via,
        role::Permission,
    },
    error::{ApiError, ErrorCode},
    server::{
        base::{address::client_address, strangers::Deed},
        service::{Services, actor::Actor, sign_ins::Origin},
    },
};

/// What the actor proved it with, for streams that outlive a sign-out or a revocation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Hash of the session's id.
    Session(Vec<u8>),
    /// Hash of the API token.
    Token(Vec<u8>),
}

/// For server functions that need a right.
///
/// # Errors
/// `unauthenticated` when nobody is signed in, `forbidden` when the role does not allow it.
pub fn authorise(permission: Permission) -> Result<(Services, Actor), ApiError> {
    let (state, actor) = authenticated()?;
    actor.require(permission)?;
    Ok((state, actor))
}

/// For server functions that any signed-in person may call.
///
/// # Errors
/// `unauthenticated` when nobody is signed in.
pub fn authenticated() -> Result<(Services, Actor), ApiError> {
    let state = anyone()?;
    let actor = use_context::<axum::http::request::Parts>()
        .and_then(|parts| parts.extensions.get::<Actor>().copied())
        .ok_or_else(ApiError::unauthenticated)?;
    Ok((state, actor))
}

/// For the few server functions that strangers may call.
///
/// # Errors
/// When called outside of a request: a bug.
pub fn anyone() -> Result<Services, ApiError> {
    use_context::<Services>().ok_or_else(ApiError::internal)
}

/// Who has signed in, for operations that strangers may call, too. Programs with a token are nobody here.
#[must_use]
pub fn signed_in() -> Option<Actor> {
    let parts = use_context::<axum::http::request::Parts>()?;
    parts.extensions.get::<Actor>().copied().filter(|actor| actor.via == Via::Session)
}

/// For server functions that a person calls for themselves, and no program with their token.
///
/// # Errors
/// `unauthenticated` when nobody is signed in, `forbidden` with a token.
pub fn in_person() -> Result<(Services, Actor), ApiError> {
    let (state, actor) = authenticated()?;
    if actor.via == Via::Session {
        return Ok((state, actor));
    }
    Err(ApiError::new(ErrorCode::Forbidden, "An API token cannot do this.")
        .action("Sign in with a browser and do it there."))
}

/// Where the running request comes from, if that is known.
pub fn client_of_current_request(state: &Services) -> Option<IpAddr> {
    let parts = use_context::<axum::http::request::Parts>()?;
    client_address(&parts.extensions, &parts.headers, &state.config.trusted_proxies)
}

/// Goes into another workspace with the session of the running request: what its browser asks for from then on is asked there.
///
/// # Errors
/// `conflict` for an API token, which belongs to one workspace, and when the session cannot be stored.
pub async fn enter_workspace(workspace_id: WorkspaceId) -> Result<(), ApiError> {
    let parts = use_context::<axum::http::request::Parts>().ok_or_else(ApiError::internal)?;
    let session = match (parts.extensions.get::<Proof>(), parts.extensions.get::<Session>()) {
        (Some(Proof::Session(_)), Some(session)) => session.clone(),
        (Some(Proof::Token(_)), _) => {
            return Err(ApiError::conflict("An API token belongs to one workspace.")
                .action("Make a token in the other workspace and use that one."));
        }
        _ => return Err(ApiError::unauthenticated()),
    };
    sign_in::enter(&session, workspace_id).await
}

/// Under what the session of the running request is kept.
///
/// # Errors
/// `unauthenticated` when it has none.
pub fn session_of_current_request() -> Result<Vec<u8>, ApiError> {
    let parts = use_context::<axum::http::request::Parts>().ok_or_else(ApiError::internal)?;
    match parts.extensions.get::<Proof>() {
        Some(Proof::Session(key)) => Ok(key.clone()),
        _ => Err(ApiError::unauthenticated()),
    }
}

/// Signs a user in with the session of the running request.
///
/// # Errors
/// When the session cannot be stored.
pub async fn sign_in_current_request(user_id: UserId) -> Result<(), ApiError> {
    let (state, parts) =
        anyone().ok().zip(use_context::<axum::http::request::Parts>()).ok_or_else(ApiError::internal)?;
    let session = parts.extensions.get::<Session>().cloned().ok_or_else(ApiError::internal)?;
    let origin = Origin::new(&parts.headers, client_of_current_request(&state), state.now());
    sign_in::start_session(&session, user_id, &origin).await?;
    // The account and the session are there: what could not be put on record must not seem to be undone.
    if let Err(error) = sign_in::record(&state, user_id).await {
        tracing::error!(error = ?error, "A sign-in could not be put on record");
    }
    state.strangers.note_each_with(Deed::SignedIn, client_of_current_request(&state), || user_id.to_string());
    Ok(())
}
