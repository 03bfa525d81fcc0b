//! What lies around every route: security headers, request ids, the true form of errors, and in `layers/` more of it.

pub mod local;
pub mod pages;

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::{
    csrf::{CsrfLayer, ProtectionError},
    request_id::RequestId,
};

use tracing::Instrument;
use uuid::Uuid;

use super::state::AppState;
use crate::{
    error::{ApiError, ErrorCode},
    server::{
        base::{assets::SiteFile, clock::mint_id},
        error::ApiErrorResponse,
    },
    texts::{asked_for, speaking},
};

pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest error body that is looked into.
const ERROR_MAX: usize = 64 << 10;

/// Headers on every answer; a page or file that set its own keeps it.
pub async fn security_headers(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if response.extensions().get::<SiteFile>().is_none() {
        keep_nothing(response.headers_mut());
    }
    if state.config.https {
        keep_cookies_secure(response.headers_mut());
    }
    secure(response.headers_mut(), state.config.https);
    response
}

/// Pages and answers are for who asked: no cache keeps them, not even the browser's own.
fn keep_nothing(headers: &mut HeaderMap) {
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// A browser takes no `__Host-` cookie without `Secure`, not even to delete it; tower-sessions leaves it out then.
fn keep_cookies_secure(headers: &mut HeaderMap) {
    let is_secure = |cookie: &HeaderValue| {
        let attributes = cookie.as_bytes().split(|byte| *byte == b';').skip(1);
        attributes.map(<[u8]>::trim_ascii).any(|name| name.eq_ignore_ascii_case(b"secure"))
    };
    let cookies: Vec<HeaderValue> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    if cookies.iter().all(is_secure) {
        return;
    }
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let secured = if is_secure(&cookie) {
            Ok(cookie)
        } else {
            HeaderValue::from_bytes(&[cookie.as_bytes(), b"; Secure"].concat())
        };
        // What was a header stays one with this behind it.
        if let Ok(cookie) = secured {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
}

fn secure(headers: &mut HeaderMap, https: bool) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

/// What lies around the webhook in place of all layers of the rest, which would cost as much as taking a delivery:
/// a request id, the span that goes with it in the log, and the same headers.
pub async fn around_webhooks(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let id = state.webhook_ids.next();
    // The path only: the query may hold a verify token.
    let span = tracing::info_span!("request", method = %request.method(), path = request.uri().path(), id);
    let mut response = next.run(request).instrument(span).await;
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    keep_nothing(headers);
    secure(headers, state.config.https);
    response
}

/// Request ids that cost nothing: the number of the request behind a name that this process chose at its start.
#[derive(Debug)]
pub struct RequestIds {
    process: String,
    count: AtomicU64,
}

impl Default for RequestIds {
    fn default() -> Self {
        Self { process: mint_id::<Uuid>().simple().to_string(), count: AtomicU64::default() }
    }
}

impl RequestIds {
    fn next(&self) -> String {
        format!("{}-{:x}", self.process, self.count.fetch_add(1, Ordering::Relaxed))
    }
}

/// Answers in the language of the request.
pub async fn speak(mut request: Request, next: Next) -> Response {
    let language = asked_for(request.headers());
    // Pages are made by tasks of their own: they know it by this.
    request.extensions_mut().insert(language);
    speaking(language, next.run(request)).await
}

/// Gives errors of server functions the status of their code, and their request id; never lets them redirect.
///
/// Leptos 0.8 answers every error with 500, and redirects clients that accept HTML, finished or not.
pub async fn api_errors(mut request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with("/api/") {
        return next.run(request).await;
    }
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let request_id =
        request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok().map(str::to_owned));
    let response = next.run(request).await;
    let failed = response.status().is_server_error() || response.status().is_client_error();
    if response.status().is_redirection() {
        let error = ApiError::new(ErrorCode::Invalid, "This operation takes JSON, not a form.")
            .action("Send `Content-Type: application/json`.");
        return with_id(error, request_id).into_response();
    }
    if !failed {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, ERROR_MAX).await.unwrap_or_default();
    let Ok(mut error) = serde_json::from_slice::<ApiError>(&bytes) else {
        if parts.status == StatusCode::NOT_FOUND || bytes.is_empty() || parts.status.is_server_error() {
            return with_id(from_status(parts.status), request_id).into_response();
        }
        return Response::from_parts(parts, Body::from(bytes));
    };
    error.request_id = request_id;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove("serverfnerror");
    let mut answer = ApiErrorResponse(error).into_response();
    for (name, value) in &parts.headers {
        if name == header::SET_COOKIE {
            answer.headers_mut().append(name, value.clone());
        }
    }
    // The browser's side of a server function tells an error by its status alone; the header is for Leptos' redirects.
    answer
}

fn from_status(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => ApiError::new(ErrorCode::NotFound, "There is no such operation.")
            .action("Compare the path with the description of the API."),
        StatusCode::METHOD_NOT_ALLOWED => ApiError::new(ErrorCode::Invalid, "This operation is called with POST."),
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::new(ErrorCode::Invalid, "The request is too large."),
        _ => ApiError::internal(),
    }
}

fn with_id(mut error: ApiError, request_id: Option<String>) -> ApiErrorResponse {
    error.request_id = request_id;
    ApiErrorResponse(error)
}

/// Makes the answer to a request that another site's page made.
pub type Refuse = fn(ProtectionError) -> Response;

/// Refuses requests that another site's page makes with our user's cookie.
///
/// # Errors
/// When the public URL is no origin: the configuration has checked that.
pub fn csrf(public_url: &str) -> Result<CsrfLayer<Refuse>, tower_http::csrf::ConfigError> {
    fn refuse(_: ProtectionError) -> Response {
        let error = ApiError::new(ErrorCode::Forbidden, "This request came from another site.")
            .action("Open Parlance itself and try again.");
        ApiErrorResponse(error).into_response()
    }
    let origin = default_port_stripped(public_url);
    Ok(CsrfLayer::new().add_trusted_origin(origin)?.with_rejection_response(refuse as Refuse))
}

/// Browsers write origins in lower case and without default ports.
fn default_port_stripped(url: &str) -> String {
    let url = url.to_ascii_lowercase();
    match url.split_once("://") {
        Some(("http", host)) => format!("http://{}", host.strip_suffix(":80").unwrap_or(host)),
        Some(("https", host)) => format!("https://{}", host.strip_suffix(":443").unwrap_or(host)),
        _ => url,
    }
}
