//! What people are called, and what comes along when a name or a number is pasted.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, Number, TestApp, text_message},
    on_both_databases,
    spoiled::{deliver_value, newest},
};

on_both_databases!(
    customers_without_a_visible_name_are_told_apart,
    names_do_not_give_numbers_away,
    marks_that_come_along_when_pasting_are_forgiven,
);

async fn customers_without_a_visible_name_are_told_apart(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (n, (contact, from, shown)) in [
        (json!({"wa_id": "491510000001", "profile": {"name": "\u{200b}"}}), json!({"from": "491510000001"}), "+49•••••••001"),
        (json!({"user_id": "DE.13491208655302741918", "profile": {"name": "\u{3164}\u{2800}", "username": "\u{feff}"}}), json!({"from_user_id": "DE.13491208655302741918"}), "Customer · 741918"),
        (json!({"user_id": "DE.2", "profile": {"name": "\u{202e}adA\u{202c}\u{2066}"}}), json!({"from_user_id": "DE.2"}), "adA"),
        (json!({"user_id": "DE.3", "profile": {"name": "\u{301}", "username": "ada"}}), json!({"from_user_id": "DE.3"}), "@ada"),
    ]
    .into_iter()
    .enumerate()
    {
        app.advance(1000);
        let mut message = from;
        message["id"] = json!(format!("wamid.{n}"));
        message["type"] = json!("text");
        message["text"] = json!({"body": "hello"});
        deliver_value(&app, &number, json!({"messages": [message], "contacts": [contact]})).await;
        let (row, _) = newest(&app).await;
        assert_eq!(row["name"], shown);
        assert_eq!(app.ok("conversations/get", json!({"id": row["id"]})).await["contact"]["name"], shown);
    }
    // What people name themselves must be seen, too.
    for name in ["\u{200b}", "\u{3164}", "\u{202e}\u{202c}"] {
        let (status, error) = app.api("chatbots/create", json!({"name": name})).await;
        assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some("name")), "{error}");
    }
}

async fn names_do_not_give_numbers_away(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (n, (name, shown)) in [
        ("Shop 4915112345678", "Shop •••••••••••••"),
        ("Shop +49 (151) 1234-5678", "Shop +•• (•••) ••••-••••"),
        ("0151 12345678 Shop", "0••• •••••••• Shop"),
        ("Ada ٤٩١٥١١٢٣٤٥٦٧٨", "Ada •••••••••••••"),
        ("दुकान १५११२३४५६७८", "दुकान •••••••••••"),
        ("Ada ０１５１１２３４５６７８", "Ada ０•••••••••••"),
        ("Since 1987", "Since 1987"),
    ]
    .into_iter()
    .enumerate()
    {
        app.advance(1000);
        let contact =
            json!({"wa_id": "4915112345678", "profile": {"name": name, "username": format!("u4915112345678{n}")}});
        let message = text_message(&format!("wamid.{n}"), "4915112345678", "hello");
        deliver_value(&app, &number, json!({"messages": [message], "contacts": [contact]})).await;
        let listed = app.ok("conversations/list", json!({})).await;
        assert_eq!(listed["rows"][0]["name"], shown);
        let opened = app.ok("conversations/get", json!({"id": listed["rows"][0]["id"]})).await;
        assert_eq!(opened["contact"]["name"], shown);
        assert!(!format!("{listed}{opened}").contains("12345678"), "{opened}");
    }
}

async fn marks_that_come_along_when_pasting_are_forgiven(database: Database) {
    let app = TestApp::start(database).await;
    let chatbot_id = app.chatbot().await;
    let marked = |value: &str| format!("\u{202a}\u{feff}{}\u{2060}{}\u{202c}\u{200f} ", &value[..3], &value[3..]);
    let made = app
        .ok(
            "integrations/whatsapp/create",
            json!({"chatbot_id": chatbot_id, "name": "Marked", "phone_number_id": marked("316000000000001"),
               "business_account_id": marked("102000000000001"), "access_token": format!("\u{202a}Bearer {}", marked("EAAG-good-token")),
               "app_secret": marked("test_app_secret")}),
        )
        .await;
    assert_eq!(
        (&made["phone_number_id"], &made["business_account_id"]),
        (&json!("316000000000001"), &json!("102000000000001"))
    );
    assert_eq!(made["access_token"]["last4"], "oken");
    let number = Number {
        integration_id: made["id"].as_str().unwrap().to_owned(),
        phone_number_id: "316000000000001".to_owned(),
        chatbot_id,
    };
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 1);
}
