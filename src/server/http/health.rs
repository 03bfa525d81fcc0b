//! `/healthz`: alive. `/readyz`: able to write. `/metrics`: numbers for Prometheus.

use std::fmt::Write as _;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::Web;
use crate::server::{
    error::{ApiErrorResponse, Result},
    store::{delivery, queue},
};

pub async fn healthz() -> &'static str {
    "ok"
}

/// Whether a webhook would get its 200, and everything that processes it is running. A backlog is no unreadiness.
pub async fn readyz(State(state): State<Web>) -> Response {
    if let Some(trouble) = state.life.watch.trouble(state.config.stuck_after) {
        return (StatusCode::SERVICE_UNAVAILABLE, trouble).into_response();
    }
    if state.readiness.ask(&state).await {
        (StatusCode::OK, "ready").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database does not take writes").into_response()
    }
}

pub async fn metrics(State(state): State<Web>, headers: HeaderMap) -> Response {
    if !may_see(&state, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match text(&state).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => ApiErrorResponse::from(error).into_response(),
    }
}

fn may_see(state: &Web, headers: &HeaderMap) -> bool {
    let Some(token) = &state.config.metrics_token else { return state.config.is_private() };
    let given = headers.get(header::AUTHORIZATION).map(|v| v.as_bytes()).unwrap_or_default();
    let expected = format!("Bearer {}", token.expose_secret());
    bool::from(expected.as_bytes().ct_eq(given))
}

async fn text(state: &Web) -> Result<String> {
    let mut conn = state.store.read().await?;
    let deliveries = delivery::backlog(&mut conn).await?;
    let (queued, sending) = queue::backlog(&mut conn).await?;
    let mut out = String::new();
    for (name, help, value) in [
        ("parlance_deliveries_waiting", "Webhook deliveries that wait for ingest.", deliveries),
        ("parlance_messages_queued", "Outbound messages that wait for their turn.", queued),
        ("parlance_messages_sending", "Outbound messages under way.", sending),
    ] {
        // Writing to a String cannot fail.
        let _ = write!(out, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
    }
    Ok(out)
}
