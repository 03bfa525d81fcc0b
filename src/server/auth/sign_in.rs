//! Signing in and out: plain forms, so that they work before (and without) the wasm.

use std::net::IpAddr;

use axum::{
    Form,
    extract::{Request, State},
    http::{Extensions, HeaderMap},
    response::{IntoResponse, Redirect, Response},
};
use secrecy::SecretString;
use serde::Deserialize;
use tower_sessions::Session;

use super::{second_step, throttle};
use crate::{
    domain::{
        event::AccessChange,
        ids::{UserId, WorkspaceId},
        principal::Principal,
        session::PASSWORD_MAX,
        text::percent,
    },
    error::ApiError,
    server::{
        base::{address::client_address, strangers::Deed},
        error::Error,
        service::{
            Services,
            actor::Actor,
            sign_ins::{ORIGIN_KEY, Origin},
        },
        store,
    },
};

/// Where the session keeps its user.
pub const USER_KEY: &str = "user";
/// Where it keeps the workspace that they went into last.
pub const WORKSPACE_KEY: &str = "workspace";
/// The longest path to go on to, in bytes.
pub const NEXT_MAX: usize = 2000;
/// No address of e-mail is longer (RFC 5321, section 4.5.3.1).
const EMAIL_MAX: usize = 254;
/// The longest form: address and password, each byte written as three, and where to go on to.
pub const FORM_MAX: usize = 16 << 10;

#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    /// Taken out and wrapped at once.
    password: String,
    #[serde(default)]
    next: String,
}

/// How a sign-in ended.
enum SignInOutcome {
    /// Who, and the hash of the password that was the right one.
    SignedIn(UserId, String),
    /// The same for somebody with a second factor.
    CodeNeeded(UserId, String),
    WrongCredentials,
    Throttled,
}

/// `POST /sign-in`: a session and a redirect to where the person wanted to go, or back to the form with the reason.
pub async fn sign_in(
    State(state): State<Services>,
    session: Session,
    extensions: Extensions,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let email = normalise_email(&form.email);
    let address = client_address(&extensions, &headers, &state.config.trusted_proxies);
    let outcome = judge(&state, &email, form.password.into(), address).await;
    // Refusals are for tools that ban addresses, too: `docs/operating.md` says how the line reads. Not for whom it was tried:
    // people type passwords there.
    let reason = match outcome {
        Ok(SignInOutcome::SignedIn(user_id, hash)) => {
            return admit(&state, &session, (user_id, &hash), (&headers, address), &form.next).await;
        }
        Ok(SignInOutcome::CodeNeeded(user_id, hash)) => {
            match second_step::ask(&state, &session, (user_id, &hash), &form.next).await {
                Ok(response) => return response,
                Err(error) => {
                    tracing::error!(error = ?error, "A second step of signing in could not begin");
                    "unavailable"
                }
            }
        }
        Ok(SignInOutcome::WrongCredentials) => {
            state.strangers.note_from(Deed::WrongPassword, address);
            "credentials"
        }
        Ok(SignInOutcome::Throttled) => {
            state.strangers.note_from(Deed::SignInThrottled, address);
            "throttled"
        }
        Err(error) => {
            tracing::error!(error = ?error, "Sign-in failed");
            "unavailable"
        }
    };
    refuse(reason, &email, &form.next)
}

/// Lets somebody in who has proven who they are: a session, and on to where they wanted to go.
pub(super) async fn admit(
    state: &Services,
    session: &Session,
    (user_id, hash): (UserId, &str),
    (headers, address): (&HeaderMap, Option<IpAddr>),
    next: &str,
) -> Response {
    let origin = Origin::new(headers, address, state.now());
    let reason = match start_session(session, user_id, &origin).await {
        Ok(()) => match still_good(state, session, user_id, hash).await {
            Ok(true) => {
                state.strangers.note_each_with(Deed::SignedIn, address, || user_id.to_string());
                return Redirect::to(&safe_next(next)).into_response();
            }
            Ok(false) => "credentials",
            Err(error) => {
                tracing::error!(error = ?error, "A sign-in could not be looked at again");
                "unavailable"
            }
        },
        Err(_) => "unavailable",
    };
    refuse(reason, "", next)
}

/// Back to the form, with the reason.
fn refuse(reason: &str, email: &str, next: &str) -> Response {
    // What comes back is no longer than what people type: the address would otherwise grow to three times the form.
    let query = [("error", reason, NEXT_MAX), ("email", email, EMAIL_MAX), ("next", next, NEXT_MAX)];
    let query: String = query
        .iter()
        .filter(|(_, value, longest)| !value.is_empty() && value.len() <= *longest)
        .map(|(name, value, _)| format!("{name}={}", percent(value)))
        .collect::<Vec<_>>()
        .join("&");
    Redirect::to(&format!("/sign-in?{query}")).into_response()
}

