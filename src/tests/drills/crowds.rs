//! One session opens hundreds of event streams; long fields come back in an address; both are bounded.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use tokio::time::timeout;

use super::super::{
    app::{Database, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::domain::role::Role;

on_both_databases!(
    the_oldest_stream_of_a_session_makes_way,
    beyond_all_streams_a_new_one_is_refused,
    a_redirect_never_grows_with_what_was_typed,
);

async fn follow(app: &TestApp, token: &str) -> reqwest::Response {
    app.http.get(format!("{}/api/v1/events", app.url)).bearer_auth(token).send().await.unwrap()
}

async fn the_oldest_stream_of_a_session_makes_way(database: Database) {
    let app = TestApp::start_with(database, &["--limits=streams_per_session=3"]).await;
    let other = app.add_user("agent@example.com", Role::Agent, None).await;
    let mut streams = vec![follow(&app, &app.token).await];
    let mut theirs = follow(&app, &other).await;
    for _ in 0..3 {
        streams.push(follow(&app, &app.token).await);
    }
    assert!(streams.iter().all(|s| s.status() == StatusCode::OK));
    let first = timeout(Duration::from_secs(20), streams.remove(0).text()).await.expect("it stays open").unwrap();
    // It comes back by itself, and not at once: or pages beyond the number would chase each other.
    assert!(first.contains("retry:30000") || first.contains("retry: 30000"), "{first}");
    for stream in streams.iter_mut().chain([&mut theirs]) {
        assert!(stream.chunk().await.unwrap().is_some(), "the newer ones are open");
    }
}

async fn beyond_all_streams_a_new_one_is_refused(database: Database) {
    let app = TestApp::start_with(database, &["--limits=streams=2"]).await;
    let other = app.add_user("agent@example.com", Role::Agent, None).await;
    let open = [follow(&app, &app.token).await, follow(&app, &other).await];
    let refused = follow(&app, &other).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let error: serde_json::Value = refused.json().await.unwrap();
    assert!(error["code"] == "rate_limited" && error["action"].is_string(), "{error}");
    drop(open);
    // The server notices when it next writes to them; until then it refuses.
    while follow(&app, &other).await.status() != StatusCode::OK {}
}

async fn a_redirect_never_grows_with_what_was_typed(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::stranger(&app);
    let (long, longer) = ("ä".repeat(300), "/a".repeat(1500));
    let form = [("email", long.as_str()), ("password", "wrong"), ("next", longer.as_str())];
    let answer = Answer::to(browser.form("/sign-in", &form)).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in?error=credentials"));
    let answer = browser.get(&format!("/inbox?{}", "x".repeat(5000))).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/sign-in"));
    // What people do type comes back.
    let form = [("email", "owner@example.com"), ("password", "wrong"), ("next", "/inbox/1")];
    let answer = Answer::to(browser.form("/sign-in", &form)).await;
    assert!(answer.header("location").contains("owner%40example.com"), "{}", answer.header("location"));
    let huge = browser.request(Method::POST, "/sign-in").header("content-type", "application/x-www-form-urlencoded");
    let answer = Answer::to(huge.body(format!("password=x&email={}", "a".repeat(480 << 10)))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.header("location"), "");
}
