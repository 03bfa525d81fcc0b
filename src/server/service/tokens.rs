//! API tokens: for programs, with no more rights than their owner and those of their scopes.

use super::{Services, account::find_user, actor::Actor, validate};
use crate::{
    domain::{
        Millis,
        event::{AccessChange, DomainEvent},
        ids::{TokenId, UserId, WorkspaceId},
        principal::Principal,
        role::{Scope, Scopes},
        session::{ApiToken, NewApiToken, TOKEN_DAYS},
    },
    error::ApiError,
    server::{
        base::{
            clock::mint_id,
            secrets::{random_hex, sha256},
        },
        error::Result,
        store::{
            Conn, StoreResult, account, person,
            token::{self, NewToken},
        },
    },
};

/// What API tokens begin with, so that leak scanners know them.
pub const TOKEN_PREFIX: &str = "plt_";

const DAY: Millis = 24 * 60 * 60 * 1000;
/// How many somebody may have in a workspace.
const TOKENS_MAX: i64 = 50;

/// The caller's own that are valid.
pub async fn list(state: &Services, actor: &Actor) -> Result<Vec<ApiToken>> {
    let rows = token::list(&mut state.store.read().await?, actor.workspace_id, actor.user_id, state.now()).await?;
    let view = |t: token::TokenRow| ApiToken {
        id: t.id,
        name: t.name,
        last4: t.last4,
        scopes: Scopes::read(&t.scopes).list(),
        created_at: t.created_at,
        expires_at: t.expires_at,
        last_used_at: t.last_used_at,
    };
    Ok(rows.into_iter().map(view).collect())
}

/// Makes a token of the caller's, who is signed in with the session that is kept under `current`. It is seen only in this answer.
///
/// # Errors
/// `invalid` without a name or scope, or for another time than a day to a year; `conflict` when there are too many.
pub async fn create(
    state: &Services,
    actor: &Actor,
    name: &str,
    scopes: &[Scope],
    days: Option<i64>,
    current: Vec<u8>,
) -> Result<NewApiToken> {
    if scopes.is_empty() {
        return Err(ApiError::invalid("scopes", "A token needs at least one scope.").into());
    }
    let days = days.unwrap_or(TOKEN_DAYS);
    if !(1..=TOKEN_DAYS).contains(&days) {
        return Err(ApiError::invalid("days", format!("A token lasts from 1 to {TOKEN_DAYS} days.")).into());
    }
    let new = Draft::new(name, Scopes::of(scopes), days)?;
    let (secret, id) = (new.secret.clone(), new.id);
    let input = (*actor, new, current, state.now());
    let made = state
        .transact(actor, id, input, |conn, (actor, new, current, now)| {
            Box::pin(async move {
                // Neither beside nor after a transaction that ends all tokens and sessions of this person.
                let signed_in = person::hold_signed_in(conn, actor.user_id, current, *now).await?;
                if !signed_in || account::find_member(conn, actor.workspace_id, actor.user_id).await?.is_none() {
                    return Ok(Err(ApiError::unauthenticated()));
                }
                if token::count(conn, actor.workspace_id, actor.user_id, *now).await? >= TOKENS_MAX {
                    return Ok(Err(ApiError::conflict(format!("You have {TOKENS_MAX} tokens already."))
                        .action("Revoke those that nothing uses any more.")));
                }
                new.store(conn, actor.workspace_id, actor.user_id, *now).await?;
                Ok(Ok(()))
            })
        })
        .await?;
    made?;
    let token = list(state, actor).await?.into_iter().find(|t| t.id == id);
    Ok(NewApiToken { secret, token: token.ok_or_else(|| ApiError::not_found("The token"))? })
}

pub async fn revoke(state: &Services, actor: &Actor, id: TokenId) -> Result<()> {
    let input = (*actor, id, state.now());
    let revoked = state
        .transact(actor, id, input, |conn, (actor, id, now)| {
            Box::pin(async move {
                let revoked = token::revoke(conn, actor.workspace_id, actor.user_id, *id, *now).await?;
                if revoked {
                    let what = AccessChange::TokenRevoked { token_id: *id };
                    let event = DomainEvent::AccessChanged { user_id: actor.user_id, what };
                    conn.tell(actor.workspace_id, event, *now);
                }
                Ok(revoked)
            })
        })
        .await?;
    if revoked { Ok(()) } else { Err(ApiError::not_found("The token").into()) }
}

/// Makes a token of somebody's for the operator, with all scopes, and returns it: the only time that it is seen.
///
/// # Errors
/// When there is no such person, or they are not let in.
pub async fn add(state: &Services, email: &str, name: &str) -> Result<String> {
    let owner = find_user(state, email).await?.id;
    let new = Draft::new(name, Scopes::of(Scope::ALL), TOKEN_DAYS)?;
    let (secret, id) = (new.secret.clone(), new.id);
    let input = (owner, new, state.now());
    let added = state
        .transact(Principal::CommandLine, id, input, |conn, (owner, new, now)| {
            Box::pin(async move {
                // Not beside a transaction that ends all tokens of this person.
                if person::hold(conn, *owner).await? == Some(false) {
                    return Ok(Err(ApiError::conflict("This user is disabled.")
                        .action("Let them in again first: parlance user enable --email ….")));
                }
                let Some(member) = account::list_memberships(conn, *owner).await?.into_iter().next() else {
                    return Ok(Err(ApiError::not_found("The user's workspace")));
                };
                new.store(conn, member.workspace_id, *owner, *now).await?;
                Ok(Ok(()))
            })
        })
        .await?;
    added?;
    Ok(secret)
}

/// A token before it is stored.
struct Draft {
    id: TokenId,
    name: String,
    secret: String,
    scopes: Scopes,
    life: Millis,
}

impl Draft {
    fn new(name: &str, scopes: Scopes, days: i64) -> Result<Self> {
        let name = validate::required("name", name, 100)?;
        let secret = format!("{TOKEN_PREFIX}{}", random_hex(32)?);
        Ok(Self { id: mint_id(), name, secret, scopes, life: days * DAY })
    }

    async fn store(&self, conn: &mut Conn, workspace_id: WorkspaceId, user_id: UserId, now: Millis) -> StoreResult<()> {
        let new = NewToken {
            id: self.id,
            workspace_id,
            user_id,
            name: self.name.clone(),
            token_hash: sha256(&self.secret),
            last4: self.secret.get(self.secret.len().saturating_sub(4)..).unwrap_or_default().to_owned(),
            scopes: self.scopes.write(),
            expires_at: Some(now + self.life),
        };
        token::insert(conn, &new, now).await?;
        let what = AccessChange::TokenMade { token_id: self.id };
        conn.tell(workspace_id, DomainEvent::AccessChanged { user_id, what }, now);
        Ok(())
    }
}