async fn judge(
    state: &Services,
    email: &str,
    password: SecretString,
    address: Option<IpAddr>,
) -> Result<SignInOutcome, Error> {
    use secrecy::ExposeSecret;
    let Ok(tried) = throttle::begin_attempt(state, email, address).await? else {
        return Ok(SignInOutcome::Throttled);
    };
    if password.expose_secret().len() > PASSWORD_MAX * 4 {
        return Ok(SignInOutcome::WrongCredentials);
    }
    let mut conn = state.store.read().await?;
    let user = store::account::find_sign_in(&mut conn, email).await?;
    drop(conn);
    let hash = user.as_ref().map(|(_, hash)| hash.clone());
    if !state.passwords.verify(password, hash).await? {
        return Ok(SignInOutcome::WrongCredentials);
    }
    throttle::succeed(state, tried).await?;
    let Some((id, hash)) = user else { return Ok(SignInOutcome::WrongCredentials) };
    let factor = store::second_factor::find(&mut state.store.read().await?, id).await?;
    Ok(match factor.filter(|factor| factor.confirmed_at.is_some()) {
        Some(_) => SignInOutcome::CodeNeeded(id, hash),
        None => SignInOutcome::SignedIn(id, hash),
    })
}

/// Whether it is still the right password, now that the session is stored. One that was changed meanwhile, or a person who
/// was disabled, ended all sessions before this one was there. With it the sign-in goes on record.
async fn still_good(state: &Services, session: &Session, user_id: UserId, hash: &str) -> Result<bool, Error> {
    let input = (user_id, hash.to_owned(), state.now());
    let good = state
        .transact(Principal::signed_in(user_id), user_id, input, |conn, (user_id, hash, now)| {
            Box::pin(async move {
                let good = store::account::may_sign_in(conn, *user_id, hash).await?;
                if good {
                    store::person::tell_of_sign_in(conn, *user_id, *now).await?;
                }
                Ok(good)
            })
        })
        .await;
    if !matches!(good, Ok(true))
        && let Err(error) = session.flush().await
    {
        tracing::error!(error = ?error, "A session could not be deleted");
    }
    Ok(good?)
}

/// Signs a user in: with a new session id, so that one planted before is worth nothing.
///
/// # Errors
/// When the session cannot be stored.
pub async fn start_session(session: &Session, user_id: UserId, origin: &Origin) -> Result<(), ApiError> {
    let begun = async {
        // Nothing of before stays.
        session.clear().await;
        session.cycle_id().await?;
        session.insert(USER_KEY, user_id).await?;
        session.insert(ORIGIN_KEY, origin).await?;
        session.save().await
    };
    begun.await.map_err(|error| {
        tracing::error!(error = ?error, "A session could not be stored");
        ApiError::unavailable()
    })
}

/// Puts a sign-in on record.
///
/// # Errors
/// When the database does not accept it.
pub async fn record(state: &Services, user_id: UserId) -> Result<(), ApiError> {
    let recorded = state.transact(Principal::signed_in(user_id), user_id, (user_id, state.now()), |conn, (id, now)| {
        Box::pin(store::person::tell_of_sign_in(conn, *id, *now))
    });
    recorded.await.map_err(|error| ApiError::from(Error::from(error)))
}

/// Goes on in a workspace.
///
/// # Errors
/// When the session cannot be stored.
pub async fn enter(session: &Session, workspace_id: WorkspaceId) -> Result<(), ApiError> {
    let entered = async {
        session.insert(WORKSPACE_KEY, workspace_id).await?;
        session.save().await
    };
    entered.await.map_err(|error| {
        tracing::error!(error = ?error, "A session could not be stored");
        ApiError::unavailable()
    })
}

/// `POST /sign-out`: the session is gone, and its open streams end.
pub async fn sign_out(State(state): State<Services>, session: Session, request: Request) -> Response {
    if let Err(error) = session.flush().await {
        tracing::error!(error = ?error, "A session could not be deleted");
        return ApiErrorResponse(ApiError::unavailable()).into_response();
    }
    if let Some(actor) = request.extensions().get::<Actor>() {
        let input = (actor.user_id, state.now());
        let told = state.transact(actor, actor.user_id, input, |conn, (user_id, now)| {
            Box::pin(store::person::tell(conn, *user_id, AccessChange::SignedOut, *now))
        });
        // The session has ended in any case. Open pages look again by themselves, only later.
        if let Err(error) = told.await {
            tracing::warn!(user_id = %actor.user_id, error = ?error, "A sign-out is missing in the audit log");
        }
    }
    Redirect::to("/sign-in").into_response()
}

pub use crate::server::error::ApiErrorResponse;

/// E-mail addresses are compared without case and surrounding space.
#[must_use]
pub fn normalise_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A path of ours to go on to: never another site's address.
pub(super) fn safe_next(next: &str) -> String {
    let ours = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains('\\')
        && !next.chars().any(char::is_control)
        && next.len() < NEXT_MAX;
    if ours && next.is_ascii() { next.to_owned() } else { "/inbox".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::safe_next;

    #[test]
    fn goes_on_only_to_paths_of_ours() {
        assert_eq!(safe_next("/inbox/1?channel=web"), "/inbox/1?channel=web");
        for bad in ["", "https://evil.example", "//evil.example", "/\\evil.example", "/a\nb", "inbox"] {
            assert_eq!(safe_next(bad), "/inbox", "{bad:?}");
        }
    }
}
