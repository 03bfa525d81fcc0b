//! What programs may rely on: names, rights, and the form of every refusal.

use std::time::Duration;

use axum::http::{Method, header};
use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::domain::role::Role;

on_both_databases!(
    strangers_are_refused_everywhere,
    every_refusal_has_the_same_form,
    nobody_is_ever_redirected,
    operations_take_json_and_nothing_else,
    other_sites_cannot_act_for_a_person,
    an_agent_never_sees_the_verify_token,
);

/// Every operation with an input that it can read, in the order of their names. Ids are those of nothing.
pub(crate) fn operations() -> Vec<(&'static str, Value)> {
    let id = Uuid::nil();
    let number = "316000000000001";
    vec![
        ("account/begin_second_factor", json!({"password": "0123456789"})),
        ("account/change_password", json!({"old": "0123456789", "new": "0123456789"})),
        ("account/confirm_second_factor", json!({"code": "000000"})),
        ("account/end_second_factor", json!({"password": "0123456789"})),
        ("account/end_sign_in", json!({"id": id})),
        ("account/renew_recovery_codes", json!({"password": "0123456789"})),
        ("account/second_factor", json!({})),
        ("account/sign_ins", json!({})),
        ("account/sign_out_elsewhere", json!({})),
        ("account/update", json!({"name": "Ada"})),
        ("audit/list", json!({})),
        ("chatbots/create", json!({"name": "Bot"})),
        ("chatbots/delete", json!({"id": id})),
        ("chatbots/erase_website_history", json!({"id": id})),
        ("chatbots/get", json!({"id": id})),
        ("chatbots/list", json!({})),
        ("chatbots/set_website", json!({"id": id, "active": true})),
        ("chatbots/try", json!({"id": id, "question": "Where?"})),
        ("chatbots/update", json!({"id": id, "name": "Bot"})),
        ("contact_fields/delete", json!({"id": id})),
        ("contact_fields/list", json!({})),
        ("contact_fields/save", json!({"label": "Number"})),
        ("contacts/erase", json!({"id": id})),
        ("contacts/get", json!({"id": id})),
        ("contacts/list", json!({})),
        ("contacts/reveal", json!({"id": id})),
        ("contacts/set_blocked", json!({"id": id, "blocked": true})),
        ("contacts/set_consent", json!({"id": id, "consent": "opted_out"})),
        ("contacts/update", json!({"id": id, "name": "Ada"})),
        ("conversations/assign", json!({"id": id})),
        ("conversations/colleagues", json!({})),
        ("conversations/count", json!({})),
        ("conversations/erase", json!({"id": id})),
        ("conversations/get", json!({"id": id})),
        ("conversations/label", json!({"id": id})),
        ("conversations/list", json!({})),
        ("conversations/mark_read", json!({"id": id})),
        ("conversations/set_mode", json!({"id": id, "mode": "human"})),
        ("conversations/set_status", json!({"id": id, "status": "resolved"})),
        ("conversations/waiting", json!({})),
        ("integrations/whatsapp/chat_link", json!({"id": id})),
        (
            "integrations/whatsapp/create",
            json!({"chatbot_id": id, "name": "Number", "phone_number_id": number, "business_account_id": "102000000000001",
                   "access_token": "EAAG-good-token", "app_secret": "secret"}),
        ),
        ("integrations/whatsapp/dead_letters", json!({"id": id})),
        ("integrations/whatsapp/delete", json!({"id": id, "conversations": "keep"})),
        ("integrations/whatsapp/delete_preview", json!({"id": id})),
        ("integrations/whatsapp/deliveries", json!({"id": id})),
        ("integrations/whatsapp/delivery_body", json!({"id": id, "delivery_id": id})),
        ("integrations/whatsapp/get", json!({"id": id})),
        ("integrations/whatsapp/list", json!({"chatbot_id": id})),
        ("integrations/whatsapp/replay", json!({"id": id})),
        ("integrations/whatsapp/send_test", json!({"id": id, "to": "+49 151 0000001"})),
        ("integrations/whatsapp/set_active", json!({"id": id, "active": true})),
        ("integrations/whatsapp/subscribe", json!({"id": id})),
        ("integrations/whatsapp/test", json!({"id": id})),
        ("integrations/whatsapp/update", json!({"id": id, "name": "Number"})),
        ("integrations/whatsapp/use_sandbox", json!({"chatbot_id": id})),
        ("invitations/accept", json!({"secret": "none"})),
        ("invitations/get", json!({"secret": "none"})),
        ("knowledge/delete", json!({"id": id})),
        ("knowledge/list", json!({"chatbot_id": id})),
        ("knowledge/save", json!({"chatbot_id": id, "question": "Where?", "answer": "Here."})),
        ("labels/create", json!({"name": "Refund", "colour": "red"})),
        ("labels/delete", json!({"id": id})),
        ("labels/list", json!({})),
        ("labels/update", json!({"id": id, "name": "Refund", "colour": "red"})),
        ("messages/list", json!({"conversation_id": id})),
        ("messages/retry", json!({"id": id})),
        ("messages/send", json!({"conversation_id": id, "text": "Hello"})),
        ("notes/create", json!({"conversation_id": id, "text": "For us"})),
        ("people/invite", json!({"email": "ada@example.com", "role": "agent"})),
        ("people/list", json!({})),
        ("people/remove", json!({"user_id": id})),
        ("people/set_disabled", json!({"user_id": id, "disabled": true})),
        ("people/set_role", json!({"user_id": id, "role": "agent"})),
        ("people/sign_out", json!({"user_id": id})),
        ("people/withdraw_invitation", json!({"id": id})),
        ("sandbox/add_customer", json!({"phone_number_id": number, "name": "Ada"})),
        ("sandbox/overview", json!({})),
        ("sandbox/send", json!({"customer_id": id, "text": "Hello"})),
        ("sandbox/thread", json!({"customer_id": id})),
        ("session/current", json!({})),
        ("setup/create", json!({"workspace": "W", "name": "N", "email": "a@example.com", "password": "0123456789"})),
        ("setup/status", json!({})),
        ("tokens/create", json!({"name": "Script", "scopes": ["read"]})),
        ("tokens/list", json!({})),
        ("tokens/revoke", json!({"id": id})),
        ("workspaces/enter", json!({"id": id})),
        ("workspaces/list", json!({})),
        ("workspaces/update", json!({})),
    ]
}

