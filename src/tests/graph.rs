//! A Graph API double over real HTTP: it takes messages, answers every question of a connection test, counts all calls,
//! and fails on demand, call by call.

mod world;

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub(crate) use self::world::{ACCOUNT, APP, World};

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
    /// Any JSON, word by word.
    Json(u16, Value),
    /// Never answers.
    Silence,
    /// Too many calls: 429, and the header says for how many minutes.
    Throttled { minutes: i64 },
}

/// A call of the connection test or of its repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Call {
    DebugToken,
    Number,
    Account,
    PhoneNumbers,
    SubscribedApps,
    Subscribe,
    Unsubscribe,
    Subscriptions,
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
    world: World,
    sent: Vec<Sent>,
    read: Vec<String>,
    /// Those of them at which somebody seemed to type.
    typing: Vec<String>,
    answers: VecDeque<Answer>,
    /// How calls other than messages fail until told otherwise.
    failures: HashMap<Call, Answer>,
    read_fails: bool,
    tokens: Vec<String>,
    /// Method, path and query of every call so far.
    calls: Vec<String>,
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
        let router = Router::new().fallback(answer).with_state(graph.clone());
        #[expect(clippy::disallowed_methods, reason = "the double lives as long as its test")]
        drop(tokio::task::spawn(async move { axum::serve(listener, router).await }));
        graph
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// How the next messages are answered, in turn; after that they are accepted.
    pub(crate) fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        self.inner().answers.extend(answers);
    }

    /// Makes a call fail until [`FakeGraph::mend`].
    pub(crate) fn fail(&self, call: Call, answer: Answer) {
        self.inner().failures.insert(call, answer);
    }

    /// Makes every call work again.
    pub(crate) fn mend(&self) {
        self.inner().failures.clear();
    }

    /// Changes what Meta knows.
    pub(crate) fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.inner().world);
    }

    /// Makes read receipts fail.
    pub(crate) fn fail_read_receipts(&self) {
        self.inner().read_fails = true;
    }

    /// Messages taken so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.inner().sent.clone()
    }

    /// wamids at which somebody seemed to type.
    pub(crate) fn typing(&self) -> Vec<String> {
        self.inner().typing.clone()
    }

    /// wamids marked as read so far.
    pub(crate) fn read(&self) -> Vec<String> {
        self.inner().read.clone()
    }

    /// The `Authorization` of every call so far.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.inner().tokens.clone()
    }

    /// Method, path and query of every call so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.inner().calls.clone()
    }
}

fn error(status: u16, code: i64, subcode: Option<i64>) -> Response {
    if let world::BAD_PROOF | world::NO_PROOF = code {
        let message = if code == world::BAD_PROOF {
            "Invalid appsecret_proof provided in the API argument"
        } else {
            "API calls from the server require an appsecret_proof argument"
        };
        let body = json!({"error": {"message": message, "type": "GraphMethodException", "code": 100,
            "fbtrace_id": "ProofTrace"}});
        return (StatusCode::BAD_REQUEST, Json(body)).into_response();
    }
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

/// Answers as told; none for those that a test did not ask for.
async fn as_told(answer: Answer) -> Option<Response> {
    Some(match answer {
        Answer::Accept | Answer::AcceptWithRubbish => return None,
        Answer::Error { status, code, subcode } => error(status, code, subcode),
        Answer::Html(status) => (StatusCode::from_u16(status).unwrap(), Html("<h1>Bad gateway</h1>")).into_response(),
        Answer::Json(status, body) => (StatusCode::from_u16(status).unwrap(), Json(body)).into_response(),
        Answer::Throttled { minutes } => throttled(minutes),
        Answer::Silence => std::future::pending().await,
    })
}

async fn answer(State(graph): State<FakeGraph>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let token = headers.get(header::AUTHORIZATION).map_or("", |v| v.to_str().unwrap()).to_owned();
    {
        let mut inner = graph.inner();
        inner.tokens.push(token.clone());
        inner.calls.push(format!("{method} {uri}"));
    }
    let token = token.trim_start_matches("Bearer ");
    let query = uri.query().unwrap_or_default();
    let path: Vec<&str> = uri.path().trim_start_matches('/').split('/').skip(1).collect();
    let call = match (method.as_str(), path.as_slice()) {
        ("POST", [id, "messages"]) => {
            if let Err((status, code, subcode)) = graph.inner().world.check_proof(token, query) {
                return error(status, code, subcode);
            }
            return messages(&graph, id, &serde_json::from_slice(&body).unwrap()).await;
        }
        ("GET", ["debug_token"]) => Call::DebugToken,
        ("GET", [_, "phone_numbers"]) => Call::PhoneNumbers,
        ("GET", [_, "subscribed_apps"]) => Call::SubscribedApps,
        ("POST", [_, "subscribed_apps"]) => Call::Subscribe,
        ("DELETE", [_, "subscribed_apps"]) => Call::Unsubscribe,
        ("GET", [_, "subscriptions"]) => Call::Subscriptions,
        ("GET", [id]) if graph.inner().world.accounts.contains_key(*id) => Call::Account,
        ("GET", [_]) => Call::Number,
        _ => return error(400, 2500, None),
    };
    let failure = graph.inner().failures.get(&call).cloned();
    if let Some(answer) = failure
        && let Some(response) = as_told(answer).await
    {
        return response;
    }
    let id = path.first().copied().unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    match graph.inner().world.answer(call, id, token, query, &body) {
        Ok(answer) => Json(answer).into_response(),
        Err((status, code, subcode)) => error(status, code, subcode),
    }
}

async fn messages(graph: &FakeGraph, id: &str, body: &Value) -> Response {
    let answer = {
        let mut inner = graph.inner();
        if body["status"] == "read" {
            if inner.read_fails {
                return error(500, 131_000, None);
            }
            let wamid = body["message_id"].as_str().unwrap().to_owned();
            if body["typing_indicator"]["type"] == "text" {
                inner.typing.push(wamid.clone());
            }
            inner.read.push(wamid);
            return Json(json!({"success": true})).into_response();
        }
        inner.answers.pop_front().unwrap_or(Answer::Accept)
    };
    if let Some(response) = as_told(answer.clone()).await {
        return response;
    }
    let mut inner = graph.inner();
    let to = body["to"].as_str().or(body["recipient"].as_str()).unwrap().trim_start_matches('+').to_owned();
    let wamid = format!("wamid.OUT{}", inner.sent.len() + 1);
    inner.sent.push(Sent {
        phone_number_id: id.to_owned(),
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
