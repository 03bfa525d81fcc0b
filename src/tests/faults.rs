//! A power cut between any two steps: nothing acknowledged is lost, nothing is answered twice.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, TestApp, change, status, text_message, webhook},
    on_both_databases,
};
use crate::server::pipeline::faults::Faults;

on_both_databases!(
    cut_before_ingest,
    cut_after_claiming_a_delivery,
    cut_after_storing_its_items,
    cut_after_finishing_a_delivery,
    cut_after_claiming_a_turn,
    cut_after_the_engine_replied,
    cut_after_queueing_the_answer,
    cut_after_marking_as_sending,
    cut_after_sending,
    cut_after_storing_the_end,
    cut_after_storing_a_direct_send,
    cut_after_a_direct_send,
    cut_after_storing_the_end_of_a_direct_send,
);

/// What is left of the answers after the cut.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answered,
    /// Of at least this number nobody can know whether they were sent: people are asked.
    Unknown(i64),
}

async fn cut_at(database: Database, point: &'static str, fate: Fate) {
    cut(database, point, fate, false).await;
}

/// The same for direct sends.
async fn cut_direct_at(database: Database, point: &'static str, fate: Fate) {
    cut(database, point, fate, true).await;
}

async fn cut(database: Database, point: &'static str, fate: Fate, direct: bool) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let mut app = app.restart(Faults::stop_at(point)).await;
    app.direct = direct;
    let body = webhook(&[change(
        &number,
        &[
            text_message("wamid.1", "491510000001", "opening hours"),
            text_message("wamid.2", "491510000002", "where is the shop"),
        ],
        &[],
    )]);
    assert_eq!(app.deliver(&number, body.clone()).await, StatusCode::OK);
    assert!(app.settle_until_fault().await, "{point} was never reached");

    let mut app = app.restart(Faults::default()).await;
    app.direct = direct;
    // Leases of the dead process run out.
    app.advance(120_000);
    app.settle().await;
    // Meta repeats what it did not hear about, and a little more.
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    app.advance(120_000);
    app.settle().await;

    assert_eq!(
        app.count("select count(*) from messages where direction = 'inbound'").await,
        2,
        "{point}: lost or doubled"
    );
    assert_eq!(
        app.count("select count(*) from messages where direction = 'outbound'").await,
        2,
        "{point}: answered twice"
    );
    assert_eq!(app.count("select count(*) from deliveries where state <> 'done'").await, 0);
    for phone in ["491510000001", "491510000002"] {
        assert!(app.graph.sent().iter().filter(|s| s.to == phone).count() <= 1, "{point}: sent twice");
    }
    let unknown = app.count("select count(*) from messages where state = 'unknown'").await;
    let accepted = app.count("select count(*) from messages where state = 'accepted'").await;
    assert_eq!(unknown + accepted, 2, "{point}: every answer's fate is told");
    match fate {
        Fate::Answered => assert_eq!((unknown, app.graph.sent().len()), (0, 2), "{point}"),
        Fate::Unknown(at_least) => {
            assert!(unknown >= at_least, "{point}: {unknown}");
            settle_by_reports(&app, &number).await;
        }
    }
}

/// Reports that carry our own id settle those that were sent.
async fn settle_by_reports(app: &TestApp, number: &super::app::Number) {
    let reports: Vec<_> = app
        .graph
        .sent()
        .iter()
        .map(|sent| {
            let mut report = status(&sent.wamid, "sent");
            report["biz_opaque_callback_data"] = json!(sent.callback_data);
            report
        })
        .collect();
    let sent = reports.len();
    app.deliver(number, webhook(&[change(number, &[], &reports)])).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages where state = 'sent'").await, sent as i64);
    assert_eq!(app.graph.sent().len(), sent, "a settled message was sent again");
}

async fn cut_before_ingest(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let body = webhook(&[change(&number, &[text_message("wamid.1", "491510000001", "opening hours")], &[])]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    let app = app.restart(Faults::default()).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
}

async fn cut_after_claiming_a_delivery(database: Database) {
    cut_at(database, "ingest.claimed", Fate::Answered).await;
}

async fn cut_after_storing_its_items(database: Database) {
    cut_at(database, "ingest.items_stored", Fate::Answered).await;
}

async fn cut_after_finishing_a_delivery(database: Database) {
    cut_at(database, "ingest.finished", Fate::Answered).await;
}

async fn cut_after_claiming_a_turn(database: Database) {
    cut_at(database, "answer.claimed", Fate::Answered).await;
}

async fn cut_after_the_engine_replied(database: Database) {
    cut_at(database, "answer.replied", Fate::Answered).await;
}

async fn cut_after_queueing_the_answer(database: Database) {
    cut_at(database, "answer.finished", Fate::Answered).await;
}

async fn cut_after_marking_as_sending(database: Database) {
    cut_at(database, "deliver.claimed", Fate::Unknown(2)).await;
}

async fn cut_after_sending(database: Database) {
    cut_at(database, "deliver.sent", Fate::Unknown(1)).await;
}

async fn cut_after_storing_the_end(database: Database) {
    cut_at(database, "deliver.finished", Fate::Unknown(0)).await;
}

async fn cut_after_storing_a_direct_send(database: Database) {
    cut_direct_at(database, "answer.finished", Fate::Unknown(1)).await;
}

async fn cut_after_a_direct_send(database: Database) {
    cut_direct_at(database, "deliver.sent", Fate::Unknown(1)).await;
}

async fn cut_after_storing_the_end_of_a_direct_send(database: Database) {
    cut_direct_at(database, "deliver.finished", Fate::Unknown(0)).await;
}
