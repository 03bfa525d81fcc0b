//! The chat page of a website and its JSON: `/widget/{integration_id}`, `/api/widget/v1/…`.
//!
//! Everybody may come here. A visitor is who their signed token says; it travels in a header, never in a URL. What a
//! stranger costs is limited before anything of theirs is read (`service/visitor/limits.rs`). Every 429 has `Retry-After`.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use axum::{
    Json,
    extract::{FromRequest, Path, Query, Request, State, rejection::JsonRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::time::{Instant, sleep_until, timeout};
use uuid::Uuid;

use super::Web;
use crate::{
    domain::ids::{ConversationId, IntegrationId},
    error::{ApiError, ErrorCode},
    server::{
        base::{
            address::{client_address, throttle_key},
            strangers::Deed,
        },
        error::ApiErrorResponse,
        service::visitor::{self, Known, News, Refusal, Said, VISITOR_TEXT_MAX},
    },
    texts::{current, retold},
};

/// How long a visitor's page waits for news.
const WAIT: Duration = Duration::from_secs(25);
/// How long a message may take to come in.
const READING: Duration = Duration::from_secs(10);
/// The longest body: a text of the longest characters, and what stands around it.
pub const BODY_MAX: usize = VISITOR_TEXT_MAX * 4 + 1024;

/// Renders the page; the router knows how, since only it knows the pages.
pub type RenderPage = fn(integration_id: String, name: String) -> String;

/// The chat stands in frames of any site, and so does the word that it is closed.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors *";

/// `GET /widget/{integration_id}`
pub async fn page(State(state): State<Web>, Path(id): Path<String>, render: RenderPage) -> Response {
    let website = match id.parse::<IntegrationId>() {
        Ok(id) => visitor::website(&state, id).await,
        Err(_) => Ok(None),
    };
    let mut response = match website {
        Ok(Some(website)) if website.active => Html(render(id, website.name)).into_response(),
        Ok(Some(_)) => nothing("This chat is closed", "Please get in touch in another way."),
        Ok(None) => nothing("This chat does not exist", "Please look at the address again."),
        Err(error) => return ApiErrorResponse::from(error).into_response(),
    };
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

fn nothing(title: &'static str, next: &'static str) -> Response {
    let (title, next, language) = (retold(title), retold(next), current().tag());
    let page = format!(
        "<!doctype html><html lang=\"{language}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><link rel=\"icon\" href=\"/favicon.svg\"><main><h1>{title}</h1><p>{next}</p></main></html>"
    );
    (StatusCode::NOT_FOUND, Html(page)).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let later = match self {
            Self::Error(error) => return ApiErrorResponse::from(error).into_response(),
            Self::Later(later) => later,
        };
        let mut response = ApiErrorResponse(ApiError::from(&later)).into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(later.seconds()));
        response
    }
}

type Handled = Result<Response, Refusal>;

/// Counts refused requests for the log.
fn noted(state: &Web, from: IpAddr, outcome: Handled) -> Response {
    if matches!(outcome, Err(Refusal::Later(_))) {
        state.strangers.note(Deed::VisitorThrottled, Some(from));
    }
    outcome.unwrap_or_else(IntoResponse::into_response)
}

#[derive(Deserialize)]
struct Begin {
    integration_id: IntegrationId,
}

#[derive(Serialize)]
struct Begun {
    token: String,
    conversation: Option<ConversationId>,
    messages: [(); 0],
}

/// `POST /api/widget/v1/session`: a token for a new visitor.
pub async fn session(State(state): State<Web>, request: Request) -> Response {
    let from = address_of(&state, &request);
    noted(&state, from, begin(&state, from, request).await)
}

async fn begin(state: &Web, from: IpAddr, request: Request) -> Handled {
    state.visitors.limits.session(from, state.now())?;
    let body: Begin = read(request).await?;
    let token = visitor::begin(state, body.integration_id).await?;
    Ok(Json(Begun { token, conversation: None, messages: [] }).into_response())
}

/// An answer, with a fresh token when it is time for one.
#[derive(Serialize)]
struct Answer<T> {
    #[serde(flatten)]
    answer: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Deserialize)]
struct Say {
    text: String,
    client_id: Uuid,
}

/// `POST /api/widget/v1/messages`: says something.
pub async fn say(State(state): State<Web>, request: Request) -> Response {
    let from = address_of(&state, &request);
    noted(&state, from, take(&state, from, request).await)
}

async fn take(state: &Web, from: IpAddr, request: Request) -> Handled {
    let Known { visitor, fresh } = who(state, request.headers())?;
    state.visitors.limits.message(visitor.visitor_id, state.now())?;
    let body: Say = read(request).await?;
    let answer: Said = visitor::say(state, visitor, from, &body.text, body.client_id).await?;
    Ok(Json(Answer { answer, token: fresh }).into_response())
}

#[derive(Deserialize)]
pub struct After {
    /// The highest place that the page shows, in the conversation that it knows.
    #[serde(default)]
    after: i64,
    conversation: Option<ConversationId>,
    /// Whether to wait for news; `false` takes no place and is answered at once.
    wait: Option<bool>,
}

/// `GET /api/widget/v1/messages?after=`: what was said since, as soon as there is something.
pub async fn messages(State(state): State<Web>, Query(after): Query<After>, request: Request) -> Response {
    let from = address_of(&state, &request);
    noted(&state, from, tell(&state, from, &after, request.headers()).await)
}

async fn tell(state: &Web, from: IpAddr, after: &After, headers: &HeaderMap) -> Handled {
    let Known { visitor, fresh } = who(state, headers)?;
    state.visitors.limits.question(visitor.visitor_id, from, state.now())?;
    let seat = match after.wait {
        Some(false) => None,
        _ => Some(state.visitors.polls.take(&visitor, from)?),
    };
    let deadline = Instant::now() + WAIT;
    loop {
        let answer: News = visitor::news(state, &visitor, (after.conversation, after.after), seat.as_ref()).await?;
        match &seat {
            Some(seat) if !answer.any && Instant::now() < deadline && !state.life.shutdown.is_cancelled() => {
                tokio::select! {
                    () = seat.rung() => {}
                    () = sleep_until(deadline) => {}
                    () = state.life.shutdown.cancelled() => {}
                }
            }
            _ => return Ok(Json(Answer { answer, token: fresh }).into_response()),
        }
    }
}

/// The address that limits count by.
fn address_of(state: &Web, request: &Request) -> IpAddr {
    let address = client_address(request.extensions(), request.headers(), &state.config.trusted_proxies);
    address.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), throttle_key)
}

fn who(state: &Web, headers: &HeaderMap) -> Result<Known, ApiError> {
    let value = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
    visitor::authenticate(state, value.strip_prefix("Bearer ").unwrap_or_default())
}

/// Reads a body, which the router keeps short, within this time.
async fn read<T: DeserializeOwned>(request: Request) -> Result<T, ApiError> {
    match timeout(READING, Json::<T>::from_request(request, &())).await {
        Ok(Ok(Json(body))) => Ok(body),
        Ok(Err(error)) => Err(unreadable(&error)),
        Err(_) => Err(ApiError::new(ErrorCode::Invalid, "The request took too long to come in.").action("Try again.")),
    }
}

fn unreadable(error: &JsonRejection) -> ApiError {
    ApiError::new(ErrorCode::Invalid, format!("The request could not be read: {}.", error.body_text()))
        .action("Send JSON with the fields of the description, and a text of at most 4096 characters.")
}
