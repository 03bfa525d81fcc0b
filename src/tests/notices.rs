//! What comes in as a message without the customer speaking to us: it changes nothing but the thread.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, START, TestApp, change, text_message, webhook},
    on_both_databases,
};

on_both_databases!(
    notices_are_kept_and_change_nothing,
    who_only_sends_notices_has_no_conversation_yet,
    a_choice_in_a_menu_is_never_a_bots,
    what_customers_send_opens_the_window,
    groups_and_the_own_number_are_left_alone,
);

const CUSTOMER: &str = "491510000001";
const DAY: i64 = 24 * 3_600_000;

async fn deliver(app: &TestApp, number: &Number, messages: &[Value]) {
    assert_eq!(app.deliver(number, webhook(&[change(number, messages, &[])])).await, StatusCode::OK);
    app.settle().await;
}

/// An item of `messages[]` of the customer, just now.
fn item(app: &TestApp, wamid: &str, mut content: Value) -> Value {
    content["id"] = wamid.into();
    content["timestamp"] = (app.state.now() / 1000).to_string().into();
    if content["from"].is_null() {
        content["from"] = CUSTOMER.into();
    }
    content
}

fn notices() -> Vec<Value> {
    vec![
        json!({"type": "reaction", "reaction": {"message_id": "wamid.OUT1", "emoji": "👍"}}),
        json!({"type": "reaction", "reaction": {"message_id": "wamid.OUT1"}}),
        json!({"type": "system", "system": {"body": "User A changed from 1 to 2", "type": "user_changed_number", "wa_id": "491510000009"}}),
        json!({"type": "system", "system": {"body": "changed", "type": "customer_changed_number", "new_wa_id": "491510000009"}}),
        json!({"type": "system", "system": {"type": "customer_identity_changed", "identity": {"hash": "x"}}}),
        json!({"type": "edit", "edit": {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "new"}}}}),
        json!({"type": "revoke", "revoke": {"original_message_id": "wamid.1"}}),
        json!({"type": "request_welcome"}),
        json!({"type": "unsupported", "errors": [{"code": 131_051}], "unsupported": {"type": "poll_update"}}),
    ]
}

