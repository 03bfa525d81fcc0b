//! The chat page of a website and its JSON: `/widget/{chatbot_id}`, `/api/widget/v1/…`.
//!
//! Everybody may come here. A visitor is who their signed token says; it travels in a header, never in a URL.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, Query, Request, State, rejection::JsonRejection},
    http::{Extensions, HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::broadcast::error::RecvError,
    time::{Instant, timeout_at},
};
use uuid::Uuid;

use super::ApiErrorResponse;
use crate::{
    error::{ApiError, ErrorCode},
    server::{
        auth::address::{client_address, throttle_key},
        service::visitor::{self, Visitor, VisitorMessage},
        state::AppState,
    },
};

/// How long a visitor's page waits for news.
const WAIT: Duration = Duration::from_secs(25);

/// Renders the page; the router knows how, since only it knows the pages.
pub type RenderPage = fn(chatbot_id: String, name: String) -> String;

/// `GET /widget/{chatbot_id}`
pub async fn page(State(state): State<AppState>, Path(id): Path<String>, render: RenderPage) -> Response {
    let name = match id.parse::<Uuid>() {
        Ok(id) => visitor::chatbot_name(&state, id).await,
        Err(_) => Ok(None),
    };
    match name {
        Ok(Some(name)) => {
            let mut response = Html(render(id, name)).into_response();
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                 base-uri 'none'; form-action 'none'; frame-ancestors *",
            ));
            response
        }
        Ok(None) => (
            StatusCode::NOT_FOUND,
            Html(
                "<!doctype html><html lang=\"en\"><title>No such chat</title><h1>This chat does not exist</h1></html>",
            ),
        )
            .into_response(),
        Err(error) => ApiErrorResponse::from(error).into_response(),
    }
}

#[derive(Deserialize)]
pub struct Begin {
    chatbot_id: Uuid,
}

#[derive(Serialize)]
struct Begun {
    token: String,
    messages: Vec<VisitorMessage>,
}

/// `POST /api/widget/v1/session`: a token for a new visitor.
pub async fn session(
    State(state): State<AppState>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Result<Json<Begin>, JsonRejection>,
) -> Result<Response, ApiErrorResponse> {
    let Json(body) = body.map_err(|e| unreadable(&e))?;
    let address = client_address(&extensions, &headers, &state.config.trusted_proxies).map(throttle_key);
    limit(&state, format!("session:{address:?}"))?;
    let token = visitor::begin(&state, body.chatbot_id).await?;
    Ok(Json(Begun { token, messages: Vec::new() }).into_response())
}

#[derive(Deserialize)]
pub struct Say {
    text: String,
    client_id: Uuid,
}

/// `POST /api/widget/v1/messages`: says something.
pub async fn say(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Result<Json<Say>, JsonRejection>,
) -> Result<Response, ApiErrorResponse> {
    let visitor = who(&state, &headers)?;
    let Json(body) = body.map_err(|e| unreadable(&e))?;
    limit(&state, format!("say:{}", visitor.visitor_id))?;
    Ok(Json(visitor::say(&state, visitor, &body.text, body.client_id).await?).into_response())
}

#[derive(Deserialize)]
pub struct After {
    #[serde(default)]
    after: i64,
}

#[derive(Serialize)]
struct Messages {
    messages: Vec<VisitorMessage>,
}

/// `GET /api/widget/v1/messages?after=`: what was said since, as soon as there is something.
pub async fn messages(
    State(state): State<AppState>,
    Query(after): Query<After>,
    request: Request,
) -> Result<Response, ApiErrorResponse> {
    let visitor = who(&state, request.headers())?;
    // Listening begins before looking, so that nothing falls between.
    let mut live = state.live.subscribe();
    let deadline = Instant::now() + WAIT;
    loop {
        let messages = visitor::messages(&state, &visitor, after.after).await?;
        if !messages.is_empty() || Instant::now() >= deadline || state.shutdown.is_cancelled() {
            return Ok(Json(Messages { messages }).into_response());
        }
        loop {
            let event = tokio::select! {
                event = timeout_at(deadline, live.recv()) => event,
                () = state.shutdown.cancelled() => break,
            };
            match event {
                Ok(Ok(row)) if row.workspace_id != visitor.workspace_id => {}
                Ok(Err(RecvError::Lagged(_)) | Ok(_)) | Err(_) => break,
                Ok(Err(RecvError::Closed)) => break,
            }
        }
    }
}

fn who(state: &AppState, headers: &HeaderMap) -> Result<Visitor, ApiError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    visitor::authenticate(state, value.strip_prefix("Bearer ").unwrap_or_default())
}

fn limit(state: &AppState, key: String) -> Result<(), ApiError> {
    state.visitor_rate.take(key, state.now()).map_err(|_| {
        ApiError::new(ErrorCode::RateLimited, "That was a lot at once.").action("Wait a few seconds and try again.")
    })
}

fn unreadable(error: &JsonRejection) -> ApiError {
    ApiError::new(ErrorCode::Invalid, format!("The request could not be read: {}.", error.body_text()))
        .action("Send JSON with the fields of the description.")
}
