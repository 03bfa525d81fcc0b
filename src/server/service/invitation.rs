//! Asking people in, and coming in: by a link that works once.

use secrecy::{ExposeSecret, SecretString};

use super::{Services, account::check_password, actor::Actor, team::owners_only, validate};
use crate::{
    domain::{
        Millis,
        event::{AccessChange, DomainEvent},
        ids::{InvitationId, UserId, WorkspaceId},
        people::{INVITATION_LIFE, Invitation, InvitationOffer, Invited, Joining},
        principal::Principal,
        role::Role,
    },
    error::{ApiError, ErrorCode},
    server::{
        base::{
            clock::mint_id,
            secrets::{random_hex, sha256},
        },
        error::Result,
        store::{
            Conn, StoreResult,
            account::{self, UserRow},
            invitation::{self, InvitationRow, NewInvitation, OfferRow},
            member,
        },
    },
};

/// How many may be open in a workspace.
const OPEN_MAX: i64 = 200;
/// No link's secret is longer.
const SECRET_MAX: usize = 64;

pub(super) async fn list(state: &Services, actor: &Actor) -> Result<Vec<Invitation>> {
    let rows = invitation::list(&mut state.store.read().await?, actor.workspace_id, state.now()).await?;
    Ok(rows.into_iter().map(view).collect())
}

fn view(row: InvitationRow) -> Invitation {
    Invitation {
        id: row.id,
        email: row.email,
        role: row.role,
        invited_by: row.invited_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
    }
}

/// Asks somebody in. The link in the answer is seen only now; an earlier one to the same address ends.
///
/// # Errors
/// `forbidden` for a role above the caller's, `conflict` when they belong to the workspace or too many are open.
pub async fn invite(state: &Services, actor: &Actor, email: &str, role: Role) -> Result<Invited> {
    let email = validate::email("email", email)?;
    if !actor.role.may_grant(role) {
        return Err(owners_only().into());
    }
    let secret = random_hex(32)?;
    let now = state.now();
    let new = NewInvitation {
        workspace_id: actor.workspace_id,
        id: mint_id(),
        email,
        role,
        token_hash: sha256(&secret),
        invited_by: actor.user_id,
        expires_at: now + INVITATION_LIFE,
    };
    let id = new.id;
    let input = (*actor, new, now);
    let put = state
        .transact(actor, id, input, |conn, (actor, new, now)| Box::pin(put_within(conn, actor, new, *now)))
        .await?;
    put?;
    let open = list(state, actor).await?;
    let invitation = open.into_iter().find(|i| i.id == id).ok_or_else(|| ApiError::not_found("The invitation"))?;
    Ok(Invited { invitation, link: format!("{}/join#{secret}", state.config.public_url) })
}

async fn put_within(
    conn: &mut Conn,
    actor: &Actor,
    new: &NewInvitation,
    now: Millis,
) -> StoreResult<std::result::Result<(), ApiError>> {
    if let Some(user) = account::find_user_by_email(conn, &new.email).await?
        && member::find(conn, new.workspace_id, user.id).await?.is_some()
    {
        return Ok(Err(ApiError::conflict("Somebody with this e-mail address belongs to the workspace already.")
            .action("Look for them in the list of people.")));
    }
    let replaced = invitation::find_role_for(conn, new.workspace_id, &new.email, now).await?;
    if replaced.is_some_and(|role| !actor.role.may_grant(role)) {
        return Ok(Err(owners_only()));
    }
    if invitation::count(conn, new.workspace_id, now).await? >= OPEN_MAX {
        return Ok(Err(ApiError::conflict(format!("More than {OPEN_MAX} invitations are open."))
            .action("Withdraw those that nobody needs any more.")));
    }
    invitation::put(conn, new, now).await?;
    let event = DomainEvent::InvitationChanged { id: new.id, email: new.email.clone(), role: Some(new.role) };
    conn.tell(new.workspace_id, event, now);
    Ok(Ok(()))
}

/// Withdraws an invitation: its link ends.
///
/// # Errors
/// `not_found` when it is not open, `forbidden` when it offers a role above the caller's.
pub async fn withdraw(state: &Services, actor: &Actor, id: InvitationId) -> Result<()> {
    let input = (*actor, id, state.now());
    let withdrawn = state
        .transact(actor, id, input, |conn, (actor, id, now)| {
            Box::pin(async move {
                let Some((email, role)) = invitation::find(conn, actor.workspace_id, *id).await? else {
                    return Ok(Err(ApiError::not_found("The invitation")));
                };
                if !actor.role.may_grant(role) {
                    return Ok(Err(owners_only()));
                }
                invitation::remove(conn, actor.workspace_id, *id).await?;
                conn.tell(actor.workspace_id, DomainEvent::InvitationChanged { id: *id, email, role: None }, *now);
                Ok(Ok(()))
            })
        })
        .await?;
    Ok(withdrawn?)
}

