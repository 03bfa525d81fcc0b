//! People and their workspaces.

use secrecy::SecretString;
use uuid::Uuid;

use super::{Services, actor::Actor, validate};
use crate::{
    domain::{
        Millis,
        event::{AccessChange, DomainEvent},
        ids::{UserId, WorkspaceId},
        integration::CannotReach,
        principal::Principal,
        role::Role,
        session::{PASSWORD_MAX, PASSWORD_MIN, Session, Workspace},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        store::{
            Conn, StoreResult,
            account::{self, MemberRow, UserRow},
            person,
        },
    },
};

pub async fn current(state: &Services, actor: &Actor) -> Result<Session> {
    let member = account::find_member(&mut state.store.read().await?, actor.workspace_id, actor.user_id).await?;
    let member = member.ok_or_else(ApiError::unauthenticated)?;
    Ok(Session {
        user_id: member.user_id,
        name: member.name,
        email: member.email,
        role: actor.role,
        workspace_id: member.workspace_id,
        workspace_name: member.workspace_name,
        sandbox: state.sandbox.is_some(),
        public_url: state.config.public_url.clone(),
        cannot_reach: CannotReach::judge(&state.config.public_url),
    })
}

/// Takes another name.
///
/// # Errors
/// `invalid` for one that cannot be seen, or is too long.
pub async fn rename(state: &Services, actor: &Actor, name: &str) -> Result<Session> {
    let name = validate::required("name", name, 100)?;
    state
        .transact(actor, actor.user_id, (actor.user_id, name), |conn, (user_id, name)| {
            Box::pin(account::set_name(conn, *user_id, name))
        })
        .await?;
    current(state, actor).await
}

/// The workspaces that somebody belongs to, the oldest membership first.
pub async fn list_workspaces(state: &Services, actor: &Actor) -> Result<Vec<Workspace>> {
    let memberships = account::list_memberships(&mut state.store.read().await?, actor.user_id).await?;
    let workspace = |m: MemberRow| Workspace {
        id: m.workspace_id,
        name: m.workspace_name,
        role: m.role,
        current: m.workspace_id == actor.workspace_id,
    };
    Ok(memberships.into_iter().map(workspace).collect())
}

