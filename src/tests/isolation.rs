//! Two workspaces on one server: neither sees, hears or touches what is the other's.

use std::time::Duration;

use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::domain::role::Role;

on_both_databases!(
    ids_of_another_workspace_mean_nothing,
    lists_hold_only_ones_own,
    pages_show_only_ones_own,
    events_stay_in_their_workspace,
    the_same_number_in_two_workspaces_is_two_numbers,
);

/// What the first workspace has.
struct Things {
    number: Number,
    knowledge: String,
    conversation: String,
    contact: String,
    message: String,
    sandbox: Number,
    customer: String,
}

fn id_of(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id in {value}")).to_owned()
}

async fn things(app: &TestApp) -> Things {
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "Where is your shop?").await;
    let conversation = id_of(&app.ok("conversations/list", json!({})).await["rows"][0]);
    let contact = app.ok("conversations/get", json!({"id": conversation})).await;
    let contact = id_of(&contact["contact"]);
    let messages = app.ok("messages/list", json!({"conversation_id": conversation})).await;
    let knowledge = id_of(&app.ok("knowledge/list", json!({"chatbot_id": number.chatbot_id})).await[0]);
    let made = app.ok("integrations/whatsapp/use_sandbox", json!({"chatbot_id": number.chatbot_id})).await;
    let sandbox = Number {
        integration_id: id_of(&made),
        phone_number_id: made["phone_number_id"].as_str().unwrap().to_owned(),
        chatbot_id: number.chatbot_id.clone(),
    };
    let input = json!({"phone_number_id": sandbox.phone_number_id, "name": "Grace"});
    let customer = id_of(&app.ok("sandbox/add_customer", input).await);
    Things { number, knowledge, conversation, contact, message: id_of(&messages[0]), sandbox, customer }
}

/// The owner of a second workspace.
async fn neighbour(app: &TestApp) -> String {
    app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await
}

/// Replaces what belongs to the moment of the answer.
fn timeless(mut answer: Value) -> Value {
    answer["request_id"] = Value::Null;
    answer
}

async fn ids_of_another_workspace_mean_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let t = things(&app).await;
    let theirs = neighbour(&app).await;
    let own_bot = id_of(&app.api_as(&theirs, "chatbots/create", json!({"name": "Mine"})).await.1);
    let (bot, number) = (&t.number.chatbot_id, &t.number.integration_id);
    let nothing = Uuid::new_v4().to_string();
    // Each with a place for the id: the answer must be the one for an id of nothing.
    let calls: Vec<(&str, &str, &str, Value)> = vec![
        ("chatbots/get", "id", bot, json!({})),
        ("chatbots/update", "id", bot, json!({"name": "Stolen"})),
        ("chatbots/erase_website_history", "id", bot, json!({})),
        ("chatbots/set_website", "id", bot, json!({"active": true})),
        ("chatbots/delete", "id", bot, json!({})),
        ("chatbots/try", "id", bot, json!({"question": "Where is your shop?"})),
        ("knowledge/list", "chatbot_id", bot, json!({})),
        ("knowledge/save", "chatbot_id", bot, json!({"question": "q", "answer": "a"})),
        ("knowledge/save", "id", &t.knowledge, json!({"chatbot_id": own_bot, "question": "q", "answer": "a"})),
        ("knowledge/delete", "id", &t.knowledge, json!({})),
        ("integrations/whatsapp/get", "id", number, json!({})),
        ("integrations/whatsapp/test", "id", number, json!({})),
        ("integrations/whatsapp/send_test", "id", number, json!({"to": "+49 151 0000001"})),
        ("integrations/whatsapp/delete", "id", number, json!({"conversations": "erase"})),
        ("integrations/whatsapp/delete", "id", &t.sandbox.integration_id, json!({"conversations": "erase"})),
        ("integrations/whatsapp/use_sandbox", "chatbot_id", bot, json!({})),
        ("contacts/erase", "id", &t.contact, json!({})),
        ("contacts/get", "id", &t.contact, json!({})),
        ("contacts/update", "id", &t.contact, json!({"name": "Mine"})),
        ("contacts/set_consent", "id", &t.contact, json!({"consent": "opted_out"})),
        ("contacts/set_blocked", "id", &t.contact, json!({"blocked": true})),
        ("contacts/reveal", "id", &t.contact, json!({})),
        ("conversations/erase", "id", &t.conversation, json!({})),
        ("conversations/get", "id", &t.conversation, json!({})),
        ("conversations/label", "id", &t.conversation, json!({})),
        ("conversations/assign", "id", &t.conversation, json!({})),
        ("conversations/set_mode", "id", &t.conversation, json!({"mode": "human"})),
        ("conversations/set_status", "id", &t.conversation, json!({"status": "resolved"})),
        ("conversations/mark_read", "id", &t.conversation, json!({})),
        ("notes/create", "conversation_id", &t.conversation, json!({"text": "A note from next door"})),
        ("messages/list", "conversation_id", &t.conversation, json!({})),
        ("messages/send", "conversation_id", &t.conversation, json!({"text": "Hello from next door"})),
        ("messages/retry", "id", &t.message, json!({})),
        ("sandbox/thread", "customer_id", &t.customer, json!({})),
        ("sandbox/send", "customer_id", &t.customer, json!({"text": "Hello"})),
        ("sandbox/add_customer", "phone_number_id", &t.sandbox.phone_number_id, json!({"name": "Eve"})),
    ];
    let before = snapshot(&app, &t).await;
    for (operation, field, id, rest) in calls {
        let with = |id: &str| {
            let mut input = rest.clone();
            input[field] = json!(id);
            input
        };
        let (status, foreign) = app.api_as(&theirs, operation, with(id)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{operation}: {foreign}");
        let (_, absent) = app.api_as(&theirs, operation, with(&nothing)).await;
        assert_eq!(timeless(foreign), timeless(absent), "{operation} tells that the id exists");
    }
    // A chatbot that one enters is wrong input, of another workspace or of none.
    let create = |bot: &str| {
        json!({"chatbot_id": bot, "name": "Number", "phone_number_id": "316000000000009", "business_account_id": "102000000000001",
               "access_token": "EAAG-good-token", "app_secret": "secret"})
    };
    let (status, foreign) = app.api_as(&theirs, "integrations/whatsapp/create", create(bot)).await;
    assert_eq!((status, foreign["field"].as_str()), (StatusCode::BAD_REQUEST, Some("chatbot_id")));
    let (_, absent) = app.api_as(&theirs, "integrations/whatsapp/create", create(&nothing)).await;
    assert_eq!(timeless(foreign), timeless(absent));
    assert_eq!(snapshot(&app, &t).await, before, "something of the first workspace was changed");
    assert_eq!(app.graph.sent().len(), 1);
}

