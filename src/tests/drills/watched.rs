//! Bugs: a part of the server panics. It restarts, the load balancer is told, and no message is lost or answered twice.

use std::time::Duration;

use axum::http::StatusCode;
use tokio::time::timeout;
use uuid::Uuid;

use super::{all_is_well, books_balance, customers_ask, overload::Stall};
use crate::{
    server::{
        app::serve::{Server, StartError},
        pipeline::faults::Faults,
        store::{StoreError, StoreResult},
        writer::Priority,
    },
    tests::{
        app::{Database, TestApp},
        on_both_databases,
    },
};

on_both_databases!(
    a_panic_in_the_claim_of_deliveries,
    a_panic_in_the_claim_of_turns,
    a_panic_in_the_claim_of_sends,
    a_panic_while_items_are_stored,
    a_panic_while_an_answer_is_made,
    a_panic_after_a_send,
    a_write_that_panics_fails_its_own_caller,
    a_part_that_cannot_go_on_ends_the_server,
);

const COUNT: usize = 4;
/// What has to be over before a drill is.
const OPEN: &str = "select (select count(*) from deliveries where state <> 'done')
     + (select count(*) from conversations where mode = 'bot' and inbound_seq > answered_seq)
     + (select count(*) from messages where state in ('queued', 'sending'))";

async fn readiness(app: &TestApp) -> (StatusCode, String) {
    let response = app.http.get(format!("{}/readyz", app.url)).send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

/// Asks again and again, until the load balancer is told that.
async fn is_told(app: &TestApp, expected: StatusCode) -> String {
    let asking = async {
        loop {
            let (status, words) = readiness(app).await;
            if status == expected {
                return words;
            }
        }
    };
    timeout(Duration::from_secs(20), asking).await.expect("readiness does not change")
}

/// Waits for the workers until nothing is left to do, while leases run out now and then.
async fn all_is_done(app: &TestApp) {
    for _ in 0..20 {
        let done = async { while app.count(OPEN).await > 0 {} };
        if timeout(Duration::from_secs(1), done).await.is_ok() {
            return;
        }
        app.advance(61_000);
    }
    panic!("something is left over for ever");
}

/// Every caller that reaches that point panics, until it is mended.
async fn panics_at(database: Database, point: &'static str) -> TestApp {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let app = app.restart(Faults::panic_at(point, usize::MAX)).await;
    app.run_in_background();
    assert_eq!(readiness(&app).await.0, StatusCode::OK);
    customers_ask(&app, &number, COUNT).await;
    app.faults.reached().await;
    app
}

/// A stage whose claim panics is down, which shows, and at work again when that is mended.
async fn claim_panics(database: Database, point: &'static str, stage: &str) {
    let app = panics_at(database, point).await;
    let words = is_told(&app, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(words.contains(stage), "{words}");
    app.faults.mend();
    is_told(&app, StatusCode::OK).await;
    all_is_done(&app).await;
    books_balance(&app, COUNT).await;
}

async fn a_panic_in_the_claim_of_deliveries(database: Database) {
    claim_panics(database, "ingest.claimed", "ingest").await;
}

async fn a_panic_in_the_claim_of_turns(database: Database) {
    claim_panics(database, "answer.claimed", "answer").await;
}

/// (Direct sends are off here, so that all of it goes through the queue.)
async fn a_panic_in_the_claim_of_sends(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    customers_ask(&app, &number, COUNT).await;
    let app = app.restart(Faults::panic_at("deliver.claimed", usize::MAX)).await;
    super::stumble_without_sending(&app).await;
    app.run_in_background();
    app.faults.reached().await;
    let words = is_told(&app, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(words.contains("deliver"), "{words}");
    app.faults.mend();
    is_told(&app, StatusCode::OK).await;
    all_is_done(&app).await;
    books_balance(&app, COUNT).await;
}

/// A job that panics costs that job a pause; its stage goes on, and nobody has to be told.
async fn job_panics(database: Database, point: &'static str) -> TestApp {
    let app = panics_at(database, point).await;
    assert_eq!(readiness(&app).await.0, StatusCode::OK);
    app.faults.mend();
    all_is_done(&app).await;
    books_balance(&app, COUNT).await;
    app
}

async fn a_panic_while_items_are_stored(database: Database) {
    let app = job_panics(database, "ingest.items_stored").await;
    all_is_well(&app, COUNT).await;
}

async fn a_panic_while_an_answer_is_made(database: Database) {
    let app = job_panics(database, "answer.replied").await;
    all_is_well(&app, COUNT).await;
}

/// They have gone out, and nobody here knows: that is said, and nothing is sent twice.
async fn a_panic_after_a_send(database: Database) {
    let app = job_panics(database, "deliver.sent").await;
    assert_eq!(app.graph.sent().len(), COUNT);
}

async fn a_write_that_panics_fails_its_own_caller(database: Database) {
    let app = TestApp::start(database).await;
    let key = Uuid::nil();
    let write = |bad: bool| {
        app.state.writer.submit(Priority::Pipeline, key, bad, |_, bad| {
            Box::pin(async move {
                assert!(!*bad, "a bug in what writes");
                StoreResult::Ok(())
            })
        })
    };
    let pending: Vec<_> = (0..20).map(|n| write(n == 7)).collect();
    for (n, pending) in pending.into_iter().enumerate() {
        match pending.committed().await {
            Ok(()) => assert_ne!(n, 7),
            Err(error) => assert!(n == 7 && matches!(error, StoreError::Panicked), "{n}: {error:?}"),
        }
    }
    write(false).committed().await.unwrap();
    let number = app.number().await;
    customers_ask(&app, &number, 1).await;
    app.settle().await;
    all_is_well(&app, 1).await;
}

/// (A step may take a fifth of a second here instead of a minute. On SQLite there is one lane, which the rehearsal of a
/// delivery goes through as well.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lane_that_does_not_come_back_is_told() {
    let app = TestApp::start_with(Database::Postgres, &["--quiet-time=0", "--stuck-after=200ms"]).await;
    let stall = Stall::of(&app, "conversations").await;
    let write = app.state.writer.submit(Priority::Pipeline, Uuid::nil(), (), |conn, ()| {
        Box::pin(crate::server::store::conversation::release_all_answers(conn))
    });
    let words = is_told(&app, StatusCode::SERVICE_UNAVAILABLE).await;
    assert!(words.contains("stuck"), "{words}");
    stall.end().await;
    write.committed().await.unwrap();
    is_told(&app, StatusCode::OK).await;
}

async fn a_part_that_cannot_go_on_ends_the_server(database: Database) {
    let app = TestApp::start(database).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = Server::with_state(listener, app.state.clone()).unwrap();
    let running = server.run(std::future::pending());
    let breaks = async {
        is_told(&app, StatusCode::OK).await;
        app.state.life.watch.give_up("a part");
    };
    let (ended, ()) = tokio::join!(running, breaks);
    assert!(matches!(ended, Err(StartError::Broken)), "{ended:?}");
}
