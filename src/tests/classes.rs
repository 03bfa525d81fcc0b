//! Who goes first when a number may not send all at once: answers, then what a person sends to several, then campaigns.

use axum::http::StatusCode;

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    on_both_databases,
};
use crate::server::pipeline::{self, Progress, answer::Answer, ingest::Ingest};

on_both_databases!(
    a_campaign_delays_no_answer,
    classes_go_in_their_order,
    an_answer_overtakes_a_campaign_in_its_conversation,
    what_is_under_way_is_not_overtaken,
    a_slow_number_sends_its_campaign_too,
);

const QUEUED: &str = "select count(*) from messages where state = 'queued'";

fn customer(n: usize) -> String {
    format!("4915100{n:06}")
}

/// Customers ask, and what they are answered is queued.
async fn queue_answers(app: &TestApp, number: &Number, customers: impl Iterator<Item = usize>) {
    let messages: Vec<_> = customers
        .map(|n| text_message(&format!("wamid.{n}.{}", app.state.now()), &customer(n), "opening hours"))
        .collect();
    assert_eq!(app.deliver(number, webhook(&[change(number, &messages, &[])])).await, StatusCode::OK);
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    while pipeline::step::<Answer>(&app.state).await.unwrap() == Progress::Worked {}
}

/// To whom something went, in order.
fn to(app: &TestApp) -> Vec<String> {
    app.graph.sent().into_iter().map(|sent| sent.to).collect()
}

async fn a_campaign_delays_no_answer(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time=0", "--rate-per-number=8"]).await;
    let number = app.number().await;
    queue_answers(&app, &number, 1..=60).await;
    app.execute("update messages set class = 2 where state = 'queued'").await;
    app.settle().await;
    assert_eq!(to(&app).len(), 2, "three quarters of what may go at once are left to answers");
    for second in 1..=3_usize {
        // A campaign uses the whole rate as long as nobody else does.
        app.advance(1000);
        for _ in 0..4 {
            app.settle().await;
        }
        let before = to(&app).len();
        // Straight out: it never waits behind the others.
        let asked = format!("wamid.asked.{second}");
        app.customer_writes(&number, &asked, &customer(100 + second), "opening hours").await;
        assert_eq!(to(&app)[before], customer(100 + second));
    }
    // Whatever the campaign has left over, it is all sent in the end.
    for _ in 0..60 {
        app.advance(250);
        app.settle().await;
    }
    assert_eq!((to(&app).len(), app.count(QUEUED).await), (63, 0));
}

async fn classes_go_in_their_order(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time=0", "--rate-per-number=4"]).await;
    let number = app.number().await;
    queue_answers(&app, &number, 1..=3).await;
    app.execute("update messages set class = 2 where state = 'queued'").await;
    queue_answers(&app, &number, 4..=6).await;
    app.execute("update messages set class = 1 where state = 'queued' and class = 0").await;
    queue_answers(&app, &number, 7..=9).await;
    assert_eq!(app.count(QUEUED).await, 9);
    for _ in 0..40 {
        app.settle().await;
        app.advance(250);
    }
    let mut order: Vec<String> = to(&app);
    assert_eq!(order.len(), 9);
    for (class, customers) in [(1, 7..=9), (2, 4..=6), (3, 1..=3)] {
        let mut first: Vec<String> = order.drain(..3).collect();
        first.sort();
        assert_eq!(first, customers.map(customer).collect::<Vec<_>>(), "those of the class in place {class}");
    }
}

async fn an_answer_overtakes_a_campaign_in_its_conversation(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    queue_answers(&app, &number, 1..=1).await;
    // Far back in a campaign.
    app.execute("update messages set class = 2, next_attempt_at = next_attempt_at + 60000, body = 'Our offer' where state = 'queued'").await;
    app.advance(1000);
    queue_answers(&app, &number, 1..=1).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1, "the answer waits for an hour of campaign");
    assert_eq!(app.graph.sent()[0].body, "We are open from 9 to 18.");
    // Straight out, too.
    app.customer_writes(&number, "wamid.again", &customer(1), "where is the shop").await;
    assert_eq!(app.graph.sent()[1].body, "In Harbour Street 5.");
    app.advance(60_000);
    app.settle().await;
    assert_eq!(app.graph.sent()[2].body, "Our offer");
}

/// Whether it arrives is not known yet: what comes after it in the conversation waits, whatever class either has.
async fn what_is_under_way_is_not_overtaken(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    queue_answers(&app, &number, 1..=1).await;
    app.execute("update messages set class = 2, state = 'unknown', next_attempt_at = next_attempt_at + 60000 where state = 'queued'")
        .await;
    app.advance(1000);
    app.customer_writes(&number, "wamid.again", &customer(1), "where is the shop").await;
    assert!(app.graph.sent().is_empty());
    app.advance(60_000);
    app.settle().await;
    assert!(!app.graph.sent().is_empty());
}

/// One a second, and a campaign: there is nothing that could be left to others.
async fn a_slow_number_sends_its_campaign_too(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time=0", "--rate-per-number=1"]).await;
    let number = app.number().await;
    queue_answers(&app, &number, 1..=3).await;
    app.execute("update messages set class = 2 where state = 'queued'").await;
    for sent in 1..=3 {
        app.settle().await;
        assert_eq!(app.graph.sent().len(), sent);
        app.advance(1000);
    }
}
