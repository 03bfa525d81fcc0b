//! A second factor of one's own: codes of an app that change every thirty seconds (TOTP, RFC 6238), and recovery codes for when
//! the app is lost.

use secrecy::{ExposeSecret, SecretString};
use totp_rs::{Builder, Secret, Totp};

use super::{Services, actor::Actor};
use crate::{
    domain::{
        Millis,
        event::AccessChange,
        ids::UserId,
        people::{RecoveryCodes, SecondFactor, SecondFactorDraft},
        principal::Principal,
        text::percent,
    },
    error::ApiError,
    server::{
        base::{
            qr,
            secrets::{Sealer, fill_random, sha256},
        },
        error::{Error, Result},
        store::{
            Conn, StoreResult, account, person,
            second_factor::{self, SecondFactorRow},
        },
    },
};

/// RFC 4226, section 4, recommends 160 bits.
const SECRET_BYTES: usize = 20;
/// A secret that nobody confirmed for so long is worth nothing.
const DRAFT_LIFE: Millis = 15 * 60 * 1000;
const RECOVERY_CODES: usize = 10;
/// Of a recovery code: 80 bits, 16 characters.
const RECOVERY_BYTES: usize = 10;
/// No code is longer, spaces and dashes included.
const CODE_MAX: usize = 40;

/// How it stands with the caller's.
pub async fn status(state: &Services, actor: &Actor) -> Result<SecondFactor> {
    let mut conn = state.store.read().await?;
    let on = second_factor::find(&mut conn, actor.user_id).await?.is_some_and(|f| f.confirmed_at.is_some());
    let recovery_codes = second_factor::count_recovery_codes(&mut conn, actor.user_id).await?;
    let needed = account::find_workspace(&mut conn, actor.workspace_id).await?.is_some_and(|(_, needed)| needed);
    Ok(SecondFactor { on, recovery_codes, needed })
}

/// Makes a secret for the caller's app. Nothing asks for a code until they have confirmed it.
///
/// # Errors
/// `conflict` when they have a second factor already.
pub async fn begin(state: &Services, actor: &Actor) -> Result<SecondFactorDraft> {
    let secret = random_base32(SECRET_BYTES)?;
    let sealed = state.sealer.seal(&secret, &place(actor.user_id)).map_err(Error::from)?;
    let mut conn = state.store.read().await?;
    let member = account::find_member(&mut conn, actor.workspace_id, actor.user_id).await?;
    drop(conn);
    let member = member.ok_or_else(ApiError::unauthenticated)?;
    let input = (actor.user_id, sealed, state.now());
    let begun = state
        .transact(actor, actor.user_id, input, |conn, (user_id, sealed, now)| {
            Box::pin(second_factor::begin(conn, *user_id, sealed, *now))
        })
        .await?;
    if !begun {
        return Err(ApiError::conflict("You use two-factor authentication already.")
            .action("Switch it off first.")
            .into());
    }
    let link = format!("otpauth://totp/Parlance:{}?secret={secret}&issuer=Parlance", percent(&member.email));
    let qr = qr::draw(&link).ok_or_else(ApiError::internal)?;
    Ok(SecondFactorDraft { secret, link, qr })
}

/// Switches the second factor of the caller on, who is signed in with the session that is kept under `current`. The answer holds their recovery codes, once.
///
/// # Errors
/// `invalid` in `code` for a wrong one, `conflict` when nothing was begun.
pub async fn confirm(state: &Services, actor: &Actor, code: &str, current: Vec<u8>) -> Result<RecoveryCodes> {
    let found = second_factor::find(&mut state.store.read().await?, actor.user_id).await?;
    let fresh = |row: &SecondFactorRow| row.confirmed_at.is_none() && row.created_at > state.now() - DRAFT_LIFE;
    let Some(row) = found.filter(fresh) else { return Err(nothing_to_confirm().into()) };
    let Some(step) = matching_step(&state.sealer, &row, code, state.now())? else {
        return Err(ApiError::invalid("code", "This is not the code of your app.")
            .action("Wait for the next one. The clocks of phone and server must agree to half a minute.")
            .into());
    };
    let (codes, hashes) = new_recovery_codes(actor.user_id)?;
    let input = (row, step, hashes, current, state.now());
    let confirmed = state
        .transact(actor, actor.user_id, input, |conn, (row, step, hashes, current, now)| {
            Box::pin(async move {
                let user_id = &row.user_id;
                if !person::hold_signed_in(conn, *user_id, current, *now).await?
                    || !second_factor::confirm(conn, row, *step, *now).await?
                {
                    return Ok(false);
                }
                second_factor::put_recovery_codes(conn, *user_id, hashes).await?;
                person::tell(conn, *user_id, AccessChange::SecondFactor { on: true }, *now).await?;
                Ok(true)
            })
        })
        .await?;
    if confirmed { Ok(RecoveryCodes { codes }) } else { Err(nothing_to_confirm().into()) }
}

fn nothing_to_confirm() -> ApiError {
    ApiError::conflict("There is nothing to confirm.").action("Load the page again.")
}

