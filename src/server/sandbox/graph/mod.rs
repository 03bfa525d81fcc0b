//! The Graph API look-alike (contract, sections 5, 7 and 8): the paths that the product calls, answered in Meta's shapes.
//!
//! It changes nothing but the simulator's own rows, and says no where Meta would, in Meta's words for machines: code, subcode, trace id.

mod access;
pub(super) mod error;
mod node;
mod receipt;
mod request;
mod send;
mod token;

use std::collections::HashMap;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, Query, Request, State, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, Uri},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};

use self::{
    access::Caller,
    error::GraphError,
    request::{Call, parse_call},
};
use super::{Sandbox, ids};

/// Far above the longest text message.
const BODY_LIMIT: usize = 256 * 1024;

type Params = Query<HashMap<String, String>>;
type Answer = Result<Json<Value>, GraphError>;

pub(super) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/{version}/{node}", get(get_node))
        .route("/{version}/{node}/{edge}", get(get_edge).post(post_edge))
        .fallback(unknown_path)
        .method_not_allowed_fallback(unsupported_method)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(as_graph))
        .with_state(sandbox)
}

async fn get_node(
    State(sandbox): State<Sandbox>,
    Path((_, id)): Path<(String, String)>,
    Query(params): Params,
    headers: HeaderMap,
) -> Answer {
    if id == "debug_token" {
        return token::debug(&sandbox, &headers, &params).await;
    }
    let caller = Caller::find(&sandbox, &headers, &params).await?;
    let number = &caller.number;
    let fields = params.get("fields").map(String::as_str);
    if id == "me" {
        return Ok(Json(json!({ "id": number.app_id, "name": "Sandbox system user" })));
    }
    if id == number.phone_number_id {
        return node::phone_number(number, fields).map(Json);
    }
    if id == number.business_account_id {
        return node::business_account(number, fields).map(Json);
    }
    Err(GraphError::no_object(&Method::GET, &id))
}

async fn get_edge(
    State(sandbox): State<Sandbox>,
    Path((_, id, edge)): Path<(String, String, String)>,
    Query(params): Params,
    headers: HeaderMap,
) -> Answer {
    if edge == "subscriptions" {
        return token::subscriptions(&sandbox, &headers, &params, &id).await;
    }
    let caller = Caller::find(&sandbox, &headers, &params).await?;
    let number = &caller.number;
    if id != number.business_account_id {
        return Err(GraphError::no_object(&Method::GET, &id));
    }
    let data = match edge.as_str() {
        "phone_numbers" => node::phone_number(number, params.get("fields").map(String::as_str))?,
        "subscribed_apps" => node::subscribed_app(number),
        // The simulator sends no templates, so there are none.
        "message_templates" => return Ok(Json(json!({ "data": [] }))),
        _ => return Err(GraphError::nonexisting_field(&edge, "WhatsAppBusinessAccount")),
    };
    Ok(Json(node::page(&data)))
}

async fn post_edge(
    State(sandbox): State<Sandbox>,
    Path((_, id, edge)): Path<(String, String, String)>,
    Query(params): Params,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Answer {
    let caller = Caller::find(&sandbox, &headers, &params).await.map_err(|error| error.on_edge(&edge))?;
    let number = caller.number;
    let body = body.map_err(|rejection| GraphError::unreadable(rejection.status()))?;
    match edge.as_str() {
        "messages" if id == number.phone_number_id => match parse_call(&body)? {
            Call::Send(message) => send::send(&sandbox, &number, &message).await.map(Json),
            Call::Read(receipt) => receipt::read(&sandbox, &number, &receipt).await.map(Json),
        },
        "subscribed_apps" if id == number.business_account_id => node::subscribe(&body).map(Json),
        _ => Err(GraphError::no_object(&Method::POST, &id)),
    }
}

async fn unknown_path(uri: Uri) -> GraphError {
    GraphError::unknown_path(uri.path())
}

/// Graph knows no 405: a method that an object does not have is an object that is not there.
async fn unsupported_method(method: Method, uri: Uri) -> GraphError {
    GraphError::no_object(&method, uri.path().split('/').nth(2).unwrap_or_default())
}

/// Refuses what is not a version, and adds the headers that Meta's support asks for (contract, section 6).
async fn as_graph(request: Request, next: Next) -> Response {
    let version = request.uri().path().split('/').nth(1).unwrap_or_default().to_owned();
    let known = is_version(&version);
    let mut response =
        if known { next.run(request).await } else { GraphError::unknown_path(request.uri().path()).into_response() };
    let headers = response.headers_mut();
    for (name, value) in [("x-fb-request-id", ids::trace_id()), ("x-fb-trace-id", ids::trace_id())] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    if let (true, Ok(value)) = (known, HeaderValue::try_from(version)) {
        headers.insert("facebook-api-version", value);
    }
    response
}

/// `v26.0` and the like.
fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(major, minor)| number(major) && number(minor))
}
