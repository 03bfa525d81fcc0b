//! Meta's Graph API, as far as the drill needs it. It takes every message and writes it down before it answers.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet, time::sleep};

use crate::random::Random;

/// The longest that a call takes: long enough for kills to land in the middle of sends.
const CALL_MAX_MS: u64 = 60;

/// A message that was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) phone_number_id: String,
    pub(crate) to: String,
    /// The product's own id of the message.
    pub(crate) callback_data: String,
    pub(crate) wamid: String,
}

struct Book {
    random: Random,
    received: Vec<Received>,
    /// How many of them have been looked at for reports.
    considered: usize,
    /// Those whose report is left for the end.
    unreported: Vec<Received>,
}

#[derive(Clone)]
struct Desk(Arc<Mutex<Book>>);

pub(crate) struct Graph {
    pub(crate) url: String,
    desk: Desk,
    _server: JoinSet<()>,
}

impl Graph {
    pub(crate) async fn start(random: Random) -> Self {
        let book = Book { random, received: Vec::new(), considered: 0, unreported: Vec::new() };
        let desk = Desk(Arc::new(Mutex::new(book)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new()
            .route("/{version}/{id}/messages", post(messages))
            .route("/{version}/{id}", get(number))
            .with_state(desk.clone());
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { url, desk, _server: server }
    }

    /// Everything that reached Meta so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.desk.0.lock().unwrap().received.clone()
    }

    /// New messages that Meta reports on at once: about half. The rest is kept for [`Self::unreported`].
    pub(crate) fn reports_due(&self) -> Vec<Received> {
        let mut book = self.desk.0.lock().unwrap();
        let Book { random, received, considered, unreported } = &mut *book;
        let mut due = Vec::new();
        for message in received.iter().skip(*considered) {
            if random.one_in(2) { &mut due } else { &mut *unreported }.push(message.clone());
        }
        *considered = received.len();
        due
    }

    /// Messages that no report was made of.
    pub(crate) fn unreported(&self) -> Vec<Received> {
        let mut late = self.reports_due();
        late.append(&mut self.desk.0.lock().unwrap().unreported);
        late
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

async fn messages(
    State(desk): State<Desk>,
    Path((_, phone_number_id)): Path<(String, String)>,
    Json(body): Json<Value>,
) -> Json<Value> {
    let (answer, pause) = {
        let mut book = desk.0.lock().unwrap();
        let pause = book.random.below(CALL_MAX_MS);
        let answer = if body["status"] == "read" {
            json!({"success": true})
        } else {
            let wamid = format!("wamid.OUT{}", book.received.len());
            book.received.push(Received {
                phone_number_id,
                to: text(&body["to"]).trim_start_matches('+').to_owned(),
                callback_data: text(&body["biz_opaque_callback_data"]),
                wamid: wamid.clone(),
            });
            json!({"messaging_product": "whatsapp", "messages": [{"id": wamid}]})
        };
        (answer, pause)
    };
    sleep(Duration::from_millis(pause)).await;
    Json(answer)
}

async fn number(Path((_, id)): Path<(String, String)>) -> Json<Value> {
    Json(json!({"id": id, "display_phone_number": "+1 555-010-0001", "verified_name": "Example Shop"}))
}
