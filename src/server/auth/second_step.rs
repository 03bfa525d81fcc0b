//! The second step of signing in, for those who have a second factor: a code after the password. A plain form, too.

use std::net::IpAddr;

use axum::{
    Form,
    extract::State,
    http::{Extensions, HeaderMap},
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use time::Duration;
use tower_sessions::{Expiry, Session};

use super::{
    sign_in::{NEXT_MAX, admit, safe_next},
    throttle,
};
use crate::{
    domain::{Millis, ids::UserId, people::RecoveryCodes, principal::Principal, text::percent},
    error::{ApiError, ErrorCode},
    server::{
        base::{address::client_address, secrets::sha256, strangers::Deed},
        error::{Error, Result},
        service::{Services, actor::Actor, second_factor},
        store::{self, account},
    },
};

/// Where a session keeps who has given the right password, and nothing more yet.
const HALF_KEY: &str = "half";
/// How long the code may take.
const PATIENCE: Millis = 10 * 60 * 1000;

/// Somebody who has given the right password.
#[derive(Serialize, Deserialize)]
struct Half {
    user: UserId,
    /// The SHA-256 of the password's hash: another password since then ends it.
    password: String,
    until: Millis,
}

#[derive(Deserialize)]
pub struct CodeForm {
    code: String,
    #[serde(default)]
    next: String,
}

fn mark(password_hash: &str) -> String {
    hex::encode(sha256(password_hash))
}

/// Where the form for the code is, with what is to be said there.
fn page(error: Option<&str>, next: &str) -> Response {
    let error = error.map(|error| format!("error={error}&")).unwrap_or_default();
    let next = if next.len() < NEXT_MAX { next } else { "" };
    Redirect::to(&format!("/sign-in/code?{error}next={}", percent(next))).into_response()
}

/// Remembers that the password was right, and asks for the code.
pub(super) async fn ask(
    state: &Services,
    session: &Session,
    (user_id, password_hash): (UserId, &str),
    next: &str,
) -> Result<Response> {
    let half = Half { user: user_id, password: mark(password_hash), until: state.now() + PATIENCE };
    let kept = async {
        // With a new id, so that one planted before is worth nothing.
        session.clear().await;
        session.cycle_id().await?;
        session.insert(HALF_KEY, half).await?;
        session.set_expiry(Some(Expiry::OnInactivity(Duration::milliseconds(PATIENCE))));
        session.save().await
    };
    kept.await.map_err(|error: tower_sessions::session::Error| Error::Task(error.to_string()))?;
    Ok(page(None, next))
}

/// `POST /sign-in/code`: the session becomes a signed-in one, or back to the form with the reason.
pub async fn give_code(
    State(state): State<Services>,
    session: Session,
    extensions: Extensions,
    headers: HeaderMap,
    Form(form): Form<CodeForm>,
) -> Response {
    let address = client_address(&extensions, &headers, &state.config.trusted_proxies);
    let half = session.get::<Half>(HALF_KEY).await.ok().flatten().filter(|half| half.until > state.now());
    let Some(half) = half else { return begin_again(&form.next) };
    match judge(&state, &half, &form.code, address).await {
        Ok(Judgement::Right(hash)) => {
            admit(&state, &session, (half.user, &hash), (&headers, address), &form.next).await
        }
        Ok(Judgement::Wrong) => {
            state.strangers.note_from(Deed::WrongPassword, address);
            page(Some("code"), &form.next)
        }
        Ok(Judgement::Late) => {
            if let Err(error) = session.flush().await {
                tracing::error!(error = ?error, "A session could not be deleted");
            }
            begin_again(&form.next)
        }
        Ok(Judgement::Throttled) => {
            state.strangers.note_from(Deed::SignInThrottled, address);
            page(Some("throttled"), &form.next)
        }
        Err(error) => {
            tracing::error!(error = ?error, "A second step of signing in failed");
            page(Some("unavailable"), &form.next)
        }
    }
}

/// To the password, with what is to be said there.
fn begin_again(next: &str) -> Response {
    Redirect::to(&format!("/sign-in?error=expired&next={}", percent(&safe_next(next)))).into_response()
}

enum Judgement {
    /// With the hash of the password that it goes with.
    Right(String),
    Wrong,
    Throttled,
    /// The password is another one by now.
    Late,
}

/// Switches the caller's second factor on with a code of their app. Guessing is slowed down as at sign-in.
///
/// # Errors
/// As [`second_factor::confirm`], and `rate_limited` after too many wrong codes.
pub async fn confirm(
    state: &Services,
    actor: &Actor,
    code: &str,
    (current, address): (Vec<u8>, Option<IpAddr>),
) -> Result<RecoveryCodes> {
    let Ok(tried) = throttle::begin_code(state, actor.user_id, address).await? else {
        return Err(ApiError::new(ErrorCode::RateLimited, "There were too many wrong codes.")
            .action("Wait a little, then try again.")
            .into());
    };
    let codes = second_factor::confirm(state, actor, code, current).await?;
    throttle::succeed(state, tried).await?;
    Ok(codes)
}

async fn judge(state: &Services, half: &Half, code: &str, address: Option<IpAddr>) -> Result<Judgement> {
    let mut conn = state.store.read().await?;
    let hash = account::find_password_hash(&mut conn, half.user).await?;
    let row = store::second_factor::find(&mut conn, half.user).await?;
    drop(conn);
    // Whoever knew a password that is no more counts for nobody.
    let (Some(hash), Some(row)) = (hash.filter(|hash| mark(hash) == half.password), row) else {
        return Ok(Judgement::Late);
    };
    let counted = if second_factor::is_of_an_app(code) {
        throttle::begin_code(state, half.user, address).await?
    } else {
        throttle::begin_recovery(state, half.user, address).await?
    };
    let Ok(tried) = counted else { return Ok(Judgement::Throttled) };
    let given = second_factor::read(&state.sealer, &row, code, state.now())?;
    let taken = state
        .transact(
            Principal::signed_in(half.user),
            half.user,
            (half.user, given, state.now()),
            |conn, (user_id, given, now)| Box::pin(second_factor::take(conn, *user_id, given, *now)),
        )
        .await?;
    if !taken {
        return Ok(Judgement::Wrong);
    }
    throttle::succeed(state, tried).await?;
    Ok(Judgement::Right(hash))
}
