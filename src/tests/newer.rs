//! A newer version on the same database: what only it knows is shown as unknown, and stops nothing here.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, TestApp, change, text_message, webhook},
    on_both_databases,
};
use crate::server::{
    pipeline::{Progress, faults::Faults, health::Health, step},
    service::erasure,
};

on_both_databases!(
    rows_of_a_newer_version_are_shown_and_stop_nothing,
    nobody_asks_for_what_only_a_newer_version_knows,
    a_channel_of_a_newer_version_is_left_to_it,
    what_only_a_newer_version_can_take_apart_stays_to_be_erased,
);

async fn rows_of_a_newer_version_are_shown_and_stop_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
    app.execute("update messages set author = 'robot', state = 'scheduled', direction = 'outbound'").await;
    app.execute("update conversations set channel = 'carrier', status = 'parked', answered_seq = 0, answer_due_at = 0")
        .await;
    // It is due, and not for us to answer; a neighbour's question is.
    app.customer_writes(&number, "wamid.2", "491510000002", "opening hours").await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2);
    // Only what knows it answers it, and its token goes to nobody.
    app.execute("update integrations set provider = 'courier'").await;
    app.execute("update chatbots set engine = 'oracle'").await;
    app.execute("update deliveries set state = 'kept'").await;
    let id = &number.integration_id;
    let listed = app.ok("integrations/whatsapp/list", json!({"chatbot_id": number.chatbot_id})).await;
    assert_eq!(listed[0]["provider"], "newer");
    assert_eq!(app.ok("chatbots/list", json!({})).await[0]["engine"], "newer");
    app.ok("integrations/whatsapp/deliveries", json!({"id": id})).await;
    let mut refused = Vec::new();
    for (operation, mut input) in [
        ("test", json!({})),
        ("subscribe", json!({})),
        ("send_test", json!({"to": "+49 151 0000001"})),
        ("update", json!({"name": "Mine"})),
    ] {
        input["id"] = json!(id);
        let (status, answer) = app.api(&format!("integrations/whatsapp/{operation}"), input).await;
        refused.push((operation, status.as_u16(), answer["code"].clone()));
    }
    let expected = ["test", "subscribe", "send_test", "update"].map(|operation| (operation, 409, json!("conflict")));
    assert_eq!(refused, expected);
    let app = app.restart(Faults::default()).await;
    let calls = app.graph.calls().len();
    app.advance(60 * 60_000);
    while step::<Health>(&app.state).await.unwrap() == Progress::Worked {}
    assert_eq!(app.graph.calls().len(), calls, "nobody is asked about it");
    let listed = app.ok("integrations/whatsapp/list", json!({"chatbot_id": number.chatbot_id})).await;
    assert_eq!(listed[0]["status_reason"], json!(null), "{listed}");
    app.customer_writes(&number, "wamid.3", "491510000002", "opening hours").await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2, "nothing was sent");
    app.execute("update conversations set mode = 'shared' where channel = 'carrier'").await;
    let rows = app.ok("conversations/list", json!({})).await["rows"].clone();
    let row = rows.as_array().unwrap().iter().find(|row| row["channel"] == "newer").unwrap();
    assert_eq!((&row["status"], &row["mode"]), (&json!("newer"), &json!("newer")), "{row}");
    let shown = app.ok("conversations/get", json!({"id": row["id"]})).await;
    assert!(shown["send_blocked"].as_str().unwrap().contains("newer version"), "{shown}");
    let thread = app.ok("messages/list", json!({"conversation_id": row["id"]})).await;
    for message in thread.as_array().unwrap() {
        assert_eq!((&message["author"], &message["state"]), (&json!("newer"), &json!("newer")), "{message}");
        assert_ne!(message["content"]["text"], "");
    }
}

/// A channel that this version does not know may well have a provider that it knows.
async fn a_channel_of_a_newer_version_is_left_to_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let other = app.connect(&number.chatbot_id, "316000000000002").await;
    let said = text_message("wamid.1", "491510000001", "opening hours");
    assert_eq!(app.deliver(&number, webhook(&[change(&number, &[said], &[])])).await, StatusCode::OK);
    app.execute("update deliveries set channel = 'carrier'").await;
    app.customer_writes(&other, "wamid.2", "491510000002", "opening hours").await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1, "the neighbour's is answered");
    assert_eq!(app.count("select count(*) from deliveries where state = 'waiting' and channel = 'carrier'").await, 1);
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
    app.execute("update integrations set channel = 'carrier', check_due_at = 0 where channel = 'whatsapp'").await;
    let app = app.restart(Faults::default()).await;
    let calls = app.graph.calls().len();
    while step::<Health>(&app.state).await.unwrap() == Progress::Worked {}
    app.execute("update messages set state = 'queued' where direction = 'outbound'").await;
    app.advance(60_000);
    app.settle().await;
    assert_eq!(app.graph.calls().len(), calls, "nobody is asked about it, and nothing is sent by it");
    for operation in ["get", "deliveries", "test"] {
        let input = json!({"id": number.integration_id});
        let (status, _) = app.api(&format!("integrations/whatsapp/{operation}"), input).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{operation}");
    }
}

async fn what_only_a_newer_version_can_take_apart_stays_to_be_erased(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.execute("update deliveries set channel = 'carrier'").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let contact = app.ok("conversations/get", json!({"id": id})).await["contact"]["id"].clone();
    app.ok("contacts/erase", json!({"id": contact})).await;
    assert_eq!(app.count("select count(*) from messages").await, 0);
    assert_eq!(app.count("select count(*) from erasures").await, 1, "the copy is still there");
    app.execute("update deliveries set channel = 'whatsapp'").await;
    erasure::go_on(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from erasures").await, 0);
}

async fn nobody_asks_for_what_only_a_newer_version_knows(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.settle().await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    for (operation, field) in [("conversations/set_mode", "mode"), ("conversations/set_status", "status")] {
        for word in ["newer", "shared"] {
            let (status, answer) = app.api(operation, json!({"id": id, field: word})).await;
            assert_eq!(status.as_u16(), 400, "{answer}");
        }
    }
}
