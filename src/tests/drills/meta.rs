//! Meta refuses, breaks off, is slow, answers nonsense or asks to wait.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{
        app::{Database, Number, START, TestApp},
        double::{Answer, Trouble},
        on_both_databases,
    },
    all_is_well, books_balance, customers_ask, drain, only, question, report_all, states, told,
};
use crate::{
    domain::Millis,
    server::pipeline::{faults::Faults, health::Health, step},
};

on_both_databases!(
    refused_connections_are_waited_out,
    what_comes_too_late_is_told_as_failed,
    the_card_says_since_when_meta_is_away,
    a_reset_before_the_body_is_told_as_unknown,
    a_reset_after_the_body_is_told_as_unknown,
    half_an_answer_is_told_as_unknown,
    a_time_out_is_told_as_unknown,
    a_slow_answer_counts_while_the_call_lasts,
    internal_errors_are_waited_out,
    pages_instead_of_json_are_waited_out,
    a_throttled_number_waits_as_long_as_meta_asks,
    an_outage_without_end_is_told_as_failed,
);

/// Customers of each drill.
const COUNT: usize = 4;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// A server with one number.
async fn start(database: Database, flags: &[&str]) -> (TestApp, Number) {
    let flags: Vec<&str> = ["--quiet-time=0"].into_iter().chain(flags.iter().copied()).collect();
    let app = TestApp::start_with(database, &flags).await;
    let number = app.number().await;
    (app, number)
}

/// People see that it waits, why, and until when.
async fn assert_all_wait(app: &TestApp, count: usize) {
    let messages = told(app).await;
    assert_eq!(messages.len(), count);
    for message in messages {
        assert_eq!(message["state"], "queued", "{message}");
        assert!(message["error"].as_str().is_some_and(|e| !e.is_empty()), "{message}");
        assert!(message["next_attempt_at"].as_i64() > Some(app.state.now()), "{message}");
    }
}

async fn refused_connections_are_waited_out(database: Database) {
    let (app, number) = start(database, &[]).await;
    app.graph.refuse().await;
    // Without connections from before.
    let app = app.restart(Faults::default()).await;
    customers_ask(&app, &number, COUNT).await;
    app.settle().await;
    assert_all_wait(&app, COUNT).await;
    let card = async || app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    let since = card().await["health"]["unreachable_since"].clone();
    assert!(since.is_i64(), "the card says since when");
    let events = "select count(*) from events where payload like '%\"integration\"%'";
    let told_once = app.count(events).await;
    // After three hours nothing is given up, and the card still says the same, once.
    drain_for(&app, 3 * 60 * 60_000).await;
    assert_all_wait(&app, COUNT).await;
    assert_eq!((&card().await["health"]["unreachable_since"], &card().await["status"]), (&since, &json!("connected")));
    assert_eq!(app.count(events).await, told_once);
    app.graph.stop_refusing().await.unwrap();
    // The first that gets through takes the others along, and uses none of their tries up.
    drain(&app, 420_000).await;
    all_is_well(&app, COUNT).await;
    assert_eq!(app.count("select max(attempts) from messages where direction = 'outbound'").await, 1);
    assert_eq!(card().await["health"]["unreachable_since"], Value::Null);
}

/// Beyond the customer's 24 hours Meta would take it no more: then it is told.
async fn what_comes_too_late_is_told_as_failed(database: Database) {
    let (app, number) = start(database, &[]).await;
    app.graph.refuse().await;
    let app = app.restart(Faults::default()).await;
    customers_ask(&app, &number, COUNT).await;
    app.settle().await;
    app.advance(23 * 60 * 60_000);
    app.settle().await;
    assert_all_wait(&app, COUNT).await;
    app.advance(60 * 60_000);
    app.settle().await;
    for message in told(&app).await {
        assert_eq!(message["state"], "failed", "{message}");
        assert!(message["error"].as_str().is_some_and(|e| e.contains("24 hours")), "{message}");
    }
    app.graph.stop_refusing().await.unwrap();
    drain(&app, 600_000).await;
    assert!(app.graph.sent().is_empty());
}

/// A look notices it without any message, and its end, too.
async fn the_card_says_since_when_meta_is_away(database: Database) {
    let (app, number) = start(database, &[]).await;
    app.graph.refuse().await;
    let app = app.restart(Faults::default()).await;
    let card = async || app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    for (away, expected) in [(true, true), (false, false)] {
        if !away {
            app.graph.stop_refusing().await.unwrap();
        }
        app.advance(20 * 60_000);
        step::<Health>(&app.state).await.unwrap();
        app.settle().await;
        assert_eq!(card().await["health"]["unreachable_since"].is_i64(), expected);
    }
}

/// Lets this much time pass, a minute at a time.
async fn drain_for(app: &TestApp, span: Millis) {
    for _ in 0..span / 60_000 {
        app.advance(60_000);
        app.settle().await;
    }
}

