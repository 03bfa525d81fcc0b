//! The audit log: who did what, derived from what was told, and nothing about the way of messages.

use axum::http::StatusCode;
use clap::Parser;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, PASSWORD, START, TestApp, change, text_message, webhook},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::{
    domain::role::Role,
    server::{
        app::cli::people::{UserCommand, run_user},
        service::{people, tokens},
    },
};

on_both_databases!(
    what_people_do_is_on_record_with_who_did_it,
    what_the_operator_does_is_on_record,
    signing_in_and_out_is_on_record,
    what_messages_do_is_not,
    pages_and_filters,
    a_workspace_sees_its_own,
    an_export_is_what_was_asked_for_and_on_record,
    what_failed_is_not_on_record,
);

const LIST: &str = "audit/list";
const OWNER: &str = "owner@example.com";

/// All that is on record, oldest first, but for what setting the test up put there.
async fn entries(app: &TestApp, filter: Value) -> Vec<Value> {
    let mut rows = app.ok(LIST, filter).await["rows"].as_array().unwrap().clone();
    rows.reverse();
    rows
}

/// Actions with their details.
fn told(rows: &[Value]) -> Vec<(String, Value)> {
    rows.iter().map(|row| (row["action"].as_str().unwrap().to_owned(), row["detail"].clone())).collect()
}

fn expected(list: &[(&str, Value)]) -> Vec<(String, Value)> {
    list.iter().map(|(action, detail)| ((*action).to_owned(), detail.clone())).collect()
}

async fn what_people_do_is_on_record_with_who_did_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let setup = entries(&app, json!({})).await.len();
    let id = json!({"id": number.integration_id});
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.ok("integrations/whatsapp/update", json!({"id": number.integration_id, "name": "Front desk"})).await;
    app.ok("integrations/whatsapp/update", json!({"id": number.integration_id, "name": "Front desk"})).await;
    app.ok(
        "integrations/whatsapp/update",
        json!({"id": number.integration_id, "access_token": "EAAG-other-token", "force": true}),
    )
    .await;
    app.ok("integrations/whatsapp/set_active", json!({"id": number.integration_id, "active": false})).await;
    let delivery = app.ok("integrations/whatsapp/deliveries", id.clone()).await["rows"][0]["id"].clone();
    app.ok("integrations/whatsapp/delivery_body", json!({"id": number.integration_id, "delivery_id": delivery})).await;
    app.deliver(&number, webhook(&[change(&number, &[json!({"type": "text"})], &[])])).await;
    app.settle().await;
    app.ok("integrations/whatsapp/replay", id.clone()).await;
    app.ok("chatbots/update", json!({"id": number.chatbot_id, "name": "Bot", "fallback": "Secret words"})).await;
    app.ok("chatbots/set_website", json!({"id": number.chatbot_id, "active": true})).await;
    let conversation = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    app.ok("conversations/erase", json!({"id": conversation})).await;
    app.ok("chatbots/erase_website_history", json!({"id": number.chatbot_id})).await;
    app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "keep"})).await;
    app.ok("chatbots/delete", json!({"id": number.chatbot_id})).await;
    let rows = entries(&app, json!({})).await.split_off(setup);
    let integration_id = &number.integration_id;
    assert_eq!(
        told(&rows),
        expected(&[
            ("integration_changed", json!({"fields": "name"})),
            ("integration_changed", json!({"fields": "access_token"})),
            ("integration_switched", json!({"active": "false"})),
            ("delivery_read", json!({"integration_id": integration_id})),
            ("dead_letters_replayed", json!({"count": "1"})),
            ("chatbot_changed", json!({"fields": "name, fallback"})),
            ("chatbot_switched", json!({"website": "true"})),
            ("conversation_erased", json!({})),
            ("website_history_erased", json!({})),
            ("integration_deleted", json!({"name": "Front desk"})),
            ("chatbot_deleted", json!({"name": "Bot"})),
        ])
    );
    let session = app.ok("session/current", json!({})).await;
    let token = app.ok("tokens/list", json!({})).await[0]["id"].clone();
    for row in &rows {
        let by = (&row["actor"], &row["user_id"], &row["user_name"], &row["token_id"], &row["at"]);
        assert_eq!(by, (&json!("person"), &session["user_id"], &json!("owner"), &token, &json!(START)), "{row}");
    }
    assert_eq!((&rows[3]["subject"], &rows[3]["subject_id"]), (&json!("delivery"), &delivery));
    assert_eq!((&rows[7]["subject"], &rows[7]["subject_id"]), (&json!("conversation"), &conversation));
    let all = json!(rows).to_string();
    assert!(!all.contains("EAAG") && !all.contains("Secret") && !all.contains("49151"), "{all}");
}

#[derive(Parser)]
struct Line {
    #[command(subcommand)]
    command: UserCommand,
}

/// What an operator types after `parlance user`.
async fn operator(app: &TestApp, line: &[&str]) {
    let line = Line::parse_from(["user"].iter().chain(line));
    run_user(&app.state, line.command, "another fine password".into()).await.unwrap();
}

