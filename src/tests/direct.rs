//! Direct sends, which bypass the queue: nothing that the queue promises may be lost on the way.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    double::{Answer, Trouble},
    on_both_databases,
};
use crate::server::{
    pipeline::{self, Progress, answer, deliver::Deliver, ingest::Ingest},
    service::credentials,
};

on_both_databases!(
    an_answer_goes_out_without_the_queue,
    what_failed_first_is_not_overtaken,
    half_of_a_rate_is_kept_for_the_queue,
    half_of_a_customers_rate_is_kept_for_the_queue,
    what_is_held_up_uses_nothing_up,
    a_stopped_channel_queues,
    what_another_node_has_switched_off_queues,
    only_the_first_of_several_goes_straight,
    a_take_over_withdraws_what_comes_back,
    a_deleted_number_keeps_nothing_that_comes_back,
    nothing_goes_out_while_shutting_down,
);

const PHONE: &str = "491510000001";

const TRIES: &str = "select count(*) from attempts";
const QUEUED: &str = "select count(*) from messages where state = 'queued'";

/// Runs the stages up to the answers, and waits for the direct sends.
async fn answer(app: &TestApp) {
    begin_answers(app).await;
    app.state.direct.ended().await;
}

/// The same, but does not wait for the sends.
async fn begin_answers(app: &TestApp) {
    app.state.direct.open();
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    pipeline::step::<answer::Answer>(&app.state).await.unwrap();
}

async fn asks(app: &TestApp, number: &Number, wamid: &str, from: &str) {
    let body = webhook(&[change(number, &[text_message(wamid, from, "opening hours")], &[])]);
    assert_eq!(app.deliver(number, body).await, StatusCode::OK);
}

async fn an_answer_goes_out_without_the_queue(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    asks(&app, &number, "wamid.1", PHONE).await;
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
    assert_eq!(app.count(QUEUED).await, 2);
    assert_eq!(app.count(TRIES).await, 1);
    app.customer_writes(&number, "wamid.3", "491510000002", "where is the shop").await;
    assert_eq!(app.graph.sent().len(), 1);
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
    assert_eq!(app.count(QUEUED).await, 6);
    pipeline::step::<Deliver>(&app.state).await.unwrap();
    assert_eq!(app.graph.sent().len(), 6);
}

async fn half_of_a_customers_rate_is_kept_for_the_queue(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // Of 45 at once.
    for n in 0..24 {
        asks(&app, &number, &format!("wamid.{n}"), PHONE).await;
    }
    for _ in 0..24 {
        answer(&app).await;
    }
    assert_eq!(app.graph.sent().len(), 23);
    assert_eq!(app.count(QUEUED).await, 1);
    pipeline::step::<Deliver>(&app.state).await.unwrap();
    assert_eq!(app.graph.sent().len(), 24);
}

/// A message that had to wait asks for its rates when it leaves, and not twice.
async fn what_is_held_up_uses_nothing_up(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "0", "--rate-per-number", "6"]).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    for n in 0..4 {
        asks(&app, &number, &format!("wamid.{n}"), PHONE).await;
        answer(&app).await;
    }
    assert_eq!((app.count(TRIES).await, app.count(QUEUED).await), (1, 4));
    for n in 0..5 {
        asks(&app, &number, &format!("wamid.x{n}"), &format!("49151000001{n}")).await;
    }
    answer(&app).await;
    assert_eq!(app.graph.sent().len(), 2, "the second and the third of the number's three");
    for _ in 0..3 {
        pipeline::step::<Deliver>(&app.state).await.unwrap();
    }
    assert_eq!(app.graph.sent().len(), 5, "the queue's three");
}

async fn a_stopped_channel_queues(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 401, code: 190, subcode: None }]);
    app.customer_writes(&number, "wamid.1", PHONE, "opening hours").await;
    app.customer_writes(&number, "wamid.2", "491510000002", "opening hours").await;
    assert!(app.graph.sent().is_empty());
    assert_eq!(app.count("select count(*) from messages where state = 'queued' and attempts = 0").await, 2);
    assert_eq!(app.count(TRIES).await, 1, "the one that stopped it");
    let get = json!({"id": number.integration_id});
    assert_eq!(app.ok("integrations/whatsapp/get", get).await["status"], "error");
}

/// This node still takes it for active: it remembers integrations for some seconds.
async fn what_another_node_has_switched_off_queues(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    asks(&app, &number, "wamid.1", PHONE).await;
    app.execute("update integrations set active = false").await;
    let id = number.integration_id.parse().unwrap();
    assert!(credentials::by_id(&app.state, id).await.unwrap().unwrap().may_send, "it still remembers");
    answer(&app).await;
    assert!(app.graph.sent().is_empty());
    assert_eq!((app.count(TRIES).await, app.count(QUEUED).await), (0, 1));
}

async fn only_the_first_of_several_goes_straight(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.ok("chatbots/update", json!({"id": number.chatbot_id, "greeting": "Welcome!"})).await;
    asks(&app, &number, "wamid.1", PHONE).await;
    answer(&app).await;
    let bodies = |app: &TestApp| app.graph.sent().into_iter().map(|sent| sent.body).collect::<Vec<_>>();
    assert_eq!(bodies(&app), ["Welcome!"]);
    assert_eq!(app.count(QUEUED).await, 1);
    app.settle().await;
    assert_eq!(bodies(&app), ["Welcome!", "We are open from 9 to 18."]);
}

/// An answer is on its way and will be refused; meanwhile something happens.
async fn meanwhile(database: Database, happens: impl AsyncFnOnce(&TestApp, &Number)) -> TestApp {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.graph.break_next([Trouble::Late]);
    asks(&app, &number, "wamid.1", PHONE).await;
    begin_answers(&app).await;
    app.graph.has_tried(1).await;
    happens(&app, &number).await;
    app.graph.release();
    app.state.direct.ended().await;
    app.advance(120_000);
    app.settle().await;
    app
}

async fn a_take_over_withdraws_what_comes_back(database: Database) {
    let app = meanwhile(database, async |app, _| {
        let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
        app.ok("conversations/set_mode", json!({"id": row["id"], "mode": "human"})).await;
    })
    .await;
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled' and attempts = 1").await, 1);
    assert!(app.graph.sent().is_empty());
}

async fn a_deleted_number_keeps_nothing_that_comes_back(database: Database) {
    let app = meanwhile(database, async |app, number| {
        app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "keep"})).await;
    })
    .await;
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled' and attempts = 1").await, 1);
    assert!(app.graph.sent().is_empty());
}

async fn nothing_goes_out_while_shutting_down(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    asks(&app, &number, "wamid.1", PHONE).await;
    app.state.life.shutdown.cancel();
    answer(&app).await;
    assert!(app.graph.sent().is_empty());
    assert_eq!((app.count(TRIES).await, app.count(QUEUED).await), (0, 1));
}
