//! Who is signed in, as the pages see it.

use serde::{Deserialize, Serialize};

use super::{
    Millis,
    ids::{TokenId, UserId, WorkspaceId},
    integration::CannotReach,
    role::{Role, Scope},
};

/// The signed-in person and the workspace they work in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub workspace_id: WorkspaceId,
    pub workspace_name: String,
    /// Whether the simulator is on.
    pub sandbox: bool,
    /// The public address, as providers are told it.
    #[serde(default)]
    pub public_url: String,
    /// Why providers cannot reach it; none when they can, as far as the address tells.
    #[serde(default)]
    pub cannot_reach: Option<CannotReach>,
}

/// A workspace as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    pub id: WorkspaceId,
    pub name: String,
    /// The caller's role in it.
    pub role: Role,
    /// The one that the caller is in now.
    pub current: bool,
}

/// Whether the first account can still be made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupStatus {
    /// No account exists yet.
    pub open: bool,
    /// The one-time code from the server's log is asked for.
    pub code_needed: bool,
}

/// An API token as its owner sees it: never the token itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    pub id: TokenId,
    pub name: String,
    /// How it ends, by which its owner tells it from others. Old ones have none.
    pub last4: Option<String>,
    /// What it may do at most.
    pub scopes: Vec<Scope>,
    pub created_at: Millis,
    pub expires_at: Option<Millis>,
    pub last_used_at: Option<Millis>,
}

/// A new API token: the only time that it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiToken {
    pub secret: String,
    pub token: ApiToken,
}

/// The longest that a token can be made to last, in days; also how long it lasts when nothing else is said.
pub const TOKEN_DAYS: i64 = 365;

/// The fewest characters a password may have.
pub const PASSWORD_MIN: usize = 10;
/// The most characters a password may have: hashing is work that strangers could order.
pub const PASSWORD_MAX: usize = 256;
