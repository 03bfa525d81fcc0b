//! A new password of one's own, for whoever knows the old one. Guessing is slowed down as at sign-in.

use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};

use super::throttle;
use crate::{
    domain::{Millis, event::AccessChange, ids::UserId, session::PASSWORD_MAX},
    error::{ApiError, ErrorCode},
    server::{
        base::strangers::Deed,
        error::Result,
        service::{Services, account::check_password, actor::Actor},
        store::{account, person, session, token},
    },
};

/// Makes sure that it is the caller's password; its hash.
///
/// # Errors
/// `rate_limited` after too many wrong ones, `invalid` in `field` for a wrong one.
pub async fn require(
    state: &Services,
    actor: &Actor,
    address: Option<IpAddr>,
    field: &str,
    password: SecretString,
) -> Result<String> {
    let mut conn = state.store.read().await?;
    let member = account::find_member(&mut conn, actor.workspace_id, actor.user_id).await?;
    let member = member.ok_or_else(ApiError::unauthenticated)?;
    let hash = account::find_sign_in(&mut conn, &member.email).await?.map(|(_, hash)| hash);
    drop(conn);
    let Ok(tried) = throttle::begin_attempt(state, &member.email, address).await? else {
        return Err(ApiError::new(ErrorCode::RateLimited, "There were too many wrong passwords.")
            .action("Wait a little, then try again.")
            .into());
    };
    let long = password.expose_secret().len() > PASSWORD_MAX * 4;
    let right = if long { false } else { state.passwords.verify(password, hash.clone()).await? };
    let Some(hash) = hash.filter(|_| right) else {
        state.strangers.note_from(Deed::WrongPassword, address);
        return Err(ApiError::invalid(field, "This is not your password.").action("Type it again.").into());
    };
    throttle::succeed(state, tried).await?;
    Ok(hash)
}

/// Sets the caller's new password and ends all their other sign-ins; with `tokens` their API tokens, too.
///
/// # Errors
/// As [`require`], and for a new password that will not do.
pub async fn change(
    state: &Services,
    (actor, current): (&Actor, Vec<u8>),
    address: Option<IpAddr>,
    old: SecretString,
    new: SecretString,
    tokens: bool,
) -> Result<()> {
    check_password(new.expose_secret()).map_err(|error| ApiError { field: Some("new".to_owned()), ..error })?;
    let was = require(state, actor, address, "old", old).await?;
    let hash = state.passwords.hash(new).await?;
    let input: (UserId, [String; 2], Vec<u8>, bool, Millis) =
        (actor.user_id, [was, hash], current, tokens, state.now());
    let changed = state
        .transact(actor, actor.user_id, input, |conn, (user_id, [was, hash], current, tokens, now)| {
            Box::pin(async move {
                // Whoever was signed out meanwhile, because somebody else knows the password, does not get it back.
                if !person::hold_signed_in(conn, *user_id, current, *now).await?
                    || !account::replace_password(conn, *user_id, was, hash).await?
                {
                    return Ok(false);
                }
                session::delete_others(conn, *user_id, current).await?;
                if *tokens {
                    token::revoke_of_user(conn, *user_id, *now).await?;
                }
                person::tell(conn, *user_id, AccessChange::Password, *now).await?;
                Ok(true)
            })
        })
        .await?;
    if changed { Ok(()) } else { Err(ApiError::unauthenticated().into()) }
}
