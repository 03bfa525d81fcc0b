//! Conversations that are snoozed until a time: they open by themselves, or when the customer writes.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, TestApp},
    on_both_databases,
    waiting::{lines, row, rows, since, takes_over, writes},
};
use crate::{domain::role::Role, server::pipeline::sweep};

on_both_databases!(
    it_opens_when_its_time_has_come,
    the_customer_is_faster,
    who_waited_waits_again,
    a_time_that_makes_no_sense_is_refused,
    no_two_sweeps_open_it_twice,
);

const ADA: &str = "491510000001";
const HOUR: i64 = 3_600_000;
const OVER: &str = "The time that it was snoozed for is over: the conversation is open again";

async fn snoozes(app: &TestApp, until: i64) {
    let id = row(app).await["id"].clone();
    let shown = app.ok("conversations/set_status", json!({"id": id, "status": "snoozed", "until": until})).await;
    assert_eq!((&shown["status"], &shown["snoozed_until"]), (&json!("snoozed"), &json!(until)));
}

async fn it_opens_when_its_time_has_come(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    snoozes(&app, app.state.now() + HOUR).await;
    app.advance(1000);
    writes(&app, &number, "wamid.2", "491510000002", "opening hours").await;
    app.advance(HOUR - 1001);
    app.settle().await;
    assert_eq!(rows(&app, json!({"status": "snoozed"})).await.len(), 1);
    app.advance(1);
    let events = "select count(*) from events where payload like '%\"conversations\"%'";
    let before = app.count(events).await;
    app.settle().await;
    assert!(app.count(events).await > before, "open pages hear of it");
    let all = rows(&app, json!({"status": "open"})).await;
    assert_eq!((all.len(), &all[0]["name"]), (2, &json!("Customer 01")), "it is at the top");
    let shown = app.ok("conversations/get", json!({"id": all[0]["id"]})).await;
    assert!(shown["snoozed_until"].is_null());
    let said = lines(&app).await;
    assert!(said[0].ends_with(" snoozed the conversation") && said[1] == OVER && said.len() == 2, "{said:?}");
    // Once.
    app.advance(HOUR);
    app.settle().await;
    assert_eq!(lines(&app).await.len(), 2);
}

async fn the_customer_is_faster(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    snoozes(&app, app.state.now() + HOUR).await;
    writes(&app, &number, "wamid.2", ADA, "where is your shop").await;
    assert_eq!(row(&app).await["status"], "open");
    // Snoozed once more, without a time: the old one means nothing.
    let id = row(&app).await["id"].clone();
    app.ok("conversations/set_status", json!({"id": id, "status": "snoozed"})).await;
    app.advance(2 * HOUR);
    app.settle().await;
    assert_eq!(row(&app).await["status"], "snoozed");
    // Opened by hand, it does not open again.
    snoozes(&app, app.state.now() + HOUR).await;
    app.ok("conversations/set_status", json!({"id": id, "status": "open"})).await;
    app.ok("conversations/set_status", json!({"id": id, "status": "resolved"})).await;
    app.advance(2 * HOUR);
    app.settle().await;
    assert_eq!(row(&app).await["status"], "resolved");
    assert!(!lines(&app).await.contains(&OVER.to_owned()));
}

async fn who_waited_waits_again(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    writes(&app, &number, "wamid.2", ADA, "And on Sundays?").await;
    let began = since(&app).await;
    assert!(began.is_some());
    snoozes(&app, app.state.now() + HOUR).await;
    assert_eq!(since(&app).await, None);
    app.advance(HOUR);
    app.settle().await;
    assert_eq!(since(&app).await, began);
}

async fn a_time_that_makes_no_sense_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let now = app.state.now();
    for (status, until) in [("snoozed", now), ("snoozed", now + 400 * 24 * HOUR), ("resolved", now + HOUR)] {
        let (code, refused) =
            app.api("conversations/set_status", json!({"id": id, "status": status, "until": until})).await;
        assert_eq!((code, refused["field"].as_str()), (StatusCode::BAD_REQUEST, Some("until")), "{status} {until}");
    }
    let input = json!({"id": id, "status": "snoozed", "until": now + HOUR});
    assert_eq!(app.api_as(&theirs, "conversations/set_status", input).await.0, StatusCode::NOT_FOUND);
    assert_eq!(row(&app).await["status"], "open");
}

async fn no_two_sweeps_open_it_twice(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for n in 0..70 {
        writes(&app, &number, &format!("wamid.{n}"), &format!("491510000{n:03}"), "opening hours").await;
    }
    app.execute("update conversations set status = 'snoozed', snoozed_until = 1 where workspace_id in (select id from workspaces)")
        .await;
    let (first, second) = tokio::join!(sweep::step(&app.state), sweep::step(&app.state));
    first.unwrap();
    second.unwrap();
    app.settle().await;
    assert_eq!(lines(&app).await.len(), 70);
    assert_eq!(app.count("select count(*) from conversations where status = 'open'").await, 70);
}
