//! The people of one workspace, as its own owners and admins manage them. Whatever ends is ended at once.

use super::{Services, actor::Actor};
use crate::{
    domain::{
        Millis,
        event::AccessChange,
        ids::UserId,
        people::{Member, People},
        role::Role,
    },
    error::{ApiError, ErrorCode},
    server::{
        error::Result,
        store::{
            Conn, StoreResult, conversation,
            member::{self, TeamRow},
            person, session, token,
        },
    },
};

/// What is done with somebody of the workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Role(Role),
    /// Not let in any more, until they are enabled again.
    Disable,
    Enable,
    /// Out of the workspace for good; what they wrote stays, with their name.
    Remove,
    /// Out of all browsers and programs; they may sign in again.
    SignOut,
}

/// Who works here, and who was asked to come.
pub async fn list(state: &Services, actor: &Actor) -> Result<People> {
    let rows = member::list(&mut state.store.read().await?, actor.workspace_id).await?;
    let members = rows.into_iter().map(|row| view(row, actor)).collect();
    Ok(People { members, invitations: super::invitation::list(state, actor).await? })
}

fn view(row: TeamRow, actor: &Actor) -> Member {
    let you = row.user_id == actor.user_id;
    Member {
        user_id: row.user_id,
        name: row.name,
        email: row.email,
        role: row.role,
        joined_at: row.joined_at,
        seen_at: row.seen_at,
        disabled: row.disabled,
        second_factor: row.second_factor,
        you,
        manageable: !you && actor.role.may_grant(row.role),
    }
}

/// Changes what somebody of the workspace may do. Sessions, tokens and open streams follow at once.
///
/// # Errors
/// `not_found` when they do not belong to it, `forbidden` when they stand above the caller, `conflict` for the caller themselves
/// and for the last owner.
pub async fn change(state: &Services, actor: &Actor, user_id: UserId, change: Change) -> Result<()> {
    if user_id == actor.user_id {
        return Err(ApiError::conflict("You cannot do this to yourself.").action("Ask another owner or admin.").into());
    }
    let input = (*actor, user_id, change, state.now());
    let changed = state
        .transact(actor, user_id, input, |conn, (actor, user_id, change, now)| {
            Box::pin(change_within(conn, actor, *user_id, *change, *now))
        })
        .await?;
    Ok(changed?)
}

async fn change_within(
    conn: &mut Conn,
    actor: &Actor,
    user_id: UserId,
    change: Change,
    now: Millis,
) -> StoreResult<std::result::Result<(), ApiError>> {
    // Neither a session nor a token of theirs can be stored beside this.
    person::hold(conn, user_id).await?;
    let workspace_id = actor.workspace_id;
    // Whoever asks may have been changed since they asked.
    if member::find(conn, workspace_id, actor.user_id).await? != Some((actor.role, true)) {
        return Ok(Err(ApiError::forbidden()));
    }
    let Some((role, _)) = member::find(conn, workspace_id, user_id).await? else {
        return Ok(Err(ApiError::not_found("The user")));
    };
    if !actor.role.may_grant(role) || matches!(change, Change::Role(new) if !actor.role.may_grant(new)) {
        return Ok(Err(owners_only()));
    }
    let keeps_role = matches!(change, Change::Enable | Change::SignOut | Change::Role(Role::Owner));
    if role == Role::Owner
        && !keeps_role
        && let Some(name) = person::find_if_last_owner(conn, workspace_id, user_id).await?
    {
        return Ok(Err(super::people::last_owner(&name)));
    }
    let what = match change {
        Change::Role(new) if new == role => return Ok(Ok(())),
        Change::Role(new) => {
            person::set_role(conn, workspace_id, user_id, new).await?;
            let what = AccessChange::Role { from: role, to: new };
            member::tell(conn, workspace_id, user_id, what, now);
            return Ok(Ok(()));
        }
        Change::Enable if !person::is_let_in(conn, user_id).await? => {
            return Ok(Err(ApiError::conflict("The operator of this installation has disabled this user.")
                .action("Ask them to let the user in again: parlance user enable --email ….")));
        }
        Change::Enable => {
            member::set_disabled(conn, workspace_id, user_id, None).await?;
            member::tell(conn, workspace_id, user_id, AccessChange::Enabled, now);
            return Ok(Ok(()));
        }
        Change::Disable => AccessChange::Disabled,
        Change::Remove => AccessChange::Removed,
        Change::SignOut => AccessChange::SignedOutElsewhere,
    };
    if matches!(change, Change::Disable | Change::Remove) {
        conversation::release_of_user(conn, workspace_id, user_id, now).await?;
    }
    if change == Change::SignOut {
        // Everywhere means everywhere, so all their workspaces hear of it.
        session::delete_of_user(conn, user_id).await?;
        token::revoke_of_member(conn, workspace_id, user_id, now).await?;
        person::tell(conn, user_id, what, now).await?;
        return Ok(Ok(()));
    }
    // Elsewhere they go on. Here no session is worth anything, and without another place there is none to keep.
    if !member::belongs_elsewhere(conn, workspace_id, user_id).await? {
        session::delete_of_user(conn, user_id).await?;
    }
    member::end_access(conn, workspace_id, user_id, what, now).await?;
    match change {
        Change::Disable => member::set_disabled(conn, workspace_id, user_id, Some(now)).await?,
        // Whoever belongs to nothing else is forgotten, but for the name.
        Change::Remove if member::remove(conn, workspace_id, user_id).await? => {
            person::remove(conn, user_id, now).await?;
        }
        _ => {}
    }
    Ok(Ok(()))
}

/// Nobody reaches above themselves.
pub(super) fn owners_only() -> ApiError {
    ApiError::new(ErrorCode::Forbidden, "Only an owner can do this with owners.")
        .action("Ask an owner of this workspace.")
}