/// A call that broke off: whether Meta `took` the message or not, nobody here can know.
async fn broken_off(database: Database, trouble: Trouble, took: bool, flags: &[&str]) {
    let (app, number) = start(database, flags).await;
    // The connection is a kept one: an HTTP client must not repeat by itself what it has begun to send.
    customers_ask(&app, &number, 1).await;
    app.settle().await;
    app.graph.break_next([trouble; COUNT]);
    for n in 2..=COUNT + 1 {
        assert_eq!(app.deliver(&number, question(&number, n, &format!("wamid.{n}"))).await, StatusCode::OK);
    }
    app.settle().await;
    let mut expected = only("unknown", COUNT);
    expected.insert("accepted".to_owned(), 1);
    assert_eq!(states(&app).await, expected);

    // What comes later in the conversation waits until the grace time is over, and then is sent.
    assert_eq!(app.deliver(&number, question(&number, 2, "wamid.again")).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(states(&app).await.get("queued"), Some(&1));
    drain(&app, 120_000).await;
    app.graph.release();
    drain_for(&app, 60 * 60 * 1000).await;
    assert_eq!(app.graph.tried(), COUNT + 2, "repeated blindly");
    books_balance(&app, COUNT + 2).await;

    // Reports settle what Meta took; the rest stays in doubt, and people are asked.
    let taken = if took { COUNT } else { 0 };
    assert_eq!(app.graph.sent().len(), 2 + taken);
    report_all(&app, &number).await;
    let mut expected = only("sent", 2 + taken);
    if !took {
        expected.insert("unknown".to_owned(), COUNT);
    }
    assert_eq!(states(&app).await, expected);
}

async fn a_reset_before_the_body_is_told_as_unknown(database: Database) {
    let (app, number) = start(database, &[]).await;
    // Read receipts go over the same line, and may be the ones that are hit.
    app.graph.break_next([Trouble::ResetBeforeBody; 2 * COUNT]);
    customers_ask(&app, &number, COUNT).await;
    app.settle().await;
    drain(&app, 120_000).await;
    books_balance(&app, COUNT).await;
    let sent = app.graph.sent().len();
    let told = states(&app).await;
    assert_eq!(told.get("unknown").copied().unwrap_or(0), COUNT - sent, "{told:?}");
    assert_eq!(told.get("accepted").copied().unwrap_or(0), sent, "{told:?}");
    assert!(sent < COUNT, "no message was hit");
}

async fn a_reset_after_the_body_is_told_as_unknown(database: Database) {
    broken_off(database, Trouble::ResetAfterBody, true, &[]).await;
}

async fn half_an_answer_is_told_as_unknown(database: Database) {
    broken_off(database, Trouble::HalfAnswer, true, &[]).await;
}

/// Meta's answer comes 30 s late: nobody listens any more. (The call may last half a second here instead of 20 s.)
async fn a_time_out_is_told_as_unknown(database: Database) {
    broken_off(database, Trouble::Late, true, &["--call-timeout=500ms"]).await;
}

async fn a_slow_answer_counts_while_the_call_lasts(database: Database) {
    for (late, meanwhile) in [(30_000, "sending"), (50_000, "unknown")] {
        let (app, number) = start(database, &[]).await;
        app.graph.break_next([Trouble::Late; COUNT]);
        customers_ask(&app, &number, COUNT).await;
        tokio::join!(app.settle(), async {
            app.graph.has_tried(COUNT).await;
            app.advance(late);
            crate::server::pipeline::sweep::step(&app.state).await.unwrap();
            assert_eq!(states(&app).await, only(meanwhile, COUNT), "after {late} ms");
            app.graph.release();
        });
        drain(&app, 120_000).await;
        all_is_well(&app, COUNT).await;
    }
}

/// Each of the first calls is answered like that; then Meta is well again.
async fn waited_out(database: Database, answer: Answer) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next(vec![answer; 2 * COUNT]);
    customers_ask(&app, &number, COUNT).await;
    app.settle().await;
    assert_all_wait(&app, COUNT).await;
    drain(&app, 120_000).await;
    all_is_well(&app, COUNT).await;
}

async fn internal_errors_are_waited_out(database: Database) {
    waited_out(database, Answer::Error { status: 500, code: 131_000, subcode: None }).await;
    waited_out(database, Answer::Error { status: 503, code: 2, subcode: None }).await;
}

async fn pages_instead_of_json_are_waited_out(database: Database) {
    for status in [429, 500, 502] {
        waited_out(database, Answer::Html(status)).await;
    }
}

async fn a_throttled_number_waits_as_long_as_meta_asks(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let other = app.connect(&number.chatbot_id, "316000000000002").await;
    app.graph.answer_next([Answer::Throttled { minutes: 30 }]);
    app.customer_writes(&number, "wamid.1", &super::customer(1), "opening hours").await;
    let [waiting]: [Value; 1] = told(&app).await.try_into().unwrap();
    assert_eq!(waiting["state"], "queued", "{waiting}");
    assert!(waiting["next_attempt_at"].as_i64() >= Some(START + 30 * 60_000), "{waiting}");
    // The whole number waits, another one does not.
    app.customer_writes(&number, "wamid.2", &super::customer(2), "opening hours").await;
    app.customer_writes(&other, "wamid.3", &super::customer(3), "opening hours").await;
    drain_for(&app, 29 * 60_000).await;
    let sent: Vec<_> = app.graph.sent().into_iter().map(|s| s.to).collect();
    assert_eq!(sent, [super::customer(3)]);
    drain(&app, 10 * 60_000).await;
    all_is_well(&app, 3).await;
}

/// Meta answers with errors for a whole day: that is shown, and nothing is sent on its own when it is over.
async fn an_outage_without_end_is_told_as_failed(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next(vec![Answer::Html(500); 100]);
    customers_ask(&app, &number, COUNT).await;
    drain(&app, DAY).await;
    for message in told(&app).await {
        assert_eq!(message["state"], "failed", "{message}");
        assert!(message["error"].as_str().is_some_and(|e| !e.is_empty()), "{message}");
    }
    books_balance(&app, COUNT).await;
    assert!(app.graph.sent().is_empty());
}