async fn what_the_operator_does_is_on_record(database: Database) {
    let app = TestApp::start(database).await;
    let setup = entries(&app, json!({})).await;
    assert_eq!(told(&setup)[0], ("person_added".to_owned(), json!({"role": "owner"})));
    assert_eq!((&setup[1]["action"], &setup[1]["subject"]), (&json!("token_made"), &json!("token")));
    let ada = "ada@example.com";
    operator(&app, &["add", "--email", ada, "--name", "Ada", "--role", "agent", "--password-stdin"]).await;
    operator(&app, &["set-role", "--email", ada, "--role", "admin"]).await;
    operator(&app, &["set-password", "--email", ada, "--password-stdin"]).await;
    tokens::add(&app.state, ada, "script").await.unwrap();
    people::revoke_tokens(&app.state, people::Which::Of(ada.to_owned())).await.unwrap();
    operator(&app, &["disable", "--email", ada]).await;
    operator(&app, &["enable", "--email", ada]).await;
    operator(&app, &["remove", "--email", ada]).await;
    let rows = entries(&app, json!({})).await.split_off(setup.len());
    let user = rows[0]["subject_id"].clone();
    assert_eq!(
        told(&rows),
        expected(&[
            ("person_added", json!({"role": "agent"})),
            ("role_changed", json!({"from": "agent", "to": "admin"})),
            ("password_changed", json!({})),
            ("token_made", json!({"user_id": user})),
            ("token_revoked", json!({"user_id": user})),
            ("person_disabled", json!({})),
            ("person_enabled", json!({})),
            ("person_removed", json!({})),
        ])
    );
    assert_eq!(rows[3]["subject_id"], rows[4]["subject_id"], "the same token");
    for row in &rows {
        assert_eq!((&row["actor"], &row["user_id"]), (&json!("command_line"), &Value::Null), "{row}");
        assert!(row["subject"] == "token" || row["subject_id"] == user, "{row}");
    }
}

async fn signing_in_and_out_is_on_record(database: Database) {
    let app = TestApp::start(database).await;
    let setup = entries(&app, json!({})).await.len();
    let mut stranger = Browser::stranger(&app);
    stranger.sign_in(OWNER, "not the password", "").await;
    let browser = Browser::signed_in(&app, OWNER).await;
    browser.api("chatbots/create", &json!({"name": "Bot"})).await;
    let token = app.ok("tokens/list", json!({})).await[0]["id"].clone();
    let tokens = tokens::add(&app.state, OWNER, "second").await.unwrap();
    let (_, revoked) = app.api_as(&tokens, "tokens/list", json!({})).await;
    let second = revoked.as_array().unwrap().iter().find(|t| t["name"] == "second").unwrap()["id"].clone();
    browser.api("tokens/revoke", &json!({"id": second})).await;
    Answer::to(browser.form("/sign-out", &[])).await;
    let rows = entries(&app, json!({})).await.split_off(setup);
    let by: Vec<_> = rows.iter().map(|r| (r["action"].as_str().unwrap(), r["actor"].as_str().unwrap())).collect();
    assert_eq!(
        by,
        [
            ("signed_in", "person"),
            ("chatbot_created", "person"),
            ("token_made", "command_line"),
            ("token_revoked", "person"),
            ("signed_out", "person"),
        ]
    );
    assert!(rows.iter().all(|row| row["token_id"].is_null() && row["token_id"] != token), "they came by a session");
    assert_eq!(rows[0]["user_id"], rows[0]["subject_id"]);
    // The person who sets the server up is signed in at once.
    let empty = TestApp::start_empty(database, &[]).await;
    let first = json!({"workspace": "W", "name": "N", "email": "a@example.com", "password": PASSWORD});
    let made = Browser::stranger(&empty).api("setup/create", &first).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    assert_eq!(empty.texts("select action from audit_entries order by id").await, ["person_added", "signed_in"]);
    assert_eq!(
        empty.count("select count(*) from audit_entries where actor = 'person' and user_id = subject_id").await,
        2
    );
}

async fn what_messages_do_is_not(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let before = app.count("select count(*) from audit_entries").await;
    let messages: Vec<_> =
        (0..30).map(|n| text_message(&format!("wamid.{n}"), &format!("4915100000{n:02}"), "opening hours")).collect();
    app.deliver(&number, webhook(&[change(&number, &messages, &[])])).await;
    app.settle().await;
    let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    app.ok("messages/send", json!({"conversation_id": row["id"], "text": "Hello"})).await;
    app.ok("conversations/mark_read", json!({"id": row["id"]})).await;
    app.ok("conversations/set_mode", json!({"id": row["id"], "mode": "bot"})).await;
    app.ok("conversations/set_status", json!({"id": row["id"], "status": "resolved"})).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from audit_entries").await, before);
}

