//! Contacts that are blocked: nobody hears them, and nothing that happens to their conversations makes anybody wait for them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{ADA, names, only};
use crate::tests::{
    app::{Database, TestApp},
    double, on_both_databases,
    races::queued,
    visitor::{FIRST, SECOND, TRUSTING, Visitor},
    waiting::{hands_over, row, sends, since, takes_over, writes},
};

on_both_databases!(
    a_blocked_contact_is_heard_by_nobody,
    nobody_waits_who_is_blocked,
    what_a_block_has_not_seen_is_withdrawn,
    a_blocked_visitor_is_heard_by_nobody,
    whoever_is_blocked_stays_so_without_conversations,
);

async fn a_blocked_contact_is_heard_by_nobody(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", ADA, "I want to talk to a person").await;
    assert_eq!(app.ok("conversations/waiting", json!({})).await["count"], 1);
    let id = only(&app).await["id"].clone();
    let sent = app.graph.sent().len();
    let blocked = app.ok("contacts/set_blocked", json!({"id": id, "blocked": true})).await;
    assert_eq!(blocked["blocked_at"], json!(app.state.now()));
    assert_eq!(app.ok("conversations/waiting", json!({})).await["count"], 0);
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    app.ok("conversations/set_status", json!({"id": conversation["id"], "status": "resolved"})).await;
    app.customer_writes(&number, "wamid.2", ADA, "opening hours").await;
    app.customer_writes(&number, "wamid.3", ADA, "I want to talk to a person").await;
    // Kept and shown, and that is all.
    let thread = app.ok("messages/list", json!({"conversation_id": conversation["id"]})).await.to_string();
    assert!(thread.contains("opening hours"), "{thread}");
    let after = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    assert_eq!(
        (&after["unread"], &after["status"], &after["waiting_since"]),
        (&json!(0), &json!("resolved"), &Value::Null)
    );
    assert_eq!(app.graph.sent().len(), sent, "nobody answers");
    assert_eq!(app.ok("conversations/waiting", json!({})).await["count"], 0);
    assert_eq!(names(&app, &app.token, json!({"filter": "blocked"})).await.len(), 1);
    // Let in again, they are answered again, and not for what they said meanwhile.
    app.ok("contacts/set_blocked", json!({"id": id, "blocked": false})).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), sent);
    app.customer_writes(&number, "wamid.4", ADA, "where is the shop").await;
    assert_eq!(app.graph.sent().len(), sent + 1);
    let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    assert_eq!((&row["status"], &row["unread"]), (&json!("open"), &json!(1)));
    let log = app.ok("audit/list", json!({"action": "contact_blocked"})).await;
    assert_eq!(log["rows"].as_array().unwrap().len(), 1);
}

async fn a_blocked_visitor_is_heard_by_nobody(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot_id = app.chatbot().await;
    app.open_website(&chatbot_id).await;
    let visitor = Visitor::begin(&app, &chatbot_id).await;
    assert_eq!(visitor.say("opening hours", FIRST).await.0, StatusCode::OK);
    app.settle().await;
    let id = only(&app).await["id"].clone();
    let before = app.count("select count(*) from messages where author = 'bot'").await;
    app.ok("contacts/set_blocked", json!({"id": id, "blocked": true})).await;
    assert_eq!(visitor.say("where is the shop", SECOND).await.0, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages where author = 'bot'").await, before);
    assert_eq!(app.ok("conversations/list", json!({})).await["rows"][0]["unread"], 0);
}

async fn whoever_is_blocked_stays_so_without_conversations(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let writes = async |wamid: &str| {
        app.customer_writes(&number, wamid, ADA, "opening hours").await;
        app.settle().await;
    };
    writes("wamid.1").await;
    let contact = app.ok("contacts/list", json!({})).await["rows"][0]["id"].clone();
    app.ok("contacts/set_blocked", json!({"id": contact, "blocked": true})).await;
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    app.ok("conversations/erase", json!({"id": conversation})).await;
    let kept = app.ok("contacts/get", json!({"id": contact})).await;
    assert!(kept["blocked_at"].is_i64(), "{kept}");
    let sent = app.graph.sent().len();
    writes("wamid.2").await;
    assert_eq!(app.graph.sent().len(), sent, "whoever is blocked got an answer");
    // Whoever is erased themselves begins afresh.
    app.ok("contacts/erase", json!({"id": contact})).await;
    let (status, _) = app.api("contacts/get", json!({"id": contact})).await;
    assert_eq!(status.as_u16(), 404);
    writes("wamid.3").await;
    assert_eq!(app.graph.sent().len(), sent + 1);
}

/// Whatever else makes a customer wait does not, when they are blocked.
async fn nobody_waits_who_is_blocked(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let contact = only(&app).await["id"].clone();
    app.ok("contacts/set_blocked", json!({"id": contact, "blocked": true})).await;
    writes(&app, &number, "wamid.2", ADA, "Hello?").await;
    takes_over(&app).await;
    assert_eq!(since(&app).await, None, "a take-over");
    app.graph.answer_next([double::Answer::Error { status: 400, code: 100, subcode: None }]);
    sends(&app, "Please stop.").await;
    assert_eq!(since(&app).await, None, "an answer that failed");
    let id = row(&app).await["id"].clone();
    app.ok("conversations/set_status", json!({"id": id, "status": "snoozed"})).await;
    app.ok("conversations/set_status", json!({"id": id, "status": "open"})).await;
    assert_eq!(since(&app).await, None, "reopened");
    let until = app.state.now() + 60_000;
    app.ok("conversations/set_status", json!({"id": id, "status": "snoozed", "until": until})).await;
    app.advance(60_000);
    app.settle().await;
    assert_eq!((&row(&app).await["status"], since(&app).await), (&json!("open"), None), "woken");
    app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    hands_over(&app).await;
    assert_eq!(since(&app).await, None, "handed over");
    assert_eq!(app.ok("conversations/waiting", json!({})).await["count"], 0);
}

/// The answer came into the queue while somebody blocked the customer.
async fn what_a_block_has_not_seen_is_withdrawn(database: Database) {
    let (app, _) = queued(database).await;
    app.execute("update contacts set blocked_at = 1").await;
    app.settle().await;
    assert!(app.graph.sent().is_empty());
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled'").await, 1);
}
