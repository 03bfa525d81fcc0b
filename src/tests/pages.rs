//! Pages as the server renders them, on several threads at once: what one of them may do to the others shows seldom.

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::json;

use super::{
    app::{Database, TestApp},
    browser::Browser,
    on_both_databases,
};

on_both_databases!(every_page_comes_however_often_it_is_asked_for);

const ROUNDS: usize = 50;

async fn every_page_comes_however_often_it_is_asked_for(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    let (conversation, chatbot) = (row["id"].as_str().unwrap(), &number.chatbot_id);
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let pages = [
        ("/inbox".to_owned(), "<title>Inbox · Parlance</title>", "We are open from 9 to 18."),
        (format!("/inbox/{conversation}"), "<title>Inbox · Parlance</title>", "We are open from 9 to 18."),
        ("/chatbots".to_owned(), "<title>Chatbots · Parlance</title>", "Shop bot"),
        (format!("/chatbots/{chatbot}"), "<title>Shop bot · Parlance</title>", "In Harbour Street 5."),
        ("/integrations".to_owned(), "<title>Integrations · Parlance</title>", "Number 316000000000001"),
        (
            format!("/integrations/{}/events", number.integration_id),
            "<title>Event log · Parlance</title>",
            "Number 316000000000001",
        ),
        ("/sandbox".to_owned(), "<title>Sandbox · Parlance</title>", "No sandbox number yet"),
    ];
    for _ in 0..ROUNDS {
        join_all(pages.iter().map(async |(path, title, text)| {
            let answer = browser.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert!(answer.body.contains(title), "{path} without {title}: {}", answer.body);
            assert!(answer.body.contains(text), "{path} without {text}: {}", answer.body);
        }))
        .await;
    }
}
