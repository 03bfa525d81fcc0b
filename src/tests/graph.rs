//! A Graph API double over real HTTP: it takes messages, counts them, and fails on demand.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How the double answers a message.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Takes it and gives it a wamid.
    Accept,
    /// An error in Meta's form, without taking it.
    Error { status: u16, code: i64, subcode: Option<i64> },
    /// A page instead of JSON.
    Html(u16),
    /// Takes it, but the answer is not one of Meta's.
    AcceptWithRubbish,
    /// Too many calls: 429, and the header says for how many minutes.
    Throttled { minutes: i64 },
}

/// A message that the double took.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) phone_number_id: String,
    /// Phone or BSUID.
    pub(crate) to: String,
    pub(crate) body: String,
    pub(crate) callback_data: String,
    pub(crate) wamid: String,
}

#[derive(Default)]
struct Inner {
    sent: Vec<Sent>,
    read: Vec<String>,
    answers: VecDeque<Answer>,
    read_fails: bool,
    tokens: Vec<String>,
}

/// The double.
#[derive(Clone)]
pub(crate) struct FakeGraph {
    pub(crate) url: String,
    inner: Arc<Mutex<Inner>>,
}

impl FakeGraph {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let graph = Self { url: format!("http://{}", listener.local_addr().unwrap()), inner: Arc::default() };
        let router = Router::new()
            .route("/{version}/debug_token", get(debug_token))
            .route("/{version}/{id}/messages", post(messages))
            .route("/{version}/{id}", get(number))
            .with_state(graph.clone());
        #[expect(clippy::disallowed_methods, reason = "the double lives as long as its test")]
        drop(tokio::task::spawn(async move { axum::serve(listener, router).await }));
        graph
    }

    /// How the next messages are answered, in turn; after that they are accepted.
    pub(crate) fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        self.inner.lock().unwrap().answers.extend(answers);
    }

    /// Makes read receipts fail.
    pub(crate) fn fail_read_receipts(&self) {
        self.inner.lock().unwrap().read_fails = true;
    }

    /// Messages taken so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.inner.lock().unwrap().sent.clone()
    }

    /// wamids marked as read so far.
    pub(crate) fn read(&self) -> Vec<String> {
        self.inner.lock().unwrap().read.clone()
    }

    /// The `Authorization` of every call so far.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.inner.lock().unwrap().tokens.clone()
    }
}

fn error(status: u16, code: i64, subcode: Option<i64>) -> Response {
    let body = json!({"error": {"message": "(#1) Refused", "type": "OAuthException", "code": code, "error_subcode": subcode,
        "error_data": {"messaging_product": "whatsapp", "details": "as the test asked"}, "fbtrace_id": "AbcTrace"}});
    (StatusCode::from_u16(status).unwrap(), Json(body)).into_response()
}

fn throttled(minutes: i64) -> Response {
    let usage = json!({"102000000000001": [{"type": "whatsapp", "call_count": 100, "total_cputime": 3, "total_time": 4,
        "estimated_time_to_regain_access": minutes}]});
    let mut response = error(429, 80_007, None);
    response.headers_mut().insert("x-business-use-case-usage", usage.to_string().parse().unwrap());
    response
}

async fn messages(
    State(graph): State<FakeGraph>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let mut inner = graph.inner.lock().unwrap();
    inner.tokens.push(headers[header::AUTHORIZATION].to_str().unwrap().to_owned());
    if body["status"] == "read" {
        if inner.read_fails {
            return error(500, 131_000, None);
        }
        inner.read.push(body["message_id"].as_str().unwrap().to_owned());
        return Json(json!({"success": true})).into_response();
    }
    let answer = inner.answers.pop_front().unwrap_or(Answer::Accept);
    match answer {
        Answer::Error { status, code, subcode } => return error(status, code, subcode),
        Answer::Html(status) => {
            return (StatusCode::from_u16(status).unwrap(), Html("<h1>Bad gateway</h1>")).into_response();
        }
        Answer::Throttled { minutes } => return throttled(minutes),
        Answer::Accept | Answer::AcceptWithRubbish => {}
    }
    let to = body["to"].as_str().or(body["recipient"].as_str()).unwrap().trim_start_matches('+').to_owned();
    let wamid = format!("wamid.OUT{}", inner.sent.len() + 1);
    inner.sent.push(Sent {
        phone_number_id: id,
        to: to.clone(),
        body: body["text"]["body"].as_str().unwrap().to_owned(),
        callback_data: body["biz_opaque_callback_data"].as_str().unwrap().to_owned(),
        wamid: wamid.clone(),
    });
    if matches!(answer, Answer::AcceptWithRubbish) {
        return Html("<html>").into_response();
    }
    Json(json!({"messaging_product": "whatsapp", "contacts": [{"input": to}], "messages": [{"id": wamid}]}))
        .into_response()
}

/// Tokens that contain `bad` are refused; numbers that end in 99 do not exist.
async fn number(State(graph): State<FakeGraph>, Path((_, id)): Path<(String, String)>, headers: HeaderMap) -> Response {
    graph.inner.lock().unwrap().tokens.push(headers[header::AUTHORIZATION].to_str().unwrap().to_owned());
    if headers[header::AUTHORIZATION].to_str().unwrap().contains("bad") {
        return error(401, 190, None);
    }
    if id.ends_with("99") {
        return error(400, 100, Some(33));
    }
    Json(json!({"id": id, "display_phone_number": "+1 555-010-0001", "verified_name": "Example Shop"})).into_response()
}

/// Tokens that contain `app-APPID` belong to that app.
async fn debug_token(State(_): State<FakeGraph>, request: axum::extract::RawQuery) -> Response {
    let query = request.0.unwrap_or_default();
    let app = query.split("app-").nth(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).collect::<String>());
    Json(json!({"data": {"is_valid": true, "app_id": app.unwrap_or_default(), "expires_at": 0}})).into_response()
}
