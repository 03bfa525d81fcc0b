//! Who acts: each unit of work is somebody's, whatever else is committed with it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use futures::FutureExt;
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    app::{Database, TestApp},
    on_both_databases,
};
use crate::{
    domain::{
        event::DomainEvent,
        ids::{TokenId, UserId, WorkspaceId},
        principal::{Principal, Via},
    },
    server::{
        store::{StoreError, on},
        writer::{Pending, Priority},
    },
};

on_both_databases!(whoever_acts_does_so_in_their_own_work_only, what_somebody_tells_wakes_the_stage_it_is_for,);

/// What one unit of work of the test does: it tells of a chatbot, or fails.
struct Work {
    workspace_id: WorkspaceId,
    subject: Uuid,
    fails: bool,
    runs: Arc<AtomicUsize>,
}

fn submit(app: &TestApp, by: Principal, work: Work) -> Pending<()> {
    app.state.writer.submit_as(by, Priority::Interactive, Uuid::nil(), work, |conn, work| {
        Box::pin(async move {
            work.runs.fetch_add(1, Ordering::SeqCst);
            let event = DomainEvent::ChatbotChanged { id: work.subject.into(), fields: vec!["name"] };
            conn.tell(work.workspace_id, event, 1);
            if work.fails { Err(StoreError::Panicked) } else { Ok(()) }
        })
    })
}

async fn whoever_acts_does_so_in_their_own_work_only(database: Database) {
    let app = TestApp::start(database).await;
    let mut conn = app.state.store.read().await.unwrap();
    let workspace_id: WorkspaceId =
        on!(&mut conn, c => sqlx::query_scalar("select id from workspaces").fetch_one(c).await).unwrap();
    drop(conn);
    // The lane is held up until all of them wait in it: so they are one transaction.
    let (entered, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let held = (Arc::clone(&entered), Arc::clone(&go));
    let first = app.state.writer.submit(Priority::Interactive, Uuid::nil(), held, |_, (entered, go)| {
        Box::pin(async move {
            entered.notify_one();
            go.notified().await;
            Ok(())
        })
    });
    entered.notified().await;
    let person = |n, via| Principal::Person { user_id: UserId::from_u128(n), via };
    let actors = [
        Principal::CommandLine,
        person(1, Via::Session),
        Principal::System,
        person(2, Via::Token(TokenId::from_u128(7))),
        person(1, Via::Session),
        Principal::Customer,
        Principal::System,
        person(3, Via::Session),
    ];
    let runs = Arc::new(AtomicUsize::new(0));
    let waiting: Vec<_> = (0_u128..)
        .zip(actors)
        .map(|(n, by)| {
            let subject = Uuid::from_u128(100 + n);
            // The fifth fails: its neighbours run again, in smaller and smaller batches.
            submit(&app, by, Work { workspace_id, subject, fails: n == 4, runs: Arc::clone(&runs) })
        })
        .collect();
    go.notify_one();
    first.committed().await.unwrap();
    for (n, pending) in waiting.into_iter().enumerate() {
        assert_eq!(pending.committed().await.is_ok(), n != 4, "{n}");
    }
    assert!(runs.load(Ordering::SeqCst) > actors.len(), "nothing ran twice");
    let mut conn = app.state.store.read().await.unwrap();
    let sql = "select subject_id, actor, user_id, token_id from audit_entries where action = 'chatbot_changed' order by subject_id";
    type Row = (Uuid, String, Option<UserId>, Option<TokenId>);
    let rows: Vec<Row> = on!(&mut conn, c => sqlx::query_as(sql).fetch_all(c).await).unwrap();
    let expected: Vec<Row> = (0_u128..)
        .zip(actors)
        .filter(|(n, _)| *n != 4)
        .map(|(n, by)| (Uuid::from_u128(100 + n), by.kind().as_str().to_owned(), by.user_id(), by.token_id()))
        .collect();
    assert_eq!(rows, expected);
}

/// Whether a stage was called, and takes the call.
fn was_called(bell: &Notify) -> bool {
    bell.notified().now_or_never().is_some()
}

async fn what_somebody_tells_wakes_the_stage_it_is_for(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let signals = Arc::clone(&app.state.signals);
    let quiet = || {
        for bell in [&signals.ingest, &signals.answer, &signals.deliver, &signals.health] {
            was_called(bell);
        }
    };
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    quiet();
    app.ok("conversations/mark_read", json!({"id": id})).await;
    assert!(!was_called(&signals.deliver) && !was_called(&signals.answer), "nothing waits");
    app.ok("messages/send", json!({"conversation_id": id, "text": "Hello"})).await;
    assert!(was_called(&signals.deliver) && !was_called(&signals.ingest));
    quiet();
    app.ok("integrations/whatsapp/set_active", json!({"id": number.integration_id, "active": false})).await;
    app.ok("integrations/whatsapp/set_active", json!({"id": number.integration_id, "active": true})).await;
    assert!(was_called(&signals.deliver) && was_called(&signals.answer));
    app.deliver(&number, "not json").await;
    app.settle().await;
    quiet();
    app.ok("integrations/whatsapp/replay", json!({"id": number.integration_id})).await;
    assert!(was_called(&signals.ingest) && !was_called(&signals.deliver));
}
