//! What belongs to whoever is signed in: their name, password, sign-ins and API tokens.

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::domain::role::Role;

on_both_databases!(
    a_name_changes_everywhere,
    a_new_password_needs_the_old_one,
    a_new_password_ends_the_other_sign_ins,
    guessing_the_old_password_is_slowed_down,
    whoever_was_signed_out_meanwhile_keeps_nothing,
    a_scope_hides_what_it_does_not_cover,
    sign_ins_are_told_and_ended,
    a_sign_in_that_nobody_uses_ends,
    a_token_is_made_and_does_what_it_may,
    a_token_is_not_its_owner_in_person,
    making_tokens_says_what_is_wrong,
);

const OWNER: &str = "owner@example.com";
const ADA: &str = "ada@example.com";
const NEW_PASSWORD: &str = "a wholly new one";
const DAY: i64 = 24 * 60 * 60 * 1000;

async fn ask(browser: &Browser<'_>, operation: &str, input: Value) -> Value {
    let answer = browser.api(operation, &input).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

async fn a_name_changes_everywhere(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let session = ask(&browser, "account/update", json!({"name": "  Ada Lovelace "})).await;
    assert_eq!(session["name"], "Ada Lovelace");
    assert_eq!(app.ok("people/list", json!({})).await["members"][0]["name"], "Ada Lovelace");
    let error = browser.api("account/update", &json!({"name": "\u{200b}"})).await.is_error(400, "invalid");
    assert_eq!(error["field"], "name");
}

async fn a_new_password_needs_the_old_one(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    for (field, old, new) in [("old", "not my password", NEW_PASSWORD), ("new", PASSWORD, "short")] {
        let input = json!({"old": old, "new": new});
        let error = browser.api("account/change_password", &input).await.is_error(400, "invalid");
        assert_eq!(error["field"], field, "{error}");
    }
    assert!(Browser::signed_in(&app, OWNER).await.is_signed_in().await);
}

async fn a_new_password_ends_the_other_sign_ins(database: Database) {
    let app = TestApp::start(database).await;
    let (browser, other) = (Browser::signed_in(&app, OWNER).await, Browser::signed_in(&app, OWNER).await);
    ask(&browser, "account/change_password", json!({"old": PASSWORD, "new": NEW_PASSWORD})).await;
    assert!(browser.is_signed_in().await && !other.is_signed_in().await);
    assert_eq!(app.ok("session/current", json!({})).await["email"], OWNER, "tokens stay unless they are to go");
    let mut again = Browser::stranger(&app);
    assert!(again.sign_in(OWNER, PASSWORD, "").await.location().contains("error=credentials"));
    assert_eq!(again.sign_in(OWNER, NEW_PASSWORD, "").await.location(), "/inbox");
    ask(&again, "account/change_password", json!({"old": NEW_PASSWORD, "new": PASSWORD, "revoke_tokens": true})).await;
    assert_eq!(app.api("session/current", json!({})).await.0, StatusCode::UNAUTHORIZED);
    let log = ask(&again, "audit/list", json!({"action": "password_changed"})).await;
    assert_eq!(log["rows"].as_array().unwrap().len(), 2);
}

async fn guessing_the_old_password_is_slowed_down(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let mut statuses = Vec::new();
    for _ in 0..8 {
        let input = json!({"old": "a wrong password", "new": NEW_PASSWORD});
        statuses.push(browser.api("account/change_password", &input).await.status.as_u16());
    }
    assert_eq!((statuses[0], statuses[7]), (400, 429), "{statuses:?}");
    // Even the right one has to wait.
    let right = browser.api("account/change_password", &json!({"old": PASSWORD, "new": NEW_PASSWORD})).await;
    right.is_error(429, "rate_limited");
}

/// Signs in with a browser that says what it is.
async fn signed_in_with(app: &TestApp, agent: &str) -> String {
    let stranger = Browser::stranger(app);
    let form = stranger.form("/sign-in", &[("email", OWNER), ("password", PASSWORD), ("next", "")]);
    Answer::to(form.header(header::USER_AGENT, agent)).await.cookie()
}

async fn sign_ins_are_told_and_ended(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user(ADA, Role::Agent, None).await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    let mut phone = Browser::stranger(&app);
    phone.cookie = signed_in_with(&app, agent).await;
    let (browser, ada) = (Browser::signed_in(&app, OWNER).await, Browser::signed_in(&app, ADA).await);
    let listed = ask(&browser, "account/sign_ins", json!({})).await;
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 2, "{listed:?}");
    let there = listed.iter().find(|s| s["current"] == false).unwrap();
    assert_eq!((&there["device"], &there["address"]), (&json!("Firefox · Linux"), &json!("127.0.0.1")));
    assert!(there["began_at"].is_i64());
    // What it is called by is no way in.
    let raw = there["id"].as_str().unwrap();
    assert!(!phone.cookie.contains(raw));
    ada.api("account/end_sign_in", &json!({"id": raw})).await.is_error(404, "not_found");
    assert!(phone.is_signed_in().await);
    ask(&browser, "account/end_sign_in", json!({"id": raw})).await;
    assert!(!phone.is_signed_in().await && browser.is_signed_in().await);
    let third = Browser::signed_in(&app, OWNER).await;
    ask(&browser, "account/sign_out_elsewhere", json!({})).await;
    assert!(!third.is_signed_in().await && browser.is_signed_in().await && ada.is_signed_in().await);
}