/// All that the first workspace sees of its own.
async fn snapshot(app: &TestApp, t: &Things) -> Vec<Value> {
    let mut seen = Vec::new();
    for (operation, input) in [
        ("chatbots/list", json!({})),
        ("knowledge/list", json!({"chatbot_id": t.number.chatbot_id})),
        ("integrations/whatsapp/list", json!({})),
        ("conversations/list", json!({})),
        ("conversations/get", json!({"id": t.conversation})),
        ("messages/list", json!({"conversation_id": t.conversation})),
        ("sandbox/overview", json!({})),
        ("sandbox/thread", json!({"customer_id": t.customer})),
    ] {
        seen.push(app.ok(operation, input).await);
    }
    seen
}

async fn lists_hold_only_ones_own(database: Database) {
    let app = TestApp::start(database).await;
    let t = things(&app).await;
    let theirs = neighbour(&app).await;
    for (operation, input, empty) in [
        ("chatbots/list", json!({}), json!([])),
        ("integrations/whatsapp/list", json!({}), json!([])),
        ("integrations/whatsapp/list", json!({"chatbot_id": t.number.chatbot_id}), json!([])),
        ("conversations/list", json!({}), json!({"rows": [], "next": null, "only_filtered": false})),
        (
            "conversations/list",
            json!({"channel": "whatsapp", "status": "open"}),
            json!({"rows": [], "next": null, "only_filtered": false}),
        ),
        ("conversations/waiting", json!({}), json!({"count": 0, "newest": []})),
        ("sandbox/overview", json!({}), json!({"numbers": [], "customers": []})),
    ] {
        let (status, listed) = app.api_as(&theirs, operation, input).await;
        assert_eq!((status, listed), (StatusCode::OK, empty), "{operation}");
    }
    let (_, tokens) = app.api_as(&theirs, "tokens/list", json!({})).await;
    let (_, session) = app.api_as(&theirs, "session/current", json!({})).await;
    assert_eq!((tokens.as_array().unwrap().len(), session["workspace_name"].as_str()), (1, Some("Next door")));
}