async fn notices_are_kept_and_change_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", CUSTOMER, "opening hours").await;
    let row = async || app.ok("conversations/list", json!({})).await["rows"][0].clone();
    let id = row().await["id"].clone();
    app.ok("conversations/mark_read", json!({"id": id})).await;
    app.ok("conversations/set_status", json!({"id": id, "status": "resolved"})).await;
    let (before, seen) = (row().await, app.ok("conversations/get", json!({"id": id})).await);
    app.advance(3_600_000);
    for (nth, notice) in notices().into_iter().enumerate() {
        deliver(&app, &number, &[item(&app, &format!("wamid.n{nth}"), notice.clone())]).await;
        assert_eq!(row().await, before, "after {notice}");
        let now = app.ok("conversations/get", json!({"id": id})).await;
        assert_eq!(now["window_ends_at"], seen["window_ends_at"], "after {notice}");
    }
    assert_eq!((app.graph.sent().len(), app.graph.read().len()), (1, 1));
    let thread = app.ok("messages/list", json!({"conversation_id": id})).await;
    assert_eq!(thread.as_array().unwrap().len(), 2 + notices().len(), "all of them are kept");
    // One that names nobody but by the id that changed.
    let mut changed = item(
        &app,
        "wamid.x",
        json!({"type": "system", "system": {"type": "user_changed_user_id",
        "user_id": "DE.2", "previous_user_id": "DE.1"}}),
    );
    changed.as_object_mut().unwrap().remove("from");
    deliver(&app, &number, &[changed]).await;
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
    // The window closes when it would have.
    app.advance(DAY - 3_600_000);
    let (status, _) = app.api("messages/send", json!({"conversation_id": id, "text": "Too late"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

async fn who_only_sends_notices_has_no_conversation_yet(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let [reaction, ..] = notices().try_into().unwrap_or([const { Value::Null }; 9]);
    deliver(&app, &number, &[item(&app, "wamid.n", reaction)]).await;
    let listed = app.ok("conversations/list", json!({})).await;
    assert_eq!((&listed["rows"], &listed["only_filtered"]), (&json!([]), &json!(false)));
    app.customer_writes(&number, "wamid.1", CUSTOMER, "opening hours").await;
    assert_eq!(app.ok("conversations/list", json!({})).await["rows"][0]["unread"], 1);
}

async fn a_choice_in_a_menu_is_never_a_bots(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for nth in 0..40 {
        app.advance(1_000);
        let choice = if nth % 2 == 0 {
            json!({"type": "interactive", "interactive": {"type": "button_reply", "button_reply": {"id": "h", "title": "Opening hours"}}})
        } else {
            json!({"type": "button", "button": {"payload": "h", "text": "Opening hours"}})
        };
        deliver(&app, &number, &[item(&app, &format!("wamid.{nth}"), choice)]).await;
    }
    assert_eq!(app.graph.sent().len(), 40);
    assert_eq!(app.count("select count(*) from messages where kind = 'activity'").await, 0);
}

async fn what_customers_send_opens_the_window(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", CUSTOMER, "opening hours").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let sent = [
        json!({"type": "image", "image": {"id": "1"}}),
        json!({"type": "audio", "audio": {"id": "1"}}),
        json!({"type": "location", "location": {"latitude": 1, "longitude": 2}}),
        json!({"type": "contacts", "contacts": []}),
        json!({"type": "order", "order": {"product_items": []}}),
        json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{}"}}}),
        json!({"type": "unsupported", "errors": [{"code": 131_051}]}),
        json!({"type": "hologram"}),
    ];
    for (nth, content) in sent.into_iter().enumerate() {
        app.advance(DAY);
        app.ok("conversations/set_status", json!({"id": id, "status": "resolved"})).await;
        deliver(&app, &number, &[item(&app, &format!("wamid.s{nth}"), content.clone())]).await;
        let now = app.ok("conversations/get", json!({"id": id})).await;
        assert_eq!((&now["status"], &now["send_blocked"]), (&json!("open"), &Value::Null), "after {content}");
    }
    // So does a call of theirs, though nobody takes it; not one of ours, and not its end.
    for (nth, direction, event, opens) in [
        (0, "BUSINESS_INITIATED", "connect", false),
        (1, "USER_INITIATED", "terminate", false),
        (2, "USER_INITIATED", "connect", true),
    ] {
        app.advance(DAY);
        let call = json!({"id": format!("wacid.{nth}"), "from": CUSTOMER, "to": "15550100001", "event": event,
                          "direction": direction, "timestamp": (app.state.now() / 1000).to_string()});
        let change = json!({"field": "calls", "value": {"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id}, "calls": [call]}});
        app.deliver(&number, webhook(&[change])).await;
        app.settle().await;
        let now = app.ok("conversations/get", json!({"id": id})).await;
        assert_eq!(now["send_blocked"].is_null(), opens, "{direction} {event}");
    }
    assert_eq!(app.graph.sent().len(), 1, "nothing of it is answered");
}

async fn groups_and_the_own_number_are_left_alone(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let mut in_group = text_message("wamid.g", CUSTOMER, "opening hours");
    in_group["group_id"] = "Y2FwaV9ncm91cDox".into();
    let own = text_message("wamid.o", "15550100001", "opening hours");
    deliver(&app, &number, &[in_group, own]).await;
    assert_eq!((app.graph.sent().len(), app.graph.read().len()), (0, 0));
    assert_eq!(app.count("select count(*) from conversations").await, 0);
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
    // They are counted, and what came is kept as it came.
    let log = app.ok("integrations/whatsapp/deliveries", json!({"id": number.integration_id})).await;
    let ignored: Vec<&str> = log["ignored"].as_array().unwrap().iter().map(|i| i["what"].as_str().unwrap()).collect();
    assert!(ignored.contains(&"message:group") && ignored.contains(&"message:own_number"), "{log}");
    // The same customer in private is answered, and not shown what was said in the group.
    app.customer_writes(&number, "wamid.1", CUSTOMER, "opening hours").await;
    let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    assert_eq!((app.graph.sent().len(), &row["unread"]), (1, &json!(1)));
    assert!(app.state.now() == START);
}
