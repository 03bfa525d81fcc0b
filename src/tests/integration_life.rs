//! Connecting, changing, switching and deleting a number, and what each does to messages.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{APP_SECRET, Database, Number, TestApp, change, text_message, webhook},
    graph::{ACCOUNT, APP, Answer, Call},
    on_both_databases,
};
use crate::{domain::role::Role, server::service::integration::keep_up};

on_both_databases!(
    entries_are_judged_before_anything_is_saved,
    a_failed_test_refuses_or_is_saved_as_told,
    fields_change_one_by_one,
    an_empty_secret_keeps_the_old_one,
    new_credentials_are_tested_before_they_replace_working_ones,
    another_chatbot_takes_over_its_conversations,
    another_number_begins_with_closed_windows,
    an_inactive_integration_stores_and_says_nothing,
    switching_on_answers_only_what_is_fresh,
    queued_answers_of_an_inactive_integration_expire,
    deleting_keeps_history_and_a_reconnect_finds_it,
    deleting_erases_everything_on_request,
    deleting_says_what_remains_at_meta,
    other_workspaces_see_nothing_of_it,
    a_token_of_the_shared_app_opens_only_its_own_number,
);

const CREATE: &str = "integrations/whatsapp/create";
const UPDATE: &str = "integrations/whatsapp/update";
const GET: &str = "integrations/whatsapp/get";
const SWITCH: &str = "integrations/whatsapp/set_active";
const DELETE: &str = "integrations/whatsapp/delete";

fn with(base: &Value, changes: Value) -> Value {
    let mut input = base.clone();
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

fn good(chatbot_id: &str) -> Value {
    json!({"chatbot_id": chatbot_id, "name": "Shop", "phone_number_id": "316000000000001", "business_account_id": ACCOUNT,
           "access_token": "EAAG-good-token", "app_id": APP, "app_secret": APP_SECRET})
}

fn id(number: &Number) -> Value {
    json!({"id": number.integration_id})
}

async fn entries_are_judged_before_anything_is_saved(database: Database) {
    let app = TestApp::start(database).await;
    let good = good(&app.chatbot().await);
    for (field, value) in [
        ("name", " "),
        ("phone_number_id", "+1 555 010 0001"),
        ("phone_number_id", "15550100001"),
        ("phone_number_id", "31600000000000x"),
        ("business_account_id", ""),
        ("business_account_id", "316000000000001"),
        ("access_token", " "),
        ("access_token", "EAAG good"),
        ("app_id", "app"),
        ("app_secret", ""),
        ("chatbot_id", "00000000-0000-0000-0000-000000000000"),
    ] {
        let (status, error) = app.api(CREATE, with(&good, json!({field: value}))).await;
        assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{value:?}: {error}");
    }
    assert!(app.graph.calls().is_empty() && app.count("select count(*) from integrations").await == 0);
    // What comes along by pasting is forgiven.
    let pasted = json!({"access_token": "\t\"EAAG-good-token\"\r\n", "phone_number_id": " 316000000000001 "});
    let made = app.ok(CREATE, with(&good, pasted)).await;
    assert_eq!((&made["status"], &made["phone_number_id"]), (&json!("waiting"), &json!("316000000000001")));
    assert!(app.graph.tokens().iter().any(|t| t == "Bearer EAAG-good-token"));
    let (status, error) = app.api(CREATE, with(&good, json!({"name": "Again"}))).await;
    assert_eq!((status, error["field"].as_str()), (StatusCode::CONFLICT, Some("phone_number_id")));
    assert!(error["message"].as_str().unwrap().contains("“Shop”"), "{error}");
}

async fn a_failed_test_refuses_or_is_saved_as_told(database: Database) {
    let app = TestApp::start(database).await;
    let good = good(&app.chatbot().await);
    for (changes, field) in [
        (json!({"access_token": "EAAG-bad"}), "access_token"),
        (json!({"phone_number_id": "316000000000099"}), "phone_number_id"),
        (json!({"app_id": "700000000000099"}), "app_secret"),
        (json!({"business_account_id": "102000000000099"}), "business_account_id"),
    ] {
        let refused = with(&with(&good, changes.clone()), json!({"on_failed_test": "refuse"}));
        let (status, error) = app.api(CREATE, refused).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{changes}: {error}");
        assert_eq!(error["field"], field, "{error}");
        assert!(!error["action"].as_str().unwrap().is_empty());
    }
    assert_eq!(app.count("select count(*) from integrations").await, 0);
    let made = app.ok(CREATE, with(&good, json!({"access_token": "EAAG-bad"}))).await;
    assert_eq!((&made["status"], &made["status_remedy"]), (&json!("error"), &json!("replace_token")), "{made}");
    // Mended by its own action.
    let mended = app.ok(UPDATE, json!({"id": made["id"], "access_token": "EAAG-good-token"})).await;
    assert_eq!((&mended["status"], &mended["status_reason"]), (&json!("waiting"), &Value::Null));
}

async fn fields_change_one_by_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (field, value) in [
        ("name", "New name"),
        ("business_account_id", "102000000000002"),
        ("phone_number_id", "316000000000005"),
        ("app_id", "700000000000005"),
        ("verify_token", "another token"),
    ] {
        app.graph.change(|world| drop(world.accounts.insert("102000000000002".to_owned(), json!({}))));
        let before = app.ok(GET, id(&number)).await;
        let after = app.ok(UPDATE, with(&id(&number), json!({field: value, "force": true}))).await;
        assert_eq!(after[field], value);
        for kept in
            ["name", "business_account_id", "phone_number_id", "app_id", "verify_token", "callback_url", "created_at"]
        {
            assert!(kept == field || before[kept] == after[kept], "{field} changed {kept}");
        }
    }
    let gone = app.ok(UPDATE, with(&id(&number), json!({"app_id": ""}))).await;
    assert_eq!(gone["app_id"], Value::Null);
    // Wrong values are refused like at first, and a taken number is named.
    for (field, value) in [("phone_number_id", "+15550100001"), ("access_token", "a b"), ("name", ""), ("app_id", "x")]
    {
        let (status, error) = app.api(UPDATE, with(&id(&number), json!({field: value}))).await;
        assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{error}");
    }
    let second = app.connect(&number.chatbot_id, "316000000000002").await;
    let (status, error) = app.api(UPDATE, with(&id(&second), json!({"phone_number_id": "316000000000005"}))).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(error["message"].as_str().unwrap().contains("“New name”"), "{error}");
}

