//! Sign-ins in the log: with the address, in words that tools look for, and not without end.

use std::process::Command;

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Answer, Browser},
};
use crate::server::base::{config::LogFormat, telemetry};

const OWNER: &str = "owner@example.com";
/// Says to the test below which format to log in.
const FORMAT: &str = "TEST_LOG_FORMAT";

async fn attempt(app: &TestApp, email: &str, password: &str, from: &str) -> String {
    let request = Browser::stranger(app).form("/sign-in", &[("email", email), ("password", password)]);
    Answer::to(request.header("x-forwarded-for", from)).await.location().to_owned()
}

/// Run by the test below in a process of its own, with a log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_sign_ins() {
    if let Ok(format) = std::env::var(FORMAT) {
        telemetry::start("info", format.parse::<LogFormat>().unwrap()).unwrap();
    }
    let app = TestApp::start_with(Database::Sqlite, &["--trusted-proxies", "127.0.0.1"]).await;
    for i in 0..9 {
        let location = attempt(&app, &format!("hush{i}@example.com"), "hunter2hunter2", "198.51.100.7").await;
        assert!(location.contains("error=credentials"), "{location}");
    }
    for i in 0..7 {
        let location = attempt(&app, OWNER, "hunter2hunter2", "1.2.3.4, 198.51.100.9").await;
        assert!(location.contains(if i < 5 { "error=credentials" } else { "error=throttled" }), "{location}");
    }
    assert_eq!(attempt(&app, OWNER, PASSWORD, "2001:db8::8").await, "/inbox");
    app.advance(60_000);
    attempt(&app, "hush@example.com", "hunter2hunter2", "198.51.100.7").await;
    for token in ["plt_hush", "plt_hush", "Basic hush"] {
        let call = app.http.post(format!("{}/api/v1/session/current", app.url)).bearer_auth(token).json(&json!({}));
        let status = call.header("x-forwarded-for", "198.51.100.10").send().await.unwrap().status();
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }
    let flags = ["--trusted-proxies", "127.0.0.1", "--public-url", "http://chat.example.com"];
    let empty = TestApp::start_empty(Database::Sqlite, &flags).await;
    let input = json!({"workspace": "Shop", "name": "Ada", "email": OWNER, "password": PASSWORD, "code": "hush"});
    let call = empty.http.post(format!("{}/api/v1/setup/create", empty.url)).json(&input);
    let status = call.header("x-forwarded-for", "198.51.100.11").send().await.unwrap().status();
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

fn log_in(format: &str) -> String {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::sign_in_log::a_few_sign_ins", "--nocapture"])
        .env(FORMAT, format)
        .output()
        .unwrap();
    let log = String::from_utf8_lossy(&child.stderr).into_owned();
    assert!(child.status.success(), "{log}");
    log
}

#[test]
fn sign_ins_are_logged_with_their_address_and_bounded() {
    let log = log_in("text");
    let lines = |words: &str| {
        let end = format!(": {words}");
        log.lines().filter(|line| line.contains(" WARN ") && line.ends_with(&end)).count()
    };
    let failed = "Sign-ins failed: wrong e-mail address or password";
    assert_eq!(lines(&format!("{failed} count=1 address=198.51.100.7")), 5, "{log}");
    // The four that had no line, and the one after the minute.
    assert_eq!(lines(&format!("{failed} count=5 address=198.51.100.7")), 1, "{log}");
    assert_eq!(lines(&format!("{failed} count=1 address=198.51.100.9")), 5, "{log}");
    assert_eq!(lines("Sign-ins were throttled count=1 address=198.51.100.9"), 2, "{log}");
    let token = "API tokens were refused: they are unknown, revoked or have ended";
    assert_eq!(lines(&format!("{token} count=1 address=198.51.100.10")), 2, "{log}");
    assert_eq!(lines("Set-up failed: wrong set-up code count=1 address=198.51.100.11"), 1, "{log}");
    let signed_in: Vec<&str> = log.lines().filter(|line| line.contains("Signed in")).collect();
    assert!(
        signed_in.len() == 1 && signed_in[0].contains(": Signed in count=1 address=2001:db8::8 detail="),
        "{signed_in:?}"
    );
    for never in ["hush", "hunter2", OWNER, "1.2.3.4", "\u{1b}["] {
        assert!(!log.contains(never), "{never:?} in {log}");
    }
    let json = log_in("json");
    assert!(json.lines().any(|line| line.contains(failed) && line.contains(r#""address":"198.51.100.7""#)), "{json}");
    // What the manual tells tools to look for is what is written.
    let manual = std::fs::read_to_string(super::source::root().join("docs/operating.md")).unwrap();
    let filter = manual.lines().find(|line| line.starts_with("failregex")).unwrap();
    for part in ["Sign-ins (?:failed: wrong e-mail address or password|were throttled) count=", " address=<HOST>$"] {
        assert!(filter.contains(part), "{filter}");
    }
}
