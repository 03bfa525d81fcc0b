//! Who is asking.

use crate::{
    domain::{
        ids::{UserId, WorkspaceId},
        principal::{Principal, Via},
        role::{Permission, Role},
    },
    error::ApiError,
};

/// The person (or their program) behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user_id: UserId,
    pub workspace_id: WorkspaceId,
    pub role: Role,
    /// By what they have come in.
    pub via: Via,
}

impl From<&Actor> for Principal {
    fn from(actor: &Actor) -> Self {
        Self::Person { user_id: actor.user_id, via: actor.via }
    }
}

impl Actor {
    /// Whether this actor may do that.
    ///
    /// # Errors
    /// `forbidden` when not.
    pub fn require(&self, permission: Permission) -> Result<(), ApiError> {
        if self.role.may(permission) { Ok(()) } else { Err(ApiError::forbidden()) }
    }
}
