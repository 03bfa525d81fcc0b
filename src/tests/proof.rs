//! `appsecret_proof`: an app may insist on it, and a wrong one must not stop what works without.

use serde_json::json;

use super::{
    app::{APP_SECRET, Database, TestApp},
    double::APP,
    on_both_databases,
};

on_both_databases!(
    every_call_with_a_token_carries_the_proof,
    calls_go_on_without_a_proof_that_is_refused,
    an_app_that_insists_stops_the_channel_until_its_secret_is_right,
);

const CUSTOMER: &str = "491510000001";

fn with_secret(app: &TestApp, secret: &str, insists: bool) {
    app.graph.change(|world| {
        world.apps.insert(APP.to_owned(), secret.to_owned());
        world.insists_on_proof = insists;
    });
}

/// Calls that sent or marked messages.
fn posts(app: &TestApp) -> Vec<String> {
    app.graph.calls().into_iter().filter(|call| call.contains("/messages")).collect()
}

async fn every_call_with_a_token_carries_the_proof(database: Database) {
    let app = TestApp::start(database).await;
    with_secret(&app, APP_SECRET, true);
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", CUSTOMER, "When do you open?").await;
    assert_eq!((app.graph.read(), app.graph.sent().len()), (vec!["wamid.1".to_owned()], 1));
    app.ok("integrations/whatsapp/send_test", json!({"id": number.integration_id, "to": "+49 151 0000002"})).await;
    assert_eq!(app.graph.sent().len(), 2);
    app.ok("integrations/whatsapp/subscribe", json!({"id": number.integration_id})).await;
    app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "keep"})).await;
    app.settle().await;
    // None was refused and repeated; only questions of the app itself have no token to prove.
    let calls = app.graph.calls();
    let bare: Vec<_> = calls.iter().filter(|call| !call.contains("appsecret_proof=")).collect();
    assert!(bare.iter().all(|c| c.contains("/debug_token") || c.contains("/subscriptions")), "{bare:?}");
    assert!(calls.iter().any(|call| call.starts_with("DELETE")), "{calls:?}");
}

async fn calls_go_on_without_a_proof_that_is_refused(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    with_secret(&app, "the secret of the app that the token is from", false);
    app.customer_writes(&number, "wamid.1", CUSTOMER, "When do you open?").await;
    assert_eq!((app.graph.read(), app.graph.sent().len()), (vec!["wamid.1".to_owned()], 1));
    let states = app.texts("select state from messages where direction = 'outbound'").await;
    assert_eq!(states, ["accepted"]);
    assert_eq!(app.count("select count(*) from attempts").await, 1, "one try, of two calls");
    // At least the first one had it.
    assert!(posts(&app)[0].contains("appsecret_proof="), "{:?}", posts(&app));
}

async fn an_app_that_insists_stops_the_channel_until_its_secret_is_right(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    with_secret(&app, "rotated_app_secret", true);
    app.customer_writes(&number, "wamid.1", CUSTOMER, "When do you open?").await;
    assert!(app.graph.sent().is_empty());
    let states = app.texts("select state from messages where direction = 'outbound'").await;
    assert_eq!(states, ["queued"], "it waits: nothing is wrong with it");
    let shown = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    assert_eq!(shown["status"], "error", "{shown}");
    assert!(shown.to_string().contains("app secret is not that of the app"), "{shown}");

    app.ok("integrations/whatsapp/update", json!({"id": number.integration_id, "app_secret": "rotated_app_secret"}))
        .await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
    let shown = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    assert_ne!(shown["status"], "error", "{shown}");
}
