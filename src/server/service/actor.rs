//! Who is asking.

use crate::{
    domain::{
        ids::{UserId, WorkspaceId},
        principal::{Principal, Via},
        role::{Permission, Role, Scopes},
    },
    error::{ApiError, ErrorCode},
};

/// The person (or their program) behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user_id: UserId,
    pub workspace_id: WorkspaceId,
    pub role: Role,
    /// By what they have come in.
    pub via: Via,
    /// What that may be used for.
    pub scopes: Scopes,
    /// The workspace demands a second factor that they have not set up: until then they may do nothing in it.
    pub held_up: bool,
}

impl From<&Actor> for Principal {
    fn from(actor: &Actor) -> Self {
        Self::Person { user_id: actor.user_id, via: actor.via }
    }
}

impl Actor {
    /// Whether this actor may do that: by their role, by the scopes of a token, and by what the workspace demands.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.require(permission).is_ok()
    }

    /// Makes sure that this actor may do that.
    ///
    /// # Errors
    /// `forbidden` when not.
    pub fn require(&self, permission: Permission) -> Result<(), ApiError> {
        if !self.role.may(permission) {
            return Err(ApiError::forbidden());
        }
        if self.held_up {
            return Err(ApiError::new(
                ErrorCode::Forbidden,
                "This workspace requires two-factor authentication, and you have not set it up yet.",
            )
            .action("Set it up under Settings → Account."));
        }
        let scope = permission.scope();
        if self.scopes.has(scope) {
            return Ok(());
        }
        Err(ApiError::new(ErrorCode::Forbidden, format!("This API token lacks the scope “{scope}”."))
            .action("Use a token that has it. Scopes are chosen when a token is made."))
    }
}
