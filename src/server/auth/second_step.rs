//! The second step of signing in, for those who have a second factor: a code after the password. A plain form, too.

use std::net::IpAddr;

use axum::{
    Form,
    extract::State,
    http::{Extensions, HeaderMap},
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use tower_sessions::Session;

use super::{
    sign_in::{NEXT_MAX, admit, safe_next},
    throttle,
};
use crate::{
    domain::{Millis, ids::UserId, principal::Principal, text::percent},
    server::{
        base::{address::client_address, secrets::sha256, strangers::Deed},
        error::{Error, Result},
        service::{Services, second_factor},
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
    let Some(half) = half else {
        return Redirect::to(&format!("/sign-in?error=expired&next={}", percent(&safe_next(&form.next))))
            .into_response();
    };
    match judge(&state, &half, &form.code, address).await {
        Ok(Judgement::Right(hash)) => {
            admit(&state, &session, (half.user, &hash), (&headers, address), &form.next).await
        }
        Ok(Judgement::Wrong) => {
            state.strangers.note_from(Deed::WrongPassword, address);
            page(Some("code"), &form.next)
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

enum Judgement {
    /// With the hash of the password that it goes with.
    Right(String),
    Wrong,
    Throttled,
}

async fn judge(state: &Services, half: &Half, code: &str, address: Option<IpAddr>) -> Result<Judgement> {
    let Ok(tried) = throttle::begin_code(state, half.user, address).await? else { return Ok(Judgement::Throttled) };
    let mut conn = state.store.read().await?;
    let hash = account::find_password_hash(&mut conn, half.user).await?;
    let row = store::second_factor::find(&mut conn, half.user).await?;
    drop(conn);
    let (Some(hash), Some(row)) = (hash.filter(|hash| mark(hash) == half.password), row) else {
        return Ok(Judgement::Wrong);
    };
    let given = second_factor::read(&state.sealer, &row, code, state.now())?;
    let taken = state
        .transact(Principal::signed_in(half.user), half.user, (half.user, given), |conn, (user_id, given)| {
            Box::pin(second_factor::take(conn, *user_id, given))
        })
        .await?;
    if !taken {
        return Ok(Judgement::Wrong);
    }
    throttle::succeed(state, tried).await?;
    Ok(Judgement::Right(hash))
}
