//! `people/…`: who works in the workspace, and who is asked to come. Changed in person only: with a token somebody could make
//! themselves a person of higher rights, who stays when the token is revoked.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        ids::{InvitationId, UserId},
        people::{Invited, People},
        role::Role,
    },
    error::ApiError,
};

/// The members of the workspace by name, and the invitations that are open.
#[server(prefix = "/api/v1", endpoint = "people/list", protocol = Wire)]
pub async fn list_people() -> Result<People, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManagePeople)?;
    Ok(service::team::list(&state, &actor).await?)
}

/// Asks somebody in. The answer holds the link, which is shown only this time and works once, for a week. A link sent to the
/// same address before ends.
#[server(prefix = "/api/v1", endpoint = "people/invite", protocol = Wire)]
pub async fn invite_person(email: String, role: Role) -> Result<Invited, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::in_person, service},
    };
    let (state, actor) = in_person()?;
    actor.require(Permission::ManagePeople)?;
    Ok(service::invitation::invite(&state, &actor, &email, role).await?)
}

/// Withdraws an invitation: its link ends.
#[server(prefix = "/api/v1", endpoint = "people/withdraw_invitation", protocol = Wire)]
pub async fn withdraw_invitation(id: InvitationId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::in_person, service},
    };
    let (state, actor) = in_person()?;
    actor.require(Permission::ManagePeople)?;
    Ok(service::invitation::withdraw(&state, &actor, id).await?)
}

/// Gives somebody another role. Only owners make owners, or change what owners may do; nobody changes their own role, and the
/// last owner stays one.
#[server(prefix = "/api/v1", endpoint = "people/set_role", protocol = Wire)]
pub async fn set_person_role(user_id: UserId, role: Role) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{
            auth::in_person,
            service::team::{self, Change},
        },
    };
    let (state, actor) = in_person()?;
    actor.require(Permission::ManagePeople)?;
    Ok(team::change(&state, &actor, user_id, Change::Role(role)).await?)
}

/// Lets somebody into the workspace no more (sessions, tokens and open pages end at once), or again.
#[server(prefix = "/api/v1", endpoint = "people/set_disabled", protocol = Wire)]
pub async fn set_person_disabled(user_id: UserId, disabled: bool) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{
            auth::in_person,
            service::team::{self, Change},
        },
    };
    let (state, actor) = in_person()?;
    actor.require(Permission::ManagePeople)?;
    let change = if disabled { Change::Disable } else { Change::Enable };
    Ok(team::change(&state, &actor, user_id, change).await?)
}

/// Takes somebody out of the workspace for good. What they wrote stays, with their name.
#[server(prefix = "/api/v1", endpoint = "people/remove", protocol = Wire)]
pub async fn remove_person(user_id: UserId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{
            auth::in_person,
            service::team::{self, Change},
        },
    };
    let (state, actor) = in_person()?;
    actor.require(Permission::ManagePeople)?;
    Ok(team::change(&state, &actor, user_id, Change::Remove).await?)
}

/// Ends all sessions of somebody, and their API tokens of this workspace. They may sign in again.
#[server(prefix = "/api/v1", endpoint = "people/sign_out", protocol = Wire)]
pub async fn sign_person_out(user_id: UserId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{
            auth::in_person,
            service::team::{self, Change},
        },
    };
    let (state, actor) = in_person()?;
    actor.require(Permission::ManagePeople)?;
    Ok(team::change(&state, &actor, user_id, Change::SignOut).await?)
}
