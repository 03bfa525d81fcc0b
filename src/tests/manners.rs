//! How the bot behaves where it has no answer: one apology, then people, and nobody is left without a word.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    on_both_databases,
};
use crate::{
    domain::chatbot::DEFAULT_FALLBACK,
    server::{
        engine::HANDED_OVER,
        pipeline::{self, answer::Answer, ingest::Ingest},
    },
};

on_both_databases!(
    the_second_miss_in_a_row_hands_over,
    an_answer_between_them_begins_anew,
    a_person_begins_anew,
    the_bots_last_word_goes_out_though_it_had_to_wait,
);

const PHONE: &str = "491510000001";

/// What a customer was told, in order.
fn told(app: &TestApp) -> Vec<String> {
    app.graph.sent().into_iter().map(|sent| sent.body).collect()
}

async fn row(app: &TestApp) -> Value {
    app.ok("conversations/list", json!({})).await["rows"][0].clone()
}

/// The lines that say what happened, with the reason word of each.
async fn lines(app: &TestApp) -> Vec<String> {
    app.texts("select reason || ': ' || body from messages where kind = 'activity' order by seq").await
}

async fn writes(app: &TestApp, number: &Number, texts: &[&str]) {
    for text in texts {
        app.customer_writes(number, &format!("wamid.{}", Uuid::now_v7()), PHONE, text).await;
    }
}

async fn the_second_miss_in_a_row_hands_over(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, &["Do you sell bicycles?", "And tandems?", "Anybody at home, then?"]).await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, HANDED_OVER], "one apology, then people, then silence");
    let lines = lines(&app).await;
    assert!(lines.len() == 1 && lines[0].starts_with("missed: The bot did not know the answer"), "{lines:?}");
    assert_eq!((&row(&app).await["mode"], &row(&app).await["unread"]), (&json!("human"), &json!(3)));
    // Given back, it begins anew.
    app.ok("conversations/set_mode", json!({"id": row(&app).await["id"], "mode": "bot"})).await;
    writes(&app, &number, &["Do you sell bicycles?"]).await;
    assert_eq!(told(&app).last().map(String::as_str), Some(DEFAULT_FALLBACK));
    assert_eq!(row(&app).await["mode"], "bot");
}

async fn an_answer_between_them_begins_anew(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, &["Do you sell bicycles?", "Where is your shop?", "And tandems?"]).await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, "In Harbour Street 5.", DEFAULT_FALLBACK]);
    assert_eq!(row(&app).await["mode"], "bot");
}

async fn a_person_begins_anew(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, &["Do you sell bicycles?"]).await;
    let id = row(&app).await["id"].clone();
    let reply = json!({"conversation_id": id, "client_id": Uuid::now_v7(), "text": "We do."});
    app.ok("messages/send", reply).await;
    app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    writes(&app, &number, &["And tandems?"]).await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, "We do.", DEFAULT_FALLBACK]);
}

/// A take-over withdraws what the bot has queued. Its own leave-taking is no such thing.
async fn the_bots_last_word_goes_out_though_it_had_to_wait(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let both =
        ["Do you sell bicycles?", "And tandems?"].map(|text| text_message(&format!("wamid.{text}"), PHONE, text));
    assert_eq!(app.deliver(&number, webhook(&[change(&number, &both, &[])])).await, StatusCode::OK);
    // Nothing goes straight here: both answers wait in the queue when the conversation is handed over.
    for _ in 0..3 {
        pipeline::step::<Ingest>(&app.state).await.unwrap();
        pipeline::step::<Answer>(&app.state).await.unwrap();
    }
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, 2);
    assert_eq!(row(&app).await["mode"], "human");
    app.settle().await;
    assert_eq!(told(&app), [DEFAULT_FALLBACK, HANDED_OVER]);
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled'").await, 0);
}
