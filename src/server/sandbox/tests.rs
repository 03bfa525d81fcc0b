//! The simulator against a product of a few lines: a callback on a real port that verifies what comes, and Graph calls.
//!
//! No test sleeps: the clock is held, and the worker is driven by its step function or watched through its events.

mod accounts;
mod graph;
mod sending;
mod webhooks;

use std::{
    collections::{HashMap, VecDeque},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Query, State},
    http::{HeaderMap, Request, StatusCode},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};
use tower::ServiceExt;

use super::{Credentials, Delays, Sandbox, SandboxOptions};
use crate::{
    domain::{
        Millis,
        content::Content,
        ids::WorkspaceId,
        sandbox::{SandboxCustomer, SandboxThread, SandboxTick},
    },
    server::{
        base::clock::{Clock, mint_id},
        channel::whatsapp::signature,
    },
};

const START: Millis = 1_780_000_000_000;
const VERIFY_TOKEN: &str = "tell me / if it's you & me";

/// The product's side: remembers what was posted, and answers as told (200 when not told).
#[derive(Clone, Default)]
struct Product {
    posts: Arc<Mutex<Vec<(String, HeaderMap)>>>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

impl Product {
    fn answer_next(&self, status: StatusCode) {
        self.answers.lock().unwrap().push_back(status);
    }

    /// What was posted since the last time, verified with the app's secret.
    fn take(&self, secret: &str) -> Vec<Value> {
        let posts = std::mem::take(&mut *self.posts.lock().unwrap());
        let read = |(body, headers): (String, HeaderMap)| {
            let header = headers.get(signature::HEADER).map(|value| value.as_bytes());
            signature::verify(secret.as_bytes(), body.as_bytes(), header).unwrap();
            assert_eq!(headers["content-type"], "application/json");
            serde_json::from_str(&body).unwrap()
        };
        posts.into_iter().map(read).collect()
    }

    /// The values of the only change of every webhook.
    fn take_values(&self, secret: &str) -> Vec<Value> {
        self.take(secret).into_iter().map(|body| body["entry"][0]["changes"][0]["value"].clone()).collect()
    }
}

async fn handshake(Query(params): Query<HashMap<String, String>>) -> Response {
    if params["hub.mode"] == "subscribe" && params["hub.verify_token"] == VERIFY_TOKEN {
        params["hub.challenge"].clone().into_response()
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

async fn take_post(State(product): State<Product>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let status = product.answers.lock().unwrap().pop_front().unwrap_or(StatusCode::OK);
    product.posts.lock().unwrap().push((String::from_utf8(body.to_vec()).unwrap(), headers));
    status
}

/// A simulator with one workspace and number, whose callback is the product.
struct World {
    sandbox: Sandbox,
    product: Product,
    credentials: Credentials,
    workspace: WorkspaceId,
    time: Arc<AtomicI64>,
    base: String,
    dir: TempDir,
    _server: JoinSet<()>,
}

impl World {
    async fn new(delays: Delays) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let time = Arc::new(AtomicI64::new(START));
        let sandbox = open(dir.path(), &time, delays).await;
        let product = Product::default();
        let app = Router::new()
            .route("/callback", get(handshake).post(take_post))
            .route("/deaf", get(|| async { "hello" }))
            .with_state(product.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, app).await.unwrap() });
        let workspace = mint_id();
        let credentials = sandbox.provision(workspace, "Test Bakery").await.unwrap();
        Self { sandbox, product, credentials, workspace, time, base, dir, _server: server }
    }

    /// The same with its callback set.
    async fn connected(delays: Delays) -> Self {
        let world = Self::new(delays).await;
        world.connect().await;
        world
    }

    async fn connect(&self) {
        let url = format!("{}/callback", self.base);
        self.sandbox.set_callback(&self.credentials.phone_number_id, &url, VERIFY_TOKEN).await.unwrap();
    }

    fn now(&self) -> Millis {
        self.time.load(Ordering::SeqCst)
    }

    fn pass(&self, millis: Millis) {
        self.time.fetch_add(millis, Ordering::SeqCst);
    }

    /// Steps until there is nothing left to do now.
    async fn settle(&self) {
        while self.sandbox.step(self.now()).await.unwrap() {}
    }

    fn posted(&self) -> Vec<Value> {
        self.product.take_values(&self.credentials.app_secret)
    }

    async fn first_customer(&self) -> SandboxCustomer {
        self.sandbox.overview(self.workspace).await.unwrap().customers.remove(0)
    }

    async fn add_customer(&self, name: &str, hide_phone: bool) -> SandboxCustomer {
        let id = &self.credentials.phone_number_id;
        self.sandbox.add_customer(self.workspace, id, name, hide_phone).await.unwrap()
    }

    async fn write(&self, customer: &SandboxCustomer, text: &str) -> SandboxThread {
        self.sandbox.send_as_customer(self.workspace, customer.id, &Content::text(text)).await.unwrap().unwrap()
    }

    async fn thread(&self, customer: &SandboxCustomer) -> SandboxThread {
        self.sandbox.thread(self.workspace, customer.id).await.unwrap().unwrap()
    }

    /// The ticks of a phone, oldest first.
    async fn ticks(&self, customer: &SandboxCustomer) -> Vec<SandboxTick> {
        self.thread(customer).await.messages.into_iter().map(|message| message.tick).collect()
    }

    /// A Graph call with this number's token.
    async fn graph(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        self.graph_as(Some(&self.credentials.access_token), method, path, body).await
    }

    async fn graph_as(
        &self,
        token: Option<&str>,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(format!("/sandbox/graph/v26.0/{path}"));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.call(request.body(body).unwrap()).await
    }

    async fn call(&self, request: Request<Body>) -> (StatusCode, Value) {
        let router: Router = Router::new().nest("/sandbox/graph", self.sandbox.graph_router());
        let response = router.oneshot(request).await.unwrap();
        assert!(response.headers().contains_key("x-fb-trace-id"));
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    /// Calls `messages` of the number.
    async fn messages(&self, body: Value) -> (StatusCode, Value) {
        self.graph("POST", &format!("{}/messages", self.credentials.phone_number_id), Some(body)).await
    }
}

async fn open(dir: &Path, time: &Arc<AtomicI64>, delays: Delays) -> Sandbox {
    let options = SandboxOptions { database_path: dir.join("sandbox.db"), delays };
    Sandbox::open_with_clock(options, Clock::Manual(Arc::clone(time))).await.unwrap()
}

/// A phone number's digits, as Meta's `wa_id` has them.
fn digits(customer: &SandboxCustomer) -> String {
    customer.phone.as_deref().unwrap().chars().filter(char::is_ascii_digit).collect()
}

/// The body of a text message to somebody.
fn text_to(to: &str, text: &str) -> Value {
    json!({ "messaging_product": "whatsapp", "recipient_type": "individual", "to": to, "type": "text",
            "text": { "body": text, "preview_url": false } })
}
