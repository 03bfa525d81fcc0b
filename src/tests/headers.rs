//! Headers that keep browsers from doing what nobody wants.

use axum::http::Method;
use serde_json::json;

use super::{
    app::{Database, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};

on_both_databases!(
    nothing_is_guessed_framed_or_told_on,
    pages_run_only_their_own_scripts,
    requests_have_ids,
    files_of_another_build_are_not_there,
    no_cache_keeps_what_is_somebodys,
);

/// One address of each kind.
async fn answers(app: &TestApp) -> Vec<(String, Answer)> {
    let number = app.number().await;
    let browser = Browser::signed_in(app, "owner@example.com").await;
    app.open_website(&number.chatbot_id).await;
    let widget = format!("/widget/{}", app.website_of(&number.chatbot_id).await);
    let no_widget = format!("/widget/{}", uuid::Uuid::nil());
    let webhook = format!("/api/whatsapp/webhook/{}", number.integration_id);
    let mut found = Vec::new();
    for path in [
        "/",
        "/inbox",
        "/sign-in",
        "/no-such-page",
        "/favicon.svg",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/nothing",
        "/api/v1/chatbots/list",
        "/api/widget/v1/messages",
        "/sandbox/graph/v26.0/1",
        &widget,
        &no_widget,
        &webhook,
        "/api/whatsapp/webhook",
    ] {
        found.push((path.to_owned(), browser.get(path).await));
    }
    found.push(("an operation".to_owned(), browser.api("chatbots/list", &json!({})).await));
    let refused = Browser::stranger(app).request(Method::POST, &webhook).body("x");
    found.push(("a refused webhook".to_owned(), Answer::to(refused).await));
    let foreign = browser.form("/sign-out", &[]).header("origin", "https://evil.example");
    found.push(("a foreign form".to_owned(), Answer::to(foreign).await));
    found
}

async fn nothing_is_guessed_framed_or_told_on(database: Database) {
    let app = TestApp::start(database).await;
    for (what, answer) in answers(&app).await {
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"), "{what}: {policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
        // Only the chat is made to be framed.
        let framed = if what.starts_with("/widget/") { "frame-ancestors *" } else { "frame-ancestors 'none'" };
        assert!(policy.contains(framed), "{what}: {policy}");
        for leak in ["server", "x-powered-by"] {
            assert_eq!(answer.header(leak), "", "{what}");
        }
    }
}

/// The nonce that a page's policy names.
fn nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let (_, rest) = policy.split_once("'nonce-").unwrap_or_else(|| panic!("no nonce in {policy}"));
    rest.split('\'').next().unwrap().to_owned()
}

async fn pages_run_only_their_own_scripts(database: Database) {
    let app = TestApp::start(database).await;
    app.number().await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let mut nonces = Vec::new();
    for path in ["/sign-in", "/inbox", "/chatbots", "/integrations", "/sandbox", "/no-such-page", "/inbox"] {
        let page = browser.get(path).await;
        let nonce = nonce(&page);
        assert!(nonce.len() >= 16, "{path}: {nonce}");
        let scripts: Vec<&str> = page.body.split("<script").skip(1).map(|s| s.split('>').next().unwrap()).collect();
        assert!(!scripts.is_empty(), "{path}");
        for script in scripts {
            assert!(script.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{script}>");
        }
        assert!(page.header("content-security-policy").contains("form-action 'self'"), "{path}");
        // Handlers and styles in attributes would need a weaker policy.
        for inline in [" onclick=", " onload=", " onsubmit=", " style=", "javascript:", "<style"] {
            assert!(!page.body.contains(inline), "{path} has {inline}");
        }
        nonces.push(nonce);
    }
    let count = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert_eq!(nonces.len(), count, "a nonce came twice");
}

async fn requests_have_ids(database: Database) {
    let app = TestApp::start(database).await;
    let mut ids = Vec::new();
    for (what, answer) in answers(&app).await {
        let id = answer.header("x-request-id").to_owned();
        assert!(id.len() >= 16, "{what}: {id:?}");
        ids.push(id);
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// A page that was loaded before an update asks for them. What it gets must not look like an answer.
async fn files_of_another_build_are_not_there(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::stranger(&app);
    for path in ["/pkg/0123456789abcdef/split_manage.wasm", "/pkg/nothing.js"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (404, ""), "{path}");
        assert_eq!(answer.header("cache-control"), "", "{path}");
    }
}

async fn no_cache_keeps_what_is_somebodys(database: Database) {
    let app = TestApp::start(database).await;
    for (what, answer) in answers(&app).await {
        let kept = answer.header("cache-control").to_owned();
        if answer.header("content-type") == "image/svg+xml" {
            assert_eq!(kept, "no-cache", "files are everybody's");
        } else {
            assert_eq!(kept, "no-store", "{what}");
        }
    }
    let stream = Browser::signed_in(&app, "owner@example.com").await.request(Method::GET, "/api/v1/events");
    let stream = stream.send().await.unwrap();
    assert!(stream.headers().contains_key("cache-control"));
}
