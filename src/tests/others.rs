//! Others who answer for the business: the owner on the phone, Meta's agent, another app.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp, change, status, webhook},
    double::Answer,
    on_both_databases,
};

on_both_databases!(
    the_owner_on_the_phone_outranks_the_bot,
    a_customer_whom_the_owner_writes_to_first_is_known,
    our_own_sends_come_back_as_echoes,
    what_another_app_answers_is_kept_and_not_answered,
    a_thread_that_is_taken_silences_the_bot,
);

const CUSTOMER: &str = "491510000001";

async fn deliver(app: &TestApp, number: &Number, changes: &[Value]) {
    assert_eq!(app.deliver(number, webhook(changes)).await, StatusCode::OK);
    app.settle().await;
}

fn now(app: &TestApp) -> String {
    (app.state.now() / 1000).to_string()
}

fn field(number: &Number, field: &str, mut value: Value) -> Value {
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id});
    json!({"field": field, "value": value})
}

fn echo(app: &TestApp, number: &Number, wamid: &str, text: &str) -> Value {
    let echo = json!({"from": "15550100001", "to": CUSTOMER, "id": wamid, "timestamp": now(app), "type": "text", "text": {"body": text}});
    field(number, "smb_message_echoes", json!({"message_echoes": [echo]}))
}

async fn writes(app: &TestApp, number: &Number, wamid: &str, text: &str) {
    let message = json!({"id": wamid, "from": CUSTOMER, "timestamp": now(app), "type": "text", "text": {"body": text}});
    deliver(app, number, &[change(number, &[message], &[])]).await;
}

async fn row(app: &TestApp) -> Value {
    app.ok("conversations/list", json!({})).await["rows"][0].clone()
}

async fn thread(app: &TestApp) -> Vec<Value> {
    let id = row(app).await["id"].clone();
    app.ok("messages/list", json!({"conversation_id": id})).await.as_array().unwrap().clone()
}

async fn the_owner_on_the_phone_outranks_the_bot(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // The bot's answer waits to be tried again when the owner answers by hand.
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    writes(&app, &number, "wamid.1", "opening hours").await;
    for _ in 0..2 {
        deliver(&app, &number, &[echo(&app, &number, "wamid.phone", "We close at six.")]).await;
    }
    app.advance(600_000);
    app.settle().await;
    writes(&app, &number, "wamid.2", "opening hours").await;
    assert!(app.graph.sent().is_empty(), "the bot is silent");
    let shown = thread(&app).await;
    let by_phone: Vec<_> = shown.iter().filter(|m| m["content"]["text"] == "We close at six.").collect();
    let [said] = by_phone.as_slice() else { panic!("stored {} times", by_phone.len()) };
    assert_eq!(
        (&said["direction"], &said["author"], &said["state"], &said["author_name"]),
        (&json!("outbound"), &json!("user"), &json!("sent"), &json!("On the phone"))
    );
    let lines: Vec<_> = shown.iter().filter(|m| m["content"]["kind"]["type"] == "activity").collect();
    assert!(lines.len() == 1 && lines[0]["content"]["text"].as_str().unwrap().contains("on the phone"), "{lines:?}");
    assert_eq!(row(&app).await["mode"], "human");
    // Ticks of what the phone sent are shown as well.
    deliver(&app, &number, &[change(&number, &[], &[status("wamid.phone", "read")])]).await;
    assert!(thread(&app).await.iter().any(|m| m["content"]["text"] == "We close at six." && m["state"] == "read"));
    // The same in one delivery with the question that it answers.
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let question = json!({"id": "wamid.3", "from": CUSTOMER, "timestamp": now(&app), "type": "text", "text": {"body": "opening hours"}});
    deliver(&app, &number, &[change(&number, &[question], &[]), echo(&app, &number, "wamid.phone2", "Coming.")]).await;
    assert!(app.graph.sent().is_empty());
}

