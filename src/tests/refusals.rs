//! Whose matter an error is: one customer's, one message's, or the whole channel's; and in which words people learn of it.

use serde_json::{Value, json};

use super::{
    app::{Database, Number, START, TestApp, change, webhook},
    double::Answer,
    on_both_databases,
};
use crate::server::pipeline::{self, Progress, health::Health};

on_both_databases!(
    a_token_that_lost_the_number_stops_the_channel_and_keeps_the_queue,
    another_missing_object_is_the_messages_own,
    a_forbidden_country_is_a_matter_of_its_customers,
    a_block_for_a_while_is_asked_after_at_once,
    a_report_about_the_account_is_followed_at_once,
    a_report_about_one_customer_is_not,
    a_flood_of_reports_does_not_flood_meta,
    reports_are_told_in_words_with_the_next_step,
);

const ONE: &str = "491510000001";
const OTHER: &str = "491510000002";

async fn card(app: &TestApp, number: &Number) -> Value {
    app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await
}

async fn look(app: &TestApp) -> Progress {
    pipeline::step::<Health>(&app.state).await.unwrap()
}

/// What people see of all outbound messages, oldest conversation first.
async fn outbound(app: &TestApp) -> Vec<Value> {
    let rows = app.ok("conversations/list", json!({})).await["rows"].clone();
    let mut seen = Vec::new();
    for row in rows.as_array().unwrap().iter().rev() {
        let thread = app.ok("messages/list", json!({"conversation_id": row["id"]})).await;
        seen.extend(thread.as_array().unwrap().iter().filter(|m| m["direction"] == "outbound").cloned());
    }
    seen
}

fn missing(id: &str) -> Answer {
    let message = format!(
        "Unsupported post request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or \
         does not support this operation."
    );
    let error = json!({"message": message, "type": "GraphMethodException", "code": 100, "error_subcode": 33, "fbtrace_id": "T"});
    Answer::Json(400, json!({"error": error}))
}

/// A report that a message failed, with that error.
fn failed(wamid: &str, error: &Value) -> Value {
    json!({"id": wamid, "status": "failed", "timestamp": (START / 1000).to_string(), "recipient_id": ONE, "errors": [error]})
}

async fn report(app: &TestApp, number: &Number, reports: &[Value]) {
    app.deliver(number, webhook(&[change(number, &[], reports)])).await;
    app.settle().await;
}

async fn a_token_that_lost_the_number_stops_the_channel_and_keeps_the_queue(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([missing(&number.phone_number_id)]);
    app.customer_writes(&number, "wamid.1", ONE, "opening hours").await;
    app.customer_writes(&number, "wamid.2", OTHER, "opening hours").await;
    let states: Vec<_> = outbound(&app).await.iter().map(|m| m["state"].clone()).collect();
    assert_eq!(states, ["queued", "queued"]);
    let seen = card(&app, &number).await;
    assert_eq!((&seen["status"], &seen["health"]["queued"]), (&json!("error"), &json!(2)), "{seen}");
    assert!(seen["status_reason"].as_str().unwrap().contains("no longer opens the number"), "{seen}");
    assert!(seen["status_action"].as_str().unwrap().contains("System User"), "{seen}");
    // The right comes back, and with it everything that waits.
    app.ok("integrations/whatsapp/test", json!({"id": number.integration_id})).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2);
}

async fn another_missing_object_is_the_messages_own(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([missing("1013859600285441"), Answer::Error { status: 400, code: 100, subcode: None }]);
    app.customer_writes(&number, "wamid.1", ONE, "opening hours").await;
    app.customer_writes(&number, "wamid.2", OTHER, "opening hours").await;
    app.customer_writes(&number, "wamid.3", "491510000003", "opening hours").await;
    let states: Vec<_> = outbound(&app).await.iter().map(|m| m["state"].clone()).collect();
    assert_eq!(states, ["failed", "failed", "accepted"]);
    assert_eq!(card(&app, &number).await["status"], "connected");
}

async fn a_forbidden_country_is_a_matter_of_its_customers(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 403, code: 130_497, subcode: None }]);
    app.customer_writes(&number, "wamid.1", ONE, "opening hours").await;
    app.customer_writes(&number, "wamid.2", OTHER, "opening hours").await;
    let [refused, taken]: [Value; 2] = outbound(&app).await.try_into().unwrap();
    assert_eq!((&refused["state"], &taken["state"]), (&json!("failed"), &json!("accepted")));
    assert!(refused["error"].as_str().unwrap().contains("country"), "{refused}");
    assert!(refused["action"].as_str().unwrap().contains("WhatsApp Manager"), "{refused}");
    assert_eq!(card(&app, &number).await["status"], "connected");
    assert_eq!(look(&app).await, Progress::Idle, "it says nothing about the channel");
}

