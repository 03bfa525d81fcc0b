//! Finds out who a request comes from, and keeps strangers off the pages.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use secrecy::{ExposeSecret, SecretString};
use tower_sessions::Session;

use super::{
    Proof,
    session_store::session_key,
    sign_in::{NEXT_MAX, USER_KEY, WORKSPACE_KEY},
};
use crate::{
    domain::{
        Millis,
        ids::{UserId, WorkspaceId},
        principal::Via,
        role::Scopes,
        text::percent,
    },
    error::{ApiError, ErrorCode},
    server::{
        base::{
            address::{client_address, throttle_key},
            secrets::sha256,
            strangers::Deed,
        },
        error::{ApiErrorResponse, Result},
        service::{Services, actor::Actor, tokens::TOKEN_PREFIX},
        store::{
            StoreError,
            account::{self, MemberRow},
            session,
            token::{self, ValidToken},
        },
        writer::Priority,
    },
};

/// A token's last use is stored at most this often.
const TOUCH_EVERY: Millis = 60_000;

/// Pages that strangers may see.
const PUBLIC_PAGES: [&str; 4] = ["/sign-in", "/sign-in/code", "/set-up", "/join"];

/// Where a second factor is set up.
const ACCOUNT_PAGE: &str = "/settings";

/// Operations that strangers may call: those of the first account, and of whoever was asked to come.
const PUBLIC_OPERATIONS: [&str; 4] =
    ["/api/v1/setup/status", "/api/v1/setup/create", "/api/v1/invitations/get", "/api/v1/invitations/accept"];

/// Puts the [`Actor`] into the request's extensions, when there is one.
///
/// An `Authorization: Bearer` token decides alone: the cookie is then ignored.
pub async fn identify(State(state): State<Services>, session: Session, mut request: Request, next: Next) -> Response {
    let token = bearer(request.headers());
    let found = match &token {
        Some(token) => by_token(&state, token).await,
        None => by_session(&state, &session).await,
    };
    match found {
        Ok(Some((actor, proof))) => {
            recognise(&state, &request);
            request.extensions_mut().insert(actor);
            request.extensions_mut().insert(proof);
        }
        Ok(None) if token.is_some_and(|token| is_of_ours(&token)) => {
            let from = client_address(request.extensions(), request.headers(), &state.config.trusted_proxies);
            state.strangers.note_from(Deed::WrongToken, from);
        }
        Ok(None) => {}
        Err(error) => return ApiErrorResponse(error.into()).into_response(),
    }
    next.run(request).await
}

/// Somebody is signed in there: when it gets tight, that address comes first.
fn recognise(state: &Services, request: &Request) {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    let client = client_address(request.extensions(), request.headers(), &state.config.trusted_proxies);
    peer.into_iter().chain(client).for_each(|address| state.known.note(throttle_key(address)));
}

/// Refuses strangers, and what is no JSON, before the input is read.
///
/// A page of another site may make a browser send `text/plain` or a form without asking us first; JSON it may not.
pub async fn guard_operations(request: Request, next: Next) -> Response {
    if request.extensions().get::<Actor>().is_none() && !PUBLIC_OPERATIONS.contains(&request.uri().path()) {
        return ApiErrorResponse(ApiError::unauthenticated()).into_response();
    }
    if request.method() == Method::POST && !is_json(request.headers()) {
        let error = ApiError::new(ErrorCode::Invalid, "This operation takes JSON and nothing else.")
            .action("Send `Content-Type: application/json` and an object with the fields of the description.");
        return ApiErrorResponse(error).into_response();
    }
    next.run(request).await
}

/// Whether exactly one content type is given, and it is JSON's, whatever its parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let mut given = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(kind), None) = (given.next(), given.next()) else { return false };
    let essence = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// Sends people who are not signed in to where they can be.
pub async fn guard_pages(State(state): State<Services>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let signed_in = request.extensions().get::<Actor>().is_some();
    let held_up = request.extensions().get::<Actor>().is_some_and(|actor| actor.held_up);
    if held_up && path != ACCOUNT_PAGE && !PUBLIC_PAGES.contains(&path) {
        return Redirect::to(ACCOUNT_PAGE).into_response();
    }
    if signed_in && path == "/" {
        return Redirect::to("/inbox").into_response();
    }
    if signed_in || PUBLIC_PAGES.contains(&path) {
        return next.run(request).await;
    }
    match has_users(&state).await {
        Ok(true) => Redirect::to(&sign_in_url(request.uri())).into_response(),
        Ok(false) => Redirect::to("/set-up").into_response(),
        Err(error) => ApiErrorResponse(error.into()).into_response(),
    }
}

