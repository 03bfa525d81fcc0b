//! Whom an answer goes to: the identity under which the customer wrote last, in that conversation.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, START, TestApp, change, webhook},
    double::Answer,
    on_both_databases,
};

on_both_databases!(
    the_number_that_wrote_last_is_answered,
    what_came_late_does_not_turn_answers_back,
    user_ids_belong_to_their_account,
);

/// A text by an identity, this number of seconds before the clock.
fn text(wamid: &str, phone: Option<&str>, user_id: Option<&str>, ago: i64) -> Value {
    let mut message = json!({"id": wamid, "timestamp": (START / 1000 - ago).to_string(), "type": "text", "text": {"body": "opening hours"}});
    if let Some(phone) = phone {
        message["from"] = phone.into();
    }
    if let Some(user_id) = user_id {
        message["from_user_id"] = user_id.into();
    }
    message
}

async fn write(app: &TestApp, number: &Number, message: Value) {
    let status = app.deliver(number, webhook(&[change(number, &[message], &[])])).await;
    assert_eq!(status, StatusCode::OK);
    app.settle().await;
}

fn recipients(app: &TestApp) -> Vec<String> {
    app.graph.sent().into_iter().map(|sent| sent.to).collect()
}

async fn the_number_that_wrote_last_is_answered(database: Database) {
    // By a direct send, and through the queue.
    for direct in [true, false] {
        let mut app = TestApp::start(database).await;
        app.direct = direct;
        let number = app.number().await;
        write(&app, &number, text("wamid.1", Some("491710000001"), Some("DE.1"), 30)).await;
        write(&app, &number, text("wamid.2", Some("491510000001"), Some("DE.1"), 20)).await;
        assert_eq!(recipients(&app), ["491710000001", "491510000001"]);
        // What people write goes there, and what is tried again.
        let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
        app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
        app.ok("messages/send", json!({"conversation_id": id, "text": "A person here."})).await;
        app.settle().await;
        app.advance(60_000);
        app.settle().await;
        assert_eq!(recipients(&app)[2..], ["491510000001"]);
        // Who gives no number any more is answered by their user id, and by the number again as soon as it is there.
        app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
        write(&app, &number, text("wamid.3", None, Some("DE.1"), 10)).await;
        write(&app, &number, text("wamid.4", Some("491710000001"), Some("DE.1"), 10)).await;
        assert_eq!(recipients(&app)[3..], ["DE.1", "491710000001"]);
        assert_eq!(app.count("select count(*) from conversations").await, 1);
    }
}

async fn what_came_late_does_not_turn_answers_back(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    write(&app, &number, text("wamid.1", Some("491710000001"), Some("DE.1"), 30)).await;
    write(&app, &number, text("wamid.2", Some("491510000001"), Some("DE.1"), 10)).await;
    // Meta comes back with an hour-old one.
    write(&app, &number, text("wamid.0", Some("491710000001"), Some("DE.1"), 3600)).await;
    assert_eq!(recipients(&app), ["491710000001", "491510000001", "491510000001"]);
    // Of one delivery, too, the newest counts.
    let both = [
        text("wamid.4", Some("491510000001"), Some("DE.1"), 5),
        text("wamid.3", Some("491710000001"), Some("DE.1"), 8),
    ];
    let changes: Vec<Value> = both.into_iter().map(|m| change(&number, &[m], &[])).collect();
    app.deliver(&number, webhook(&changes)).await;
    app.settle().await;
    assert_eq!(recipients(&app)[3..], ["491510000001", "491510000001"]);
}

async fn user_ids_belong_to_their_account(database: Database) {
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let made = app
        .ok(
            "integrations/whatsapp/create",
            json!({"chatbot_id": first.chatbot_id, "name": "Other account", "phone_number_id": "316000000000009",
                   "business_account_id": "102000000000009", "access_token": "EAAG-good-token",
                   "app_secret": super::app::APP_SECRET, "on_failed_test": "save"}),
        )
        .await;
    let second = Number {
        integration_id: made["id"].as_str().unwrap().to_owned(),
        phone_number_id: "316000000000009".to_owned(),
        chatbot_id: first.chatbot_id.clone(),
    };
    // One customer, known to each account by another id.
    write(&app, &first, text("wamid.1", Some("491510000001"), Some("DE.first"), 30)).await;
    write(&app, &second, text("wamid.2", Some("491510000001"), Some("DE.second"), 30)).await;
    assert_eq!(app.count("select count(*) from contacts").await, 1);
    write(&app, &first, text("wamid.3", None, Some("DE.first"), 20)).await;
    write(&app, &second, text("wamid.4", None, Some("DE.second"), 20)).await;
    let sent: Vec<_> = app.graph.sent().into_iter().map(|s| (s.phone_number_id, s.to)).collect();
    let to = |number: &Number, to: &str| (number.phone_number_id.clone(), to.to_owned());
    assert_eq!(sent[2..], [to(&first, "DE.first"), to(&second, "DE.second")]);
}
