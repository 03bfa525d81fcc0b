//! Off, a number stores and says nothing; on again, it answers what is fresh.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{
        app::{Database, Number, TestApp, change, text_message, webhook},
        double::Answer,
        on_both_databases,
    },
    id, with,
};
use crate::server::service::integration::keep_up;

const SWITCH: &str = "integrations/whatsapp/set_active";

on_both_databases!(
    an_inactive_integration_stores_and_says_nothing,
    switching_on_answers_only_what_is_fresh,
    queued_answers_of_an_inactive_integration_expire,
);

async fn switch(app: &TestApp, number: &Number, active: bool) -> Value {
    app.ok(SWITCH, with(&id(number), json!({"active": active}))).await
}

async fn an_inactive_integration_stores_and_says_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(switch(&app, &number, false).await["status"], "inactive");
    assert_eq!(switch(&app, &number, false).await["status"], "inactive");
    app.customer_writes(&number, "wamid.2", "491510000001", "where is the shop").await;
    app.advance(60_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1, "the bot spoke through an inactive integration");
    assert_eq!(app.count("select count(*) from messages where external_message_id = 'wamid.2'").await, 1);
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let seen = app.ok("conversations/get", json!({"id": conversation})).await;
    assert!(seen["send_blocked"].as_str().unwrap().contains("inactive"), "{seen}");
    let (status, error) = app.api("messages/send", json!({"conversation_id": conversation, "text": "Hello"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(error["message"].as_str().unwrap().contains("inactive"), "{error}");
}

async fn switching_on_answers_only_what_is_fresh(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    switch(&app, &number, false).await;
    app.customer_writes(&number, "wamid.old", "491510000001", "where is the shop").await;
    app.customer_writes(&number, "wamid.stale", "491510000002", "where is the shop").await;
    app.advance(6 * 60_000);
    let mut fresh = text_message("wamid.fresh", "491510000001", "opening hours");
    fresh["timestamp"] = json!((app.state.now() / 1000 - 60).to_string());
    app.deliver(&number, webhook(&[change(&number, &[fresh], &[])])).await;
    app.settle().await;
    assert!(app.graph.sent().is_empty());
    switch(&app, &number, true).await;
    app.settle().await;
    let sent: Vec<(String, String)> = app.graph.sent().into_iter().map(|s| (s.to, s.body)).collect();
    assert_eq!(sent, [("491510000001".to_owned(), "We are open from 9 to 18.".to_owned())]);
    // From now on all is as ever.
    app.customer_writes(&number, "wamid.3", "491510000002", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 2);
}

async fn queued_answers_of_an_inactive_integration_expire(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // A passing error keeps the answer in the queue while the integration is switched off.
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    switch(&app, &number, false).await;
    app.advance(60_000);
    app.settle().await;
    keep_up(&app.state).await.unwrap();
    let queued = "select count(*) from messages where state = 'queued'";
    assert_eq!((app.graph.sent().len(), app.count(queued).await), (0, 1), "held, not lost");
    app.advance(5 * 60_000);
    keep_up(&app.state).await.unwrap();
    assert_eq!(
        (app.count(queued).await, app.count("select count(*) from messages where state = 'cancelled'").await),
        (0, 1)
    );
    switch(&app, &number, true).await;
    app.settle().await;
    assert!(app.graph.sent().is_empty(), "a stale answer went out");
    // Switched on in time, it goes.
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.2", "491510000002", "opening hours").await;
    switch(&app, &number, false).await;
    app.advance(60_000);
    switch(&app, &number, true).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
}
