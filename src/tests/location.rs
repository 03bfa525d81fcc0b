//! A kind of content from end to end: a place that a customer sends, in the thread, in the list and on the phone.

use serde_json::json;

use super::{
    app::{Database, TestApp, change, text_message, webhook},
    on_both_databases,
};

on_both_databases!(a_place_is_shown_as_one, a_place_from_the_simulated_phone_is_one);

async fn a_place_is_shown_as_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (n, (location, preview)) in [
        (json!({"latitude": 54.5, "longitude": "10.1", "name": "Pier"}), "Location: Pier"),
        (json!({"latitude": 54.5, "longitude": 10}), "Location: 54.500000, 10.000000"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut message = text_message(&format!("wamid.{n}"), "491510000001", "");
        message["type"] = json!("location");
        message["location"] = location;
        app.deliver(&number, webhook(&[change(&number, &[message], &[])])).await;
        app.settle().await;
        let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
        assert_eq!(row["preview"], preview);
        let thread = app.ok("messages/list", json!({"conversation_id": row["id"]})).await;
        let shown = thread.as_array().unwrap().last().unwrap();
        assert_eq!(shown["content"]["kind"]["type"], "location", "{shown}");
        assert_eq!((&shown["content"]["kind"]["latitude"], &shown["note"]), (&json!(54.5), &json!(null)), "{shown}");
    }
    // It is no question.
    assert!(app.graph.sent().is_empty());
}

async fn a_place_from_the_simulated_phone_is_one(database: Database) {
    let app = TestApp::start(database).await;
    let bot = app.chatbot().await;
    app.ok("integrations/whatsapp/use_sandbox", json!({"chatbot_id": bot})).await;
    let customer = app.ok("sandbox/overview", json!({})).await["customers"][0]["id"].clone();
    for kind in [json!({"type": "location", "latitude": 1000.0, "longitude": 0.0}), json!({"type": "activity"})] {
        let refused = app.api("sandbox/send", json!({"customer_id": customer, "kind": kind})).await;
        assert_eq!(refused.0.as_u16(), 400, "{refused:?}");
    }
    let place = json!({"type": "location", "latitude": 52.5, "longitude": 13.4, "name": "Station"});
    let phone = app.ok("sandbox/send", json!({"customer_id": customer, "kind": place})).await;
    let shown = phone["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(shown["content"], json!({"text": "Station", "kind": place}), "{shown}");
}