/// What a link offers, and how whoever holds it comes in.
///
/// # Errors
/// `not_found` when it does not hold: ended, used, withdrawn, or sent by somebody who may not ask people in any more.
pub async fn look(state: &Services, caller: Option<&Actor>, secret: &str) -> Result<InvitationOffer> {
    let mut conn = state.store.read().await?;
    let offer = find(&mut conn, secret, state.now()).await?.ok_or_else(ended)?;
    let known = account::find_user_by_email(&mut conn, &offer.invitation.email).await?;
    let way = match known {
        None => Joining::NewAccount,
        Some(user) if caller.is_some_and(|actor| actor.user_id == user.id) => Joining::SignedIn,
        Some(_) => Joining::SignInFirst,
    };
    Ok(InvitationOffer {
        workspace_name: offer.workspace_name,
        invited_by: offer.invitation.invited_by,
        email: offer.invitation.email,
        role: offer.invitation.role,
        expires_at: offer.invitation.expires_at,
        way,
    })
}

async fn find(conn: &mut Conn, secret: &str, now: Millis) -> StoreResult<Option<OfferRow>> {
    if secret.len() > SECRET_MAX {
        return Ok(None);
    }
    invitation::find_offer(conn, &sha256(secret), now).await
}

/// Who came in, where to, and whether they have just got an account.
pub struct Arrival {
    pub user_id: UserId,
    pub workspace_id: WorkspaceId,
    pub new_account: bool,
}

/// Accepts an invitation: with the account that the caller is signed in to, or with a new one.
///
/// # Errors
/// As [`look`]; `conflict` when there is an account with its address that the caller is not signed in to; `invalid` for a name or
/// password that will not do.
pub async fn accept(
    state: &Services,
    caller: Option<&Actor>,
    secret: &str,
    name: &str,
    password: SecretString,
) -> Result<Arrival> {
    let offer = look(state, caller, secret).await?;
    let user = match (offer.way, caller) {
        (Joining::SignedIn, Some(actor)) => Newcomer::Known(actor.user_id),
        (Joining::NewAccount, _) => {
            let name = validate::required("name", name, 100)?;
            check_password(password.expose_secret())?;
            let password_hash = state.passwords.hash(password).await?;
            Newcomer::New(UserRow { id: mint_id(), email: offer.email, name, password_hash })
        }
        _ => return Err(sign_in_first().into()),
    };
    let user_id = user.id();
    let input = (user, sha256(secret), state.now());
    let joined = state
        .transact(Principal::signed_in(user_id), user_id, input, |conn, (user, hash, now)| {
            Box::pin(join(conn, user, hash, *now))
        })
        .await?;
    Ok(joined?)
}

enum Newcomer {
    New(UserRow),
    Known(UserId),
}

impl Newcomer {
    const fn id(&self) -> UserId {
        match self {
            Self::New(user) => user.id,
            Self::Known(id) => *id,
        }
    }
}

async fn join(
    conn: &mut Conn,
    user: &Newcomer,
    token_hash: &[u8],
    now: Millis,
) -> StoreResult<std::result::Result<Arrival, ApiError>> {
    let Some(offer) = invitation::find_offer(conn, token_hash, now).await? else { return Ok(Err(ended())) };
    let (workspace_id, role) = (offer.workspace_id, offer.invitation.role);
    let user_id = user.id();
    if let Newcomer::New(user) = user
        && account::find_user_by_email(conn, &user.email).await?.is_some()
    {
        return Ok(Err(sign_in_first()));
    }
    if member::find(conn, workspace_id, user_id).await?.is_some() {
        return Ok(Err(
            ApiError::conflict("You belong to this workspace already.").action("Go to it: under Settings → Account.")
        ));
    }
    // Of several who hold the link, the first comes in.
    if !invitation::remove(conn, workspace_id, offer.invitation.id).await? {
        return Ok(Err(ended()));
    }
    if let Newcomer::New(user) = user {
        account::insert_user(conn, user, now).await?;
    }
    account::insert_membership(conn, workspace_id, user_id, role, now).await?;
    let what = AccessChange::Joined { role, invited_by: offer.inviter };
    conn.tell(workspace_id, DomainEvent::AccessChanged { user_id, what }, now);
    Ok(Ok(Arrival { user_id, workspace_id, new_account: matches!(user, Newcomer::New(_)) }))
}

fn ended() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "This invitation is not valid any more: it was used or withdrawn, it is older than a week, or whoever sent it has left.")
        .action("Ask whoever sent it for a new link.")
}

fn sign_in_first() -> ApiError {
    ApiError::conflict("There is an account with this e-mail address already.")
        .action("Sign in with it, then open the link again.")
}
