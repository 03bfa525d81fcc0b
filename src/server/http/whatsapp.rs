//! Meta's webhook (contract, section 1): verification and deliveries. Nothing is parsed here.

use axum::{
    body::{Body, HttpBody},
    extract::{Path, Query, RawQuery, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::{
    domain::Millis,
    server::{
        error::Error,
        pipeline::intake::{self, BODY_MAX},
        service::credentials,
        state::AppState,
        store::StoreError,
        strangers::Deed,
        whatsapp::signature::{self, SignatureError},
    },
};

/// A deleted integration goes on answering for so long, so that Meta stops repeating.
const DELETED: Millis = 7 * 24 * 60 * 60 * 1000;
/// How much of a body that is too large is still read, so that its sender hears why.
const DISCARDED_MAX: usize = 4 * BODY_MAX;
/// Meta's challenges are about ten digits.
const CHALLENGE_MAX: usize = 128;

/// `GET /api/whatsapp/webhook/{integration_id}`
pub async fn verify(State(state): State<AppState>, Path(id): Path<String>, RawQuery(query): RawQuery) -> Response {
    let found = match id.parse::<Uuid>() {
        Ok(id) => credentials::by_id(&state, id).await,
        Err(_) => Ok(None),
    };
    match found {
        Ok(Some(c)) if c.deleted_at.is_none() => answer_challenge(&state, c.verify_token.as_ref(), query.as_deref()),
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => unavailable(&state, &error),
    }
}

/// `GET /api/whatsapp/webhook`, for the deployment-wide app.
pub async fn verify_deployment(State(state): State<AppState>, RawQuery(query): RawQuery) -> Response {
    match &state.config.deployment_app {
        Some(app) => answer_challenge(&state, Some(&app.verify_token), query.as_deref()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Echoes the challenge when mode and token are right. Carries no signature: Meta does not sign this one.
fn answer_challenge(state: &AppState, expected: Option<&SecretString>, query: Option<&str>) -> Response {
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
pub async fn receive(
    State(state): State<AppState>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let found = match id.parse::<Uuid>() {
        Ok(id) => credentials::by_id(&state, id).await,
        Err(_) => Ok(None),
    };
    let credentials = match found {
        Ok(Some(credentials)) => credentials,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return unavailable(&state, &error),
    };
    if let Some(at) = credentials.deleted_at {
        return if state.now() - at < DELETED { StatusCode::OK } else { StatusCode::NOT_FOUND }.into_response();
    }
    let Some(secret) = &credentials.app_secret else { return StatusCode::NOT_FOUND.into_response() };
    let owner = Some((credentials.workspace_id, credentials.integration_id));
    take(&state, secret, owner, &headers, body).await.unwrap_or_else(|refusal| {
        if matches!(refusal, Refusal::Signature(_)) {
            state.credentials.count_rejected(&credentials);
        }
        refusal.answer(&state)
    })
}

/// `POST /api/whatsapp/webhook`, for the deployment-wide app.
pub async fn receive_deployment(State(state): State<AppState>, headers: HeaderMap, body: Body) -> Response {
    let Some(app) = &state.config.deployment_app else { return StatusCode::NOT_FOUND.into_response() };
    take(&state, &app.app_secret, None, &headers, body).await.unwrap_or_else(|refusal| refusal.answer(&state))
}

/// Why a delivery is not taken.
enum Refusal {
    TooLarge,
    /// The sender went away or cannot speak HTTP.
    Broken,
    Busy,
    Signature(SignatureError),
    Store(StoreError),
}

impl Refusal {
    fn answer(self, state: &AppState) -> Response {
        let (deed, status) = match self {
            Self::TooLarge => (Deed::TooLarge, StatusCode::PAYLOAD_TOO_LARGE),
            Self::Broken => return StatusCode::BAD_REQUEST.into_response(),
            Self::Busy => (Deed::NotStored, StatusCode::SERVICE_UNAVAILABLE),
            Self::Signature(SignatureError::Mismatch) => (Deed::WronglySigned, StatusCode::UNAUTHORIZED),
            Self::Signature(_) => (Deed::Unsigned, StatusCode::UNAUTHORIZED),
            Self::Store(error) => return unavailable(state, &error.into()),
        };
        state.strangers.note(deed, None);
        status.into_response()
    }
}

/// While nothing can be stored every delivery ends here: one line a minute says so.
fn unavailable(state: &AppState, error: &Error) -> Response {
    state.strangers.note_with(Deed::NotStored, None, || format!("{error:?}"));
    (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response()
}

/// Bytes, signature, durable row, 200: in this order.
async fn take(
    state: &AppState,
    secret: &SecretString,
    owner: Option<(Uuid, Uuid)>,
    headers: &HeaderMap,
    mut body: Body,
) -> Result<Response, Refusal> {
    let announced = body.size_hint().upper().and_then(|n| usize::try_from(n).ok());
    if announced.is_some_and(|n| n > BODY_MAX) {
        discard(body).await;
        return Err(Refusal::TooLarge);
    }
    let room = state.bodies.reserve(announced.unwrap_or(BODY_MAX)).ok_or(Refusal::Busy)?;
    let bytes = match Limited::new(&mut body, BODY_MAX).collect().await {
        Ok(bytes) => bytes.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            discard(body).await;
            return Err(Refusal::TooLarge);
        }
        Err(_) => return Err(Refusal::Broken),
    };
    let header = headers.get(signature::HEADER).map(|value| value.as_bytes());
    signature::verify(secret.expose_secret().as_bytes(), &bytes, header).map_err(Refusal::Signature)?;
    intake::accept(state, owner, bytes.into(), room).await.map_err(Refusal::Store)?;
    Ok(StatusCode::OK.into_response())
}

/// Reads on for a while and keeps nothing: whoever is still sending would else meet a closed connection, not the answer.
async fn discard(body: Body) {
    let mut rest = Limited::new(body, DISCARDED_MAX);
    while let Some(Ok(_)) = rest.frame().await {}
}
