//! What happens beside each other: on PostgreSQL transactions do not see what others are just doing.

use axum::http::StatusCode;
use serde_json::json;
use uuid::Uuid;

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    on_both_databases,
};
use crate::server::{
    pipeline::{self, answer::Answer, ingest::Ingest},
    service::integration,
    store::{Line, on},
    writer::Priority,
};

on_both_databases!(what_a_take_over_has_not_seen_is_withdrawn, what_a_deletion_has_not_seen_is_withdrawn,);

/// As many lanes as the pipeline's writes have.
const LANES: u128 = 4;
const PHONE: &str = "491510000001";
const TOLD: &str = "select count(*) from events";
const WITHDRAWN: &str = "select count(*) from messages where state = 'cancelled'";

/// An app with an answer in the queue.
pub(super) async fn queued(database: Database) -> (TestApp, Number) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let question = text_message("wamid.1", PHONE, "opening hours");
    assert_eq!(app.deliver(&number, webhook(&[change(&number, &[question], &[])])).await, StatusCode::OK);
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    pipeline::step::<Answer>(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, 1);
    (app, number)
}

/// The answer came into the queue while the take-over looked for such. It may never go out, nor hold up what a person says.
async fn what_a_take_over_has_not_seen_is_withdrawn(database: Database) {
    let (app, _) = queued(database).await;
    app.execute("update conversations set mode = 'human'").await;
    let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    let reply = json!({"conversation_id": row["id"], "client_id": Uuid::now_v7(), "text": "I am here."});
    app.ok("messages/send", reply).await;
    app.settle().await;
    let bodies: Vec<_> = app.graph.sent().into_iter().map(|sent| sent.body).collect();
    assert_eq!(bodies, ["I am here."]);
    assert_eq!(app.count(WITHDRAWN).await, 1);
}

/// The same beside the deletion of its number. Nobody claims for that one any more, so the upkeep has to find it.
async fn what_a_deletion_has_not_seen_is_withdrawn(database: Database) {
    let (app, _) = queued(database).await;
    app.execute("update integrations set deleted_at = 1").await;
    let before = app.count(TOLD).await;
    integration::keep_up(&app.state).await.unwrap();
    assert_eq!(app.count(WITHDRAWN).await, 1);
    assert_eq!(app.count(TOLD).await, before + 1, "open pages hear of it");
    app.settle().await;
    assert!(app.graph.sent().is_empty());
}

/// On SQLite there is one writer anyway.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn webhooks_are_taken_whatever_else_waits() {
    let (app, number) = queued(Database::Postgres).await;
    let Line::Postgres(mut another) = app.state.store.read().await.unwrap().line else { panic!("not PostgreSQL") };
    sqlx::query("begin").execute(&mut *another).await.unwrap();
    sqlx::query("update conversations set updated_at = 1").execute(&mut *another).await.unwrap();
    let held_up: Vec<_> = (0..LANES)
        .map(|lane| {
            app.state.writer.submit(Priority::Interactive, Uuid::from_u128(lane), (), |conn, ()| {
                Box::pin(async move {
                    let sql = "update conversations set updated_at = 2";
                    on!(conn, c => sqlx::query(sql).execute(c).await.map(drop))?;
                    Ok(())
                })
            })
        })
        .collect();
    let waiting =
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    while app.count(waiting).await < i64::try_from(LANES).unwrap() {}
    let body = webhook(&[change(&number, &[text_message("wamid.2", PHONE, "opening hours")], &[])]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    app.advance(10_000);
    let ready = app.http.get(format!("{}/readyz", app.url)).send().await.unwrap();
    assert_eq!(ready.status(), StatusCode::OK, "it is rehearsed where webhooks are written");
    sqlx::query("rollback").execute(&mut *another).await.unwrap();
    for write in held_up {
        write.committed().await.unwrap();
    }
}
