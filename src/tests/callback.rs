//! The webhook's address as people paste it, and what they see who open it.

use axum::http::{Method, StatusCode, header};

use super::{
    app::{APP_SECRET, Database, TestApp, change, text_message, webhook},
    browser::{Answer, Browser},
    deployment::FLAGS,
    html::tags,
    on_both_databases,
};
use crate::server::channel::whatsapp::signature::sign;

on_both_databases!(
    slashes_too_many_change_nothing,
    the_path_for_the_whole_deployment_too,
    nothing_below_the_webhook_asks_for_a_sign_in,
    a_person_gets_an_explanation,
);

/// Spellings of a path that mean the same.
fn spellings(path: &str) -> Vec<String> {
    vec![
        path.to_owned(),
        format!("{path}/"),
        format!("{path}///"),
        format!("/{path}"),
        path.replacen("/api/", "/api//", 1),
        path.replacen("/webhook", "//webhook", 1),
        format!("{}/", path.replace('/', "//")),
    ]
}

const ASK: &str = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token";

async fn slashes_too_many_change_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let spelt = spellings(&format!("/api/whatsapp/webhook/{}", number.integration_id));
    for (at, path) in spelt.iter().enumerate() {
        let stranger = Browser::stranger(&app);
        for (token, status) in [("open%20sesame", StatusCode::OK), ("wrong", StatusCode::FORBIDDEN)] {
            let asked = stranger.request(Method::GET, &format!("{path}?{ASK}={token}"));
            let answer = Answer::to(asked).await;
            assert_eq!(answer.status, status, "{path}: {}", answer.body);
            assert_eq!(answer.body == "1158201444", status == StatusCode::OK, "{path}");
        }
        let from = format!("4915100000{at:02}");
        let text = text_message(&format!("wamid.{at}"), &from, "opening hours");
        let body = webhook(&[change(&number, &[text], &[])]);
        let post = |secret: &[u8]| {
            let request = stranger.request(Method::POST, path).body(body.clone());
            Answer::to(request.header("x-hub-signature-256", sign(secret, body.as_bytes())))
        };
        assert_eq!(post(b"another secret").await.status, StatusCode::UNAUTHORIZED, "{path}");
        let taken = post(APP_SECRET.as_bytes()).await;
        assert_eq!((taken.status, taken.body.as_str()), (StatusCode::OK, ""), "{path}");
        assert_eq!(taken.header("x-content-type-options"), "nosniff");
    }
    app.settle().await;
    assert_eq!(app.graph.sent().len(), spelt.len());
}

async fn the_path_for_the_whole_deployment_too(database: Database) {
    let app = TestApp::start_with(database, &FLAGS).await;
    for path in spellings("/api/whatsapp/webhook") {
        let stranger = Browser::stranger(&app);
        let asked = Answer::to(stranger.request(Method::GET, &format!("{path}?{ASK}=deploy"))).await;
        assert_eq!((asked.status, asked.body.as_str()), (StatusCode::OK, "1158201444"), "{path}");
        let body = webhook(&[]);
        let signed = sign(b"deploy-secret", body.as_bytes());
        let request = stranger.request(Method::POST, &path).header("x-hub-signature-256", signed).body(body);
        assert_eq!(Answer::to(request).await.status, StatusCode::OK, "{path}");
    }
}

async fn nothing_below_the_webhook_asks_for_a_sign_in(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let known = format!("/api/whatsapp/webhook/{}", number.integration_id);
    let stranger = Browser::stranger(&app);
    for path in [format!("{known}/more"), format!("{known}/more/"), "/api/whatsapp/webhook/a/b/c".to_owned()] {
        for method in [Method::GET, Method::POST] {
            let answer = Answer::to(stranger.request(method.clone(), &path)).await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::NOT_FOUND, ""), "{method} {path}");
        }
    }
    for path in [known.clone(), format!("{known}/"), "/api/whatsapp//webhook".to_owned()] {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
            let answer = Answer::to(stranger.request(method.clone(), &path)).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            assert!(answer.header("allow").contains("POST"), "{method} {path}");
        }
    }
    // Unknown ones are not there, however they are spelt; the neighbours of the webhook are operations.
    for path in spellings("/api/whatsapp/webhook/00000000-0000-7000-8000-000000000000") {
        let answer = Answer::to(stranger.request(Method::POST, &path).body("{}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    stranger.get("/api/whatsapp/webhooks").await.is_error(401, "unauthenticated");
}

async fn a_person_gets_an_explanation(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let stranger = Browser::stranger(&app);
    let known = spellings(&format!("/api/whatsapp/webhook/{}", number.integration_id));
    let others = ["/api/whatsapp/webhook", "/api/whatsapp/webhook/", "/api/whatsapp/webhook/nonsense?utm_source=x"];
    let mut pages = Vec::new();
    for path in known.iter().map(String::as_str).chain(others) {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(answer.header("content-type").starts_with("text/html"), "{path}");
        assert!(answer.body.contains("verify token"), "{path}: {}", answer.body);
        // Its style is what its policy names: a hash, nothing inline by permission.
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("style-src 'sha256-") && !policy.contains("unsafe-inline"), "{policy}");
        assert!(tags(&answer.body).iter().all(|tag| tag.attribute("style").is_none()), "{path}");
        pages.push(answer.body);
    }
    // What is in use and what is not looks the same.
    pages.dedup();
    assert_eq!(pages.len(), 1);
    let below = stranger.get("/api/whatsapp/webhook/1/2").await;
    assert!(below.status == StatusCode::NOT_FOUND && below.body.contains("callback URL"), "{}", below.body);
    // Meta asks like a program, and may accept anything.
    let asked = stranger.request(Method::GET, &format!("{}?{ASK}=open%20sesame", known[0]));
    let asked = Answer::to(asked.header(header::ACCEPT, "text/html,*/*")).await;
    assert_eq!(asked.body, "1158201444");
}
