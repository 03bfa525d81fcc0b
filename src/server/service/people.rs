//! Taking people in and out, as the operator does on the command line: whatever ends is ended at once.

use uuid::Uuid;

use super::{Services, account::find_user};
use crate::{
    domain::{
        Millis,
        event::{AccessChange, DomainEvent},
        ids::{TokenId, UserId},
        principal::Principal,
        role::Role,
    },
    error::ApiError,
    server::{
        error::Result,
        store::{
            Conn, StoreResult, conversation,
            person::{self, PersonRow},
            token::{self, OwnedTokenRow},
        },
    },
};

/// What is done with a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Out for good; what they wrote stays, with their name.
    Remove,
    /// Out until they are enabled again.
    Disable,
    Enable,
    /// Another role, in the workspace that they work in.
    Role(Role),
}

/// Changes what a person may do. Sessions, tokens and open streams follow at once.
///
/// # Errors
/// When there is no such person, or a workspace would have no owner left who is let in.
pub async fn change(state: &Services, email: &str, change: Change) -> Result<()> {
    let user = find_user(state, email).await?;
    let input = (user.id, change, state.now());
    let changed = state
        .transact(Principal::CommandLine, user.id, input, |conn, (id, change, now)| {
            Box::pin(change_within(conn, *id, *change, *now))
        })
        .await?;
    Ok(changed?)
}

async fn change_within(
    conn: &mut Conn,
    user_id: UserId,
    change: Change,
    now: Millis,
) -> StoreResult<std::result::Result<(), ApiError>> {
    if person::hold(conn, user_id).await?.is_none() {
        return Ok(Err(ApiError::not_found("The user")));
    }
    if !matches!(change, Change::Enable | Change::Role(Role::Owner))
        && let Some(workspace) = person::find_last_owned(conn, user_id).await?
    {
        return Ok(Err(last_owner(&workspace)));
    }
    match change {
        Change::Remove => {
            release(conn, user_id, now).await?;
            // While it is still known where they were a member.
            person::end_access(conn, user_id, AccessChange::Removed, now).await?;
            person::remove(conn, user_id, now).await?;
        }
        Change::Disable => {
            release(conn, user_id, now).await?;
            person::set_disabled(conn, user_id, Some(now)).await?;
            person::end_access(conn, user_id, AccessChange::Disabled, now).await?;
        }
        Change::Enable => {
            person::set_disabled(conn, user_id, None).await?;
            person::tell(conn, user_id, AccessChange::Enabled, now).await?;
        }
        Change::Role(role) => {
            let Some((workspace_id, from)) = person::list_memberships(conn, user_id).await?.first().copied() else {
                return Ok(Err(ApiError::not_found("The user's workspace")));
            };
            if from == role {
                return Ok(Ok(()));
            }
            person::set_role(conn, workspace_id, user_id, role).await?;
            let what = AccessChange::Role { from, to: role };
            conn.tell(workspace_id, DomainEvent::AccessChanged { user_id, what }, now);
        }
    }
    Ok(Ok(()))
}

/// What is open of somebody goes back to the queue, wherever they are a member.
async fn release(conn: &mut Conn, user_id: UserId, now: Millis) -> StoreResult<()> {
    for (workspace_id, _) in person::list_memberships(conn, user_id).await? {
        conversation::release_of_user(conn, workspace_id, user_id, now).await?;
    }
    Ok(())
}

pub(super) fn last_owner(workspace: &str) -> ApiError {
    ApiError::conflict(format!("This is the last owner of “{workspace}”, and nobody else could let people in again."))
        .action("Make somebody else an owner first, on the page of people or with: parlance user set-role --email … --role owner.")
}

/// Switches somebody's second factor off; whether they had one.
///
/// # Errors
/// When there is no such person.
pub async fn reset_second_factor(state: &Services, email: &str) -> Result<bool> {
    let user = find_user(state, email).await?;
    super::second_factor::end(state, Principal::CommandLine, user.id).await
}

/// Everybody, or one workspace's members, those who are not let in included.
pub async fn list(state: &Services, workspace: Option<&str>) -> Result<Vec<PersonRow>> {
    Ok(person::list(&mut state.store.read().await?, workspace).await?)
}

/// The tokens that are valid: everybody's, or one person's.
///
/// # Errors
/// When there is no such person.
pub async fn list_tokens(state: &Services, email: Option<&str>) -> Result<Vec<OwnedTokenRow>> {
    let owner = match email {
        Some(email) => Some(find_user(state, email).await?.id),
        None => None,
    };
    Ok(token::list_owned(&mut state.store.read().await?, owner, state.now()).await?)
}

/// Which tokens are revoked.
#[derive(Clone, Debug)]
pub enum Which {
    Id(TokenId),
    /// Those of a person with that name.
    Named(String, String),
    /// All of a person.
    Of(String),
}

/// Revokes tokens of any person; returns their number.
///
/// # Errors
/// When there is none of that kind.
pub async fn revoke_tokens(state: &Services, which: Which) -> Result<usize> {
    let now = state.now();
    let mut conn = state.store.read().await?;
    let found = match which {
        Which::Id(id) => {
            let all = token::list_owned(&mut conn, None, now).await?;
            all.into_iter().filter(|t| t.id == id).collect()
        }
        Which::Of(email) => list_tokens(state, Some(&email)).await?,
        Which::Named(email, name) => {
            let all = list_tokens(state, Some(&email)).await?;
            all.into_iter().filter(|t| t.name == name.trim()).collect::<Vec<_>>()
        }
    };
    drop(conn);
    if found.is_empty() {
        return Err(ApiError::new(crate::error::ErrorCode::NotFound, "There is no such token that is valid.")
            .action("Look at the list: parlance token list.")
            .into());
    }
    let count = found.len();
    let input = (found, now);
    state
        .transact(Principal::CommandLine, Uuid::nil(), input, |conn, (found, now)| {
            Box::pin(async move {
                for t in found {
                    token::revoke(conn, t.workspace_id, t.user_id, t.id, *now).await?;
                    let what = AccessChange::TokenRevoked { token_id: t.id };
                    conn.tell(t.workspace_id, DomainEvent::AccessChanged { user_id: t.user_id, what }, *now);
                }
                Ok(())
            })
        })
        .await?;
    Ok(count)
}
