//! `account/…`: what belongs to whoever is signed in: their name, password and sign-ins. No program does this with their token.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        ids::SessionId,
        people::{RecoveryCodes, SecondFactor, SecondFactorDraft, SignIn},
        session::Session,
    },
    error::ApiError,
};

/// Takes another name, which colleagues see.
#[server(prefix = "/api/v1", endpoint = "account/update", protocol = Wire)]
pub async fn update_account(name: String) -> Result<Session, ApiError> {
    use crate::server::{auth::in_person, service};
    let (state, actor) = in_person()?;
    Ok(service::account::rename(&state, &actor, &name).await?)
}

/// Sets a new password, for whoever knows the old one. All other sign-ins end; with `revoke_tokens` the API tokens, too.
#[server(prefix = "/api/v1", endpoint = "account/change_password", protocol = Wire)]
pub async fn change_password(old: String, new: String, #[server(default)] revoke_tokens: bool) -> Result<(), ApiError> {
    use crate::server::auth;
    let (state, actor) = auth::in_person()?;
    let address = auth::client_of_current_request(&state);
    let current = auth::session_of_current_request()?;
    Ok(auth::own_password::change(&state, (&actor, current), address, old.into(), new.into(), revoke_tokens).await?)
}

/// The caller's sign-ins that have not ended.
#[server(prefix = "/api/v1", endpoint = "account/sign_ins", protocol = Wire)]
pub async fn list_sign_ins() -> Result<Vec<SignIn>, ApiError> {
    use crate::server::{auth, service};
    let (state, actor) = auth::in_person()?;
    let current = auth::session_of_current_request()?;
    Ok(service::sign_ins::list(&state, &actor, &current).await?)
}

/// Ends one of the caller's sign-ins, at once.
#[server(prefix = "/api/v1", endpoint = "account/end_sign_in", protocol = Wire)]
pub async fn end_sign_in(id: SessionId) -> Result<(), ApiError> {
    use crate::server::{auth, service};
    let (state, actor) = auth::in_person()?;
    Ok(service::sign_ins::end(&state, &actor, id).await?)
}

/// Ends all of the caller's sign-ins but this one.
#[server(prefix = "/api/v1", endpoint = "account/sign_out_elsewhere", protocol = Wire)]
pub async fn sign_out_elsewhere() -> Result<(), ApiError> {
    use crate::server::{auth, service};
    let (state, actor) = auth::in_person()?;
    let current = auth::session_of_current_request()?;
    Ok(service::sign_ins::end_others(&state, &actor, current).await?)
}

/// How it stands with the caller's second factor.
#[server(prefix = "/api/v1", endpoint = "account/second_factor", protocol = Wire)]
pub async fn get_second_factor() -> Result<SecondFactor, ApiError> {
    use crate::server::{auth::in_person, service};
    let (state, actor) = in_person()?;
    Ok(service::second_factor::status(&state, &actor).await?)
}

/// Makes a secret for an app that makes codes (TOTP, RFC 6238), for whoever knows the password. Nothing asks for a code until it
/// is confirmed.
#[server(prefix = "/api/v1", endpoint = "account/begin_second_factor", protocol = Wire)]
pub async fn begin_second_factor(password: String) -> Result<SecondFactorDraft, ApiError> {
    use crate::server::{auth, service};
    let (state, actor) = auth::in_person()?;
    let address = auth::client_of_current_request(&state);
    auth::own_password::require(&state, &actor, address, "password", password.into()).await?;
    Ok(service::second_factor::begin(&state, &actor).await?)
}

/// Switches the second factor on with a code of the app; signing in asks for one from then on. The answer holds recovery codes,
/// the only time that they are shown.
#[server(prefix = "/api/v1", endpoint = "account/confirm_second_factor", protocol = Wire)]
pub async fn confirm_second_factor(code: String) -> Result<RecoveryCodes, ApiError> {
    use crate::server::auth;
    let (state, actor) = auth::in_person()?;
    let current = auth::session_of_current_request()?;
    let address = auth::client_of_current_request(&state);
    Ok(auth::second_step::confirm(&state, &actor, &code, (current, address)).await?)
}

/// Makes new recovery codes in place of the old ones, for whoever knows the password.
#[server(prefix = "/api/v1", endpoint = "account/renew_recovery_codes", protocol = Wire)]
pub async fn renew_recovery_codes(password: String) -> Result<RecoveryCodes, ApiError> {
    use crate::server::{auth, service};
    let (state, actor) = auth::in_person()?;
    let address = auth::client_of_current_request(&state);
    auth::own_password::require(&state, &actor, address, "password", password.into()).await?;
    Ok(service::second_factor::renew_recovery_codes(&state, &actor).await?)
}

/// Switches the second factor off, for whoever knows the password.
#[server(prefix = "/api/v1", endpoint = "account/end_second_factor", protocol = Wire)]
pub async fn end_second_factor(password: String) -> Result<(), ApiError> {
    use crate::server::{auth, service};
    let (state, actor) = auth::in_person()?;
    let address = auth::client_of_current_request(&state);
    auth::own_password::require(&state, &actor, address, "password", password.into()).await?;
    service::second_factor::end(&state, &actor, actor.user_id).await?;
    Ok(())
}