/// The input of one of them.
fn of(name: &str) -> Value {
    operations().into_iter().find(|(listed, _)| *listed == name).unwrap().1
}

/// The operations that ask nobody who they are.
const PUBLIC: [&str; 4] = ["invitations/accept", "invitations/get", "setup/create", "setup/status"];

/// A new operation belongs into the list above, and so into the tests that go through it.
#[test]
fn the_operations_are_these() {
    let mut found: Vec<String> = server_fn_paths().map(|(path, method)| format!("{method} {path}")).collect();
    found.sort();
    let listed: Vec<String> = operations().iter().map(|(name, _)| format!("POST /api/v1/{name}")).collect();
    assert_eq!(found, listed);
}

async fn strangers_are_refused_everywhere(database: Database) {
    let app = TestApp::start(database).await;
    let stranger = Browser::stranger(&app);
    for (name, input) in operations().into_iter().filter(|(name, _)| !PUBLIC.contains(name)) {
        let error = stranger.api(name, &input).await.is_error(401, "unauthenticated");
        assert!(!error["action"].as_str().unwrap().is_empty(), "{name}");
    }
    // Before anything of theirs is read.
    for body in ["{\"name\":", "", "[]"] {
        let request = stranger.request(Method::POST, "/api/v1/chatbots/create");
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_owned());
        Answer::to(request).await.is_error(401, "unauthenticated");
    }
    for stream in ["/api/v1/events", "/api/v1/sandbox/events", "/api/v1/contacts/export", "/api/v1/audit/export"] {
        stranger.get(stream).await.is_error(401, "unauthenticated");
    }
    stranger.api("setup/create", &of("setup/create")).await.is_error(409, "conflict");
}

