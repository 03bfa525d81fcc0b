//! A clock that jumps by hours, forwards or backwards, while work is in progress at every stage.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{
    super::{
        app::{Database, Number, TestApp},
        double::{Answer, Trouble},
        on_both_databases,
    },
    all_is_well, books_balance, customer, customers_ask, drain, only, question, states,
};
use crate::{
    domain::Millis,
    server::pipeline::{self, faults::Faults, ingest::Ingest, sweep},
};

on_both_databases!(
    a_jump_forwards_wedges_nothing,
    a_jump_backwards_wedges_nothing,
    a_jump_during_a_send_decides_nothing,
    leases_of_a_dead_process_end_although_the_clock_was_set_back,
    a_burst_and_a_rate_survive_a_jump_backwards,
    the_window_follows_the_clock,
    live_events_go_on_after_a_jump,
    what_is_switched_off_stays_off_after_a_jump,
);

const HOURS: Millis = 5 * 60 * 60 * 1000;
/// A little more than any pause that the product makes by itself within a first try.
const SOON: Millis = 120_000;

/// Something waits at every stage: a delivery, a turn, a queued message, a retry, and a send in doubt.
async fn something_everywhere(app: &TestApp, number: &Number) {
    app.graph.break_next([Trouble::ResetAfterBody]);
    customers_ask(app, number, 1).await;
    app.settle().await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    assert_eq!(app.deliver(number, question(number, 2, "wamid.2")).await, StatusCode::OK);
    app.settle().await;
    // Behind the one in doubt.
    assert_eq!(app.deliver(number, question(number, 1, "wamid.3")).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.deliver(number, question(number, 4, "wamid.4")).await, StatusCode::OK);
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    assert_eq!(app.deliver(number, question(number, 5, "wamid.5")).await, StatusCode::OK);
    let told = states(app).await;
    assert_eq!((told.get("unknown"), told.get("queued")), (Some(&1), Some(&2)), "{told:?}");
}

async fn jump(database: Database, by: Millis) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    something_everywhere(&app, &number).await;
    app.advance(by);
    drain(&app, SOON).await;
    books_balance(&app, 5).await;
    assert_eq!(app.graph.sent().len(), 5);
    // The clock is set right again, and life goes on.
    app.advance(-by);
    assert_eq!(app.deliver(&number, question(&number, 6, "wamid.6")).await, StatusCode::OK);
    drain(&app, SOON).await;
    books_balance(&app, 6).await;
    let mut expected = only("accepted", 5);
    expected.insert("unknown".to_owned(), 1);
    assert_eq!(states(&app).await, expected);
}

async fn a_jump_forwards_wedges_nothing(database: Database) {
    jump(database, HOURS).await;
}

async fn a_jump_backwards_wedges_nothing(database: Database) {
    jump(database, -HOURS).await;
}

async fn a_jump_during_a_send_decides_nothing(database: Database) {
    for by in [HOURS, -HOURS] {
        let app = TestApp::start(database).await;
        let number = app.number().await;
        app.graph.break_next([Trouble::Late]);
        customers_ask(&app, &number, 1).await;
        tokio::join!(app.settle(), async {
            app.graph.has_tried(1).await;
            app.advance(by);
            sweep::step(&app.state).await.unwrap();
            app.graph.release();
        });
        all_is_well(&app, 1).await;
    }
}

async fn leases_of_a_dead_process_end_although_the_clock_was_set_back(database: Database) {
    for point in ["ingest.claimed", "answer.claimed", "deliver.claimed"] {
        let app = TestApp::start(database).await;
        let number = app.number().await;
        let mut app = app.restart(Faults::stop_at(point)).await;
        // What is queued is claimed, and these are about claims.
        app.direct = false;
        customers_ask(&app, &number, 2).await;
        assert!(app.settle_until_fault().await, "{point} was never reached");
        app.advance(-HOURS);
        let app = app.restart(Faults::default()).await;
        drain(&app, SOON).await;
        books_balance(&app, 2).await;
        let state = if point == "deliver.claimed" { "unknown" } else { "accepted" };
        assert_eq!(states(&app).await, only(state, 2), "{point}");
    }
}

async fn a_burst_and_a_rate_survive_a_jump_backwards(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time=1s", "--rate-per-number=2"]).await;
    let number = app.number().await;
    customers_ask(&app, &number, 3).await;
    app.settle().await;
    app.advance(-HOURS);
    drain(&app, SOON).await;
    all_is_well(&app, 3).await;
    // The bucket of the number was emptied in what is now the future.
    for n in 4..=6 {
        assert_eq!(app.deliver(&number, question(&number, n, &format!("wamid.{n}"))).await, StatusCode::OK);
    }
    app.settle().await;
    app.advance(1000);
    app.settle().await;
    app.advance(-HOURS);
    drain(&app, SOON).await;
    all_is_well(&app, 6).await;
}

async fn the_window_follows_the_clock(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", &customer(1), "opening hours").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let blocked = async || app.ok("conversations/get", json!({"id": id})).await["send_blocked"].clone();
    assert_eq!(blocked().await, json!(null));
    app.advance(5 * HOURS);
    assert!(blocked().await.is_string(), "25 hours later the window is closed");
    app.advance(-5 * HOURS);
    assert_eq!(blocked().await, json!(null), "it was the clock");
    // A message from the future, as it seems now, must not hold the window open for longer.
    app.advance(-HOURS);
    app.customer_writes(&number, "wamid.2", &customer(2), "opening hours").await;
    assert_eq!(app.graph.sent().len(), 2);
    let newest = app.ok("conversations/list", json!({})).await["rows"].clone();
    for row in newest.as_array().unwrap() {
        let view = app.ok("conversations/get", json!({"id": row["id"]})).await;
        let ends = view["window_ends_at"].as_i64().unwrap();
        assert!(ends <= app.state.now() + HOURS + 24 * 60 * 60 * 1000, "{view}");
    }
}

async fn live_events_go_on_after_a_jump(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.run_in_background();
    let mut events = app.state.live.subscribe();
    for (n, by) in [HOURS, -2 * HOURS, HOURS].into_iter().enumerate() {
        app.advance(by);
        assert_eq!(app.deliver(&number, question(&number, n, &format!("wamid.{n}"))).await, StatusCode::OK);
        // Each step tells of itself, the last of them that the answer was sent.
        let told = async {
            while app.graph.sent().len() <= n {
                events.recv().await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(20), told).await.expect("live events stopped");
    }
}

async fn what_is_switched_off_stays_off_after_a_jump(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time=0"]).await;
    let number = app.number().await;
    let switch = |active: bool| json!({"id": number.integration_id, "active": active});
    app.ok("integrations/whatsapp/set_active", switch(false)).await;
    assert_eq!(app.deliver(&number, question(&number, 1, "wamid.1")).await, StatusCode::OK);
    app.settle().await;
    app.advance(-HOURS);
    sweep::step(&app.state).await.unwrap();
    app.settle().await;
    let bots = "select count(*) from messages where author = 'bot'";
    assert_eq!(app.count(bots).await, 0, "a held answer is not a wait that got too long");
    app.advance(HOURS);
    app.ok("integrations/whatsapp/set_active", switch(true)).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
}