async fn pages_show_only_ones_own(database: Database) {
    let app = TestApp::start(database).await;
    let t = things(&app).await;
    neighbour(&app).await;
    let browser = Browser::signed_in(&app, "neighbour@example.com").await;
    for path in [
        "/inbox".to_owned(),
        format!("/inbox/{}", t.conversation),
        "/chatbots".to_owned(),
        format!("/chatbots/{}", t.number.chatbot_id),
        "/integrations".to_owned(),
        "/sandbox".to_owned(),
    ] {
        let page = browser.get(&path).await;
        for theirs in ["Shop bot", "Harbour Street", "Number 316000000000001", "Customer 01", "Grace"] {
            assert!(!page.body.contains(theirs), "{path} shows {theirs:?}");
        }
    }
}

/// Reads a stream of events until a text appears in it, and gives all that came.
async fn read_until(stream: &mut reqwest::Response, seen: &mut String, wanted: &str) {
    let reading = async {
        while !seen.contains(wanted) {
            let chunk = stream.chunk().await.unwrap().expect("the stream ended");
            seen.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    if tokio::time::timeout(Duration::from_secs(20), reading).await.is_err() {
        panic!("{wanted:?} did not come: {seen}");
    }
}

async fn events_stay_in_their_workspace(database: Database) {
    let app = TestApp::start(database).await;
    let theirs = neighbour(&app).await;
    app.ok("chatbots/create", json!({"name": "Before"})).await;
    app.run_in_background();
    let open = |token: &str, after: Option<&str>| {
        let request = app.http.get(format!("{}/api/v1/events", app.url)).bearer_auth(token);
        after
            .map_or_else(|| request.try_clone().unwrap(), |id| request.try_clone().unwrap().header("last-event-id", id))
    };
    // PostgreSQL shows an event when the older transactions of the whole server have ended, those of other tests too.
    let (mut stream, mut seen, place) = loop {
        let mut stream = open(&theirs, None).send().await.unwrap();
        assert_eq!(stream.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut seen = String::new();
        read_until(&mut stream, &mut seen, "event: ready").await;
        let place = seen.split("id: ").nth(1).unwrap().lines().next().unwrap().trim().to_owned();
        if place != "0-0" {
            break (stream, seen, place);
        }
    };
    let number = app.number().await;
    let body = webhook(&[change(&number, &[text_message("wamid.1", "491510000001", "Where is your shop?")], &[])]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    let mut own = open(&app.token, Some(&place)).send().await.unwrap();
    let mut heard = String::new();
    read_until(&mut own, &mut heard, "\"kind\":\"conversations\"").await;
    assert!(heard.contains(&number.chatbot_id) && heard.contains(&number.integration_id), "{heard}");
    // By now the first workspace's events have gone round; the next one is the neighbour's own.
    let mine = id_of(&app.api_as(&theirs, "chatbots/create", json!({"name": "Mine"})).await.1);
    read_until(&mut stream, &mut seen, &mine).await;
    let mut resumed = open(&theirs, Some(&place)).send().await.unwrap();
    let mut again = String::new();
    read_until(&mut resumed, &mut again, &mine).await;
    for text in [seen, again] {
        assert!(!text.contains(&number.chatbot_id) && !text.contains(&number.integration_id), "{text}");
        assert!(!text.contains("\"kind\":\"conversations\""), "{text}");
    }
}

async fn the_same_number_in_two_workspaces_is_two_numbers(database: Database) {
    let app = TestApp::start(database).await;
    let ours = app.number().await;
    let theirs = neighbour(&app).await;
    let bot = id_of(&app.api_as(&theirs, "chatbots/create", json!({"name": "Mine"})).await.1);
    let input = json!({"chatbot_id": bot, "name": "Same number", "phone_number_id": ours.phone_number_id,
        "business_account_id": "102000000000001", "access_token": "EAAG-good-token", "app_secret": "test_app_secret"});
    let (status, made) = app.api_as(&theirs, "integrations/whatsapp/create", input).await;
    assert_eq!(status, StatusCode::OK, "{made}");
    app.customer_writes(&ours, "wamid.1", "491510000001", "Where is your shop?").await;
    let (_, page) = app.api_as(&theirs, "conversations/list", json!({})).await;
    assert_eq!(page["rows"], json!([]));
    // The same message on the other path is another message.
    let number = Number { integration_id: id_of(&made), chatbot_id: bot, ..ours };
    app.customer_writes(&number, "wamid.1", "491510000001", "Where is your shop?").await;
    let (_, page) = app.api_as(&theirs, "conversations/list", json!({})).await;
    assert_eq!(page["rows"].as_array().unwrap().len(), 1);
    assert_eq!(app.count("select count(*) from contacts").await, 2);
    let anonymous = Answer::to(app.http.post(format!("{}/api/v1/conversations/list", app.url)).json(&json!({}))).await;
    anonymous.is_error(401, "unauthenticated");
}
