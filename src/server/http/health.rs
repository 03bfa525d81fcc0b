//! `/healthz`: alive. `/readyz`: able to write. `/metrics`: numbers for Prometheus.

use std::fmt::Write as _;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use uuid::Uuid;

use crate::server::{
    error::Result,
    pipeline::writer::Priority,
    state::AppState,
    store::{delivery, queue, throttle},
};

pub async fn healthz() -> &'static str {
    "ok"
}

/// A real write through the writer, so that a full or locked disk shows. A backlog is no unreadiness.
pub async fn readyz(State(state): State<AppState>) -> Response {
    let written =
        state.writer.write(Priority::Interactive, Uuid::nil(), (), |conn, ()| Box::pin(throttle::clear(conn, b"")));
    match tokio::time::timeout(std::time::Duration::from_secs(5), written).await {
        Ok(Ok(())) => (StatusCode::OK, "ready").into_response(),
        Ok(Err(error)) => {
            tracing::warn!(error = ?error, "Not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be written to").into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database takes too long").into_response(),
    }
}

pub async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> Response {
    if !may_see(&state, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match text(&state).await {
        Ok(text) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response(),
        Err(error) => super::ApiErrorResponse::from(error).into_response(),
    }
}

fn may_see(state: &AppState, headers: &HeaderMap) -> bool {
    let Some(token) = &state.config.metrics_token else { return state.config.local };
    let given = headers.get(header::AUTHORIZATION).map(|v| v.as_bytes()).unwrap_or_default();
    let expected = format!("Bearer {}", token.expose_secret());
    bool::from(expected.as_bytes().ct_eq(given))
}

async fn text(state: &AppState) -> Result<String> {
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