async fn a_customer_whom_the_owner_writes_to_first_is_known(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    deliver(&app, &number, &[echo(&app, &number, "wamid.phone", "Your bicycle is ready.")]).await;
    let shown = row(&app).await;
    assert_eq!((&shown["preview"], &shown["preview_name"]), (&json!("Your bicycle is ready."), &json!("On the phone")));
    assert_eq!((&shown["unread"], &shown["preview_mine"]), (&json!(0), &json!(false)));
    // A note to oneself, and one in a group, belong to nobody.
    let to = |to: &str, wamid: &str| json!({"from": "15550100001", "to": to, "id": wamid, "timestamp": now(&app), "type": "text", "text": {"body": "x"}});
    let mut in_group = to(CUSTOMER, "wamid.group");
    in_group["group_id"] = "Y2FwaV9ncm91cDox".into();
    let both = json!({"message_echoes": [to("15550100001", "wamid.self"), in_group]});
    deliver(&app, &number, &[field(&number, "smb_message_echoes", both)]).await;
    assert_eq!(app.count("select count(*) from messages where direction = 'outbound' and kind = 'text'").await, 1);
    assert_eq!(app.count("select count(*) from conversations").await, 1);
    // What the owner takes back, or reacts to, is kept and not shown in the list.
    let kinds =
        [("revoke", json!({"original_message_id": "wamid.phone"})), ("reaction", json!({"message_id": "wamid.1"}))];
    for (kind, content) in kinds {
        let mut event = to(CUSTOMER, &format!("wamid.{kind}"));
        event["type"] = kind.into();
        event[kind] = content;
        deliver(&app, &number, &[field(&number, "smb_message_echoes", json!({"message_echoes": [event]}))]).await;
    }
    assert_eq!(row(&app).await["preview"], "Your bicycle is ready.");
    assert_eq!(app.count("select count(*) from messages where silent").await, 2);
}

async fn our_own_sends_come_back_as_echoes(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", "opening hours").await;
    let sent = app.graph.sent().remove(0);
    deliver(&app, &number, &[echo(&app, &number, &sent.wamid, &sent.body)]).await;
    assert_eq!((thread(&app).await.len(), row(&app).await["mode"].clone()), (2, json!("bot")));
    // Before its id is known: the call was interrupted, and its result is unknown.
    app.graph.answer_next([Answer::AcceptWithRubbish]);
    writes(&app, &number, "wamid.2", "where is your shop").await;
    assert_eq!(app.count("select count(*) from messages where state = 'unknown'").await, 1);
    deliver(&app, &number, &[echo(&app, &number, "wamid.unheard", "In Harbour Street 5.")]).await;
    assert_eq!((thread(&app).await.len(), row(&app).await["mode"].clone()), (4, json!("bot")));
    // What nobody ever heard of does not hide what the owner says days later in the same words.
    app.advance(3 * 24 * 3_600_000);
    assert_eq!(app.count("select count(*) from messages where state = 'unknown'").await, 1);
    deliver(&app, &number, &[echo(&app, &number, "wamid.phone", "In Harbour Street 5.")]).await;
    assert_eq!(row(&app).await["mode"], "human");
    assert!(thread(&app).await.iter().any(|m| m["author_name"] == "On the phone"));
}

fn standby(app: &TestApp, number: &Number, wamid: &str, text: &str) -> Value {
    let message = json!({"from": CUSTOMER, "from_user_id": "DE.1", "id": wamid, "timestamp": now(app), "type": "text", "text": {"body": text}});
    let contacts = json!([{"wa_id": CUSTOMER, "user_id": "DE.1"}]);
    field(number, "standby", json!({"standby": {"contacts": contacts, "messages": [message]}}))
}

