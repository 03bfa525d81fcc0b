//! API tokens: what they open, and when they stop.

use std::time::Duration;

use axum::http::{Method, StatusCode, header};
use serde_json::json;
use uuid::Uuid;

use super::{
    app::{Database, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::{
    domain::role::Role,
    server::{
        base::secrets::sha256,
        service::tokens,
        store::{StoreError, on},
        writer::Priority,
    },
};

on_both_databases!(
    a_token_opens_the_api_and_no_page,
    a_token_decides_alone,
    a_revoked_token_is_refused_at_once,
    a_token_ends_after_a_year,
    one_revokes_only_ones_own,
    a_token_follows_its_owner,
    lists_never_show_a_token,
);

const OWNER: &str = "owner@example.com";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Changes the database behind the server's back.
async fn execute(app: &TestApp, sql: &'static str) {
    let write = app.state.writer.write(Priority::Bulk, Uuid::nil(), sql, |conn, sql| {
        Box::pin(async move { on!(conn, c => sqlx::query(*sql).execute(c).await.map(drop)).map_err(StoreError::from) })
    });
    write.await.unwrap();
}

async fn status_of(app: &TestApp, token: &str) -> u16 {
    app.api_as(token, "session/current", json!({})).await.0.as_u16()
}

async fn a_token_opens_the_api_and_no_page(database: Database) {
    let app = TestApp::start(database).await;
    assert!(app.token.starts_with("plt_") && app.token.len() >= 4 + 64, "{}", app.token);
    assert_eq!(app.ok("session/current", json!({})).await["email"], OWNER);
    let stranger = Browser::stranger(&app);
    for (scheme, status) in [("Bearer", 200), ("bearer", 200), ("BEARER ", 200), ("Token", 401), ("", 401)] {
        let request = stranger.request(Method::POST, "/api/v1/session/current").json(&json!({}));
        let answer = Answer::to(request.header(header::AUTHORIZATION, format!("{scheme} {}", app.token))).await;
        assert_eq!(answer.status.as_u16(), status, "{scheme:?}");
        // A program needs no cookie.
        assert_eq!(answer.cookie(), "");
    }
    for token in [&app.token[..app.token.len() - 1], &app.token[4..], "plt_", "", &format!("{}0", app.token)] {
        assert_eq!(status_of(&app, token).await, 401, "{token}");
    }
}

async fn a_token_decides_alone(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user("agent@example.com", Role::Agent, None).await;
    let browser = Browser::signed_in(&app, "agent@example.com").await;
    let call = |value: String| {
        let request = browser.request(Method::POST, "/api/v1/session/current").json(&json!({}));
        Answer::to(request.header(header::AUTHORIZATION, value))
    };
    for value in ["Bearer plt_wrong", "Bearer ", "Basic YTpi", "nonsense"] {
        call(value.to_owned()).await.is_error(401, "unauthenticated");
    }
    assert_eq!(call(format!("Bearer {}", app.token)).await.json()["role"], "owner");
    assert!(browser.is_signed_in().await);
}

async fn a_revoked_token_is_refused_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let second = tokens::add(&app.state, OWNER, "second").await.unwrap();
    let listed = app.ok("tokens/list", json!({})).await;
    let id = listed.as_array().unwrap().iter().find(|t| t["name"] == "second").unwrap()["id"].clone();
    assert_eq!(status_of(&app, &second).await, 200);
    app.ok("tokens/revoke", json!({"id": id})).await;
    assert_eq!(status_of(&app, &second).await, 401);
    assert_eq!(status_of(&app, &app.token).await, 200);
    assert_eq!(app.ok("tokens/list", json!({})).await.as_array().unwrap().len(), 1);
    assert_eq!(app.api("tokens/revoke", json!({"id": id})).await.0, StatusCode::NOT_FOUND);
}

async fn a_token_ends_after_a_year(database: Database) {
    let app = TestApp::start(database).await;
    app.advance(365 * DAY - 1);
    assert_eq!(status_of(&app, &app.token).await, 200);
    app.advance(1);
    assert_eq!(status_of(&app, &app.token).await, 401);
}

async fn one_revokes_only_ones_own(database: Database) {
    let app = TestApp::start(database).await;
    let colleague = app.add_user("agent@example.com", Role::Agent, None).await;
    let (_, tokens) = app.api_as(&colleague, "tokens/list", json!({})).await;
    assert_eq!(tokens.as_array().unwrap().len(), 1);
    let (status, _) = app.api("tokens/revoke", json!({"id": tokens[0]["id"]})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(status_of(&app, &colleague).await, 200);
}

async fn a_token_follows_its_owner(database: Database) {
    let app = TestApp::start(database).await;
    let (status, _) = app.api("chatbots/create", json!({"name": "One"})).await;
    assert_eq!(status, StatusCode::OK);
    execute(&app, "update memberships set role = 'agent'").await;
    let (status, error) = app.api("chatbots/create", json!({"name": "Two"})).await;
    assert_eq!((status, error["code"].as_str()), (StatusCode::FORBIDDEN, Some("forbidden")));
    execute(&app, "delete from memberships").await;
    assert_eq!(status_of(&app, &app.token).await, 401);
    execute(&app, "delete from users").await;
    assert_eq!(app.count("select count(*) from api_tokens").await, 0);
}

async fn lists_never_show_a_token(database: Database) {
    let app = TestApp::start(database).await;
    let listed = app.ok("tokens/list", json!({})).await;
    assert_eq!(listed[0]["name"], "test");
    let mut keys: Vec<&String> = listed[0].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["created_at", "expires_at", "id", "last4", "last_used_at", "name", "scopes"]);
    let text = listed.to_string();
    assert!(!text.contains(&app.token[4..]) && !text.contains(&hex::encode(sha256(&app.token))), "{text}");
    // The last use is stored beside the request, without delaying it.
    for _ in 0..500 {
        if app.count("select count(*) from api_tokens where last_used_at is not null").await == 1 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the last use was not written down");
}