fn sign_in_url(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |p| p.as_str());
    // A longer one would not be followed afterwards either.
    let followed = wanted != "/" && wanted.len() < NEXT_MAX;
    if followed { format!("/sign-in?next={}", percent(wanted)) } else { "/sign-in".to_owned() }
}

async fn has_users(state: &Services) -> Result<bool> {
    let mut conn = state.store.read().await?;
    Ok(account::has_users(&mut conn).await?)
}

fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().unwrap_or_default();
    let token = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("bearer ")).and_then(|_| value.get(7..));
    Some(token.unwrap_or_default().trim().into())
}

/// Whether it may be an API token at all. (What else stands there, proxies and other programs have put in.)
fn is_of_ours(token: &SecretString) -> bool {
    token.expose_secret().starts_with(TOKEN_PREFIX)
}

/// The actor behind an API token. Its role is that of its owner now, so it never exceeds it and dies with them.
async fn by_token(state: &Services, token: &SecretString) -> Result<Option<(Actor, Proof)>> {
    if !is_of_ours(token) {
        return Ok(None);
    }
    let now = state.now();
    let mut conn = state.store.read().await?;
    let hash = sha256(token.expose_secret());
    let found = token::find_valid(&mut conn, &hash, now).await?;
    let Some(ValidToken { id, user_id, workspace_id, last_used_at, scopes }) = found else { return Ok(None) };
    let member = account::find_member(&mut conn, workspace_id, user_id).await?;
    drop(conn);
    if last_used_at.is_none_or(|at| at < now - TOUCH_EVERY) {
        // Nobody waits for this one; a lost touch is made up by the next use.
        drop(
            state
                .writer
                .submit(Priority::Bulk, id, (id, now), |conn, (id, now)| Box::pin(token::touch(conn, *id, *now))),
        );
    }
    Ok(member.map(|m| (actor(&m, Via::Token(id), Scopes::read(&scopes)), Proof::Token(hash))))
}

/// The actor behind a session: in the workspace that it names, or the oldest of theirs where it names none that they still
/// belong to.
async fn by_session(state: &Services, session: &Session) -> Result<Option<(Actor, Proof)>> {
    let read = async { Ok((session.get::<UserId>(USER_KEY).await?, session.get::<WorkspaceId>(WORKSPACE_KEY).await?)) };
    let (user_id, entered) = match read.await {
        Ok((Some(user_id), entered)) => (user_id, entered),
        Ok((None, _)) => return Ok(None),
        Err(error) => {
            let error: tower_sessions::session::Error = error;
            state.strangers.note_with(Deed::DatabaseAway, None, || format!("a session could not be read: {error:?}"));
            return Err(ApiError::unavailable().into());
        }
    };
    let mut conn = state.store.read().await?;
    let mut memberships = account::list_memberships(&mut conn, user_id).await?.into_iter();
    let member = match memberships.next() {
        Some(oldest) if entered.is_some_and(|id| id != oldest.workspace_id) => {
            Some(memberships.find(|m| Some(m.workspace_id) == entered).unwrap_or(oldest))
        }
        oldest => oldest,
    };
    let proof = Proof::Session(session.id().map(|id| session_key(&id)).unwrap_or_default());
    Ok(member.map(|m| (actor(&m, Via::Session, Scopes::ALL), proof)))
}

const fn actor(m: &MemberRow, via: Via, scopes: Scopes) -> Actor {
    Actor {
        user_id: m.user_id,
        workspace_id: m.workspace_id,
        role: m.role,
        via,
        scopes,
        held_up: m.second_factor_missing,
    }
}

/// Whether an actor still is who they were and has not signed out: for streams that stay open.
pub async fn still_valid(state: &Services, known: &Actor, proof: &Proof) -> bool {
    let looked = async {
        let mut conn = state.store.read().await?;
        let proven = match proof {
            Proof::Session(key) => session::find(&mut conn, key, state.now()).await?.is_some(),
            Proof::Token(hash) => token::find_valid(&mut conn, hash, state.now()).await?.is_some(),
        };
        let member = account::find_member(&mut conn, known.workspace_id, known.user_id).await?;
        Ok::<_, StoreError>(proven && member.is_some_and(|m| actor(&m, known.via, known.scopes) == *known))
    };
    // While the database is unavailable nothing new can be sent either.
    looked.await.unwrap_or(true)
}
