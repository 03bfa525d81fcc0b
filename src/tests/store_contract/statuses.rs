//! Reports on sent messages: recorded once, parked while too early, joined within their workspace.

use super::{Bench, START};
use crate::{
    domain::message::{Author, MessageState},
    server::{
        base::clock::mint_id,
        store::{
            message::{self, NewMessage},
            status::{self, Report, Subject},
        },
    },
    tests::{app::Database, on_both_databases},
};

on_both_databases!(
    a_report_is_recorded_once,
    a_report_finds_its_message_by_either_id,
    early_reports_wait_and_come_out_in_order,
    parked_reports_are_joined_and_forgotten,
);

fn report(status: &str, at: i64) -> Report {
    Report { status: status.into(), at, error_code: None, error: None }
}

async fn a_report_is_recorded_once(database: Database) {
    let mut b = Bench::new(database).await;
    let (ws, id) = (b.ws, mint_id());
    for (workspace, r, is_new) in [
        (ws, report("sent", START), true),
        (ws, report("sent", START), false),
        (ws, report("sent", START + 1), true),
        (ws, report("delivered", START), true),
        (mint_id(), report("sent", START), true),
    ] {
        assert_eq!(status::record(&mut b.conn, workspace, id, &r).await.unwrap(), is_new, "{r:?}");
    }
}

async fn a_report_finds_its_message_by_either_id(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let conversation = b.conversation(&i, "491511").await;
    let id = b.outbound(&i, conversation, Author::Bot, MessageState::Sending).await;
    let (ws, c) = (b.ws, &mut b.conn);
    let found = status::find_by_id(c, ws, "316", id).await.unwrap().unwrap();
    assert_eq!((found.conversation_id, found.state), (conversation, MessageState::Sending));
    // Another number's report cannot touch it, nor can another workspace's.
    assert!(status::find_by_id(c, ws, "317", id).await.unwrap().is_none());
    assert!(status::find_by_id(c, mint_id(), "316", id).await.unwrap().is_none());
    assert!(status::find_by_external(c, ws, "316", "wamid.1").await.unwrap().is_none());
    let failed = Report { error_code: Some(131_026), error: Some("Undeliverable".into()), ..report("failed", START) };
    status::advance(c, ws, &found, MessageState::Failed, "wamid.1", &failed, START).await.unwrap();
    let subject: Subject = status::find_by_external(c, ws, "316", "wamid.1").await.unwrap().unwrap();
    assert_eq!((subject.id, subject.state), (id, MessageState::Failed));
    // The first wamid and the error stay.
    status::advance(c, ws, &subject, MessageState::Delivered, "wamid.2", &report("delivered", START), START)
        .await
        .unwrap();
    let kept = message::find(c, ws, id).await.unwrap().unwrap();
    assert_eq!(
        (kept.state, kept.error_code, kept.error.as_deref()),
        (MessageState::Delivered, Some(131_026), Some("Undeliverable"))
    );
    assert!(status::find_by_external(c, ws, "316", "wamid.2").await.unwrap().is_none());
    for (workspace, number) in [(ws, "317"), (mint_id(), "316")] {
        assert!(status::find_by_external(c, workspace, number, "wamid.1").await.unwrap().is_none());
    }
}

async fn early_reports_wait_and_come_out_in_order(database: Database) {
    let mut b = Bench::new(database).await;
    let (ws, other, c) = (b.ws, mint_id(), &mut b.conn);
    for r in [
        report("read", START + 3),
        report("sent", START + 1),
        report("delivered", START + 2),
        report("sent", START + 1),
    ] {
        status::park(c, ws, "316", "wamid.1", &r, START).await.unwrap();
    }
    status::park(c, other, "316", "wamid.1", &report("sent", START), START).await.unwrap();
    assert!(status::unpark(c, ws, "317", "wamid.1").await.unwrap().is_empty());
    let reports = status::unpark(c, ws, "316", "wamid.1").await.unwrap();
    assert_eq!(reports.iter().map(|r| r.status.as_str()).collect::<Vec<_>>(), ["sent", "delivered", "read"]);
    assert!(status::unpark(c, ws, "316", "wamid.1").await.unwrap().is_empty());
    assert_eq!(status::unpark(c, other, "316", "wamid.1").await.unwrap().len(), 1);
}

async fn parked_reports_are_joined_and_forgotten(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let conversation = b.conversation(&i, "491511").await;
    let known = NewMessage { external_message_id: Some("wamid.1".into()), ..b.draft(&i, conversation) };
    let (ws, other) = (b.ws, mint_id());
    for (workspace, number, wamid) in
        [(ws, "316", "wamid.1"), (ws, "316", "wamid.2"), (ws, "317", "wamid.1"), (other, "316", "wamid.1")]
    {
        for word in ["sent", "read"] {
            status::park(&mut b.conn, workspace, number, wamid, &report(word, START), START).await.unwrap();
        }
    }
    assert!(status::list_joinable(&mut b.conn, 10).await.unwrap().is_empty());
    message::insert(&mut b.conn, &known, 1, START).await.unwrap();
    let joinable = status::list_joinable(&mut b.conn, 10).await.unwrap();
    assert_eq!(joinable, [(ws, "316".to_owned(), "wamid.1".to_owned())]);
    assert_eq!(status::forget_parked(&mut b.conn, START).await.unwrap(), 0);
    assert_eq!(status::forget_parked(&mut b.conn, START + 1).await.unwrap(), 8);
}
