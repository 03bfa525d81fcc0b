//! Chatbots and what they know, over the API.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, TestApp},
    on_both_databases,
};
use crate::domain::chatbot::DEFAULT_FALLBACK;

on_both_databases!(
    chatbots_come_change_and_go,
    names_and_texts_are_judged,
    a_chatbot_in_use_stays_and_says_by_whom,
    what_is_saved_is_answered_at_once,
    typing_errors_are_forgiven,
    what_it_does_not_know_it_does_not_answer,
    trying_out_sends_and_stores_nothing,
    the_greeting_comes_once,
    a_deleted_chatbot_takes_its_knowledge_along,
);

async fn refused(app: &TestApp, operation: &str, input: Value) -> (u16, String) {
    let (status, error) = app.api(operation, input).await;
    (status.as_u16(), error["field"].as_str().unwrap_or_default().to_owned())
}

async fn chatbots_come_change_and_go(database: Database) {
    let app = TestApp::start(database).await;
    let made = app.ok("chatbots/create", json!({"name": "  Shop bot "})).await;
    assert_eq!(made["name"], "Shop bot");
    assert_eq!((&made["greeting"], &made["fallback"]), (&json!(""), &json!(DEFAULT_FALLBACK)));
    assert_eq!(app.ok("chatbots/get", json!({"id": made["id"]})).await, made);
    app.ok("chatbots/create", json!({"name": "another"})).await;
    app.advance(1000);
    let changed = app.ok("chatbots/update", json!({"id": made["id"], "greeting": " Welcome! "})).await;
    assert_eq!((&changed["name"], &changed["greeting"]), (&json!("Shop bot"), &json!("Welcome!")));
    assert_eq!(changed["updated_at"].as_i64().unwrap(), made["updated_at"].as_i64().unwrap() + 1000);
    let changed = app.ok("chatbots/update", json!({"id": made["id"], "greeting": "", "name": "Zoo"})).await;
    assert_eq!((&changed["name"], &changed["greeting"]), (&json!("Zoo"), &json!("")));
    let listed = app.ok("chatbots/list", json!({})).await;
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|b| b["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["another", "Zoo"]);
    assert_eq!(app.ok("chatbots/delete", json!({"id": made["id"]})).await, Value::Null);
    for operation in ["chatbots/get", "chatbots/delete", "chatbots/update"] {
        assert_eq!(refused(&app, operation, json!({"id": made["id"]})).await.0, 404, "{operation}");
    }
    assert_eq!(app.ok("chatbots/list", json!({})).await.as_array().unwrap().len(), 1);
}

async fn names_and_texts_are_judged(database: Database) {
    let app = TestApp::start(database).await;
    let id = app.chatbot().await;
    let invalid = |field: &str| (400, field.to_owned());
    for name in ["", "  \n", &"n".repeat(101)] {
        assert_eq!(refused(&app, "chatbots/create", json!({"name": name})).await, invalid("name"));
        assert_eq!(refused(&app, "chatbots/update", json!({"id": id, "name": name})).await, invalid("name"));
    }
    let long = "x".repeat(20_001);
    assert_eq!(refused(&app, "chatbots/update", json!({"id": id, "greeting": long})).await, invalid("greeting"));
    for field in ["hello", "thanks", "goodbye", "insult", "person"] {
        assert_eq!(refused(&app, "chatbots/update", json!({"id": id, field: long})).await, invalid(field));
    }
    for fallback in ["", long.as_str()] {
        let input = json!({"id": id, "fallback": fallback});
        assert_eq!(refused(&app, "chatbots/update", input).await, invalid("fallback"));
    }
    for (question, answer, field) in
        [("", "a", "question"), (&"q".repeat(501), "a", "question"), ("q", " ", "answer"), ("q", &long, "answer")]
    {
        let input = json!({"chatbot_id": id, "question": question, "answer": answer});
        assert_eq!(refused(&app, "knowledge/save", input).await, invalid(field));
    }
    assert_eq!(refused(&app, "chatbots/try", json!({"id": id, "question": " "})).await, invalid("question"));
    // Lengths are counted in characters, and every script is welcome; a zero byte, which PostgreSQL refuses, is not kept.
    let made = app.ok("chatbots/create", json!({"name": format!("{}\u{0}", "ü".repeat(100))})).await;
    assert_eq!(made["name"], "ü".repeat(100));
    assert_eq!(app.count("select count(*) from knowledge_items").await, 3);
}

async fn a_chatbot_in_use_stays_and_says_by_whom(database: Database) {
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let second = app.connect(&first.chatbot_id, "316000000000002").await;
    let (status, error) = app.api("chatbots/delete", json!({"id": first.chatbot_id})).await;
    assert_eq!((status, error["code"].as_str()), (StatusCode::CONFLICT, Some("conflict")));
    for name in ["Number 316000000000001", "Number 316000000000002"] {
        assert!(error["message"].as_str().unwrap().contains(name), "{error}");
    }
    assert_eq!(app.ok("chatbots/get", json!({"id": first.chatbot_id})).await["integration_count"], 2);
    for number in [&first, &second] {
        let input = json!({"id": number.integration_id, "conversations": "keep"});
        app.ok("integrations/whatsapp/delete", input).await;
    }
    app.ok("chatbots/delete", json!({"id": first.chatbot_id})).await;
}

/// What a chatbot said when it was tried out, message by message.
pub(super) fn said(tried: &Value) -> Vec<String> {
    let texts =
        tried["contents"].as_array().unwrap().iter().map(|content| content["text"].as_str().unwrap().to_owned());
    texts.collect()
}

async fn ask(app: &TestApp, id: &str, question: &str) -> String {
    let answer = app.ok("chatbots/try", json!({"id": id, "question": question})).await;
    said(&answer).pop().unwrap_or_default()
}

async fn what_is_saved_is_answered_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let id = app.chatbot().await;
    assert_eq!(ask(&app, &id, "Do you deliver abroad?").await, DEFAULT_FALLBACK);
    let input = json!({"chatbot_id": id, "question": "Do you deliver abroad?", "answer": "To all of Europe."});
    let item = app.ok("knowledge/save", input).await;
    assert_eq!(ask(&app, &id, "Do you deliver abroad?").await, "To all of Europe.");
    let edit =
        json!({"chatbot_id": id, "id": item["id"], "question": "Do you deliver abroad?", "answer": "Worldwide."});
    assert_eq!(app.ok("knowledge/save", edit).await["id"], item["id"]);
    assert_eq!(ask(&app, &id, "Do you deliver abroad?").await, "Worldwide.");
    let listed = app.ok("knowledge/list", json!({"chatbot_id": id})).await;
    let questions: Vec<&str> = listed.as_array().unwrap().iter().map(|k| k["question"].as_str().unwrap()).collect();
    assert_eq!(questions.len(), 4);
    assert!(questions.is_sorted_by_key(|q| q.to_lowercase()), "{questions:?}");
    app.ok("knowledge/delete", json!({"id": item["id"]})).await;
    assert_eq!(ask(&app, &id, "Do you deliver abroad?").await, DEFAULT_FALLBACK);
    assert_eq!(refused(&app, "knowledge/delete", json!({"id": item["id"]})).await.0, 404);
    let gone = json!({"chatbot_id": id, "id": item["id"], "question": "q", "answer": "a"});
    assert_eq!(refused(&app, "knowledge/save", gone).await.0, 404);
    app.ok("chatbots/update", json!({"id": id, "fallback": "No idea."})).await;
    assert_eq!(ask(&app, &id, "Do you deliver abroad?").await, "No idea.");
}

