//! `tokens/…`: one's own API tokens. New ones are made on the command line.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{ids::TokenId, session::ApiToken},
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
    Ok(service::account::list_tokens(&state, &actor).await?)
}

#[server(prefix = "/api/v1", endpoint = "tokens/revoke", protocol = Wire)]
pub async fn revoke_token(id: TokenId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageOwnTokens)?;
    Ok(service::account::revoke_token(&state, &actor, id).await?)
}