async fn pages_and_filters(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user("ada@example.com", Role::Admin, None).await;
    let setup = entries(&app, json!({})).await.len();
    for n in 0..60 {
        app.advance(1000);
        let token = if n % 2 == 0 { &app.token } else { &ada };
        app.api_as(token, "chatbots/create", json!({"name": format!("Bot {n}")})).await;
    }
    let names = |page: &Value| -> Vec<String> {
        let rows = page["rows"].as_array().unwrap().iter();
        rows.filter_map(|row| row["detail"]["name"].as_str().map(str::to_owned)).collect()
    };
    let first = app.ok(LIST, json!({})).await;
    let second = app.ok(LIST, json!({"before": first["next"]})).await;
    assert_eq!(second["next"], Value::Null);
    let newest_first: Vec<String> = (0..60).rev().map(|n| format!("Bot {n}")).collect();
    assert_eq!([names(&first), names(&second)].concat(), newest_first);
    assert_eq!(second["rows"].as_array().unwrap().len(), 10 + setup);
    let (_, session) = app.api_as(&ada, "session/current", json!({})).await;
    let of_ada = app.ok(LIST, json!({"person": session["user_id"]})).await;
    assert_eq!(names(&of_ada), (0..60).rev().filter(|n| n % 2 == 1).map(|n| format!("Bot {n}")).collect::<Vec<_>>());
    let between = json!({"action": "chatbot_created", "since": START + 10_000, "until": START + 13_000});
    assert_eq!(names(&app.ok(LIST, between).await), ["Bot 11", "Bot 10", "Bot 9"]);
    let added = app.ok(LIST, json!({"action": "person_added"})).await;
    assert_eq!(added["rows"].as_array().unwrap().len(), 2);
    for (wrong, field) in [(json!({"action": "newer"}), "action"), (json!({"before": "x"}), "before")] {
        let (status, error) = app.api(LIST, wrong).await;
        assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!(field)));
    }
    let (status, _) = app.api(LIST, json!({"action": "nonsense"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

async fn a_workspace_sees_its_own(database: Database) {
    let app = TestApp::start(database).await;
    let neighbour = app.add_user("neighbour@example.com", Role::Owner, Some("Neighbours")).await;
    let agent = app.add_user("agent@example.com", Role::Agent, Some("Neighbours")).await;
    app.chatbot().await;
    let (_, theirs) = app.api_as(&neighbour, LIST, json!({})).await;
    let actions: Vec<_> =
        theirs["rows"].as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["token_made", "person_added", "token_made", "person_added"]);
    let (status, _) = app.api_as(&agent, LIST, json!({})).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let ours = app.ok("session/current", json!({})).await;
    let (_, none) = app.api_as(&neighbour, LIST, json!({"person": ours["user_id"]})).await;
    assert_eq!(none["rows"], json!([]));
}

async fn an_export_is_what_was_asked_for_and_on_record(database: Database) {
    let app = TestApp::start(database).await;
    let agent = app.add_user("agent@example.com", Role::Agent, None).await;
    let neighbour = app.add_user("neighbour@example.com", Role::Owner, Some("Neighbours")).await;
    for n in 0..3 {
        app.ok("chatbots/create", json!({"name": format!("=Bot, {n}")})).await;
    }
    // More than one portion.
    for _ in 0..501 {
        app.advance(1);
        app.ok("chatbots/create", json!({"name": "Many"})).await;
    }
    let get = async |token: Option<&str>, query: &str| {
        let request = app.http.get(format!("{}/api/v1/audit/export{query}", app.url));
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        request.send().await.unwrap()
    };
    assert_eq!(get(None, "").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(get(Some(&agent), "").await.status(), StatusCode::FORBIDDEN);
    for wrong in ["?action=newer", "?person=x", "?since=yesterday"] {
        assert_eq!(get(Some(&app.token), wrong).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
    let answer = get(Some(&app.token), "?action=chatbot_created").await;
    assert_eq!(answer.headers()["content-disposition"], "attachment; filename=\"audit.csv\"");
    let text = answer.text().await.unwrap();
    let header = "\u{feff}id,at,actor,user_id,user_name,token_id,action,subject,subject_id,subject_name,detail\r\n";
    assert!(text.starts_with(header), "{text}");
    assert_eq!(text.matches("\r\n").count(), 505);
    assert_eq!(text.matches(",\"'=Bot, ").count(), 3, "no formula");
    let since = format!("?since={}&until={}", START + 1, START + 3);
    assert_eq!(get(Some(&app.token), &since).await.text().await.unwrap().matches(",chatbot_created,").count(), 2);
    assert!(!get(Some(&neighbour), "").await.text().await.unwrap().contains("Bot"));
    let log = app.ok(LIST, json!({"action": "audit_log_exported"})).await;
    assert_eq!(log["rows"].as_array().unwrap().len(), 2, "each of them, and nobody else's");
}

async fn what_failed_is_not_on_record(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let before = app.count("select count(*) from audit_entries").await;
    let (status, _) = app.api("chatbots/delete", json!({"id": number.chatbot_id})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    for operation in ["integrations/whatsapp/delivery_body", "conversations/erase", "contacts/erase", "tokens/revoke"] {
        let (status, _) = app.api(operation, json!({"id": Uuid::nil(), "delivery_id": Uuid::nil()})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{operation}");
    }
    let refused = people::change(&app.state, OWNER, people::Change::Disable).await;
    assert!(refused.is_err(), "the last owner");
    assert_eq!(app.count("select count(*) from audit_entries").await, before);
}
