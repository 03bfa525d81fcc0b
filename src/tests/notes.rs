//! Notes among the team: who reads them, whom they mention, and that nobody else ever hears of one, by whatever way.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, TestApp},
    on_both_databases,
    visitor::{TRUSTING, Visitor},
    waiting::{row, rows, sends, takes_over, writes},
};
use crate::domain::role::Role;

on_both_databases!(
    a_note_stands_in_the_thread_and_changes_nothing_else,
    no_note_leaves_by_a_number,
    no_note_reaches_a_visitor,
    whoever_is_named_is_mentioned,
    a_note_is_written_once,
    pages_hold_notes_between_their_messages,
    what_is_erased_takes_its_notes_along,
    another_workspace_writes_and_reads_none,
);

const ADA: &str = "491510000001";
/// Words that must not turn up outside.
const SECRET: &str = "She always haggles, opening hours!";

async fn notes(app: &TestApp, id: &Value, text: &str) -> Value {
    app.ok("notes/create", json!({"conversation_id": id, "text": text})).await
}

async fn thread(app: &TestApp, id: &Value) -> Vec<Value> {
    app.ok("messages/list", json!({"conversation_id": id})).await.as_array().unwrap().clone()
}

fn texts(thread: &[Value]) -> Vec<&str> {
    thread.iter().map(|m| m["content"]["text"].as_str().unwrap()).collect()
}

async fn a_note_stands_in_the_thread_and_changes_nothing_else(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let agent = app.add_user("grace@example.com", Role::Agent, None).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let (before, shown) = (row(&app).await, app.ok("conversations/get", json!({"id": id})).await);
    app.advance(60_000);
    let events = "select count(*) from events where payload like '%\"notes\"%'";
    let (status, note) =
        app.api_as(&agent, "notes/create", json!({"conversation_id": id, "text": format!("  {SECRET} ")})).await;
    assert_eq!(
        (status, &note["direction"], &note["mine"]),
        (StatusCode::OK, &json!("internal"), &json!(true)),
        "{note}"
    );
    assert_eq!(app.count(events).await, 1, "open pages hear of it");
    let all = thread(&app, &id).await;
    assert_eq!(texts(&all).last(), Some(&SECRET));
    let last = all.last().unwrap();
    assert_eq!((&last["author_name"], &last["mine"]), (&json!("grace"), &json!(false)));
    assert!(all[..all.len() - 1].iter().all(|m| m["direction"] != "internal"));
    // The row stays as it was: its words, its place, whose it is, who answers, who waits.
    assert_eq!(row(&app).await, before);
    assert_eq!(app.ok("conversations/get", json!({"id": id})).await, shown);
    for text in ["", "  ", &"x".repeat(20_001)] {
        let (status, refused) = app.api("notes/create", json!({"conversation_id": id, "text": text})).await;
        assert_eq!((status, refused["field"].as_str()), (StatusCode::BAD_REQUEST, Some("text")));
    }
}