async fn a_block_for_a_while_is_asked_after_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 403, code: 368, subcode: None }]);
    app.customer_writes(&number, "wamid.1", ONE, "opening hours").await;
    assert_eq!(card(&app, &number).await["status"], "connected");
    app.graph.change(|world| world.number = json!({"health_status": {"can_send_message": "BLOCKED", "entities": []}}));
    assert_eq!(look(&app).await, Progress::Worked);
    let seen = card(&app, &number).await;
    assert_eq!(seen["status"], "error", "{seen}");
    assert!(seen["status_reason"].as_str().unwrap().contains("blocks messages"), "{seen}");
    // What comes now waits.
    app.customer_writes(&number, "wamid.2", OTHER, "opening hours").await;
    assert_eq!(outbound(&app).await[1]["state"], "queued");
    // As long as Meta says so it stays stopped, and no longer.
    app.advance(2 * 60 * 60_000);
    look(&app).await;
    assert_eq!(card(&app, &number).await["status"], "error");
    app.graph.change(|world| world.number = json!({}));
    app.advance(20 * 60_000);
    look(&app).await;
    app.settle().await;
    assert_eq!((card(&app, &number).await["status"].clone(), app.graph.sent().len()), (json!("connected"), 1));
}

async fn a_report_about_the_account_is_followed_at_once(database: Database) {
    for (code, world) in [
        (
            131_042,
            json!({"can_send_message": "BLOCKED", "entities": [{"entity_type": "WABA", "can_send_message": "BLOCKED",
            "errors": [{"error_code": 141_006, "error_description": "There is an error with the payment method.",
                        "possible_solution": "Add a payment method."}]}]}),
        ),
        (131_031, json!({"can_send_message": "BLOCKED", "entities": []})),
        (131_048, json!({"can_send_message": "LIMITED", "entities": []})),
        (190, json!({"can_send_message": "BLOCKED", "entities": []})),
    ] {
        let app = TestApp::start(database).await;
        let number = app.number().await;
        app.customer_writes(&number, "wamid.1", ONE, "opening hours").await;
        assert_eq!(look(&app).await, Progress::Idle);
        // Without failures, what Meta says of the number only shows.
        app.graph.change(|w| w.number = json!({"health_status": world}));
        app.advance(20 * 60_000);
        assert_eq!(look(&app).await, Progress::Worked);
        assert_eq!(card(&app, &number).await["status"], "connected", "{code}");
        let wamid = app.graph.sent()[0].wamid.clone();
        report(&app, &number, &[failed(&wamid, &json!({"code": code, "title": "Not delivered"}))]).await;
        assert_eq!(look(&app).await, Progress::Worked, "{code}");
        let seen = card(&app, &number).await;
        assert_eq!(seen["status"], "error", "{code}: {seen}");
        assert!(!seen["status_action"].as_str().unwrap().is_empty(), "{seen}");
        // The same report again asks nothing new of a channel that is stopped, and nothing is hidden by it.
        assert_eq!(outbound(&app).await[0]["state"], "failed");
    }
}

async fn a_report_about_one_customer_is_not(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (n, code) in [131_026, 130_497, 131_049, 131_047, 999_999].into_iter().enumerate() {
        app.customer_writes(&number, &format!("wamid.{n}"), ONE, "opening hours").await;
        let wamid = app.graph.sent().last().unwrap().wamid.clone();
        report(&app, &number, &[failed(&wamid, &json!({"code": code, "title": "Not delivered"}))]).await;
        assert_eq!(look(&app).await, Progress::Idle, "{code}");
    }
    assert_eq!(card(&app, &number).await["status"], "connected");
}

async fn a_flood_of_reports_does_not_flood_meta(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let mut looks = 0;
    for n in 0..60 {
        let reports = [failed(&format!("wamid.{n}"), &json!({"code": 131_042, "title": "Payment"}))];
        report(&app, &number, &reports).await;
        looks += usize::from(look(&app).await == Progress::Worked);
        app.advance(2000);
    }
    assert!((2..=7).contains(&looks), "{looks} looks in two minutes");
    // The last word of it is not lost.
    app.advance(60_000);
    assert_eq!(look(&app).await, Progress::Worked);
}

async fn reports_are_told_in_words_with_the_next_step(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (n, (error, words, step)) in [
        (json!({"code": 131_026, "title": "Message undeliverable"}), "The customer cannot receive this message.", "Check that the number is on WhatsApp"),
        (json!({"code": 131_042, "title": "Business eligibility payment issue"}), "payment method", "payment settings"),
        (json!({"code": 131_042, "title": "Payment", "message": "Payment", "error_data": {"details": "No card on file"}}), "Meta says: No card on file", "payment settings"),
        (json!({"code": 199_999, "title": "Something new"}), "Something new", "list of error codes"),
        (json!({"code": 199_999}), "did not say why", "list of error codes"),
    ]
    .into_iter()
    .enumerate()
    {
        let customer = format!("49151000001{n}");
        app.customer_writes(&number, &format!("wamid.{n}"), &customer, "opening hours").await;
        let wamid = app.graph.sent().last().unwrap().wamid.clone();
        report(&app, &number, &[failed(&wamid, &error)]).await;
        let seen = outbound(&app).await.pop().unwrap();
        assert_eq!(seen["state"], "failed");
        assert!(seen["error"].as_str().unwrap().contains(words), "{seen}");
        assert!(seen["action"].as_str().unwrap().contains(step), "{seen}");
    }
    // A report without any error says at least that.
    app.customer_writes(&number, "wamid.x", OTHER, "opening hours").await;
    let wamid = app.graph.sent().last().unwrap().wamid.clone();
    report(&app, &number, &[json!({"id": wamid, "status": "failed", "timestamp": (START / 1000).to_string()})]).await;
    let seen = outbound(&app).await.pop().unwrap();
    assert!(seen["error"].as_str().unwrap().contains("did not say why"), "{seen}");
}