async fn every_refusal_has_the_same_form(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let post = |path: &str, body: String| {
        let request = browser.request(Method::POST, path).header(header::CONTENT_TYPE, "application/json");
        Answer::to(request.body(body))
    };
    let create = "/api/v1/chatbots/create";
    for (what, body) in [
        ("malformed", "{\"name\":".to_owned()),
        ("empty", String::new()),
        ("missing field", "{}".to_owned()),
        ("wrong type", "{\"name\": 7}".to_owned()),
        ("not an object", "[1]".to_owned()),
        ("too large", format!("{{\"name\": \"{}\"}}", "x".repeat(1 << 20))),
    ] {
        let error = post(create, body).await.is_error(400, "invalid");
        assert!(!error["action"].as_str().unwrap().is_empty(), "{what}");
    }
    post("/api/v1/chatbots/get", "{\"id\": \"x\"}".to_owned()).await.is_error(400, "invalid");
    let error = browser.api("chatbots/create", &json!({"name": " "})).await.is_error(400, "invalid");
    assert_eq!(error["field"], "name");
    for path in ["/api/v1/chatbots/nonsense", "/api/v1/", "/api/v1/a/b/c", "/api/nothing"] {
        post(path, "{}".to_owned()).await.is_error(404, "not_found");
        browser.get(path).await.is_error(404, "not_found");
    }
    browser.get("/api/v1/chatbots/list").await.is_error(400, "invalid");
    browser.api("chatbots/get", &json!({"id": Uuid::nil()})).await.is_error(404, "not_found");
    let error = browser.api("chatbots/delete", &json!({"id": number.chatbot_id})).await.is_error(409, "conflict");
    assert!(!error["action"].as_str().unwrap().is_empty());
    let mut refused = of("integrations/whatsapp/create");
    refused["chatbot_id"] = json!(number.chatbot_id);
    refused["phone_number_id"] = json!("316000000000002");
    refused["access_token"] = json!("EAAG-bad-token");
    refused["on_failed_test"] = json!("refuse");
    let error = browser.api("integrations/whatsapp/create", &refused).await.is_error(422, "refused_by_meta");
    assert_eq!(error["meta"], json!({"code": 190, "trace_id": "AbcTrace"}));
    assert!(!error.to_string().contains("EAAG-bad-token"));
    // Closing waits for the writer, which stays; nothing gets a connection any more.
    drop(tokio::time::timeout(Duration::from_millis(300), app.state.store.close()).await);
    browser.api("chatbots/list", &json!({})).await.is_error(503, "unavailable");
}

async fn nobody_is_ever_redirected(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    // A form of another kind, as a browser without wasm would post it.
    let form = browser.form("/api/v1/chatbots/create", &[("name", "Formed")]);
    Answer::to(form.header(header::REFERER, format!("{}/chatbots", app.url))).await.is_error(400, "invalid");
    // JSON is JSON, whatever else its sender accepts.
    for referer in ["/chatbots", "https://evil.example/"] {
        let request = browser.request(Method::POST, "/api/v1/chatbots/create").json(&json!({"name": "Shop"}));
        let request = request.header(header::ACCEPT, "text/html").header(header::REFERER, referer);
        let answer = Answer::to(request).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (200, ""), "{}", answer.body);
        assert_eq!(answer.json()["name"], "Shop");
    }
    let request = browser.request(Method::POST, "/api/v1/chatbots/get").json(&json!({"id": Uuid::nil()}));
    Answer::to(request.header(header::ACCEPT, "text/html")).await.is_error(404, "not_found");
}

