//! The website's chat, as its page speaks with the server.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, TestApp},
    on_both_databases,
};

on_both_databases!(a_visitor_is_answered_beside_whatsapp, tokens_cannot_be_forged, a_person_takes_over_a_web_chat);

struct Visitor<'a> {
    app: &'a TestApp,
    token: String,
}

impl<'a> Visitor<'a> {
    async fn begin(app: &'a TestApp, chatbot_id: &str) -> Self {
        let url = format!("{}/api/widget/v1/session", app.url);
        let begun: Value =
            app.http.post(url).json(&json!({"chatbot_id": chatbot_id})).send().await.unwrap().json().await.unwrap();
        Self { app, token: begun["token"].as_str().unwrap().to_owned() }
    }

    async fn say(&self, text: &str, client_id: &str) -> (StatusCode, Value) {
        let url = format!("{}/api/widget/v1/messages", self.app.url);
        let request =
            self.app.http.post(url).bearer_auth(&self.token).json(&json!({"text": text, "client_id": client_id}));
        let response = request.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    async fn hear(&self, after: i64) -> Vec<(String, String)> {
        let url = format!("{}/api/widget/v1/messages?after={after}", self.app.url);
        let heard: Value = self.app.http.get(url).bearer_auth(&self.token).send().await.unwrap().json().await.unwrap();
        let list = heard["messages"].as_array().unwrap().iter();
        list.map(|m| (m["author"].as_str().unwrap().to_owned(), m["text"].as_str().unwrap().to_owned())).collect()
    }
}

const FIRST: &str = "018f0000-0000-7000-8000-000000000001";
const SECOND: &str = "018f0000-0000-7000-8000-000000000002";

async fn a_visitor_is_answered_beside_whatsapp(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.advance(1000);
    let visitor = Visitor::begin(&app, &number.chatbot_id).await;
    assert_eq!(visitor.say("where is your shop", FIRST).await.0, StatusCode::OK);
    // The page repeats what it got no answer to: it counts once.
    assert_eq!(visitor.say("where is your shop", FIRST).await.0, StatusCode::OK);
    app.settle().await;
    let expected = [("contact", "where is your shop"), ("bot", "In Harbour Street 5.")];
    assert_eq!(visitor.hear(0).await, expected.map(|(a, t)| (a.to_owned(), t.to_owned())));
    let rows = app.ok("conversations/list", json!({})).await["rows"].clone();
    assert_eq!((rows[0]["channel"].as_str(), rows[1]["channel"].as_str()), (Some("web"), Some("whatsapp")));
    for channel in ["web", "whatsapp"] {
        let filtered = app.ok("conversations/list", json!({"channel": channel})).await["rows"].clone();
        assert_eq!((filtered.as_array().unwrap().len(), filtered[0]["channel"].as_str()), (1, Some(channel)));
    }
    // Another visitor of the same chatbot hears nothing of it.
    let other = Visitor::begin(&app, &number.chatbot_id).await;
    other.say("hello", SECOND).await;
    assert_eq!(other.hear(0).await.len(), 1);
}

async fn tokens_cannot_be_forged(database: Database) {
    let app = TestApp::start(database).await;
    let chatbot_id = app.chatbot().await;
    let good = Visitor::begin(&app, &chatbot_id).await.token;
    let mut flipped = good.clone();
    let last = if flipped.pop() == Some('0') { '1' } else { '0' };
    flipped.push(last);
    let (payload, signature) = good.rsplit_once('.').unwrap();
    let other_visitor = format!("{}.{signature}", &payload.replace('7', "8"));
    for token in [String::new(), "nonsense".to_owned(), flipped, other_visitor, payload.to_owned()] {
        let visitor = Visitor { app: &app, token };
        let (status, error) = visitor.say("hello", FIRST).await;
        assert_eq!((status, error["code"].as_str()), (StatusCode::UNAUTHORIZED, Some("unauthenticated")));
    }
    let url = format!("{}/api/widget/v1/session", app.url);
    let unknown = json!({"chatbot_id": FIRST});
    assert_eq!(app.http.post(&url).json(&unknown).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    assert_eq!(app.http.post(&url).body("{").send().await.unwrap().status(), StatusCode::BAD_REQUEST);
    for (text, status) in [("  ".to_owned(), StatusCode::BAD_REQUEST), ("x".repeat(5000), StatusCode::BAD_REQUEST)] {
        assert_eq!(Visitor { app: &app, token: good.clone() }.say(&text, FIRST).await.0, status);
    }
}

async fn a_person_takes_over_a_web_chat(database: Database) {
    let app = TestApp::start(database).await;
    let chatbot_id = app.chatbot().await;
    let visitor = Visitor::begin(&app, &chatbot_id).await;
    visitor.say("opening hours", FIRST).await;
    app.settle().await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    app.ok("messages/send", json!({"conversation_id": id, "text": "A person here."})).await;
    visitor.say("opening hours", SECOND).await;
    app.settle().await;
    let heard: Vec<String> = visitor.hear(0).await.into_iter().map(|(author, _)| author).collect();
    // No activity line is shown to visitors, and the bot is silent.
    assert_eq!(heard, ["contact", "bot", "user", "contact"]);
}
