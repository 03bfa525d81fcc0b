//! The line to PostgreSQL breaks: after a commit and before its answer, or without a word. (SQLite has no line.)

use std::{future::Future, time::Duration};

use axum::http::StatusCode;
use tokio::time::timeout;

use super::{
    super::{
        app::{Database, Number, TestApp},
        pg_line::PgLine,
    },
    all_is_well, customers_ask, question, stumble_without_sending,
};
use crate::server::pipeline::{self, Stage, answer::Answer, deliver::Deliver, faults::Faults, ingest::Ingest};

const COUNT: usize = 6;

/// A server with a number, behind a line that can break.
async fn behind_a_line(flags: &[&str]) -> (TestApp, Number, PgLine) {
    let flags: Vec<&str> = ["--quiet-time=0"].into_iter().chain(flags.iter().copied()).collect();
    let mut app = TestApp::start_with(Database::Postgres, &flags).await;
    let number = app.number().await;
    let line = PgLine::to(&app.database_url);
    app.database_url = line.url.clone();
    (app.restart(Faults::default()).await, number, line)
}

/// Waits for what goes on by itself.
async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(Duration::from_secs(20), what).await.expect("it does not come to an end")
}

/// Until nothing is held by anybody any more. The clock stands still: no lease runs out.
async fn nothing_is_held(app: &TestApp) {
    let held = "select (select count(*) from messages where state = 'sending')
        + (select count(*) from deliveries where state = 'working' and lease is not null)
        + (select count(*) from conversations where answer_lease is not null)";
    soon(async { while app.count(held).await > 0 {} }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sends_whose_claim_was_committed_unheard_go_out() {
    let (app, number, line) = behind_a_line(&[]).await;
    customers_ask(&app, &number, COUNT).await;
    stumble_without_sending(&app).await;
    line.swallow_next_commit();
    let claim = Deliver::claim(&app.state, COUNT).await.unwrap();
    soon(line.has_swallowed()).await;
    // Claims are stored in batches, of which one loses its result: those of the others go on.
    assert!(claim.jobs.len() < COUNT, "all were heard of");
    futures::future::join_all(claim.jobs.into_iter().map(|job| Deliver::handle(&app.state, job))).await;
    nothing_is_held(&app).await;
    app.settle().await;
    all_is_well(&app, COUNT).await;
    assert_eq!(app.count("select count(*) from messages where direction = 'outbound' and attempts <> 1").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_were_committed_unheard_go_out_once() {
    let (app, number, line) = behind_a_line(&[]).await;
    customers_ask(&app, &number, COUNT).await;
    app.state.direct.open();
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    let claim = Answer::claim(&app.state, COUNT).await.unwrap();
    assert_eq!(claim.jobs.len(), COUNT);
    line.swallow_next_commit();
    futures::future::join_all(claim.jobs.into_iter().map(|job| Answer::handle(&app.state, job))).await;
    soon(line.has_swallowed()).await;
    app.state.direct.ended().await;
    nothing_is_held(&app).await;
    // A turn that was given back is due a little later.
    app.advance(2000);
    app.settle().await;
    all_is_well(&app, COUNT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_and_turns_that_were_claimed_unheard_are_claimed_again() {
    let (app, number, line) = behind_a_line(&[]).await;
    customers_ask(&app, &number, COUNT).await;
    line.swallow_next_commit();
    assert!(pipeline::step::<Ingest>(&app.state).await.is_err());
    nothing_is_held(&app).await;
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    line.swallow_next_commit();
    assert!(pipeline::step::<Answer>(&app.state).await.is_err());
    nothing_is_held(&app).await;
    app.settle().await;
    all_is_well(&app, COUNT).await;
}

/// (A statement may take a second here instead of half a minute.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_are_dead_without_a_word_are_given_up() {
    let (app, number, line) = behind_a_line(&["--statement-timeout=1s"]).await;
    customers_ask(&app, &number, COUNT).await;
    app.settle().await;
    line.die();
    // Writers are told as soon as it is known; soon everything goes over new connections.
    let taken = async { while app.deliver(&number, question(&number, 9, "wamid.9")).await != StatusCode::OK {} };
    timeout(Duration::from_secs(25), taken).await.expect("the server does not come back by itself");
    let settled = async {
        while app.graph.sent().len() < COUNT + 1 {
            super::stumble(&app).await;
        }
    };
    timeout(Duration::from_secs(60), settled).await.expect("a stage does not come back by itself");
    app.settle().await;
    super::books_balance(&app, COUNT + 1).await;
}
