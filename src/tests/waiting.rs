//! Customers who wait for a person: who does, since when, and what ends it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp, change, status, webhook},
    double::Answer,
    on_both_databases,
};
use crate::{
    domain::{
        Millis,
        conversation::HandOver,
        ids::{ConversationId, WorkspaceId},
    },
    server::{
        base::clock::mint_id,
        service::conversation::{Handing, hand_over},
        store::on,
        writer::Priority,
    },
};

on_both_databases!(
    who_writes_to_people_waits_until_one_of_them_writes,
    a_take_over_answers_nobody,
    what_is_handed_over_waits_and_shows_the_customers_words,
    the_owner_on_the_phone_answers_as_well,
    another_app_answers_as_well,
    what_did_not_go_out_is_no_answer,
    what_failed_on_its_way_is_no_answer,
    resolving_ends_it_and_gives_back,
    without_a_bot_nothing_is_given_back,
    the_longest_wait_comes_first,
    of_thousands_so_many_are_counted,
);

const ADA: &str = "491510000001";

pub(super) fn said(app: &TestApp, wamid: &str, from: &str, text: &str) -> Value {
    let at = (app.state.now() / 1000).to_string();
    json!({"id": wamid, "from": from, "timestamp": at, "type": "text", "text": {"body": text}})
}

pub(super) async fn writes(app: &TestApp, number: &Number, wamid: &str, from: &str, text: &str) {
    let body = webhook(&[change(number, &[said(app, wamid, from, text)], &[])]);
    assert_eq!(app.deliver(number, body).await, StatusCode::OK);
    app.settle().await;
}

pub(super) async fn rows(app: &TestApp, filter: Value) -> Vec<Value> {
    app.ok("conversations/list", filter).await["rows"].as_array().unwrap().clone()
}

/// The only conversation.
pub(super) async fn row(app: &TestApp) -> Value {
    rows(app, json!({})).await.remove(0)
}

pub(super) async fn since(app: &TestApp) -> Option<Millis> {
    row(app).await["waiting_since"].as_i64()
}

pub(super) async fn sends(app: &TestApp, text: &str) -> Value {
    let id = row(app).await["id"].clone();
    let sent = app.ok("messages/send", json!({"conversation_id": id, "text": text})).await;
    app.settle().await;
    sent
}

pub(super) async fn takes_over(app: &TestApp) {
    app.ok("conversations/set_mode", json!({"id": row(app).await["id"], "mode": "human"})).await;
}

pub(super) async fn lines(app: &TestApp) -> Vec<String> {
    app.texts("select body from messages where kind = 'activity' order by seq").await
}

/// Hands the only conversation over, as a bot does that knows no further.
pub(super) async fn hands_over(app: &TestApp) {
    let id: ConversationId = row(app).await["id"].as_str().unwrap().parse().unwrap();
    let mut conn = app.state.store.read().await.unwrap();
    let sql = "select id from workspaces";
    let workspace_id: WorkspaceId = on!(&mut conn, c => sqlx::query_scalar(sql).fetch_one(c).await).unwrap();
    drop(conn);
    let handing = Handing { why: HandOver::Asked, line_id: mint_id(), body: None, parting: true };
    let input = (workspace_id, id, handing, app.state.now());
    let handed = app.state.writer.write(Priority::Pipeline, id, input, |conn, (ws, id, handing, now)| {
        Box::pin(hand_over(conn, *ws, *id, handing, *now))
    });
    assert!(handed.await.unwrap());
}

async fn who_writes_to_people_waits_until_one_of_them_writes(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    assert_eq!(since(&app).await, None, "the bot has answered");
    takes_over(&app).await;
    assert_eq!(since(&app).await, None, "the newest words are the bot's");
    app.advance(60_000);
    writes(&app, &number, "wamid.2", ADA, "And on Sundays?").await;
    let began = app.state.now();
    app.advance(60_000);
    writes(&app, &number, "wamid.3", ADA, "Hello?").await;
    let shown = row(&app).await;
    assert_eq!((&shown["waiting_since"], &shown["preview"]), (&json!(began), &json!("Hello?")));
    let waiting = app.ok("conversations/waiting", json!({})).await;
    let newest = json!([{"id": shown["id"], "name": "Customer 01", "preview": "Hello?", "since": began}]);
    assert_eq!(waiting, json!({"count": 1, "newest": newest}));
    assert_eq!(rows(&app, json!({"waiting": true})).await.len(), 1);
    // A reaction is no word.
    let heart = json!({"id": "wamid.4", "from": ADA, "timestamp": (app.state.now() / 1000).to_string(), "type": "reaction",
                       "reaction": {"message_id": "wamid.OUT1", "emoji": "❤"}});
    sends(&app, "On Sundays we are closed.").await;
    delivers(&app, &number, change(&number, &[heart], &[])).await;
    assert_eq!(since(&app).await, None);
    assert_eq!(app.ok("conversations/waiting", json!({})).await, json!({"count": 0, "newest": []}));
    assert!(rows(&app, json!({"waiting": true})).await.is_empty());
    // Back with the bot nobody waits either, and what comes then is the bot's.
    writes(&app, &number, "wamid.5", ADA, "Thank you").await;
    assert!(since(&app).await.is_some());
    app.ok("conversations/set_mode", json!({"id": shown["id"], "mode": "bot"})).await;
    assert_eq!(since(&app).await, None);
    writes(&app, &number, "wamid.6", ADA, "where is your shop").await;
    assert_eq!(since(&app).await, None);
}