async fn an_empty_secret_keeps_the_old_one(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let before = app.ok(GET, id(&number)).await;
    app.advance(5000);
    let calls = app.graph.calls().len();
    let same = json!({"name": "Renamed", "access_token": "", "app_secret": "", "verify_token": "",
        "phone_number_id": before["phone_number_id"], "app_id": before["app_id"]});
    let after = app.ok(UPDATE, with(&id(&number), same)).await;
    for kept in ["access_token", "app_secret", "verify_token"] {
        assert_eq!(before[kept], after[kept]);
    }
    assert_eq!(app.graph.calls().len(), calls, "nothing of the connection changed, so nothing was to be tested");
    let after = app.ok(UPDATE, with(&id(&number), json!({"access_token": "EAAG-newer-toke2"}))).await;
    assert_eq!(after["access_token"], json!({"last4": "oke2", "set_at": super::app::START + 5000}));
    assert_eq!(before["app_secret"], after["app_secret"]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(app.graph.tokens().last().unwrap(), "Bearer EAAG-newer-toke2");
}

async fn new_credentials_are_tested_before_they_replace_working_ones(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let bad = with(&id(&number), json!({"access_token": "EAAG-bad"}));
    let (status, error) = app.api(UPDATE, bad.clone()).await;
    assert_eq!((status, &error["meta"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(190)), "{error}");
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!((app.graph.sent().len(), app.ok(GET, id(&number)).await["status"].clone()), (1, json!("connected")));
    // A trouble of the network is no reason to replace them either.
    app.graph.fail(Call::DebugToken, Answer::Html(502));
    app.graph.fail(Call::Number, Answer::Html(502));
    let (status, _) = app.api(UPDATE, with(&id(&number), json!({"access_token": "EAAG-new"}))).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    app.graph.mend();
    // What was not changed does not stand in the way: the subscription is another matter.
    app.graph.change(|world| world.subscribed.clear());
    app.ok(UPDATE, with(&id(&number), json!({"access_token": "EAAG-new"}))).await;
    // Whoever insists gets what they want.
    let forced = app.ok(UPDATE, with(&bad, json!({"force": true}))).await;
    assert_eq!(forced["status"], "error");
}

async fn another_chatbot_takes_over_its_conversations(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let other = app.ok("chatbots/create", json!({"name": "Other bot"})).await["id"].clone();
    app.ok("chatbots/update", json!({"id": other, "fallback": "Other here."})).await;
    let after = app.ok(UPDATE, with(&id(&number), json!({"chatbot_id": other}))).await;
    assert_eq!((&after["chatbot_id"], &after["chatbot_name"]), (&other, &json!("Other bot")));
    app.customer_writes(&number, "wamid.2", "491510000001", "opening hours").await;
    assert_eq!(app.graph.sent()[1].body, "Other here.");
    assert_eq!(app.count("select count(*) from conversations").await, 1);
}

async fn another_number_begins_with_closed_windows(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let moved = app.ok(UPDATE, with(&id(&number), json!({"phone_number_id": "316000000000002"}))).await;
    assert_eq!((&moved["status"], &moved["last_webhook_at"]), (&json!("waiting"), &Value::Null));
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let (status, _) = app.api("messages/send", json!({"conversation_id": conversation, "text": "Hello"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
}

async fn switch(app: &TestApp, number: &Number, active: bool) -> Value {
    app.ok(SWITCH, with(&id(number), json!({"active": active}))).await
}

async fn an_inactive_integration_stores_and_says_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(switch(&app, &number, false).await["status"], "inactive");
    assert_eq!(switch(&app, &number, false).await["status"], "inactive");
    app.customer_writes(&number, "wamid.2", "491510000001", "where is the shop").await;
    app.advance(60_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1, "the bot spoke through an inactive integration");
    assert_eq!(app.count("select count(*) from messages where external_message_id = 'wamid.2'").await, 1);
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let seen = app.ok("conversations/get", json!({"id": conversation})).await;
    assert!(seen["send_blocked"].as_str().unwrap().contains("inactive"), "{seen}");
    let (status, error) = app.api("messages/send", json!({"conversation_id": conversation, "text": "Hello"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(error["message"].as_str().unwrap().contains("inactive"), "{error}");
}

async fn switching_on_answers_only_what_is_fresh(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    switch(&app, &number, false).await;
    app.customer_writes(&number, "wamid.old", "491510000001", "where is the shop").await;
    app.customer_writes(&number, "wamid.stale", "491510000002", "where is the shop").await;
    app.advance(6 * 60_000);
    let mut fresh = text_message("wamid.fresh", "491510000001", "opening hours");
    fresh["timestamp"] = json!((app.state.now() / 1000 - 60).to_string());
    app.deliver(&number, webhook(&[change(&number, &[fresh], &[])])).await;
    app.settle().await;
    assert!(app.graph.sent().is_empty());
    switch(&app, &number, true).await;
    app.settle().await;
    let sent: Vec<(String, String)> = app.graph.sent().into_iter().map(|s| (s.to, s.body)).collect();
    assert_eq!(sent, [("491510000001".to_owned(), "We are open from 9 to 18.".to_owned())]);
    // From now on all is as ever.
    app.customer_writes(&number, "wamid.3", "491510000002", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 2);
}

async fn queued_answers_of_an_inactive_integration_expire(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // A passing error keeps the answer in the queue while the integration is switched off.
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    switch(&app, &number, false).await;
    app.advance(60_000);
    app.settle().await;
    keep_up(&app.state).await.unwrap();
    let queued = "select count(*) from messages where state = 'queued'";
    assert_eq!((app.graph.sent().len(), app.count(queued).await), (0, 1), "held, not lost");
    app.advance(5 * 60_000);
    keep_up(&app.state).await.unwrap();
    assert_eq!(
        (app.count(queued).await, app.count("select count(*) from messages where state = 'cancelled'").await),
        (0, 1)
    );
    switch(&app, &number, true).await;
    app.settle().await;
    assert!(app.graph.sent().is_empty(), "a stale answer went out");
    // Switched on in time, it goes.
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.2", "491510000002", "opening hours").await;
    switch(&app, &number, false).await;
    app.advance(60_000);
    switch(&app, &number, true).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
}

async fn deleting_keeps_history_and_a_reconnect_finds_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.graph.answer_next([Answer::Error { status: 500, code: 131_000, subcode: None }]);
    app.customer_writes(&number, "wamid.2", "491510000001", "where is the shop").await;
    let preview = app.ok("integrations/whatsapp/delete_preview", id(&number)).await;
    assert_eq!(preview, json!({"conversations": 1, "messages": 4, "queued": 1, "waiting": 0}));
    app.ok(DELETE, with(&id(&number), json!({"conversations": "keep"}))).await;
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled'").await, 1);
    let secrets = "select count(*) from integrations where access_token is not null or app_secret is not null
                   or verify_token is not null or app_secret_digest is not null";
    assert_eq!(app.count(secrets).await, 0);
    app.advance(60_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    assert_eq!(app.ok("messages/list", json!({"conversation_id": conversation})).await.as_array().unwrap().len(), 4);
    let send = json!({"conversation_id": conversation, "text": "Hello"});
    assert_eq!(app.api("messages/send", send.clone()).await.0, StatusCode::CONFLICT);
    // Connected again, the number has its callback and its conversations again, with whatever chatbot.
    let other = app.chatbot().await;
    app.ok("chatbots/delete", json!({"id": number.chatbot_id})).await;
    let again = app.connect(&other, &number.phone_number_id).await;
    assert_eq!(again.integration_id, number.integration_id);
    app.ok("messages/send", send).await;
    app.customer_writes(&again, "wamid.3", "491510000001", "opening hours").await;
    assert_eq!(app.count("select count(*) from conversations").await, 1);
    assert_eq!(app.graph.sent().len(), 2);
}

async fn deleting_erases_everything_on_request(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let other = app.connect(&number.chatbot_id, "316000000000002").await;
    for n in 0..30 {
        let message = text_message(&format!("wamid.{n}"), &format!("4915100000{n:02}"), "opening hours");
        app.deliver(
            &number,
            webhook(&[change(&number, &[message], &[super::app::status(&format!("wamid.P{n}"), "sent")])]),
        )
        .await;
    }
    app.deliver(&number, webhook(&[change(&number, &[json!(7)], &[])])).await;
    app.settle().await;
    app.customer_writes(&other, "wamid.kept", "491510000099", "opening hours").await;
    assert!(
        app.count("select count(*) from dead_letters").await == 1
            && app.count("select count(*) from parked_statuses").await == 30
    );
    app.ok(DELETE, with(&id(&number), json!({"conversations": "erase"}))).await;
    for (table, left) in [
        ("select count(*) from conversations", 1),
        ("select count(*) from messages", 2),
        ("select count(*) from attempts", 1),
        ("select count(*) from contacts", 1),
        ("select count(*) from identities", 1),
        ("select count(*) from deliveries", 1),
        ("select count(*) from dead_letters", 0),
        ("select count(*) from webhook_counts", 0),
        ("select count(*) from parked_statuses", 0),
        ("select count(*) from message_statuses", 0),
    ] {
        assert_eq!(app.count(table).await, left, "{table}");
    }
    assert!(app.count("select count(*) from integrations where erasing").await == 1);
    app.advance(61_000);
    keep_up(&app.state).await.unwrap();
    assert!(app.count("select count(*) from integrations where erasing").await == 0);
    // Connecting it again begins afresh.
    assert_ne!(app.connect(&number.chatbot_id, &number.phone_number_id).await.integration_id, number.integration_id);
}

async fn deleting_says_what_remains_at_meta(database: Database) {
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let second = app.connect(&first.chatbot_id, "316000000000002").await;
    let delete = |number: &Number| with(&id(number), json!({"conversations": "keep"}));
    // Another number of the account still needs the subscription.
    let removal = app.ok(DELETE, delete(&first)).await;
    assert_eq!(removal["unsubscribed"], "left");
    assert!(!app.graph.calls().iter().any(|c| c.starts_with("DELETE")));
    let removal = app.ok(DELETE, delete(&second)).await;
    assert_eq!(removal["unsubscribed"], "done");
    let remaining = removal["remaining"].to_string();
    assert!(remaining.contains("callback URL") && remaining.contains("Revoke"), "{removal}");
    app.graph.change(|world| assert!(world.subscribed.is_empty()));
    let third = app.connect(&first.chatbot_id, "316000000000003").await;
    app.graph.fail(Call::Unsubscribe, Answer::Error { status: 401, code: 190, subcode: None });
    let removal = app.ok(DELETE, delete(&third)).await;
    assert_eq!(removal["unsubscribed"], "failed");
    assert!(removal["remaining"][0].as_str().unwrap().contains("Meta could not be told"), "{removal}");
    assert_eq!(app.api(GET, id(&third)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(app.api(DELETE, delete(&third)).await.0, StatusCode::NOT_FOUND);
}

async fn other_workspaces_see_nothing_of_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.deliver(&number, webhook(&[change(&number, &[json!(7)], &[])])).await;
    app.settle().await;
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let deliveries = app.ok("integrations/whatsapp/deliveries", id(&number)).await;
    let delivery = deliveries["rows"][0]["id"].clone();
    let letter = app.ok("integrations/whatsapp/dead_letters", id(&number)).await["rows"][0]["id"].clone();
    let before = app.ok(GET, id(&number)).await;
    let calls = app.graph.calls().len();
    for (verb, rest) in [
        ("get", json!({})),
        ("update", json!({"name": "Stolen"})),
        ("update", json!({"access_token": "EAAG-stolen", "force": true})),
        ("set_active", json!({"active": false})),
        ("test", json!({})),
        ("subscribe", json!({})),
        ("delete_preview", json!({})),
        ("delete", json!({"conversations": "erase"})),
        ("deliveries", json!({})),
        ("delivery_body", json!({"delivery_id": delivery})),
        ("dead_letters", json!({})),
        ("replay", json!({})),
        ("replay", json!({"dead_letter_id": letter})),
    ] {
        let (status, error) =
            app.api_as(&theirs, &format!("integrations/whatsapp/{verb}"), with(&id(&number), rest)).await;
        assert_eq!((status, error["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")), "{verb}: {error}");
    }
    assert_eq!((app.ok(GET, id(&number)).await, app.graph.calls().len()), (before, calls));
    // Nor does an integration of their own open what is another's.
    let bot = app.api_as(&theirs, "chatbots/create", json!({"name": "Mine"})).await.1["id"].clone();
    let own = app.api_as(&theirs, CREATE, good(bot.as_str().unwrap())).await.1["id"].clone();
    for (verb, rest) in
        [("delivery_body", json!({"delivery_id": delivery})), ("replay", json!({"dead_letter_id": letter}))]
    {
        let (status, _) =
            app.api_as(&theirs, &format!("integrations/whatsapp/{verb}"), with(&json!({"id": own}), rest)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{verb}");
    }
}

async fn a_token_of_the_shared_app_opens_only_its_own_number(database: Database) {
    let flags = [
        "--quiet-time",
        "0",
        "--whatsapp-app-id",
        "777777",
        "--whatsapp-app-secret",
        "deploy-secret",
        "--whatsapp-verify-token",
        "deploy",
    ];
    let app = TestApp::start_with(database, &flags).await;
    let ours = with(&good(&app.chatbot().await), json!({"access_token": "EAAG-app-777777-ours", "app_id": "777777"}));
    app.ok(CREATE, ours.clone()).await;
    let proven = "select count(*) from integrations where app_proven";
    assert_eq!(app.count(proven).await, 1);
    // The neighbour has a token of the same app, but Meta does not show it this number, or not as one of its account.
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let bot = app.api_as(&theirs, "chatbots/create", json!({"name": "Mine"})).await.1["id"].clone();
    let claim = with(&ours, json!({"chatbot_id": bot, "access_token": "EAAG-app-777777-theirs"}));
    app.graph.fail(Call::Number, Answer::Error { status: 400, code: 100, subcode: Some(33) });
    let (_, made) = app.api_as(&theirs, CREATE, claim.clone()).await;
    assert_eq!((made["status"].as_str(), app.count(proven).await), (Some("error"), 1), "{made}");
    app.graph.mend();
    app.graph.fail(Call::PhoneNumbers, Answer::Error { status: 400, code: 100, subcode: Some(33) });
    app.api_as(&theirs, "integrations/whatsapp/test", json!({"id": made["id"]})).await;
    assert_eq!(app.count(proven).await, 1);
    app.graph.mend();
    // Nor does a token of another app, and what was proven is not kept with other credentials.
    let input = json!({"id": made["id"], "access_token": "EAAG-app-888888-x", "force": true});
    app.api_as(&theirs, UPDATE, input).await;
    assert_eq!(app.count(proven).await, 1);
}
