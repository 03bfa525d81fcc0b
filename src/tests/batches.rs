//! Batches and duplicates: everything in a webhook is stored once, whatever its neighbours are.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, START, TestApp, change, status, text_message, webhook, webhook_of_entries},
    on_both_databases,
};

on_both_databases!(
    every_entry_change_and_item_counts,
    a_poison_item_costs_its_neighbours_nothing,
    the_same_message_at_once_is_stored_and_answered_once,
    duplicates_inside_one_webhook_are_one,
    a_customer_without_a_phone_number_is_answered,
    a_customer_is_one_contact_under_all_their_names,
    a_customer_of_two_numbers_at_once_is_one_contact,
    old_messages_are_kept_but_not_answered,
);

async fn every_entry_change_and_item_counts(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.0", "491510000001", "opening hours").await;
    let out = app.graph.sent()[0].wamid.clone();
    let m = |id: &str| text_message(id, &format!("49151000000{}", &id[6..]), "opening hours");
    let full = change(
        &number,
        &[m("wamid.1"), m("wamid.2"), m("wamid.3")],
        &[status(&out, "delivered"), status("wamid.unknown", "sent")],
    );
    let body = webhook_of_entries(&[
        &[full, change(&number, &[m("wamid.4")], &[])],
        &[change(&number, &[m("wamid.5")], &[status(&out, "read")]), change(&number, &[m("wamid.6")], &[])],
    ]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages where direction = 'inbound'").await, 7);
    assert_eq!(app.graph.sent().len(), 7);
    assert_eq!(app.count("select count(*) from messages where state = 'read'").await, 1);
    assert_eq!(app.count("select count(*) from message_statuses").await, 2);
    assert_eq!(app.count("select count(*) from parked_statuses").await, 1);
    assert_eq!(app.count("select count(*) from conversations").await, 6);
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
}

async fn a_poison_item_costs_its_neighbours_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let poison = [
        json!(7),
        json!({"type": "text", "from": "491510000009"}),
        json!({"id": {"x": 1}, "type": "text", "from": "491510000009", "text": {"body": "without an id"}}),
        json!({"id": "wamid.q", "type": "text", "text": {"body": "from nobody"}}),
    ];
    let good = [
        text_message("wamid.1", "491510000001", "opening hours"),
        text_message("wamid.2", "491510000002", "with a \u{0} in it"),
    ];
    let messages: Vec<_> = good[..1].iter().chain(&poison).chain(&good[1..]).cloned().collect();
    let body = webhook(&[json!("not a change"), change(&number, &messages, &[json!({"id": "wamid.s"})])]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    app.settle().await;
    let stored = app
        .texts("select external_message_id from messages where direction = 'inbound' order by external_message_id")
        .await;
    assert_eq!(stored, ["wamid.1", "wamid.2"]);
    assert_eq!(app.graph.sent().len(), 2);
    let places = app.texts("select item from dead_letters order by item").await;
    assert_eq!(
        places,
        ["0.0", "0.1.messages.1", "0.1.messages.2", "0.1.messages.3", "0.1.messages.4", "0.1.statuses.0"]
    );
}

async fn the_same_message_at_once_is_stored_and_answered_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let deliveries = (0..20).map(|i| {
        // Each in another grouping, as Meta repeats them.
        let other = text_message(&format!("wamid.other{i}"), &format!("4915100001{i:02}"), "hello");
        let body = webhook(&[change(&number, &[text_message("wamid.1", "491510000001", "opening hours"), other], &[])]);
        let (app, number) = (&app, &number);
        async move { app.deliver(number, body).await }
    });
    let statuses = futures::future::join_all(deliveries).await;
    assert!(statuses.iter().all(|s| *s == StatusCode::OK));
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages where external_message_id = 'wamid.1'").await, 1);
    assert_eq!(app.count("select count(*) from messages where direction = 'inbound'").await, 21);
    assert_eq!(app.graph.sent().iter().filter(|s| s.to == "491510000001").count(), 1);
    // A week later Meta repeats it once more.
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(app.graph.sent().iter().filter(|s| s.to == "491510000001").count(), 1);
}

