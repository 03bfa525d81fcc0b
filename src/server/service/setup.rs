//! The first account: a page that works once.

use std::net::IpAddr;

use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::{Services, account::check_password, validate};
use crate::{
    domain::{
        event::{AccessChange, DomainEvent},
        ids::UserId,
        principal::Principal,
        role::Role,
        session::SetupStatus,
    },
    error::{ApiError, ErrorCode},
    server::{
        base::{clock::mint_id, config::Config, secrets::random_hex, strangers::Deed},
        error::Result,
        store::account::{self, UserRow},
    },
};

/// The one-time code that the first account needs when strangers could reach the page first.
pub struct SetupCode(Option<String>);

impl SetupCode {
    #[must_use]
    pub fn new(config: &Config) -> Self {
        // Without random bytes there is no code, and an empty one never matches.
        Self((!config.is_private()).then(|| random_hex(8).unwrap_or_default()))
    }

    /// The code to print into the log; none when none is needed.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.as_deref()
    }

    fn accepts(&self, given: Option<&str>) -> bool {
        match &self.0 {
            None => true,
            Some(code) => {
                let given = given.unwrap_or_default().trim();
                !code.is_empty() && bool::from(code.as_bytes().ct_eq(given.as_bytes()))
            }
        }
    }
}

/// A code that somebody gave, and where they are.
pub struct Code {
    pub given: Option<String>,
    pub from: Option<IpAddr>,
}

pub async fn status(state: &Services) -> Result<SetupStatus> {
    let open = !account::has_users(&mut state.store.read().await?).await?;
    Ok(SetupStatus { open, code_needed: open && state.setup_code.code().is_some() })
}

/// Makes the workspace and its owner. Of several at once, the unique row of the installation lets one through.
pub async fn create(
    state: &Services,
    workspace: &str,
    name: &str,
    email: &str,
    password: &str,
    code: &Code,
) -> Result<UserId> {
    if !status(state).await?.open {
        return Err(closed().into());
    }
    if !state.setup_code.accepts(code.given.as_deref()) {
        state.strangers.note_from(Deed::WrongSetupCode, code.from);
        return Err(ApiError::invalid("code", "This is not the set-up code.")
            .action("The code stands in the server's log, in the line that begins with “Set-up code”.")
            .into());
    }
    let workspace = validate::required("workspace", workspace, 100)?;
    let name = validate::required("name", name, 100)?;
    let email = validate::email("email", email)?;
    check_password(password)?;
    let password_hash = state.passwords.hash(password.to_owned().into()).await?;
    let user = UserRow { id: mint_id(), email, name, password_hash };
    let user_id = user.id;
    let input = (user, workspace, mint_id(), state.now());
    let made = state
        .transact(Principal::signed_in(user_id), Uuid::nil(), input, |conn, (user, workspace, workspace_id, now)| {
            Box::pin(async move {
                if account::has_users(conn).await? {
                    return Ok(false);
                }
                account::insert_workspace(conn, *workspace_id, workspace, *now).await?;
                if !account::claim_installation(conn, *workspace_id, *now).await? {
                    // The workspace just made belongs to nobody; it goes again.
                    account::delete_workspace(conn, *workspace_id).await?;
                    return Ok(false);
                }
                account::insert_user(conn, user, *now).await?;
                account::insert_membership(conn, *workspace_id, user.id, Role::Owner, *now).await?;
                let what = AccessChange::Added { role: Role::Owner };
                conn.tell(*workspace_id, DomainEvent::AccessChanged { user_id: user.id, what }, *now);
                Ok(true)
            })
        })
        .await?;
    if made { Ok(user_id) } else { Err(closed().into()) }
}

fn closed() -> ApiError {
    ApiError::new(ErrorCode::Conflict, "The first account exists already.").action("Sign in with it.")
}