/// Changes the name of the caller's workspace, and whether it demands a second factor.
///
/// # Errors
/// `invalid` for a name that cannot be seen; `conflict` when the caller demands what they have not themselves.
pub async fn update_workspace(
    state: &Services,
    actor: &Actor,
    name: Option<&str>,
    second_factor_needed: Option<bool>,
) -> Result<()> {
    let name = name.map(|name| validate::required("name", name, 100)).transpose()?;
    if second_factor_needed == Some(true) && !super::second_factor::status(state, actor).await?.on {
        return Err(ApiError::conflict("You do not use two-factor authentication yourself.")
            .action("Set it up first, or you would lock yourself out.")
            .into());
    }
    let input = (actor.workspace_id, name, second_factor_needed, state.now());
    state
        .transact(actor, actor.workspace_id, input, |conn, (id, name, needed, now)| {
            Box::pin(async move {
                let before = account::find_workspace(conn, *id).await?;
                account::update_workspace(conn, *id, name.as_deref(), *needed).await?;
                let event = DomainEvent::WorkspaceChanged {
                    id: *id,
                    name: name.clone().filter(|name| before.as_ref().is_none_or(|(known, _)| known != name)),
                    second_factor_needed: needed.filter(|needed| before.as_ref().is_none_or(|(_, n)| n != needed)),
                };
                conn.tell(*id, event, *now);
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// Makes sure that somebody may go into a workspace.
///
/// # Errors
/// `not_found` where they do not belong to it, whether there is such a one or not.
pub async fn require_membership(state: &Services, actor: &Actor, workspace_id: WorkspaceId) -> Result<()> {
    let member = account::find_member(&mut state.store.read().await?, workspace_id, actor.user_id).await?;
    Ok(member.map(drop).ok_or_else(|| ApiError::not_found("The workspace"))?)
}

/// Judges a new password.
pub fn check_password(password: &str) -> std::result::Result<(), ApiError> {
    let count = password.chars().count();
    if count < PASSWORD_MIN {
        return Err(ApiError::invalid("password", format!("A password needs at least {PASSWORD_MIN} characters."))
            .action("A few words in a row are easy to remember and hard to guess."));
    }
    if count > PASSWORD_MAX {
        return Err(ApiError::invalid("password", format!("A password has at most {PASSWORD_MAX} characters.")));
    }
    Ok(())
}

/// A person to be added.
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// By name; the only one there is when missing.
    pub workspace: Option<String>,
    pub password: SecretString,
}

/// Adds a person, and the workspace too when there is none (or none of that name).
pub async fn add_user(state: &Services, new: NewUser) -> Result<UserId> {
    use secrecy::ExposeSecret;
    check_password(new.password.expose_secret())?;
    let user = UserRow {
        id: mint_id(),
        email: validate::email("email", &new.email)?,
        name: validate::required("name", &new.name, 100)?,
        password_hash: state.passwords.hash(new.password).await?,
    };
    let input = (user, new.role, new.workspace, mint_id(), state.now());
    let added = state
        .transact(Principal::CommandLine, Uuid::nil(), input, |conn, (user, role, workspace, new_id, now)| {
            Box::pin(async move {
                if account::find_user_by_email(conn, &user.email).await?.is_some() {
                    return Ok(Err(ApiError::conflict("There is a user with this e-mail address already.")));
                }
                let workspace_id = match choose_workspace(conn, workspace.as_deref(), *new_id, *now).await? {
                    Ok(id) => id,
                    Err(error) => return Ok(Err(error)),
                };
                account::insert_user(conn, user, *now).await?;
                account::insert_membership(conn, workspace_id, user.id, *role, *now).await?;
                let what = AccessChange::Added { role: *role };
                conn.tell(workspace_id, DomainEvent::AccessChanged { user_id: user.id, what }, *now);
                Ok(Ok(user.id))
            })
        })
        .await?;
    Ok(added?)
}

async fn choose_workspace(
    conn: &mut Conn,
    name: Option<&str>,
    new_id: WorkspaceId,
    now: Millis,
) -> StoreResult<std::result::Result<WorkspaceId, ApiError>> {
    if let Some(name) = name
        && let Some(id) = account::find_workspace_by_name(conn, name).await?
    {
        return Ok(Ok(id));
    }
    let existing = account::first_workspaces(conn).await?;
    match (name, existing.as_slice()) {
        (None, [only]) => Ok(Ok(*only)),
        (None, [_, _, ..]) => Ok(Err(ApiError::invalid("workspace", "There are several workspaces.")
            .action("Name one of them with --workspace."))),
        _ => {
            account::insert_workspace(conn, new_id, name.unwrap_or("Workspace"), now).await?;
            // Also closes the first-run page: there is an owner's way in already.
            account::claim_installation(conn, new_id, now).await?;
            Ok(Ok(new_id))
        }
    }
}

/// Sets a new password and ends everything by which the person is in, tokens included: somebody who knew the old password may
/// have made some. Whether the person is let in at all.
pub async fn set_password(state: &Services, email: &str, password: SecretString) -> Result<bool> {
    use secrecy::ExposeSecret;
    check_password(password.expose_secret())?;
    let user = find_user(state, email).await?;
    let hash = state.passwords.hash(password).await?;
    let input = (user.id, hash, state.now());
    let let_in = state
        .transact(Principal::CommandLine, user.id, input, |conn, (id, hash, now)| {
            Box::pin(async move {
                let let_in = person::hold(conn, *id).await?;
                account::set_password(conn, *id, hash).await?;
                person::end_access(conn, *id, AccessChange::Password, *now).await?;
                Ok(let_in.unwrap_or(false))
            })
        })
        .await?;
    Ok(let_in)
}

pub(super) async fn find_user(state: &Services, email: &str) -> Result<UserRow> {
    let email = validate::email("email", email)?;
    let user = account::find_user_by_email(&mut state.store.read().await?, &email).await?;
    Ok(user.ok_or_else(|| ApiError::not_found("The user"))?)
}
