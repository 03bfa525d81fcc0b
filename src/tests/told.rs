//! What the server says, told in the language of the request; and that its catalogue has all of it and nothing else.

use std::collections::BTreeSet;

use serde_json::json;

use super::{
    app::{Database, TestApp},
    browser::Browser,
    on_both_databases, source,
};
use crate::texts;

on_both_databases!(
    errors_are_told_in_the_language_of_whoever_asks,
    what_is_stored_is_told_in_the_language_of_whoever_reads
);

const OWNER: &str = "owner@example.com";

/// Where the server says something to people. Elsewhere sentences are for logs, for the operator, or Meta's own.
const ROOMS: &[&str] = &[
    "src/error.rs",
    "src/domain/content",
    "src/domain/conversation.rs",
    "src/server/app/layers.rs",
    "src/server/app/layers/local.rs",
    "src/server/app/router.rs",
    "src/server/auth/",
    "src/server/channel/",
    "src/server/error.rs",
    "src/server/http/callback.rs",
    "src/server/http/events.rs",
    "src/server/http/streams.rs",
    "src/server/http/widget.rs",
    "src/server/pipeline/answer/brake.rs",
    "src/server/pipeline/deliver/",
    "src/server/pipeline/idle.rs",
    "src/server/service/",
];

/// Sentences that are no words of ours for people who read pages.
const OTHERS: &[&str] = &[
    // What a customer gets on WhatsApp.
    "This is a test message from Parlance. Your WhatsApp number is connected.",
];

/// The sentences in a piece of code: what begins like one and ends like one.
fn sentences(code: &str) -> BTreeSet<String> {
    let mut joined = String::new();
    let mut rest = code;
    while let Some((before, after)) = rest.split_once("\\\n") {
        joined.push_str(before);
        rest = after.trim_start();
    }
    joined.push_str(rest);
    let mut found = BTreeSet::new();
    for line in joined.lines().filter(|line| !line.contains("reason = \"") && !line.contains("#[error")) {
        for text in line.split('"').skip(1).step_by(2) {
            let begins = text.starts_with(|c: char| c.is_uppercase() || matches!(c, '{' | '“'));
            let ends = text.ends_with(['.', '…']) && !text.ends_with("...");
            if begins
                && ends
                && text.contains(' ')
                && text.split(' ').any(|word| word.len() > 2 && word.chars().all(char::is_lowercase))
            {
                found.insert(text.to_owned());
            }
        }
        for noun in line.split("not_found(\"").skip(1).filter_map(|rest| rest.split_once('"')) {
            found.insert(noun.0.to_owned());
        }
    }
    found
}

#[test]
fn all_that_the_server_says_is_in_the_catalogue() {
    let known: BTreeSet<&str> = texts::said().chain(OTHERS.iter().copied()).collect();
    let mut missing = Vec::new();
    for source in source::all() {
        if source.is_test() || !ROOMS.iter().any(|room| source.path.starts_with(room)) {
            continue;
        }
        let said = sentences(&source.code());
        missing.extend(
            said.into_iter().filter(|text| !known.contains(text.as_str())).map(|text| (source.path.clone(), text)),
        );
    }
    assert!(missing.is_empty(), "put them into src/texts/told: {missing:#?}");
}

#[test]
fn the_catalogue_has_nothing_that_nobody_says() {
    /// Made of parts.
    const PARTS: &[&str] = &[
        "Nobody of the team has written for {}: the bot answers again. The customer still waits for a person.",
        "{} days",
        "{} hours",
        "{} minutes",
        "1 day",
        "1 hour",
        "1 minute",
        "{} and {}",
        "You",
    ];
    let code: Vec<String> = source::all()
        .into_iter()
        .filter(|source| !source.path.starts_with("src/texts") && !source.is_test())
        .map(|source| source.text.replace("\\u{2019}", "’").replace("\\\"", "\""))
        .collect();
    let code = code.join("\n");
    let mut joined = String::new();
    let mut rest = code.as_str();
    while let Some((before, after)) = rest.split_once("\\\n") {
        joined.push_str(before);
        rest = after.trim_start();
    }
    joined.push_str(rest);
    let stale: Vec<&str> =
        texts::told_english().filter(|text| !PARTS.contains(text) && !joined.contains(*text)).collect();
    assert!(stale.is_empty(), "nobody says {stale:#?}");
}

async fn errors_are_told_in_the_language_of_whoever_asks(database: Database) {
    let app = TestApp::start(database).await;
    let id = "018f3d3a-0000-7000-8000-000000000000";
    let ask = async |language: Option<&'static str>, operation: &str, input: serde_json::Value| {
        let mut browser = Browser::signed_in(&app, OWNER).await;
        browser.language = language;
        let answer = browser.api(operation, &input).await;
        serde_json::from_str::<serde_json::Value>(&answer.body).unwrap()
    };
    for (language, message, action) in [
        (
            None,
            "The chatbot does not exist, or is not in your workspace.",
            "Go back to the list and look whether it was deleted.",
        ),
        (
            Some("pt-BR,pt;q=0.9"),
            "O chatbot não existe ou não está no seu espaço de trabalho.",
            "Volte à lista e veja se houve uma exclusão.",
        ),
    ] {
        let error = ask(language, "chatbots/get", json!({"id": id})).await;
        assert_eq!((&error["message"], &error["action"]), (&json!(message), &json!(action)), "{language:?}");
    }
    // Made in the writer, which does not know who asks.
    let error = ask(Some("pt"), "messages/send", json!({"conversation_id": id, "text": "x"})).await;
    assert_eq!(error["message"], "A conversa não existe ou não está no seu espaço de trabalho.");
    // What somebody made up is quoted, and not looked through for ever.
    let word = vec!["a. b: c and d"; 60].join(" and x: y. z");
    let error = ask(Some("pt"), "conversations/set_mode", json!({"id": id, "mode": word})).await;
    assert!(error["message"].as_str().unwrap().contains("a. b: c and d"), "{error}");
    let error = ask(Some("pt"), "no/such", json!({})).await;
    assert_eq!(error["message"], "Esta operação não existe.");
}

async fn what_is_stored_is_told_in_the_language_of_whoever_reads(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "49151000001", "Hello?").await;
    app.settle().await;
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let mut browser = Browser::signed_in(&app, OWNER).await;
    browser.language = Some("pt");
    browser.api("conversations/set_mode", &json!({"id": conversation, "mode": "human"})).await;
    let mut last = async |language: &'static str| {
        browser.language = Some(language);
        let answer = browser.api("messages/list", &json!({"conversation_id": conversation})).await;
        let messages: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        messages.as_array().unwrap().iter().find(|m| m["content"]["kind"]["type"] == "activity").unwrap()["content"]["text"].clone()
    };
    assert_eq!(last("en").await, "You took over the conversation");
    assert_eq!(last("pt").await, "Você assumiu a conversa");
}
