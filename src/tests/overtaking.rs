//! Deliveries that overtake each other: the thread, the list and the bot have them in the customer's order.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp, change, webhook},
    on_both_databases,
};

on_both_databases!(
    what_was_overtaken_by_seconds_is_put_in_order,
    what_comes_days_later_stays_where_it_came,
    pages_miss_and_repeat_nothing,
    the_bot_reads_a_burst_as_it_was_written,
);

const CUSTOMER: &str = "491510000001";

/// Delivers a text that was written this number of seconds ago, without processing it.
async fn arrives(app: &TestApp, number: &Number, body: &str, ago: i64) {
    let at = app.state.now() / 1000 - ago;
    let message = json!({"id": format!("wamid.{body}"), "from": CUSTOMER, "timestamp": at.to_string(), "type": "text",
                         "text": {"body": body}});
    assert_eq!(app.deliver(number, webhook(&[change(number, &[message], &[])])).await, StatusCode::OK);
}

async fn row(app: &TestApp) -> Value {
    app.ok("conversations/list", json!({})).await["rows"][0].clone()
}

fn bodies(thread: &Value) -> Vec<String> {
    thread.as_array().unwrap().iter().map(|m| m["content"]["text"].as_str().unwrap().to_owned()).collect()
}

async fn thread(app: &TestApp) -> Vec<String> {
    let id = row(app).await["id"].clone();
    bodies(&app.ok("messages/list", json!({"conversation_id": id})).await)
}

/// A conversation that a person has, so that nothing stands between.
async fn with_a_person(app: &TestApp, number: &Number) {
    arrives(app, number, "hello", 600).await;
    app.settle().await;
    app.ok("conversations/set_mode", json!({"id": row(app).await["id"], "mode": "human"})).await;
}

async fn what_was_overtaken_by_seconds_is_put_in_order(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    with_a_person(&app, &number).await;
    arrives(&app, &number, "third", 1).await;
    app.settle().await;
    app.advance(1_000);
    arrives(&app, &number, "first", 6).await;
    arrives(&app, &number, "second", 4).await;
    app.settle().await;
    assert_eq!(thread(&app).await[3..], ["first", "second", "third"]);
    let shown = row(&app).await;
    assert_eq!((&shown["preview"], &shown["unread"]), (&json!("third"), &json!(4)));
    // In one set, too.
    app.advance(60_000);
    arrives(&app, &number, "fifth", 1).await;
    arrives(&app, &number, "fourth", 3).await;
    app.settle().await;
    assert_eq!(thread(&app).await[6..], ["fourth", "fifth"]);
    assert_eq!(row(&app).await["preview"], "fifth");
}

async fn what_comes_days_later_stays_where_it_came(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    with_a_person(&app, &number).await;
    arrives(&app, &number, "today", 2).await;
    arrives(&app, &number, "days ago", 3 * 86_400).await;
    app.settle().await;
    // Written a second earlier, but minutes behind: people have read on.
    app.advance(300_000);
    arrives(&app, &number, "left behind", 303).await;
    app.settle().await;
    assert_eq!(thread(&app).await[3..], ["today", "days ago", "left behind"]);
    assert_eq!(row(&app).await["preview"], "left behind");
}

async fn pages_miss_and_repeat_nothing(database: Database) {
    // Who goes on from the first message of a page gets by, unless everything was overtaken.
    for (reversed, from_first) in [(1, false), (5, true)] {
        let app = TestApp::start(database).await;
        let number = app.number().await;
        with_a_person(&app, &number).await;
        for n in 0..120 {
            app.advance(2_000);
            let (body, ago) = if (n / 2) % reversed == 0 { (n ^ 1, if n % 2 == 0 { 1 } else { 4 }) } else { (n, 1) };
            arrives(&app, &number, &format!("m{body:03}"), ago).await;
        }
        app.settle().await;
        let id = row(&app).await["id"].clone();
        let mut found: Vec<Value> = Vec::new();
        let mut before = Value::Null;
        loop {
            let page = app.ok("messages/list", json!({"conversation_id": id, "before": before})).await;
            let page = page.as_array().unwrap().clone();
            let smallest = page.iter().map(|m| m["seq"].as_i64().unwrap()).min();
            let Some(smallest) = smallest else { break };
            before = if from_first { page[0]["seq"].clone() } else { smallest.into() };
            found.splice(0..0, page);
        }
        let expected: Vec<String> = (0..120).map(|n| format!("m{n:03}")).collect();
        let all = bodies(&Value::Array(found));
        assert_eq!(all[3..], expected);
    }
}

async fn the_bot_reads_a_burst_as_it_was_written(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "2s"]).await;
    let number = app.number().await;
    app.ok(
        "knowledge/save",
        json!({"chatbot_id": number.chatbot_id, "question": "red bicycle", "answer": "We have one."}),
    )
    .await;
    arrives(&app, &number, "bicycle", 1).await;
    app.settle().await;
    app.advance(1_000);
    arrives(&app, &number, "red", 4).await;
    app.settle().await;
    app.advance(2_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1, "one answer to both");
    // The receipt names what the customer wrote last, and both count as answered.
    assert_eq!(app.graph.read(), ["wamid.bicycle"]);
    assert_eq!(app.count("select answered_seq from conversations").await, 2);
    assert_eq!(thread(&app).await[..2], ["red", "bicycle"]);
}
