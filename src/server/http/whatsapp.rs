//! Meta's webhook (contract, section 1): verification and deliveries. Nothing is parsed here.

pub mod callback;

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Path, Query, RawQuery, Request, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use super::{
    Web,
    delivery::{self, Origin, Unread},
};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        ids::{IntegrationId, WorkspaceId},
    },
    server::{
        base::strangers::Deed,
        channel::whatsapp::signature::{self, SignatureError},
        error::Error,
        pipeline::intake,
        service::credentials::{self, Credentials},
        store::StoreError,
    },
};

/// A deleted integration answers for this long, so that Meta stops retrying.
const DELETED: Millis = 7 * 24 * 60 * 60 * 1000;
/// Meta's challenges are about ten digits.
const CHALLENGE_MAX: usize = 128;

/// `GET /api/whatsapp/webhook/{integration_id}`
pub async fn verify(State(state): State<Web>, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let found = find(&state, &id).await;
    match found {
        Ok(Some(c)) if c.deleted_at.is_none() => answer_challenge(&state, c.verify_token.as_ref(), query.as_deref()),
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => unavailable(&state, &error),
    }
}

/// The integration with WhatsApp that a path names.
async fn find(state: &Web, id: &str) -> Result<Option<Arc<Credentials>>, Error> {
    let Ok(id) = id.parse::<IntegrationId>() else { return Ok(None) };
    Ok(credentials::by_id(state, id).await?.filter(|c| c.channel == Channel::Whatsapp))
}

