//! Deleting keeps or erases what was said, and tells what is left to do at Meta.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    super::{
        app::{Database, Number, TestApp, change, status, text_message, webhook},
        double::{Answer, Call},
        on_both_databases,
    },
    DELETE, GET, id, with,
};
use crate::server::service::integration::keep_up;

on_both_databases!(
    deleting_keeps_history_and_a_reconnect_finds_it,
    deleting_erases_everything_on_request,
    deleting_says_what_remains_at_meta,
);

async fn deleting_keeps_history_and_a_reconnect_finds_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.2", "491510000001", "where is the shop").await;
    let preview = app.ok("integrations/whatsapp/delete_preview", id(&number)).await;
    assert_eq!(preview, json!({"conversations": 1, "messages": 4, "queued": 1, "waiting": 0}));
    app.ok(DELETE, with(&id(&number), json!({"conversations": "keep"}))).await;
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled'").await, 1);
    let secrets = "select count(*) from integrations where access_token is not null or app_secret is not null
                   or verify_token is not null or app_secret_digest is not null";
    assert_eq!(app.count(secrets).await, 0);
    app.advance(60_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    assert_eq!(app.ok("messages/list", json!({"conversation_id": conversation})).await.as_array().unwrap().len(), 4);
    let send = json!({"conversation_id": conversation, "text": "Hello"});
    assert_eq!(app.api("messages/send", send.clone()).await.0, StatusCode::CONFLICT);
    // Connected again, the number has its callback and its conversations again, with whatever chatbot.
    let other = app.chatbot().await;
    app.ok("chatbots/delete", json!({"id": number.chatbot_id})).await;
    let again = app.connect(&other, &number.phone_number_id).await;
    assert_eq!(again.integration_id, number.integration_id);
    app.ok("messages/send", send).await;
    app.customer_writes(&again, "wamid.3", "491510000001", "opening hours").await;
    assert_eq!(app.count("select count(*) from conversations").await, 1);
    assert_eq!(app.graph.sent().len(), 2);
}

async fn deleting_erases_everything_on_request(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let other = app.connect(&number.chatbot_id, "316000000000002").await;
    for n in 0..30 {
        let message = text_message(&format!("wamid.{n}"), &format!("4915100000{n:02}"), "opening hours");
        app.deliver(&number, webhook(&[change(&number, &[message], &[status(&format!("wamid.P{n}"), "sent")])])).await;
    }
    app.deliver(&number, webhook(&[change(&number, &[json!(7)], &[])])).await;
    app.settle().await;
    app.customer_writes(&other, "wamid.kept", "491510000099", "opening hours").await;
    assert!(
        app.count("select count(*) from dead_letters").await == 1
            && app.count("select count(*) from parked_statuses").await == 30
    );
    app.ok(DELETE, with(&id(&number), json!({"conversations": "erase"}))).await;
    for (table, left) in [
        ("select count(*) from conversations", 1),
        ("select count(*) from messages", 2),
        ("select count(*) from attempts", 1),
        ("select count(*) from contacts", 1),
        ("select count(*) from identities", 1),
        ("select count(*) from deliveries", 1),
        ("select count(*) from dead_letters", 0),
        ("select count(*) from webhook_counts", 0),
        ("select count(*) from parked_statuses", 0),
        ("select count(*) from message_statuses", 0),
    ] {
        assert_eq!(app.count(table).await, left, "{table}");
    }
    assert!(app.count("select count(*) from integrations where erasing").await == 1);
    app.advance(61_000);
    keep_up(&app.state).await.unwrap();
    assert!(app.count("select count(*) from integrations where erasing").await == 0);
    // Connecting it again begins afresh.
    assert_ne!(app.connect(&number.chatbot_id, &number.phone_number_id).await.integration_id, number.integration_id);
}

async fn deleting_says_what_remains_at_meta(database: Database) {
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let second = app.connect(&first.chatbot_id, "316000000000002").await;
    let delete = |number: &Number| with(&id(number), json!({"conversations": "keep"}));
    // Another number of the account still needs the subscription.
    let removal = app.ok(DELETE, delete(&first)).await;
    assert_eq!(removal["unsubscribed"], "left");
    assert!(!app.graph.calls().iter().any(|c| c.starts_with("DELETE")));
    let removal = app.ok(DELETE, delete(&second)).await;
    assert_eq!(removal["unsubscribed"], "done");
    let remaining = removal["remaining"].to_string();
    assert!(remaining.contains("callback URL") && remaining.contains("Revoke"), "{removal}");
    app.graph.change(|world| assert!(world.subscribed.is_empty()));
    let third = app.connect(&first.chatbot_id, "316000000000003").await;
    app.graph.fail(Call::Unsubscribe, Answer::Error { status: 401, code: 190, subcode: None });
    let removal = app.ok(DELETE, delete(&third)).await;
    assert_eq!(removal["unsubscribed"], "failed");
    assert!(removal["remaining"][0].as_str().unwrap().contains("Meta could not be told"), "{removal}");
    assert_eq!(app.api(GET, id(&third)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(app.api(DELETE, delete(&third)).await.0, StatusCode::NOT_FOUND);
}