fn handover(app: &TestApp, number: &Number, kind: &str) -> Value {
    let mut value = json!({"messaging_product": "whatsapp", "sender": {"phone_number": CUSTOMER}, "timestamp": now(app), "type": kind,
        "recipient": {"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id}});
    value[kind] = json!({"previous_owner_app_role": "meta_business_agent", "new_owner_role": "escalation"});
    json!({"field": "messaging_handovers", "value": value})
}

async fn what_another_app_answers_is_kept_and_not_answered(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    deliver(&app, &number, &[standby(&app, &number, "wamid.1", "opening hours")]).await;
    let echo = json!({"id": "wamid.agent", "timestamp": now(&app), "message": {"to": CUSTOMER, "recipient": "DE.1",
        "recipient_type": "individual", "type": "text", "text": {"body": "I am Meta's agent."}}});
    deliver(&app, &number, &[field(&number, "standby", json!({"standby": {"message_echoes": [echo]}}))]).await;
    let report = json!({"id": "wamid.agent", "status": "delivered", "timestamp": now(&app), "recipient_id": CUSTOMER});
    deliver(&app, &number, &[field(&number, "standby", json!({"standby": {"statuses": [report]}}))]).await;
    assert_eq!((app.graph.sent().len(), app.graph.read().len()), (0, 0), "neither answered nor marked as read");
    let said: Vec<_> = thread(&app).await.into_iter().map(|m| (m["author"].clone(), m["state"].clone())).collect();
    assert_eq!(said, [(json!("contact"), json!("received")), (json!("other"), json!("delivered"))]);
    let shown = row(&app).await;
    assert_eq!(
        (&shown["unread"], &shown["mode"], &shown["preview"]),
        (&json!(0), &json!("bot"), &json!("I am Meta's agent."))
    );
    assert_eq!(app.texts("select thread_owner from conversations").await, ["other"]);
    // Receiving a message does not mean to own the thread: people see it, the bot is silent.
    app.advance(60_000);
    writes(&app, &number, "wamid.2", "opening hours").await;
    assert_eq!((app.graph.sent().len(), &row(&app).await["unread"]), (0, &json!(1)));
    // Passed to us, what comes next is answered, also in the same delivery; what was said before is not.
    app.advance(1_000);
    let next = json!({"id": "wamid.3", "from": CUSTOMER, "timestamp": now(&app), "type": "text", "text": {"body": "where is your shop"}});
    deliver(&app, &number, &[handover(&app, &number, "control_passed"), change(&number, &[next], &[])]).await;
    assert_eq!(app.graph.sent().iter().map(|s| s.body.as_str()).collect::<Vec<_>>(), ["In Harbour Street 5."]);
    assert_eq!(app.texts("select thread_owner from conversations").await, ["us"]);
    // A late item of the time before changes nothing.
    let mut late = standby(&app, &number, "wamid.0", "hello");
    late["value"]["standby"]["messages"][0]["timestamp"] = (app.state.now() / 1000 - 30).to_string().into();
    deliver(&app, &number, &[late.clone()]).await;
    writes(&app, &number, "wamid.4", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 2);
    // Not even what waits to be tried again.
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    writes(&app, &number, "wamid.5", "where is your shop").await;
    late["value"]["standby"]["messages"][0]["id"] = "wamid.00".into();
    deliver(&app, &number, &[late]).await;
    app.advance(60_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 3);
}

async fn a_thread_that_is_taken_silences_the_bot(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    writes(&app, &number, "wamid.1", "opening hours").await;
    // The answer waits for its next attempt: it may no longer be sent.
    app.advance(1_000);
    deliver(&app, &number, &[handover(&app, &number, "control_taken")]).await;
    app.advance(600_000);
    app.settle().await;
    writes(&app, &number, "wamid.2", "opening hours").await;
    assert!(app.graph.sent().is_empty());
    assert_eq!(app.texts("select state from messages where author = 'bot'").await, ["cancelled"]);
    // A thread that slept for a day belongs to whom Meta gives the next message.
    app.advance(25 * 3_600_000);
    writes(&app, &number, "wamid.3", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 1);
    // A person may write at any time, and then has the thread.
    app.advance(1_000);
    deliver(&app, &number, &[handover(&app, &number, "control_taken")]).await;
    let id = row(&app).await["id"].clone();
    app.ok("messages/send", json!({"conversation_id": id, "text": "A person here."})).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2);
    // One about somebody who never wrote is nobody's.
    let mut stranger = handover(&app, &number, "control_taken");
    stranger["value"]["sender"] = json!({"user_id": "DE.stranger"});
    deliver(&app, &number, &[stranger]).await;
    assert_eq!(app.count("select count(*) from contacts").await, 1);
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
}
