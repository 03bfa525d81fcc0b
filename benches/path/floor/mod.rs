//! The floor: the least that a durable webhook with an answer costs. Bare axum, one table, no domain.
//!
//! It keeps the promise that the product keeps (200 means on disk) and makes the same Graph calls, and does nothing else:
//! no contacts, conversations, events, retries. So the ratio says what all of those cost.

mod calls;
mod store;

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use hmac::Mac;
use serde_json::Value;
use tokio::net::TcpListener;

use self::{calls::Calls, store::Log};
use crate::{
    options::FloorOptions,
    support::{Result, webhook::Signer},
    traffic,
};

#[derive(Clone)]
struct Floor {
    signer: Signer,
    log: Log,
    calls: Option<Arc<Calls>>,
    answers: Arc<HashMap<String, String>>,
}

/// Serves until it is killed.
pub(crate) async fn serve(options: FloorOptions) -> Result<()> {
    let floor = Floor {
        signer: Signer::new(&options.secret),
        log: Log::open(&options.database).await?,
        calls: options.graph.map(|graph| Arc::new(Calls::new(graph))),
        answers: Arc::new(traffic::knowledge().collect()),
    };
    let router = Router::new()
        .route("/readyz", get(|| async { "ready" }))
        .route("/api/whatsapp/webhook/{id}", post(receive))
        .with_state(floor);
    let listener = TcpListener::bind(options.listen).await?;
    Ok(axum::serve(listener, router).await?)
}

async fn receive(State(floor): State<Floor>, Path(_): Path<String>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(signature) = headers.get("x-hub-signature-256") else { return StatusCode::UNAUTHORIZED };
    if !fits(&floor.signer, &body, signature.as_bytes()) {
        return StatusCode::UNAUTHORIZED;
    }
    if floor.log.append(body.clone()).await.is_err() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if let Some(calls) = floor.calls.clone() {
        tokio::spawn(async move {
            // What is not answered shows in the double's count.
            let _ = answer(&calls, &floor.answers, &body).await;
        });
    }
    StatusCode::OK
}

/// Whether a header's value belongs to the body; compared in constant time.
fn fits(signer: &Signer, body: &[u8], header: &[u8]) -> bool {
    let digits = header.strip_prefix(b"sha256=").unwrap_or_default();
    let mut code = [0_u8; 32];
    hex::decode_to_slice(digits, &mut code).is_ok() && signer.over(body).verify_slice(&code).is_ok()
}

async fn answer(calls: &Calls, answers: &HashMap<String, String>, body: &[u8]) -> Result<()> {
    let webhook: Value = serde_json::from_slice(body)?;
    let value = webhook.pointer("/entry/0/changes/0/value").unwrap_or(&Value::Null);
    let text = |at: &str| value.pointer(at).and_then(Value::as_str).unwrap_or_default();
    let phone_number_id = text("/metadata/phone_number_id");
    calls.mark_read(phone_number_id, text("/messages/0/id")).await?;
    let answer = answers.get(text("/messages/0/text/body")).map(String::as_str).unwrap_or_default();
    calls.send_text(phone_number_id, text("/messages/0/from"), answer).await
}
