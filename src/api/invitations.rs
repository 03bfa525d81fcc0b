//! `invitations/…`: coming in by a link. Whoever holds it need not be signed in.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{domain::people::InvitationOffer, error::ApiError};

/// What the link with this `secret` offers, and how its holder comes in. Changes nothing.
#[server(prefix = "/api/v1", endpoint = "invitations/get", protocol = Wire)]
pub async fn get_invitation(secret: String) -> Result<InvitationOffer, ApiError> {
    use crate::server::{auth, service};
    let state = auth::anyone()?;
    Ok(service::invitation::look(&state, auth::signed_in().as_ref(), &secret).await?)
}

/// Accepts an invitation, once, and goes into its workspace: with a new account (`name` and `password`), whose owner is signed in
/// then, or with the one that the caller is signed in to.
#[server(prefix = "/api/v1", endpoint = "invitations/accept", protocol = Wire)]
pub async fn accept_invitation(
    secret: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), ApiError> {
    use crate::server::{auth, service};
    let state = auth::anyone()?;
    let caller = auth::signed_in();
    let arrival = service::invitation::accept(&state, caller.as_ref(), &secret, &name, password.into()).await?;
    if arrival.new_account {
        return auth::sign_in_current_request(arrival.user_id).await;
    }
    auth::enter_workspace(arrival.workspace_id).await
}