async fn duplicates_inside_one_webhook_are_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let message = text_message("wamid.1", "491510000001", "opening hours");
    let body = webhook(&[change(&number, &[message.clone(), message.clone()], &[]), change(&number, &[message], &[])]);
    app.deliver(&number, body).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages where direction = 'inbound'").await, 1);
    assert_eq!(app.graph.sent().len(), 1);
}

async fn a_customer_without_a_phone_number_is_answered(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let mut message = text_message("wamid.1", "x", "opening hours");
    message.as_object_mut().unwrap().remove("from");
    message["from_user_id"] = json!("US.13491208655302741918");
    let mut change = change(&number, &[message], &[]);
    change["value"]["contacts"] =
        json!([{"user_id": "US.13491208655302741918", "profile": {"name": "Ada", "username": "ada"}}]);
    app.deliver(&number, webhook(&[change])).await;
    app.settle().await;
    assert_eq!(app.graph.sent()[0].to, "US.13491208655302741918");
    let page = app.ok("conversations/list", json!({})).await;
    assert_eq!(page["rows"][0]["name"], "Ada");
    let seen = app.ok("conversations/get", json!({"id": page["rows"][0]["id"]})).await;
    assert_eq!((seen["contact"]["phone"].is_null(), seen["contact"]["has_user_id"].as_bool()), (true, Some(true)));
}

async fn a_customer_is_one_contact_under_all_their_names(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let user = "DE.abc123";
    let both = |id: &str| {
        let mut m = text_message(id, "491510000001", "hello");
        m["from_user_id"] = json!(user);
        m
    };
    let mut hidden = text_message("wamid.3", "x", "hello");
    hidden.as_object_mut().unwrap().remove("from");
    hidden["from_user_id"] = json!(user);
    for message in [text_message("wamid.1", "491510000001", "hello"), both("wamid.2"), hidden] {
        app.deliver(&number, webhook(&[change(&number, &[message], &[])])).await;
        app.settle().await;
    }
    assert_eq!(app.count("select count(*) from contacts").await, 1);
    assert_eq!(app.count("select count(*) from conversations").await, 1);
    assert_eq!(app.count("select count(*) from identities").await, 2);
}

async fn old_messages_are_kept_but_not_answered(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let mut old = text_message("wamid.1", "491510000001", "opening hours");
    old["timestamp"] = json!((START / 1000 - 3 * 24 * 3600).to_string());
    app.deliver(&number, webhook(&[change(&number, &[old], &[])])).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages").await, 1);
    assert!(app.graph.sent().is_empty());
}

/// One message to each number, at the same moment: the second must find the contact of the first, or the
/// answer would have no recipient.
async fn a_customer_of_two_numbers_at_once_is_one_contact(database: Database) {
    const CUSTOMERS: i64 = 40;
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let second = app.connect(&first.chatbot_id, "316000000000002").await;
    let messages = |number: usize| -> Vec<_> {
        let from = |n| format!("4915100000{n:02}");
        (0..CUSTOMERS).map(|n| text_message(&format!("wamid.{number}.{n}"), &from(n), "opening hours")).collect()
    };
    let body = webhook(&[change(&first, &messages(1), &[]), change(&second, &messages(2), &[])]);
    assert_eq!(app.deliver(&first, body).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.count("select count(*) from contacts").await, CUSTOMERS);
    assert_eq!(app.count("select count(*) from conversations").await, 2 * CUSTOMERS);
    let sent = app.graph.sent();
    assert_eq!(sent.len() as i64, 2 * CUSTOMERS);
    assert!(sent.iter().all(|s| s.to.starts_with("4915100000")), "sent to nobody");
}