/// Makes new recovery codes in place of the caller's old ones.
///
/// # Errors
/// `conflict` without a second factor.
pub async fn renew_recovery_codes(state: &Services, actor: &Actor) -> Result<RecoveryCodes> {
    if !status(state, actor).await?.on {
        return Err(ApiError::conflict("You do not use two-factor authentication.").action("Set it up first.").into());
    }
    let (codes, hashes) = new_recovery_codes(actor.user_id)?;
    state
        .transact(actor, actor.user_id, (actor.user_id, hashes, state.now()), |conn, (user_id, hashes, now)| {
            Box::pin(async move {
                person::hold(conn, *user_id).await?;
                second_factor::put_recovery_codes(conn, *user_id, hashes).await?;
                person::tell(conn, *user_id, AccessChange::RecoveryCodesRenewed, *now).await
            })
        })
        .await?;
    Ok(RecoveryCodes { codes })
}

/// Switches somebody's second factor off, on their own behalf or the operator's; whether there was one.
pub async fn end(state: &Services, by: impl Into<Principal>, user_id: UserId) -> Result<bool> {
    let ended = state
        .transact(by, user_id, (user_id, state.now()), |conn, (user_id, now)| {
            Box::pin(async move {
                let ended = second_factor::remove(conn, *user_id).await?;
                if ended {
                    person::tell(conn, *user_id, AccessChange::SecondFactor { on: false }, *now).await?;
                }
                Ok(ended)
            })
        })
        .await?;
    Ok(ended)
}

/// What somebody gave as a code, before it is known whether it was taken already.
#[derive(Clone, Debug)]
pub enum Given {
    /// The code of the app for that step.
    Step(i64),
    /// Perhaps a recovery code, as its hash.
    Recovery(Vec<u8>),
}

/// What this is as a code of that second factor.
///
/// # Errors
/// When the secret does not open.
pub fn read(sealer: &Sealer, row: &SecondFactorRow, code: &str, now: Millis) -> Result<Given> {
    if !is_of_an_app(code) {
        return Ok(Given::Recovery(recovery_hash(row.user_id, &plain(code))));
    }
    Ok(match matching_step(sealer, row, code, now)? {
        Some(step) => Given::Step(step),
        None => Given::Recovery(recovery_hash(row.user_id, &plain(code))),
    })
}

/// Takes a code, once; `false` for a wrong one and for one that was taken before.
///
/// # Errors
/// When the database does not accept it.
pub async fn take(conn: &mut Conn, user_id: UserId, given: &Given, now: Millis) -> StoreResult<bool> {
    match given {
        Given::Step(step) => second_factor::take_step(conn, user_id, *step).await,
        Given::Recovery(hash) => {
            let taken = second_factor::take_recovery_code(conn, user_id, hash).await?;
            if taken {
                person::tell(conn, user_id, AccessChange::RecoveryCodeUsed, now).await?;
            }
            Ok(taken)
        }
    }
}

/// Whether it may be a code of an app. All else is a recovery code, which nobody guesses.
#[must_use]
pub fn is_of_an_app(code: &str) -> bool {
    let plain = plain(code);
    plain.len() <= 8 && plain.chars().all(|c| c.is_ascii_digit())
}

/// The step whose code it is: the one now, the one before or the one after.
fn matching_step(sealer: &Sealer, row: &SecondFactorRow, code: &str, now: Millis) -> Result<Option<i64>> {
    let secret = sealer.unseal(&row.secret, &place(row.user_id)).map_err(Error::from)?;
    let seconds = u64::try_from(now / 1000).unwrap_or_default();
    let step = codes_of(&secret)?.check(&plain(code), seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn codes_of(secret: &SecretString) -> Result<Totp> {
    let secret = Secret::try_from_base32(secret.expose_secret()).map_err(|e| Error::Task(e.to_string()))?;
    Builder::new().with_secret(secret).build().map_err(|e| Error::Task(e.to_string()))
}

/// As people and apps write codes, in one form: without spaces and dashes, in small letters.
fn plain(code: &str) -> String {
    code.chars().take(CODE_MAX).filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

fn recovery_hash(user_id: UserId, plain: &str) -> Vec<u8> {
    sha256(&format!("recovery:{user_id}:{plain}"))
}

/// New codes, as they are shown and as they are kept.
fn new_recovery_codes(user_id: UserId) -> Result<(Vec<String>, Vec<Vec<u8>>)> {
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    let mut hashes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let code = random_base32(RECOVERY_BYTES)?.to_lowercase();
        hashes.push(recovery_hash(user_id, &code));
        let letters: Vec<char> = code.chars().collect();
        codes.push(letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join("-"));
    }
    Ok((codes, hashes))
}

fn random_base32(bytes: usize) -> Result<String> {
    let mut random = vec![0; bytes];
    fill_random(&mut random).map_err(Error::from)?;
    Ok(Secret::new(random.into_boxed_slice()).to_base32())
}

/// Under what the secret is sealed.
pub(super) fn place(user_id: UserId) -> String {
    format!("second_factors:{user_id}:secret")
}
