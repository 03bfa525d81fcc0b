//! A disk that is full, a database that is locked or away.

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::{all_is_well, books_balance, customers_ask, drain, only, question, report_all, states, stumble};
use crate::{
    server::{
        pipeline::faults::Faults,
        store::{Line, StoreResult},
        writer::Priority,
    },
    tests::{
        app::{Database, Number, TestApp},
        double::Trouble,
        on_both_databases,
    },
};

on_both_databases!(a_database_that_goes_away_loses_nothing, an_end_waits_until_it_can_be_stored,);

/// Limits the size of the database's file, on the one connection that writes. As with a real disk, what is there
/// already stays, and nothing can be added.
async fn limit_pages(app: &TestApp, pages: i64) {
    let sql = format!("pragma max_page_count = {pages}");
    let limited: StoreResult<()> = app
        .state
        .writer
        .write(Priority::Interactive, Uuid::nil(), sql, |conn, sql| {
            Box::pin(async move {
                let Line::Sqlite(c) = conn.line() else { panic!("only SQLite has pages to limit") };
                sqlx::query(sqlx::AssertSqlSafe(sql.clone())).execute(&mut **c).await.map(drop)?;
                Ok(())
            })
        })
        .await;
    limited.unwrap();
}

/// What a load balancer is told.
async fn is_ready(app: &TestApp) -> bool {
    let status = app.http.get(format!("{}/readyz", app.url)).send().await.unwrap().status();
    assert!(matches!(status, StatusCode::OK | StatusCode::SERVICE_UNAVAILABLE), "{status}");
    status == StatusCode::OK
}

/// Webhooks that nobody waits for, until not even one as small as a question gets in. Gives how many did.
async fn fill(app: &TestApp, number: &Number) -> i64 {
    let mut taken = 0;
    for size in [50_000, 4000, 400, 1] {
        let body = json!({"object": "page", "filler": "x".repeat(size)}).to_string();
        loop {
            match app.deliver(number, body.clone()).await {
                StatusCode::OK => taken += 1,
                StatusCode::SERVICE_UNAVAILABLE => break,
                other => panic!("a full disk was answered with {other}"),
            }
            assert!(taken < 500, "the disk does not fill");
        }
    }
    taken
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing() {
    let app = TestApp::start(Database::Sqlite).await;
    let number = app.number().await;
    customers_ask(&app, &number, 6).await;
    limit_pages(&app, 1).await;
    let fillers = fill(&app, &number).await;
    assert!(!is_ready(&app).await, "a webhook has just been refused");
    // Later nobody writes any more, so it has to find out by itself.
    app.advance(2000);
    assert!(!is_ready(&app).await);

    // Meta is told so; people can still read.
    assert_eq!(app.deliver(&number, question(&number, 7, "wamid.7")).await, StatusCode::SERVICE_UNAVAILABLE);
    for _ in 0..3 {
        stumble(&app).await;
        app.advance(1000);
    }
    let told = states(&app).await;
    assert!(told.keys().all(|state| ["queued", "sending", "accepted"].contains(&state.as_str())), "{told:?}");
    let (status, error) = app.api("chatbots/create", json!({"name": "x".repeat(60)})).await;
    if status != StatusCode::OK {
        assert_eq!((status, &error["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("unavailable")), "{error}");
    }

    // Somebody makes room, and Meta repeats.
    limit_pages(&app, 1 << 30).await;
    app.advance(2000);
    assert!(is_ready(&app).await);
    assert_eq!(app.deliver(&number, question(&number, 7, "wamid.7")).await, StatusCode::OK);
    drain(&app, 120_000).await;
    books_balance(&app, 7).await;
    assert_eq!(app.count("select count(*) from deliveries").await, 7 + fillers);
    report_all(&app, &number).await;
    assert_eq!(states(&app).await, only("sent", 7));
}

async fn a_database_that_goes_away_loses_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    customers_ask(&app, &number, 3).await;
    assert!(is_ready(&app).await, "webhooks were taken a moment ago");
    app.advance(2000);
    assert!(is_ready(&app).await, "one is rehearsed");
    assert_eq!(app.count("select count(*) from deliveries").await, 3, "and leaves nothing behind");
    let outage = app.take_database_away().await;
    // Together: on SQLite each waits five seconds for the lock.
    let repeated = question(&number, 4, "wamid.4");
    let (status, ()) = tokio::join!(app.deliver(&number, repeated.clone()), stumble(&app));
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(app.graph.sent().is_empty());
    assert!(!is_ready(&app).await);
    outage.end().await;
    app.advance(2000);
    assert!(is_ready(&app).await);
    assert_eq!(app.deliver(&number, repeated).await, StatusCode::OK);
    drain(&app, 120_000).await;
    all_is_well(&app, 4).await;
}

/// The message has reached Meta, but the database is unavailable when its answer comes.
async fn an_end_waits_until_it_can_be_stored(database: Database) {
    let app = TestApp::start(database).await;
    let app = app.restart(Faults::watch("deliver.waits")).await;
    let number = app.number().await;
    app.graph.break_next([Trouble::Late]);
    customers_ask(&app, &number, 1).await;
    tokio::join!(
        async {
            for _ in 0..3 {
                stumble(&app).await;
            }
        },
        async {
            app.graph.has_tried(1).await;
            let outage = app.take_database_away().await;
            app.graph.release();
            app.faults.reached().await;
            outage.end().await;
        }
    );
    assert_eq!(states(&app).await, only("accepted", 1));
    app.advance(46_000);
    drain(&app, 120_000).await;
    report_all(&app, &number).await;
    assert_eq!(states(&app).await, only("sent", 1));
    books_balance(&app, 1).await;
    assert_eq!(app.graph.sent().len(), 1);
}
