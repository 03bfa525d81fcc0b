//! Answers that go straight out, past the queue: nothing that the queue promises may be lost on the way.

use serde_json::json;

use super::{
    app::{Database, TestApp, change, text_message, webhook},
    graph::Answer,
    on_both_databases,
};
use crate::server::pipeline::{self, Progress, answer, deliver::Deliver, ingest::Ingest};

on_both_databases!(
    an_answer_goes_out_without_the_queue,
    what_failed_first_is_not_overtaken,
    half_of_a_rate_is_kept_for_the_queue,
    a_stopped_channel_queues,
);

const PHONE: &str = "491510000001";

async fn answer(app: &TestApp) {
    app.state.straight.open();
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    pipeline::step::<answer::Answer>(&app.state).await.unwrap();
    app.state.straight.ended().await;
}

async fn an_answer_goes_out_without_the_queue(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let body = webhook(&[change(&number, &[text_message("wamid.1", PHONE, "opening hours")], &[])]);
    app.deliver(&number, body).await;
    answer(&app).await;
    assert_eq!(app.graph.sent().len(), 1);
    assert_eq!(app.graph.sent()[0].to, PHONE);
    let tries =
        "select count(*) from attempts where outcome = 'accepted' and http_status = 200 and finished_at is not null";
    assert_eq!(app.count(tries).await, 1);
    let messages = "select count(*) from messages where state = 'accepted' and attempts = 1 and lease is null";
    assert_eq!(app.count(messages).await, 1);
    assert_eq!(pipeline::step::<Deliver>(&app.state).await.unwrap(), Progress::Idle);
}

async fn what_failed_first_is_not_overtaken(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.1", PHONE, "opening hours").await;
    // Both wait now, and a stranger does not.
    app.customer_writes(&number, "wamid.2", PHONE, "where is the shop").await;
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, 2);
    app.customer_writes(&number, "wamid.3", "491510000002", "where is the shop").await;
    app.advance(120_000);
    app.settle().await;
    let bodies: Vec<_> = app.graph.sent().into_iter().filter(|s| s.to == PHONE).map(|s| s.body).collect();
    assert_eq!(bodies, ["We are open from 9 to 18.", "In Harbour Street 5."]);
    assert_eq!(app.graph.sent().len(), 3);
}

async fn half_of_a_rate_is_kept_for_the_queue(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "0", "--rate-per-number", "6"]).await;
    let number = app.number().await;
    let many: Vec<_> =
        (0..9).map(|i| text_message(&format!("wamid.{i}"), &format!("49151000000{i}"), "opening hours")).collect();
    app.deliver(&number, webhook(&[change(&number, &many, &[])])).await;
    answer(&app).await;
    assert_eq!(app.graph.sent().len(), 3);
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, 6);
    pipeline::step::<Deliver>(&app.state).await.unwrap();
    assert_eq!(app.graph.sent().len(), 6);
}

async fn a_stopped_channel_queues(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 401, code: 190, subcode: None }]);
    app.customer_writes(&number, "wamid.1", PHONE, "opening hours").await;
    app.customer_writes(&number, "wamid.2", "491510000002", "opening hours").await;
    assert!(app.graph.sent().is_empty());
    assert_eq!(app.count("select count(*) from messages where state = 'queued' and attempts = 0").await, 2);
    let get = json!({"id": number.integration_id});
    assert_eq!(app.ok("integrations/whatsapp/get", get).await["status"], "error");
}