/// `GET /api/whatsapp/webhook`, for the deployment-wide app.
pub async fn verify_deployment(State(state): State<Web>, RawQuery(query): RawQuery) -> Response {
    match &state.config.deployment_app {
        Some(app) => answer_challenge(&state, Some(&app.verify_token), query.as_deref()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Echoes the challenge when mode and token are right. Carries no signature: Meta does not sign this one.
fn answer_challenge(state: &Web, expected: Option<&SecretString>, query: Option<&str>) -> Response {
    let Some(query) = query.filter(|q| !q.is_empty()) else { return for_people() };
    let mut mode = Vec::new();
    let mut challenge = Vec::new();
    let mut token = Vec::new();
    for (name, value) in pairs(query) {
        match name.as_str() {
            "hub.mode" => mode.push(value),
            "hub.challenge" => challenge.push(value),
            "hub.verify_token" => token.push(value),
            _ => {}
        }
    }
    let ([mode], [challenge], [token]) = (mode.as_slice(), challenge.as_slice(), token.as_slice()) else {
        return plain(StatusCode::BAD_REQUEST, "hub.mode, hub.challenge and hub.verify_token are needed, once each");
    };
    if challenge.is_empty() || challenge.len() > CHALLENGE_MAX || !challenge.chars().all(|c| c.is_ascii_graphic()) {
        return plain(StatusCode::BAD_REQUEST, "the challenge is not one of Meta's");
    }
    let expected = expected.map(|t| t.expose_secret().as_bytes()).unwrap_or_default();
    let fits = !expected.is_empty() && bool::from(expected.ct_eq(token.as_bytes()));
    if mode != "subscribe" || !fits {
        state.strangers.note(Deed::WrongVerifyToken, None);
        return plain(StatusCode::FORBIDDEN, "the verify token is not the one of this integration");
    }
    plain(StatusCode::OK, challenge)
}

fn plain(status: StatusCode, text: &str) -> Response {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.to_owned()).into_response()
}

/// Somebody opened the callback in a browser to see whether it works.
fn for_people() -> Response {
    let text = "<!doctype html><html lang=\"en\"><title>WhatsApp callback</title><h1>This address works</h1>\
        <p>It is for Meta's servers. Enter it as the callback URL in Meta's console, together with the verify token of \
        the integration.</p></html>";
    (StatusCode::BAD_REQUEST, Html(text)).into_response()
}

/// Name and value of each pair of a query, decoded.
fn pairs(query: &str) -> Vec<(String, String)> {
    let uri = format!("/?{query}").parse::<Uri>().unwrap_or_default();
    Query::<Vec<(String, String)>>::try_from_uri(&uri).map(|q| q.0).unwrap_or_default()
}

/// `POST /api/whatsapp/webhook/{integration_id}`
pub async fn receive(State(state): State<Web>, Path(id): Path<String>, request: Request) -> Response {
    let found = find(&state, &id).await;
    let credentials = match found {
        Ok(Some(credentials)) => credentials,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return unavailable(&state, &error),
    };
    if let Some(at) = credentials.deleted_at {
        return if state.now() - at < DELETED { StatusCode::OK } else { StatusCode::NOT_FOUND }.into_response();
    }
    let Some(secret) = &credentials.keys.app_secret else { return StatusCode::NOT_FOUND.into_response() };
    let owner = Some((credentials.workspace_id, credentials.integration_id));
    take(&state, secret, owner, request).await.unwrap_or_else(|refusal| {
        if matches!(refusal.why, Why::Signature(_)) {
            state.credentials.count_rejected(&credentials);
        }
        refusal.answer(&state)
    })
}

/// `POST /api/whatsapp/webhook`, for the deployment-wide app.
pub async fn receive_deployment(State(state): State<Web>, request: Request) -> Response {
    let Some(app) = &state.config.deployment_app else { return StatusCode::NOT_FOUND.into_response() };
    take(&state, &app.app_secret, None, request).await.unwrap_or_else(|refusal| refusal.answer(&state))
}

/// A delivery that is not taken.
struct Refusal {
    why: Why,
    from: Option<IpAddr>,
}

enum Why {
    Unread(Unread),
    Signature(SignatureError),
    Store(StoreError),
}

impl Refusal {
    fn answer(self, state: &Web) -> Response {
        let (deed, status) = match self.why {
            Why::Unread(Unread::TooLarge) => (Deed::TooLarge, StatusCode::PAYLOAD_TOO_LARGE),
            Why::Unread(Unread::TooSlow) => (Deed::TooSlow, StatusCode::REQUEST_TIMEOUT),
            Why::Unread(Unread::Broken) => return StatusCode::BAD_REQUEST.into_response(),
            Why::Unread(Unread::NoRoom) => {
                state.strangers.note_with(Deed::NotStored, self.from, || "no memory is left for it".to_owned());
                return come_back();
            }
            Why::Signature(SignatureError::Mismatch) => (Deed::WronglySigned, StatusCode::UNAUTHORIZED),
            Why::Signature(_) => (Deed::Unsigned, StatusCode::UNAUTHORIZED),
            Why::Store(error) => return unavailable(state, &error.into()),
        };
        state.strangers.note(deed, self.from);
        status.into_response()
    }
}

/// While nothing can be stored every delivery ends here: one log line a minute says so.
fn unavailable(state: &Web, error: &Error) -> Response {
    state.strangers.note_with(Deed::NotStored, None, || format!("{error:?}"));
    come_back()
}

fn come_back() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
}

/// The signature that a delivery claims, before anything of its body is read.
///
/// # Errors
/// When there is none, or it cannot be one.
fn claimed(headers: &HeaderMap) -> Result<signature::Claim, SignatureError> {
    signature::Claim::read(headers.get(signature::HEADER).map(|value| value.as_bytes()))
}

/// A claim of a signature, bytes, the signature itself, a durable row, 200: in this order.
async fn take(
    state: &Web,
    secret: &SecretString,
    owner: Option<(WorkspaceId, IntegrationId)>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let origin = Origin::of(state, &parts);
    let refuse = |why| Refusal { why, from: origin.client };
    let claim = claimed(&parts.headers).map_err(|e| refuse(Why::Signature(e)))?;
    let mut reservation = state.bodies.open(origin.sender(state));
    let bytes = delivery::read(body, &mut reservation).await.map_err(|e| refuse(Why::Unread(e)))?;
    claim.check(secret.expose_secret().as_bytes(), &bytes).map_err(|e| refuse(Why::Signature(e)))?;
    reservation.verified();
    origin.proven(state);
    intake::accept(state, Channel::Whatsapp, owner, bytes, reservation).await.map_err(|e| refuse(Why::Store(e)))?;
    Ok(StatusCode::OK.into_response())
}