async fn typing_errors_are_forgiven(database: Database) {
    let app = TestApp::start(database).await;
    let id = app.chatbot().await;
    for question in [
        "What are your opening hours?",
        "what are your openning hours",
        "WHAT ARE YOUR OPENING HUORS??",
        "opening hours",
        "Hello, can you tell me your opening hours please",
    ] {
        assert_eq!(ask(&app, &id, question).await, "We are open from 9 to 18.", "{question}");
    }
    assert_eq!(ask(&app, &id, "how can i retrun an artcle").await, "Send it back within 30 days.");
}

async fn what_it_does_not_know_it_does_not_answer(database: Database) {
    let app = TestApp::start(database).await;
    let id = app.chatbot().await;
    for question in ["Do you sell bicycles?", "asdf qwer", "What is your name?", "select * from users", "the"] {
        let answer = app.ok("chatbots/try", json!({"id": id, "question": question})).await;
        assert_eq!(
            (said(&answer), &answer["question"]),
            (vec![DEFAULT_FALLBACK.to_owned()], &Value::Null),
            "{question}"
        );
        assert!(answer["confidence"].as_f64().unwrap() < 0.51, "{answer}");
    }
    let known = app.ok("chatbots/try", json!({"id": id, "question": "Where is your shop?"})).await;
    assert_eq!(known["question"], "Where is your shop?");
    assert!(known["confidence"].as_f64().unwrap() >= 0.51, "{known}");
    let empty = app.ok("chatbots/create", json!({"name": "Empty"})).await["id"].as_str().unwrap().to_owned();
    assert_eq!(ask(&app, &empty, "Where is your shop?").await, DEFAULT_FALLBACK);
}

async fn trying_out_sends_and_stores_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    ask(&app, &number.chatbot_id, "Where is your shop?").await;
    app.settle().await;
    assert!(app.graph.sent().is_empty());
    for sql in ["select count(*) from messages", "select count(*) from conversations", "select count(*) from contacts"]
    {
        assert_eq!(app.count(sql).await, 0, "{sql}");
    }
}

async fn the_greeting_comes_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.ok("chatbots/update", json!({"id": number.chatbot_id, "greeting": "Welcome!"})).await;
    app.customer_writes(&number, "wamid.1", "491510000001", "Where is your shop?").await;
    app.customer_writes(&number, "wamid.2", "491510000001", "What are your opening hours?").await;
    app.customer_writes(&number, "wamid.3", "491510000002", "Where is your shop?").await;
    let said =
        |to: &str| -> Vec<String> { app.graph.sent().into_iter().filter(|m| m.to == to).map(|m| m.body).collect() };
    assert_eq!(said("491510000001"), ["Welcome!", "In Harbour Street 5.", "We are open from 9 to 18."]);
    assert_eq!(said("491510000002"), ["Welcome!", "In Harbour Street 5."]);
}

async fn a_deleted_chatbot_takes_its_knowledge_along(database: Database) {
    let app = TestApp::start(database).await;
    let id = app.chatbot().await;
    assert_eq!(app.ok("chatbots/get", json!({"id": id})).await["knowledge_count"], 3);
    app.ok("chatbots/delete", json!({"id": id})).await;
    assert_eq!(app.count("select count(*) from knowledge_items").await, 0);
    assert_eq!(refused(&app, "knowledge/list", json!({"chatbot_id": id})).await.0, 404);
    let input = json!({"chatbot_id": id, "question": "q", "answer": "a"});
    assert_eq!(refused(&app, "knowledge/save", input).await.0, 404);
}