async fn a_sign_in_that_nobody_uses_ends(database: Database) {
    let app = TestApp::start(database).await;
    let (used, idle) = (Browser::signed_in(&app, OWNER).await, Browser::signed_in(&app, OWNER).await);
    assert!(used.is_signed_in().await && idle.is_signed_in().await);
    let touched = async |more_than: i64| {
        // Written down by and by.
        while app.count("select coalesce(max(seen_at), 0) from sessions").await <= more_than {
            tokio::task::yield_now().await;
        }
    };
    touched(0).await;
    app.advance(13 * DAY);
    let now = app.state.now();
    assert!(used.is_signed_in().await);
    touched(now - 1).await;
    app.advance(DAY);
    assert!(used.is_signed_in().await);
    assert!(!idle.is_signed_in().await);
    crate::server::pipeline::sweep::clean(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from sessions").await, 1);
}

async fn a_token_is_made_and_does_what_it_may(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let made = ask(&browser, "tokens/create", json!({"name": "Script", "scopes": ["read"], "days": 30})).await;
    let secret = made["secret"].as_str().unwrap();
    assert!(secret.starts_with("plt_") && secret.ends_with(made["token"]["last4"].as_str().unwrap()));
    assert_eq!(made["token"]["scopes"], json!(["read"]));
    assert_eq!(made["token"]["expires_at"].as_i64().unwrap(), app.state.now() + 30 * DAY);
    let status = async |operation: &str, input: Value| app.api_as(secret, operation, input).await.0.as_u16();
    assert_eq!(status("conversations/list", json!({})).await, 200);
    let (refused, error) = app.api_as(secret, "chatbots/create", json!({"name": "Bot"})).await;
    assert_eq!(refused, StatusCode::FORBIDDEN);
    assert!(error["message"].as_str().unwrap().contains("manage"), "{error}");
    app.advance(30 * DAY);
    assert_eq!(status("conversations/list", json!({})).await, 401);
    let listed = app.ok("tokens/list", json!({})).await;
    assert!(listed.as_array().unwrap().iter().all(|t| t["name"] != "Script"), "{listed}");
    // One of all scopes does what its owner may.
    let browser = Browser::signed_in(&app, OWNER).await;
    let all = json!({"name": "All", "scopes": ["read", "write", "send", "manage"]});
    let made = ask(&browser, "tokens/create", all).await;
    let all = made["secret"].as_str().unwrap();
    assert_eq!(app.api_as(all, "chatbots/create", json!({"name": "Bot"})).await.0, StatusCode::OK);
    ask(&browser, "tokens/revoke", json!({"id": made["token"]["id"]})).await;
    assert_eq!(app.api_as(all, "session/current", json!({})).await.0, StatusCode::UNAUTHORIZED);
}

async fn a_token_is_not_its_owner_in_person(database: Database) {
    let app = TestApp::start(database).await;
    for (operation, input) in [
        ("account/update", json!({"name": "Mallory"})),
        ("account/change_password", json!({"old": PASSWORD, "new": NEW_PASSWORD})),
        ("account/sign_ins", json!({})),
        ("account/sign_out_elsewhere", json!({})),
        ("tokens/create", json!({"name": "Child", "scopes": ["read"]})),
        ("people/invite", json!({"email": ADA, "role": "owner"})),
        ("workspaces/update", json!({"name": "Mine"})),
    ] {
        let (status, error) = app.api(operation, input).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{operation}: {error}");
        assert!(error["action"].as_str().unwrap().contains("browser"), "{error}");
    }
    // Nor by a cookie beside it.
    let browser = Browser::signed_in(&app, OWNER).await;
    let request = browser.request(Method::POST, "/api/v1/account/sign_ins").json(&json!({}));
    let answer = Answer::to(request.header(header::AUTHORIZATION, format!("Bearer {}", app.token))).await;
    answer.is_error(403, "forbidden");
}

async fn making_tokens_says_what_is_wrong(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    for (field, input) in [
        ("name", json!({"name": " ", "scopes": ["read"]})),
        ("scopes", json!({"name": "x", "scopes": []})),
        ("days", json!({"name": "x", "scopes": ["read"], "days": 0})),
        ("days", json!({"name": "x", "scopes": ["read"], "days": 366})),
    ] {
        let error = browser.api("tokens/create", &input).await.is_error(400, "invalid");
        assert_eq!(error["field"], field, "{error}");
    }
    browser.api("tokens/create", &json!({"name": "x", "scopes": ["all"]})).await.is_error(400, "invalid");
    let one = json!({"name": "x", "scopes": ["read"]});
    for _ in 0..49 {
        ask(&browser, "tokens/create", one.clone()).await;
    }
    browser.api("tokens/create", &one).await.is_error(409, "conflict");
}

/// Somebody who knows the password changes it to what it is, again and again, while its owner sets another.
async fn whoever_was_signed_out_meanwhile_keeps_nothing(database: Database) {
    let app = TestApp::start(database).await;
    for round in 0..3 {
        let email = format!("user{round}@example.com");
        app.add_user(&email, Role::Agent, None).await;
        let thief = Browser::signed_in(&app, &email).await;
        let again = json!({"old": PASSWORD, "new": PASSWORD});
        let token = json!({"name": "Child", "scopes": ["read"]});
        let thefts = async {
            let mut made = Vec::new();
            for _ in 0..4 {
                made.push(thief.api("tokens/create", &token).await);
                thief.api("account/change_password", &again).await;
            }
            made
        };
        let reset = crate::server::service::account::set_password(&app.state, &email, NEW_PASSWORD.into());
        let (made, reset) = tokio::join!(thefts, reset);
        reset.unwrap();
        let mut browser = Browser::stranger(&app);
        assert!(browser.sign_in(&email, PASSWORD, "").await.location().contains("error=credentials"), "{round}");
        assert_eq!(browser.sign_in(&email, NEW_PASSWORD, "").await.location(), "/inbox", "{round}");
        for made in made.iter().filter(|made| made.status == 200) {
            let secret = made.json()["secret"].as_str().unwrap().to_owned();
            assert_eq!(app.api_as(&secret, "session/current", json!({})).await.0, StatusCode::UNAUTHORIZED, "{round}");
        }
    }
}

async fn a_scope_hides_what_it_does_not_cover(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let made = ask(&browser, "tokens/create", json!({"name": "Reader", "scopes": ["read"]})).await;
    let (_, seen) = app
        .api_as(made["secret"].as_str().unwrap(), "integrations/whatsapp/get", json!({"id": number.integration_id}))
        .await;
    assert_eq!(seen["id"], json!(number.integration_id));
    assert!(seen["verify_token"].is_null(), "{seen}");
}
