//! The built-in simulator and the product, over real HTTP in both directions.

use serde_json::json;

use super::{
    app::{Database, TestApp},
    on_both_databases,
};

on_both_databases!(a_customer_of_the_simulator_gets_an_answer_and_ticks, what_its_customers_wrote_survives_a_restart);

/// Lets the simulator and the product work until both have nothing left to do.
pub(super) async fn settle(app: &TestApp) {
    let sandbox = app.state.sandbox.clone().unwrap();
    loop {
        app.advance(5_000);
        app.settle().await;
        if !sandbox.step(app.state.now()).await.unwrap() {
            return;
        }
    }
}

async fn a_customer_of_the_simulator_gets_an_answer_and_ticks(database: Database) {
    let app = TestApp::start(database).await;
    let chatbot_id = app.chatbot().await;
    let made = app.ok("integrations/whatsapp/use_sandbox", json!({"chatbot_id": chatbot_id})).await;
    assert_eq!((made["provider"].as_str(), made["status"].as_str()), (Some("sandbox"), Some("waiting")));
    let tested = app.ok("integrations/whatsapp/test", json!({"id": made["id"]})).await;
    assert_eq!(tested["status"], "ok", "{tested}");
    let overview = app.ok("sandbox/overview", json!({})).await;
    assert_eq!(overview["numbers"][0]["connected"], true);
    let visible = overview["customers"][0].clone();
    let number = overview["numbers"][0]["phone_number_id"].clone();
    let hidden = app
        .ok("sandbox/add_customer", json!({"phone_number_id": number, "name": "Hidden Hana", "hide_phone": true}))
        .await;
    for customer in [&visible, &hidden] {
        app.ok("sandbox/send", json!({"customer_id": customer["id"], "text": "Wo? Where is your shöp / 😀 shop?"}))
            .await;
        settle(&app).await;
        let thread = app.ok("sandbox/thread", json!({"customer_id": customer["id"]})).await;
        let messages = thread["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 2, "{thread}");
        assert_eq!((messages[0]["mine"].as_bool(), messages[0]["tick"].as_str()), (Some(true), Some("read")));
        assert_eq!(messages[1]["content"]["text"], "In Harbour Street 5.");
    }
    assert_eq!(app.texts("select state from messages where direction = 'outbound'").await, ["read", "read"]);
    assert_eq!(app.count("select count(*) from conversations").await, 2);
    let seen = app.ok("integrations/whatsapp/get", json!({"id": made["id"]})).await;
    assert_eq!(seen["status"], "connected");
    // Deleted, the simulated number goes too.
    app.ok("integrations/whatsapp/delete", json!({"id": made["id"], "conversations": "keep"})).await;
    assert_eq!(app.ok("sandbox/overview", json!({})).await["numbers"], json!([]));
}

async fn what_its_customers_wrote_survives_a_restart(database: Database) {
    let app = TestApp::start(database).await;
    let chatbot_id = app.chatbot().await;
    app.ok("integrations/whatsapp/use_sandbox", json!({"chatbot_id": chatbot_id})).await;
    let customer = app.ok("sandbox/overview", json!({})).await["customers"][0]["id"].clone();
    // Written, but not yet delivered to the product.
    app.ok("sandbox/send", json!({"customer_id": customer, "text": "opening hours"})).await;
    let app = app.restart_at_same_address().await;
    let thread = app.ok("sandbox/thread", json!({"customer_id": customer})).await;
    assert_eq!(thread["messages"][0]["content"]["text"], "opening hours");
    settle(&app).await;
    let thread = app.ok("sandbox/thread", json!({"customer_id": customer})).await;
    assert_eq!(thread["messages"][1]["content"]["text"], "We are open from 9 to 18.");
}
