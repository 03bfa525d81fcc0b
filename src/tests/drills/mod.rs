//! Drills: the disk, the clock, Meta and the line to it fail one after the other.
//!
//! After each of them the same has to hold: the backlog drains, nothing acknowledged is lost, nothing is sent twice, and
//! the states that people see tell the truth. (Power cuts are in `tests/faults.rs`, kills of the real program in the
//! integration test `kill`.)

mod bodies;
mod chatbots;
mod clock;
mod crowds;
mod disk;
mod fairness;
mod line;
mod lines;
mod meta;
mod nodes;
mod overload;
mod pragmas;
mod raw;
mod sick;
mod watched;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::app::{Number, TestApp, change, status, text_message, webhook};
use crate::{
    domain::Millis,
    server::pipeline::{self, answer::Answer, deliver::Deliver, ingest::Ingest, sweep},
};

/// The phone number of a customer.
fn customer(n: usize) -> String {
    format!("4915100000{n:02}")
}

/// A webhook with one question of that customer.
fn question(number: &Number, n: usize, wamid: &str) -> String {
    webhook(&[change(number, &[text_message(wamid, &customer(n), "opening hours")], &[])])
}

/// So many customers ask the same, each in a webhook of its own, which is acknowledged.
async fn customers_ask(app: &TestApp, number: &Number, count: usize) {
    for n in 1..=count {
        assert_eq!(app.deliver(number, question(number, n, &format!("wamid.{n}"))).await, StatusCode::OK);
    }
}

/// One round of every stage, while the database may be away.
async fn stumble(app: &TestApp) {
    let outcomes = [
        pipeline::step::<Ingest>(&app.state).await,
        pipeline::step::<Answer>(&app.state).await,
        pipeline::step::<Deliver>(&app.state).await,
        sweep::step(&app.state).await,
    ];
    drop(outcomes);
}

/// The same as far as the queue: nothing is sent yet.
async fn stumble_without_sending(app: &TestApp) {
    drop(pipeline::step::<Ingest>(&app.state).await);
    drop(pipeline::step::<Answer>(&app.state).await);
}

/// What people see of the outbound messages: each customer's, in order. Only what the API tells counts.
async fn told(app: &TestApp) -> Vec<Value> {
    let rows = app.ok("conversations/list", json!({})).await["rows"].clone();
    let mut seen = Vec::new();
    for row in rows.as_array().unwrap() {
        let thread = app.ok("messages/list", json!({"conversation_id": row["id"]})).await;
        let outbound = thread.as_array().unwrap().iter().filter(|m| m["direction"] == "outbound").cloned();
        seen.extend(outbound);
    }
    seen
}

/// The states among them, counted.
async fn states(app: &TestApp) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for message in told(app).await {
        *counts.entry(message["state"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

fn only(state: &str, count: usize) -> BTreeMap<String, usize> {
    BTreeMap::from([(state.to_owned(), count)])
}

/// Lets time pass until nothing waits any more, at most this long.
async fn drain(app: &TestApp, at_most: Millis) {
    const STEP: Millis = 1000;
    for _ in 0..=at_most / STEP {
        app.settle().await;
        let waiting = app
            .count(
                "select (select count(*) from deliveries where state <> 'done')
                 + (select count(*) from conversations where mode = 'bot' and inbound_seq > answered_seq)
                 + (select count(*) from messages where state in ('queued', 'sending'))",
            )
            .await;
        if waiting == 0 {
            return;
        }
        app.advance(STEP);
    }
    panic!("after {at_most} ms something still waits: {:?}", states(app).await);
}

/// So many questions are stored and answered once each, and no customer got more than they asked for.
async fn books_balance(app: &TestApp, asked: usize) {
    let stored = app.count("select count(*) from messages where direction = 'inbound'").await;
    let answers = app.count("select count(*) from messages where direction = 'outbound'").await;
    assert_eq!((stored, answers), (asked as i64, asked as i64), "lost, doubled or answered twice");
    let mut ids: Vec<_> = app.graph.sent().into_iter().map(|s| s.callback_data).collect();
    let sent = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), sent, "sent twice");
}

/// Everybody was answered, once, and is shown so.
async fn all_is_well(app: &TestApp, asked: usize) {
    books_balance(app, asked).await;
    assert_eq!(app.graph.sent().len(), asked);
    assert_eq!(states(app).await, only("accepted", asked));
}

/// Meta reports on everything that it took, with our own ids.
async fn report_all(app: &TestApp, number: &Number) {
    for sent in app.graph.sent() {
        let mut report = status(&sent.wamid, "sent");
        report["biz_opaque_callback_data"] = json!(sent.callback_data);
        assert_eq!(app.deliver(number, webhook(&[change(number, &[], &[report])])).await, StatusCode::OK);
    }
    app.settle().await;
}