async fn a_take_over_answers_nobody(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "10s"]).await;
    let number = app.number().await;
    // The burst has not paused yet when somebody takes over.
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let began = app.state.now();
    app.advance(5_000);
    takes_over(&app).await;
    assert_eq!(since(&app).await, Some(began));
    sends(&app, "From nine to six.").await;
    assert_eq!(since(&app).await, None);
    // The bot's answer waits to be tried again, and goes with the take-over.
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    assert_eq!(since(&app).await, Some(app.state.now()));
}

async fn what_is_handed_over_waits_and_shows_the_customers_words(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "Do you sell bicycles?").await;
    assert_eq!(row(&app).await["preview_author"], "bot");
    app.advance(1_000);
    hands_over(&app).await;
    let shown = row(&app).await;
    assert_eq!(
        (&shown["preview"], &shown["preview_author"], &shown["waiting_since"]),
        (&json!("Do you sell bicycles?"), &json!("contact"), &json!(app.state.now()))
    );
    assert_eq!(app.ok("conversations/waiting", json!({})).await["newest"][0]["preview"], "Do you sell bicycles?");
    sends(&app, "Here I am.").await;
    let shown = row(&app).await;
    assert_eq!((&shown["preview"], &shown["waiting_since"]), (&json!("Here I am."), &Value::Null));
}

/// What somebody else says to the customer at that time, as the channel's `field` tells it.
fn echoed(number: &Number, field: &str, wamid: &str, at: Millis) -> Value {
    let echo = json!({"from": "15550100001", "to": ADA, "id": wamid, "timestamp": (at / 1000).to_string(), "type": "text",
                      "text": {"body": "We close at six."}});
    let mut value = match field {
        "standby" => json!({"standby": {"message_echoes": [echo]}}),
        _ => json!({"message_echoes": [echo]}),
    };
    value["messaging_product"] = "whatsapp".into();
    value["metadata"] = json!({"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id});
    json!({"field": field, "value": value})
}

async fn delivers(app: &TestApp, number: &Number, change: Value) {
    assert_eq!(app.deliver(number, webhook(&[change])).await, StatusCode::OK);
    app.settle().await;
}

async fn the_owner_on_the_phone_answers_as_well(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    app.advance(10_000);
    let spoken_at = app.state.now();
    app.advance(10_000);
    writes(&app, &number, "wamid.2", ADA, "Hello?").await;
    let began = since(&app).await;
    assert!(began.is_some());
    // It was said before the customer wrote, and came late.
    delivers(&app, &number, echoed(&number, "smb_message_echoes", "wamid.phone1", spoken_at)).await;
    assert_eq!(since(&app).await, began);
    delivers(&app, &number, echoed(&number, "smb_message_echoes", "wamid.phone2", app.state.now())).await;
    assert_eq!(since(&app).await, None);
    // The first word of the owner takes the conversation, and answers.
    let app = TestApp::start_with(database, &["--quiet-time", "10s"]).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    delivers(&app, &number, echoed(&number, "smb_message_echoes", "wamid.phone3", app.state.now())).await;
    let shown = row(&app).await;
    assert_eq!((&shown["mode"], &shown["waiting_since"]), (&json!("human"), &Value::Null));
}

async fn another_app_answers_as_well(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    writes(&app, &number, "wamid.2", ADA, "Hello?").await;
    assert!(since(&app).await.is_some());
    delivers(&app, &number, echoed(&number, "standby", "wamid.app", app.state.now())).await;
    assert_eq!(app.count("select count(*) from messages where author = 'other'").await, 1);
    assert_eq!(since(&app).await, None);
}

async fn what_did_not_go_out_is_no_answer(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    app.advance(1_000);
    writes(&app, &number, "wamid.2", ADA, "Hello?").await;
    let began = app.state.now();
    app.advance(1_000);
    app.graph.answer_next([Answer::Error { status: 400, code: 100, subcode: None }]);
    let failed = sends(&app, "Hello, this is Nina.").await;
    let shown = row(&app).await;
    assert_eq!((&shown["waiting_since"], &shown["preview"]), (&json!(began), &json!("Hello?")));
    // The next one is sent.
    app.ok("messages/retry", json!({"id": failed["id"]})).await;
    app.settle().await;
    assert_eq!(since(&app).await, None);
    // One that fails behind one that was sent leaves nobody without an answer.
    app.graph.answer_next([Answer::Error { status: 400, code: 100, subcode: None }]);
    sends(&app, "How can I help?").await;
    assert_eq!(since(&app).await, None);
}

async fn what_failed_on_its_way_is_no_answer(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    writes(&app, &number, "wamid.2", ADA, "Hello?").await;
    sends(&app, "Hello, this is Nina.").await;
    assert_eq!(since(&app).await, None);
    let wamid = app.graph.sent().last().unwrap().wamid.clone();
    for (word, waits) in [("failed", true), ("delivered", false)] {
        delivers(&app, &number, change(&number, &[], &[status(&wamid, word)])).await;
        assert_eq!(since(&app).await.is_some(), waits, "{word}");
    }
    // What fails of the bot's makes nobody wait for people.
    let id = row(&app).await["id"].clone();
    app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    app.graph.answer_next([Answer::Error { status: 400, code: 100, subcode: None }]);
    writes(&app, &number, "wamid.3", ADA, "opening hours").await;
    assert_eq!(since(&app).await, None);
}

async fn resolving_ends_it_and_gives_back(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    writes(&app, &number, "wamid.2", ADA, "Thanks a lot").await;
    let id = row(&app).await["id"].clone();
    for status in ["snoozed", "open"] {
        let seen = app.ok("conversations/set_status", json!({"id": id, "status": status})).await;
        assert_eq!((seen["mode"].as_str(), since(&app).await.is_some()), (Some("human"), status == "open"));
    }
    let seen = app.ok("conversations/set_status", json!({"id": id, "status": "resolved"})).await;
    assert_eq!((&seen["mode"], &seen["status"]), (&json!("bot"), &json!("resolved")));
    assert_eq!(since(&app).await, None);
    assert_eq!(lines(&app).await[1], "owner resolved the conversation. The bot answers again.");
    // What is done stays done: the bot answers what comes next, and nothing before it.
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
    writes(&app, &number, "wamid.3", ADA, "where is your shop").await;
    assert_eq!(app.graph.sent()[1].body, "In Harbour Street 5.");
    // Where the bot answers anyway nothing is given back, and nobody is told so.
    app.ok("conversations/set_status", json!({"id": id, "status": "resolved"})).await;
    assert_eq!(lines(&app).await.len(), 2);
}

async fn without_a_bot_nothing_is_given_back(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    takes_over(&app).await;
    writes(&app, &number, "wamid.2", ADA, "Hello?").await;
    let id = row(&app).await["id"].clone();
    app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "keep"})).await;
    assert_eq!(since(&app).await, None, "nobody can answer there any more");
    let (code, error) = app.api("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    assert_eq!(code, StatusCode::CONFLICT, "{error}");
    let seen = app.ok("conversations/set_status", json!({"id": id, "status": "resolved"})).await;
    assert_eq!(seen["mode"], "human");
    app.advance(30 * 24 * 3_600_000);
    app.settle().await;
    assert_eq!(row(&app).await["mode"], "human");
    assert_eq!(lines(&app).await.len(), 1);
}

