//! Two bots that answer each other: ours stops, and says so.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, Number, START, TestApp, change, webhook},
    on_both_databases,
};
use crate::domain::ids::IntegrationId;

on_both_databases!(
    a_bot_that_answers_a_bot_is_stopped,
    a_bot_on_the_website_is_stopped_too,
    people_who_are_quick_are_answered,
);

const CUSTOMER: &str = "491510000001";

/// What the other side says, after as many answers of ours.
async fn says(app: &TestApp, number: &Number, nth: usize, mut message: Value, pause: i64) {
    app.advance(pause);
    message["id"] = format!("wamid.{nth}").into();
    message["from"] = CUSTOMER.into();
    message["timestamp"] = (app.state.now() / 1000).to_string().into();
    assert_eq!(app.deliver(number, webhook(&[change(number, &[message], &[])])).await, StatusCode::OK);
    app.settle().await;
}

fn text(body: &str) -> Value {
    json!({"type": "text", "text": {"body": body}})
}

async fn lines(app: &TestApp) -> Vec<String> {
    app.texts("select body from messages where kind = 'activity' order by seq").await
}

async fn a_bot_that_answers_a_bot_is_stopped(database: Database) {
    let replies: [fn(usize) -> String; 3] = [
        |_| "Where is your shop?".to_owned(),
        |n| ["Where is your shop?", "What are your opening hours?"][n % 2].to_owned(),
        |n| format!("Where is your shop? Ticket {n} at 12:{n:02}:07."),
    ];
    for reply in replies {
        let app = TestApp::start(database).await;
        let number = app.number().await;
        for nth in 0..30 {
            says(&app, &number, nth, text(&reply(nth)), 300).await;
        }
        let answers = app.graph.sent().len();
        assert!((5..=12).contains(&answers), "{answers} answers to {}", reply(0));
        let lines = lines(&app).await;
        assert!(lines.len() == 1 && lines[0].contains("another bot"), "{lines:?}");
        // People have it now, with all that was said.
        let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
        assert_eq!((&row["mode"], &row["unread"]), (&json!("human"), &json!(30)));
        // Given back, the bot begins afresh.
        app.ok("conversations/set_mode", json!({"id": row["id"], "mode": "bot"})).await;
        says(&app, &number, 99, text("opening hours"), 300).await;
        assert_eq!(app.graph.sent().len(), answers + 1);
        assert!(app.state.now() < START + 20_000);
    }
}

async fn a_bot_on_the_website_is_stopped_too(database: Database) {
    let app = TestApp::start(database).await;
    let chatbot_id = app.chatbot().await;
    app.open_website(&chatbot_id).await;
    let website = app.website_of(&chatbot_id).await.parse::<IntegrationId>().unwrap();
    let token = crate::server::service::visitor::begin(&app.state, website).await.unwrap();
    let visitor = crate::server::service::visitor::authenticate(&app.state, &token).unwrap().visitor;
    let from = std::net::Ipv4Addr::LOCALHOST.into();
    for _ in 0..20 {
        app.advance(500);
        let said = crate::server::service::visitor::say(
            &app.state,
            visitor.clone(),
            from,
            "Where is your shop?",
            Uuid::new_v4(),
        );
        said.await.unwrap();
        app.settle().await;
    }
    let answers = app.count("select count(*) from messages where author = 'bot'").await;
    assert!((5..=12).contains(&answers), "{answers}");
    assert_eq!(lines(&app).await.len(), 1);
}

async fn people_who_are_quick_are_answered(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // Something else each time.
    for nth in 0..25 {
        let question = format!("Do you have {}?", "x".repeat(nth + 1));
        let item = json!({"chatbot_id": number.chatbot_id, "question": question, "answer": "Yes."});
        app.ok("knowledge/save", item).await;
        says(&app, &number, nth, text(&question), 1_000).await;
    }
    assert_eq!(app.graph.sent().len(), 25);
    // The same again, but taking their time.
    for nth in 100..120 {
        says(&app, &number, nth, text("opening hours?"), 90_000).await;
    }
    assert_eq!(app.graph.sent().len(), 45);
    // All at once, before any answer.
    let burst: Vec<Value> = (200..230)
        .map(|nth| json!({"id": format!("wamid.{nth}"), "from": "491510000002", "timestamp": (app.state.now() / 1000).to_string(),
                          "type": "text", "text": {"body": "opening hours?"}}))
        .collect();
    app.deliver(&number, webhook(&[change(&number, &burst, &[])])).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 75);
    assert_eq!(lines(&app).await, [] as [String; 0]);
}
