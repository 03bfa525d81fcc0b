//! The thinnest path: a message comes in, the answer goes out.

use super::{
    app::{Database, TestApp},
    on_both_databases,
};

on_both_databases!(a_message_is_answered);

async fn a_message_is_answered(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "when are you open? your opening hours please").await;
    let sent = app.graph.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].body, "We are open from 9 to 18.");
    assert_eq!(sent[0].to, "491510000001");
    assert_eq!(app.graph.read(), ["wamid.1"]);
    assert_eq!(app.count("select count(*) from messages where state = 'accepted'").await, 1);
}