async fn the_longest_wait_comes_first(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let customers: Vec<String> = (10..65).map(|n| format!("4915100000{n}")).collect();
    for (nth, from) in customers.iter().enumerate() {
        app.advance(1_000);
        writes(&app, &number, &format!("wamid.{nth}"), from, "opening hours").await;
    }
    app.execute("update conversations set mode = 'human', person_at = 1780000000000").await;
    for (nth, from) in customers.iter().enumerate().rev() {
        app.advance(1_000);
        writes(&app, &number, &format!("wamid.again.{nth}"), from, "Hello?").await;
    }
    let first = app.ok("conversations/list", json!({"waiting": true, "status": "open"})).await;
    let second =
        app.ok("conversations/list", json!({"waiting": true, "status": "open", "before": first["next"]})).await;
    assert_eq!(second["next"], Value::Null);
    let names: Vec<_> =
        [first, second].iter().flat_map(|p| p["rows"].as_array().unwrap().clone()).map(|r| r["name"].clone()).collect();
    let expected: Vec<_> = (10..65).rev().map(|n| json!(format!("Customer {n}"))).collect();
    assert_eq!(names, expected);
    let waiting = app.ok("conversations/waiting", json!({})).await;
    assert_eq!((&waiting["count"], waiting["newest"].as_array().unwrap().len()), (&json!(55), 10));
    assert_eq!(waiting["newest"][0]["name"], "Customer 10");
}

async fn of_thousands_so_many_are_counted(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    app.execute(match database {
        Database::Sqlite => {
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 1500)
             insert into conversations (workspace_id, id, chatbot_id, integration_id, contact_id, channel, session_id, mode, status,
               last_message_at, created_at, updated_at, waiting_since)
             select workspace_id, randomblob(16), chatbot_id, randomblob(16), contact_id, 'whatsapp', '', 'human', 'open', 1, 1, 1, i
             from conversations cross join n where session_id <> ''"
        }
        Database::Postgres => {
            "insert into conversations (workspace_id, id, chatbot_id, integration_id, contact_id, channel, session_id, mode, status,
               last_message_at, created_at, updated_at, waiting_since)
             select workspace_id, gen_random_uuid(), chatbot_id, gen_random_uuid(), contact_id, 'whatsapp', '', 'human', 'open', 1, 1, 1, i
             from conversations cross join generate_series(1, 1500) as n(i)"
        }
    })
    .await;
    assert_eq!(app.ok("conversations/waiting", json!({})).await["count"], 1000);
}
