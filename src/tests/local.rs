//! A server without a public address trusts this machine, and so must hear nobody else.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};

on_both_databases!(
    a_foreign_name_is_refused_everywhere,
    a_proxy_is_refused_everywhere,
    who_names_this_machine_gets_in,
    a_public_server_answers_by_every_name,
    listening_everywhere_trusts_nobody,
);

/// One address of each kind.
const PATHS: [&str; 14] = [
    "/",
    "/set-up",
    "/sign-in",
    "/inbox",
    "/no-such-page",
    "/favicon.svg",
    "/metrics",
    "/api/v1/events",
    "/api/v1/nothing",
    "/api/widget/v1/messages",
    "/widget/00000000-0000-7000-8000-000000000000",
    "/sandbox/graph/v25.0/1",
    "/api/whatsapp/webhook/00000000-0000-7000-8000-000000000000",
    "/api//whatsapp/webhook/",
];

async fn is_refused_everywhere(app: &TestApp, name: &str, value: &str) {
    let stranger = Browser::stranger(app);
    for path in PATHS {
        let answer = Answer::to(stranger.request(Method::GET, path).header(name, value)).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.body);
        let error = answer.json();
        assert_eq!(error["code"], "forbidden", "{path}");
        assert!(error["action"].as_str().unwrap().contains("PARLANCE_PUBLIC_URL=https://"), "{error}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    let owner = json!({"workspace": "Shop", "name": "Eve", "email": "eve@example.com", "password": PASSWORD});
    let made = stranger.request(Method::POST, "/api/v1/setup/create").header(name, value).json(&owner);
    let error = Answer::to(made).await.is_error(403, "forbidden");
    assert!(error["action"].as_str().unwrap().contains("PARLANCE_PUBLIC_URL"));
    assert_eq!(app.count("select count(*) from users").await, 0);
    // People get a page.
    let page = stranger.request(Method::GET, "/set-up").header(name, value).header(header::ACCEPT, "text/html");
    let page = Answer::to(page).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    assert!(page.body.contains("PARLANCE_PUBLIC_URL=https://"), "{}", page.body);
    // Whether it is alive is no secret.
    for path in ["/healthz", "/readyz"] {
        let answer = Answer::to(stranger.request(Method::GET, path).header(name, value)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
    }
}

async fn a_foreign_name_is_refused_everywhere(database: Database) {
    let app = TestApp::start_empty(database, &[]).await;
    for host in ["evil.example", "evil.example:3000", "localhost.evil.example"] {
        is_refused_everywhere(&app, "host", host).await;
    }
    // Nothing of it is stored.
    let named = Browser::stranger(&app).request(Method::GET, "/set-up").header(header::ACCEPT, "text/html");
    let page = Answer::to(named.header(header::HOST, "shop.evil.example")).await;
    assert!(!page.body.contains("evil.example"), "{}", page.body);
}

async fn a_proxy_is_refused_everywhere(database: Database) {
    let app = TestApp::start_empty(database, &[]).await;
    for (name, value) in [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-host", "localhost"), ("forwarded", "for=x")]
    {
        is_refused_everywhere(&app, name, value).await;
    }
    // One that is named may pass people on. Set-up then asks for the code, and metrics are closed.
    let app = TestApp::start_empty(database, &["--trusted-proxies", "127.0.0.1"]).await;
    let stranger = Browser::stranger(&app);
    let request = stranger.request(Method::POST, "/api/v1/setup/status").header("x-forwarded-for", "203.0.113.9");
    assert_eq!(Answer::to(request.json(&json!({}))).await.json(), json!({"open": true, "code_needed": true}));
    let metrics = stranger.request(Method::GET, "/metrics").header("x-forwarded-for", "203.0.113.9");
    assert_eq!(Answer::to(metrics).await.status, StatusCode::UNAUTHORIZED);
}

async fn who_names_this_machine_gets_in(database: Database) {
    let app = TestApp::start_empty(database, &[]).await;
    let stranger = Browser::stranger(&app);
    for host in ["localhost", "localhost:3000", "127.0.0.1:1", "[::1]:3000"] {
        for path in ["/set-up", "/metrics", "/healthz"] {
            let answer = Answer::to(stranger.request(Method::GET, path).header(header::HOST, host)).await;
            assert_eq!(answer.status, StatusCode::OK, "{host} {path}: {}", answer.body);
        }
    }
    assert_eq!(stranger.api("setup/status", &json!({})).await.json(), json!({"open": true, "code_needed": false}));
}

async fn a_public_server_answers_by_every_name(database: Database) {
    let app = TestApp::start_empty(database, &["--public-url", "https://chat.example.com"]).await;
    let stranger = Browser::stranger(&app);
    for (name, value) in [("host", "chat.example.com"), ("host", "other.example"), ("x-forwarded-for", "203.0.113.9")] {
        let page = Answer::to(stranger.request(Method::GET, "/set-up").header(name, value)).await;
        assert_eq!(page.status, StatusCode::OK, "{name}: {value}");
    }
    assert_eq!(stranger.api("setup/status", &json!({})).await.json(), json!({"open": true, "code_needed": true}));
}

/// Other machines can say `Host: localhost`, too.
async fn listening_everywhere_trusts_nobody(database: Database) {
    let flags = ["--listen", "0.0.0.0:0", "--public-url", "http://localhost:3000"];
    let app = TestApp::start_empty(database, &flags).await;
    let stranger = Browser::stranger(&app);
    assert_eq!(stranger.api("setup/status", &json!({})).await.json(), json!({"open": true, "code_needed": true}));
    assert_eq!(stranger.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    assert!(app.state.config.sandbox, "a local address still has the simulator");
}