async fn operations_take_json_and_nothing_else(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let post = |path: &str, kinds: &[&str]| {
        let mut request = browser.request(Method::POST, path).body("{\"name\":\"Bot\"}");
        for kind in kinds {
            request = request.header(header::CONTENT_TYPE, *kind);
        }
        Answer::to(request)
    };
    let create = "/api/v1/chatbots/create";
    let refused: [&[&str]; 9] = [
        &["text/plain"],
        &["text/plain;charset=UTF-8"],
        &["application/x-www-form-urlencoded"],
        &["multipart/form-data; boundary=x"],
        &["text/plain; application/json"],
        &["application/jsonp"],
        &["application/json", "text/plain"],
        &[""],
        &[],
    ];
    for kinds in refused {
        let error = post(create, kinds).await.is_error(400, "invalid");
        assert!(error["action"].as_str().unwrap().contains("application/json"), "{kinds:?}: {error}");
    }
    // Those that strangers may call are no exception.
    post("/api/v1/setup/status", &["text/plain"]).await.is_error(400, "invalid");
    assert_eq!(app.count("select count(*) from chatbots").await, 0);
    for kind in ["application/json", "Application/JSON; charset=utf-8", "application/json;"] {
        assert_eq!(post(create, &[kind]).await.status.as_u16(), 200, "{kind}");
    }
    let plain = browser.request(Method::POST, "/api/widget/v1/session").header(header::CONTENT_TYPE, "text/plain");
    let refused = Answer::to(plain.body("{}")).await;
    assert_eq!((refused.status.as_u16(), &refused.json()["code"]), (400, &json!("invalid")));
}

async fn other_sites_cannot_act_for_a_person(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let create = || browser.request(Method::POST, "/api/v1/chatbots/create").json(&json!({"name": "Bot"}));
    let evil = "https://evil.example";
    let host = app.url.trim_start_matches("http://");
    let other_port = format!("http://{}:1", host.split(':').next().unwrap());
    for origin in [evil, "null", other_port.as_str(), &format!("{}.evil.example", app.url)] {
        Answer::to(create().header(header::ORIGIN, origin)).await.is_error(403, "forbidden");
    }
    for site in ["cross-site", "same-site"] {
        Answer::to(create().header("sec-fetch-site", site)).await.is_error(403, "forbidden");
    }
    let signed_out = browser.form("/sign-out", &[]).header(header::ORIGIN, evil);
    assert_eq!(Answer::to(signed_out).await.status.as_u16(), 403);
    let signed_in = browser.form("/sign-in", &[("email", "a"), ("password", "b")]).header(header::ORIGIN, evil);
    assert_eq!(Answer::to(signed_in).await.status.as_u16(), 403);
    assert!(browser.is_signed_in().await);
    assert_eq!(app.count("select count(*) from chatbots").await, 1);
    // Parlance itself, and programs, pass.
    for request in [
        create().header(header::ORIGIN, &app.url),
        create().header("sec-fetch-site", "same-origin").header(header::ORIGIN, &app.url),
        create(),
    ] {
        assert_eq!(Answer::to(request).await.status.as_u16(), 200);
    }
    // Meta sends neither cookie nor Origin; a valid signature admits whatever else is sent.
    let body = super::app::webhook(&[]);
    assert_eq!(app.deliver(&number, body).await.as_u16(), 200);
}

async fn an_agent_never_sees_the_verify_token(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let agent = app.add_user("agent@example.com", Role::Agent, None).await;
    let admin = app.add_user("admin@example.com", Role::Admin, None).await;
    let input = json!({"id": number.integration_id});
    assert_eq!(app.api_as(&admin, "integrations/whatsapp/get", input.clone()).await.1["verify_token"], "open sesame");
    let (_, seen) = app.api_as(&agent, "integrations/whatsapp/get", input).await;
    assert_eq!((&seen["verify_token"], &seen["id"]), (&Value::Null, &json!(number.integration_id)));
    let (_, listed) = app.api_as(&agent, "integrations/whatsapp/list", json!({})).await;
    assert!(listed.as_array().unwrap().len() == 1 && !listed.to_string().contains("sesame"), "{listed}");
    let page = Browser::signed_in(&app, "agent@example.com").await.get("/integrations").await;
    assert!(page.status.is_success() && !page.body.contains("sesame"));
}
