//! `tokens/…`: one's own API tokens.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        ids::TokenId,
        role::Scope,
        session::{ApiToken, NewApiToken},
    },
    error::ApiError,
};

/// The caller's own tokens that are still valid.
#[server(prefix = "/api/v1", endpoint = "tokens/list", protocol = Wire)]
pub async fn list_tokens() -> Result<Vec<ApiToken>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageOwnTokens)?;
    Ok(service::tokens::list(&state, &actor).await?)
}

/// Makes a token of the caller's with those scopes, for that number of days (1 to 365; without: 365). The answer holds it, the only
/// time that it is shown. In a browser only: a token makes no other.
#[server(prefix = "/api/v1", endpoint = "tokens/create", protocol = Wire)]
pub async fn create_token(
    name: String,
    scopes: Vec<Scope>,
    #[server(default)] days: Option<i64>,
) -> Result<NewApiToken, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth, service},
    };
    let (state, actor) = auth::in_person()?;
    actor.require(Permission::ManageOwnTokens)?;
    let current = auth::session_of_current_request()?;
    Ok(service::tokens::create(&state, &actor, &name, &scopes, days, current).await?)
}

#[server(prefix = "/api/v1", endpoint = "tokens/revoke", protocol = Wire)]
pub async fn revoke_token(id: TokenId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageOwnTokens)?;
    Ok(service::tokens::revoke(&state, &actor, id).await?)
}
