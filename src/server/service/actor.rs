//! Who is asking.

use uuid::Uuid;

use crate::{
    domain::role::{Permission, Role},
    error::ApiError,
};

/// The person (or their program) behind a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user_id: Uuid,
    pub workspace_id: Uuid,
    pub role: Role,
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
