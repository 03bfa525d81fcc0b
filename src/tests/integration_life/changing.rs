//! Fields, secrets, chatbot and number are changed one by one.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{
        app::{Database, START, TestApp},
        double::{Answer, Call},
        on_both_databases,
    },
    GET, UPDATE, id, with,
};

on_both_databases!(
    fields_change_one_by_one,
    an_empty_secret_keeps_the_old_one,
    new_credentials_are_tested_before_they_replace_working_ones,
    another_chatbot_takes_over_its_conversations,
    another_number_begins_with_closed_windows,
);

async fn fields_change_one_by_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (field, value) in [
        ("name", "New name"),
        ("business_account_id", "102000000000002"),
        ("phone_number_id", "316000000000005"),
        ("app_id", "700000000000005"),
        ("verify_token", "another token"),
    ] {
        app.graph.change(|world| drop(world.accounts.insert("102000000000002".to_owned(), json!({}))));
        let before = app.ok(GET, id(&number)).await;
        let after = app.ok(UPDATE, with(&id(&number), json!({field: value, "force": true}))).await;
        assert_eq!(after[field], value);
        for kept in
            ["name", "business_account_id", "phone_number_id", "app_id", "verify_token", "callback_url", "created_at"]
        {
            assert!(kept == field || before[kept] == after[kept], "{field} changed {kept}");
        }
    }
    let gone = app.ok(UPDATE, with(&id(&number), json!({"app_id": ""}))).await;
    assert_eq!(gone["app_id"], Value::Null);
    // Wrong values are refused like at first, and a taken number is named.
    for (field, value) in [("phone_number_id", "+15550100001"), ("access_token", "a b"), ("name", ""), ("app_id", "x")]
    {
        let (status, error) = app.api(UPDATE, with(&id(&number), json!({field: value}))).await;
        assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{error}");
    }
    let second = app.connect(&number.chatbot_id, "316000000000002").await;
    let (status, error) = app.api(UPDATE, with(&id(&second), json!({"phone_number_id": "316000000000005"}))).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(error["message"].as_str().unwrap().contains("“New name”"), "{error}");
}

async fn an_empty_secret_keeps_the_old_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let before = app.ok(GET, id(&number)).await;
    app.advance(5000);
    let calls = app.graph.calls().len();
    let same = json!({"name": "Renamed", "access_token": "", "app_secret": "", "verify_token": "",
        "phone_number_id": before["phone_number_id"], "app_id": before["app_id"]});
    let after = app.ok(UPDATE, with(&id(&number), same)).await;
    for kept in ["access_token", "app_secret", "verify_token"] {
        assert_eq!(before[kept], after[kept]);
    }
    assert_eq!(app.graph.calls().len(), calls, "nothing of the connection changed, so nothing was to be tested");
    let after = app.ok(UPDATE, with(&id(&number), json!({"access_token": "EAAG-newer-toke2"}))).await;
    assert_eq!(after["access_token"], json!({"last4": "oke2", "set_at": START + 5000}));
    assert_eq!(before["app_secret"], after["app_secret"]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(app.graph.tokens().last().unwrap(), "Bearer EAAG-newer-toke2");
}

async fn new_credentials_are_tested_before_they_replace_working_ones(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let bad = with(&id(&number), json!({"access_token": "EAAG-bad"}));
    let (status, error) = app.api(UPDATE, bad.clone()).await;
    assert_eq!((status, &error["meta"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(190)), "{error}");
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!((app.graph.sent().len(), app.ok(GET, id(&number)).await["status"].clone()), (1, json!("connected")));
    // A trouble of the network is no reason to replace them either.
    app.graph.fail(Call::DebugToken, Answer::Html(502));
    app.graph.fail(Call::Number, Answer::Html(502));
    let (status, _) = app.api(UPDATE, with(&id(&number), json!({"access_token": "EAAG-new"}))).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    app.graph.mend();
    // What was not changed does not stand in the way: the subscription is another matter.
    app.graph.change(|world| world.subscribed.clear());
    app.ok(UPDATE, with(&id(&number), json!({"access_token": "EAAG-new"}))).await;
    // It is done on confirmation.
    let forced = app.ok(UPDATE, with(&bad, json!({"force": true}))).await;
    assert_eq!(forced["status"], "error");
}

async fn another_chatbot_takes_over_its_conversations(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let other = app.ok("chatbots/create", json!({"name": "Other bot"})).await["id"].clone();
    app.ok("chatbots/update", json!({"id": other, "fallback": "Other here."})).await;
    let after = app.ok(UPDATE, with(&id(&number), json!({"chatbot_id": other}))).await;
    assert_eq!((&after["chatbot_id"], &after["chatbot_name"]), (&other, &json!("Other bot")));
    app.customer_writes(&number, "wamid.2", "491510000001", "opening hours").await;
    assert_eq!(app.graph.sent()[1].body, "Other here.");
    assert_eq!(app.count("select count(*) from conversations").await, 1);
}

async fn another_number_begins_with_closed_windows(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let moved = app.ok(UPDATE, with(&id(&number), json!({"phone_number_id": "316000000000002"}))).await;
    assert_eq!((&moved["status"], &moved["last_webhook_at"]), (&json!("waiting"), &Value::Null));
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let (status, _) = app.api("messages/send", json!({"conversation_id": conversation, "text": "Hello"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}