async fn no_note_leaves_by_a_number(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let note = notes(&app, &id, SECRET).await;
    app.settle().await;
    // The bot's next turn, a person's words, a take-over and giving back, resolving: none takes it along.
    writes(&app, &number, "wamid.2", ADA, "where is your shop").await;
    notes(&app, &id, SECRET).await;
    takes_over(&app).await;
    sends(&app, "Hello").await;
    notes(&app, &id, SECRET).await;
    app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    writes(&app, &number, "wamid.3", ADA, "What do you think of me?").await;
    app.ok("conversations/set_status", json!({"id": id, "status": "resolved"})).await;
    app.advance(3_600_000);
    app.settle().await;
    // It is no message that could be sent again.
    let (status, _) = app.api("messages/retry", json!({"id": note["id"]})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let sent = app.graph.sent();
    assert!(sent.len() >= 3, "nothing was sent at all");
    assert!(sent.iter().all(|sent| !sent.body.contains("haggles")), "{sent:?}");
    assert_eq!(app.count("select count(*) from messages where body like '%haggles%'").await, 0);
    // Nor does it stand in the list, or in what is told of those who wait.
    takes_over(&app).await;
    writes(&app, &number, "wamid.4", ADA, "Hello?").await;
    notes(&app, &id, SECRET).await;
    let listed = json!([rows(&app, json!({})).await, app.ok("conversations/waiting", json!({})).await]).to_string();
    assert!(!listed.contains("haggles"), "{listed}");
    // Nor in events, which go to everybody's page, or in the audit log.
    assert_eq!(app.count("select count(*) from events where payload like '%haggles%'").await, 0);
    assert!(!app.ok("audit/list", json!({})).await.to_string().contains("haggles"));
}

async fn no_note_reaches_a_visitor(database: Database) {
    let app = TestApp::start_with(database, TRUSTING).await;
    let chatbot_id = app.chatbot().await;
    app.open_website(&chatbot_id).await;
    let visitor = Visitor::begin(&app, &chatbot_id).await;
    visitor.say("opening hours", "0193a0c4-7d1e-7aaa-8001-020304050607").await;
    app.settle().await;
    let id = row(&app).await["id"].clone();
    notes(&app, &id, SECRET).await;
    takes_over(&app).await;
    notes(&app, &id, SECRET).await;
    sends(&app, "Hello").await;
    let (status, heard) = visitor.ask("after=0").await;
    assert_eq!(status, StatusCode::OK);
    let heard = heard.to_string();
    assert!(heard.contains("Hello") && !heard.contains("haggles") && !heard.contains("internal"), "{heard}");
    // What is asked for again under the note's own place is not there either.
    let seq = thread(&app, &id)
        .await
        .iter()
        .filter(|m| m["direction"] == "internal")
        .map(|m| m["seq"].as_i64().unwrap())
        .min();
    let (_, after) = visitor.ask(&format!("after={}", seq.unwrap() - 1)).await;
    assert!(!after.to_string().contains("haggles"), "{after}");
    let said = visitor.say("where is your shop", "0193a0c4-7d1e-7aaa-8001-020304050608").await;
    assert!(!said.1.to_string().contains("haggles"));
}

async fn whoever_is_named_is_mentioned(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.add_user("grace@example.com", Role::Agent, None).await;
    app.add_user("neighbour@example.com", Role::Agent, Some("Next door")).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    notes(&app, &id, "@Grace, please look. And @neighbour, @nobody.").await;
    notes(&app, &id, "grace knows").await;
    let names = "select u.name from mentions m join users u on u.id = m.user_id order by u.name";
    assert_eq!(app.texts(names).await, ["grace"]);
}

async fn a_note_is_written_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let input = json!({"conversation_id": id, "text": SECRET, "client_id": "0193a0c4-7d1e-7aaa-8001-020304050607"});
    let first = app.ok("notes/create", input.clone()).await;
    assert_eq!(app.ok("notes/create", input).await["id"], first["id"]);
    assert_eq!(app.count("select count(*) from notes").await, 1);
}

async fn pages_hold_notes_between_their_messages(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "0"]).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.0", ADA, "opening hours").await;
    takes_over(&app).await;
    let id = row(&app).await["id"].clone();
    // Two pages of messages with a note after each third, and more notes in the end than come with a page.
    for n in 1..=120 {
        writes(&app, &number, &format!("wamid.{n}"), ADA, &format!("message {n}")).await;
        if n % 3 == 0 {
            notes(&app, &id, &format!("note {n}")).await;
        }
    }
    for n in 0..230 {
        notes(&app, &id, &format!("late {n}")).await;
    }
    let (mut before, mut pages) = (None, Vec::<Vec<Value>>::new());
    loop {
        let page = app.ok("messages/list", json!({"conversation_id": id, "before": before})).await;
        let page = page.as_array().unwrap().clone();
        let Some(first) = page.iter().map(|m| m["seq"].as_i64().unwrap()).min() else { break };
        before = Some(first);
        pages.push(page);
    }
    let all: Vec<i64> = pages.iter().rev().flatten().map(|m| m["seq"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = (1..=all.last().copied().unwrap()).collect();
    assert_eq!(all, expected, "each place once, in order");
    assert!(pages.len() < 12 && pages.iter().all(|page| page.len() <= 300), "{}", pages.len());
}

async fn what_is_erased_takes_its_notes_along(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let me = app.ok("session/current", json!({})).await["name"].as_str().unwrap().to_owned();
    notes(&app, &id, &format!("@{me} {SECRET}")).await;
    assert_eq!(app.count("select count(*) from mentions").await, 1);
    app.ok("conversations/erase", json!({"id": id})).await;
    for left in ["select count(*) from notes", "select count(*) from mentions"] {
        assert_eq!(app.count(left).await, 0, "{left}");
    }
}

async fn another_workspace_writes_and_reads_none(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    notes(&app, &id, SECRET).await;
    let (status, _) = app.api_as(&theirs, "notes/create", json!({"conversation_id": id, "text": "mine"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = app.api_as(&theirs, "messages/list", json!({"conversation_id": id})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(app.count("select count(*) from notes").await, 1);
}
