//! More are busy than one look takes in: each has its turn all the same.

use axum::http::StatusCode;
use uuid::Uuid;

use crate::{
    domain::{
        event::DomainEvent,
        ids::{ChatbotId, WorkspaceId},
    },
    server::{
        live,
        pipeline::{self, Progress, answer::Answer, deliver::Deliver, ingest::Ingest},
        store::event,
        writer::Priority,
    },
    tests::{
        app::{Database, TestApp, change, text_message, webhook},
        on_both_databases,
    },
};

on_both_databases!(each_busy_number_has_its_turn, events_beyond_a_page_wait_for_no_commit,);

/// The server looks at two numbers at once here, instead of five hundred.
async fn each_busy_number_has_its_turn(database: Database) {
    const BUSY: usize = 5;
    // As many as a number may send at once, and a few more: while the clock stands still, each stays busy.
    const EACH: usize = 85;
    let app = TestApp::start(database).await;
    let chatbot = app.chatbot().await;
    app.state.round_robin.look_at(2);
    for number in 1..=BUSY {
        let number = app.connect(&chatbot, &format!("31600000000000{number}")).await;
        let messages: Vec<_> = (0..EACH)
            .map(|n| {
                let from = format!("49{}{n:04}", &number.phone_number_id[10..]);
                text_message(&format!("wamid.{from}"), &from, "opening hours")
            })
            .collect();
        assert_eq!(app.deliver(&number, webhook(&[change(&number, &messages, &[])])).await, StatusCode::OK);
    }
    // Through the queue, all of them.
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    while pipeline::step::<Answer>(&app.state).await.unwrap() == Progress::Worked {}
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, (BUSY * EACH) as i64);
    for _ in 0..BUSY {
        pipeline::step::<Deliver>(&app.state).await.unwrap();
    }
    let served = app.count("select count(distinct integration_id) from messages where state = 'accepted'").await;
    assert_eq!(served, BUSY as i64, "those that come first are always first");
}

async fn events_beyond_a_page_wait_for_no_commit(database: Database) {
    const EVENTS: usize = 900;
    let app = TestApp::start(database).await;
    let mut page = app.state.live.subscribe();
    let before = event::newest(&mut app.state.store.read().await.unwrap()).await.unwrap();
    app.state
        .writer
        .write(Priority::Bulk, Uuid::nil(), (), |conn, ()| {
            Box::pin(async move {
                for id in (0..EVENTS).map(|n| ChatbotId::from_u128(n as u128)) {
                    conn.tell(WorkspaceId::nil(), DomainEvent::ChatbotChanged { id, fields: Vec::new() }, 0);
                }
                Ok(())
            })
        })
        .await
        .unwrap();
    // On PostgreSQL they can be read when every older transaction of the server has ended: those of other tests too.
    let mut received = 0;
    let mut place = before;
    while received == 0 {
        place = live::catch_up(&app.state.live, place).await.unwrap();
        while page.try_recv().is_ok() {
            received += 1;
        }
    }
    assert_eq!(received, EVENTS, "in one go");
}
