//! The health watch, and the change of the key.

use std::{fs, os::unix::fs::PermissionsExt};

use axum::http::StatusCode;
use clap::Parser;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp, change, text_message, webhook},
    double::{Answer, Call},
    on_both_databases,
};
use crate::server::{
    base::{
        config::{Config, Options},
        secrets::Sealer,
    },
    pipeline::{self, Progress, health::Health},
    service::keys,
};

on_both_databases!(
    integrations_are_looked_at_every_quarter_of_an_hour,
    a_refused_token_shows_within_the_same_transaction,
    a_stopped_channel_goes_on_when_mended,
    a_fresh_error_is_not_waved_away,
    hints_in_webhooks_are_followed_at_once,
    a_check_is_one_nodes_alone,
    the_key_changes_under_a_running_server,
);

const QUARTER: i64 = 15 * 60_000;

fn id(number: &Number) -> Value {
    json!({"id": number.integration_id})
}

async fn get(app: &TestApp, number: &Number) -> Value {
    app.ok("integrations/whatsapp/get", id(number)).await
}

async fn step(app: &TestApp) -> Progress {
    pipeline::step::<Health>(&app.state).await.unwrap()
}

async fn integrations_are_looked_at_every_quarter_of_an_hour(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    assert_eq!(step(&app).await, Progress::Idle, "it was tested a moment ago");
    app.graph.change(|world| world.number = json!({"quality_rating": "YELLOW"}));
    let calls = app.graph.calls().len();
    app.advance(QUARTER * 12 / 10 + 1);
    assert_eq!(step(&app).await, Progress::Worked);
    assert_eq!(get(&app, &number).await["health"]["quality"], "yellow");
    assert!(app.graph.calls().len() - calls <= 2, "the look is to be cheap: {:?}", app.graph.calls());
    assert_eq!(step(&app).await, Progress::Idle);
    // A token that has ended stops it before any message fails.
    app.graph.change(|world| world.token = json!({"is_valid": false, "error": {"code": 190, "subcode": 463}}));
    app.advance(QUARTER * 12 / 10 + 1);
    step(&app).await;
    let seen = get(&app, &number).await;
    assert_eq!((&seen["status"], &seen["status_remedy"]), (&json!("error"), &json!("replace_token")), "{seen}");
    // Silence is no verdict.
    app.graph.change(|world| world.token = json!({}));
    app.graph.fail(Call::DebugToken, Answer::Html(502));
    app.graph.fail(Call::Number, Answer::Html(502));
    app.advance(QUARTER * 12 / 10 + 1);
    step(&app).await;
    assert_eq!(get(&app, &number).await["status"], "error");
}

async fn a_refused_token_shows_within_the_same_transaction(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let events = "select count(*) from events where payload like '%\"integration%'";
    app.graph.answer_next([Answer::Error { status: 401, code: 190, subcode: Some(463) }]);
    let body = webhook(&[change(&number, &[text_message("wamid.1", "491510000001", "opening hours")], &[])]);
    app.deliver(&number, body).await;
    let before = app.count(events).await;
    app.settle().await;
    // One for the webhook, one for the error.
    assert_eq!(app.count(events).await, before + 2);
    let seen = get(&app, &number).await;
    assert_eq!((&seen["status"], &seen["status_remedy"]), (&json!("error"), &json!("replace_token")));
    assert!(seen["status_reason"].as_str().unwrap().starts_with("The access token has expired."), "{seen}");
    assert_eq!(seen["health"]["queued"], 1);
}

async fn a_stopped_channel_goes_on_when_mended(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 403, code: 131_031, subcode: None }]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(get(&app, &number).await["status"], "error");
    app.advance(QUARTER * 12 / 10 + 1);
    step(&app).await;
    step(&app).await;
    app.settle().await;
    assert_eq!((app.graph.sent().len(), get(&app, &number).await["status"].clone()), (1, json!("connected")));
}

async fn a_fresh_error_is_not_waved_away(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 403, code: 131_042, subcode: None }]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    // The check is due at once, but Meta's picture of number and token shows no payment trouble.
    assert_eq!(step(&app).await, Progress::Worked);
    let seen = get(&app, &number).await;
    assert!(seen["status_reason"].as_str().unwrap().contains("payment"), "{seen}");
    assert_eq!(step(&app).await, Progress::Idle);
    // A person who tests it decides.
    app.ok("integrations/whatsapp/test", id(&number)).await;
    assert_eq!(get(&app, &number).await["status"], "connected");
}

async fn hints_in_webhooks_are_followed_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (field, worked) in [
        ("account_update", Progress::Worked),
        ("phone_number_quality_update", Progress::Worked),
        ("flows", Progress::Idle),
    ] {
        app.deliver(&number, webhook(&[json!({"field": field, "value": {"event": "X"}})])).await;
        app.settle().await;
        app.graph.change(|world| world.number = json!({"quality_rating": "RED"}));
        assert_eq!(step(&app).await, worked, "{field}");
    }
    assert_eq!(get(&app, &number).await["health"]["quality"], "red");
}

async fn a_check_is_one_nodes_alone(database: Database) {
    let app = TestApp::start(database).await;
    app.number().await;
    app.advance(QUARTER * 12 / 10 + 1);
    let calls = app.graph.calls().len();
    let (first, second) = tokio::join!(step(&app), step(&app));
    assert!([first, second].contains(&Progress::Worked));
    assert_eq!(app.graph.calls().len() - calls, 2, "it was looked at twice");
}

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

async fn the_key_changes_under_a_running_server(database: Database) {
    // A key in a file, as on one machine.
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join("secret.key");
    fs::write(&path, "11".repeat(32)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    let flag = format!("--secret-key-file={}", path.display());
    let app = TestApp::start_with(database, &["--quiet-time", "0", &flag]).await;
    let number = app.number().await;
    let second = app.connect(&number.chatbot_id, "316000000000002").await;
    let sealed = "select count(*) from integrations where access_token is not null";
    assert_eq!(app.count(sealed).await, 2);
    let row = |column: &'static str| {
        let app = &app;
        async move { hex::encode(app.blobs(column).await.concat()) }
    };
    let before = row("select access_token from integrations where access_token is not null order by id").await;
    assert_eq!(keys::rotate(&app.state).await.unwrap(), 2);
    assert_ne!(row("select access_token from integrations where access_token is not null order by id").await, before);
    // The new key stands first; the old one stays for old backups. The file is for its owner only.
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[1]), (2, "11".repeat(32).as_str()));
    assert_ne!(lines[0], lines[1]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // Everything opens with the new key alone, and nothing with the old one alone.
    let alone = |key: &str| {
        let args = ["parlance".to_owned(), format!("--secret-key={key}"), "--database-url=sqlite://x".to_owned()];
        Sealer::open(&Config::parse(Line::parse_from(args).options).unwrap()).unwrap()
    };
    let (new, old) = (alone(lines[0]), alone(lines[1]));
    for (id, number) in [(&number.integration_id, "access_token"), (&second.integration_id, "access_token")] {
        let bytes = app.blobs("select access_token from integrations where access_token is not null order by id").await;
        let place = format!("integrations:{id}:{number}");
        assert!(bytes.iter().any(|b| new.unseal(b, &place).is_ok()), "{place}");
        assert!(!bytes.iter().any(|b| old.unseal(b, &place).is_ok()), "{place}");
    }
    // The server goes on: it receives, answers, and finds its siblings by the new digest.
    let body = webhook(&[change(&second, &[text_message("wamid.1", "491510000001", "opening hours")], &[])]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
    // A key from the environment can only be changed there.
    let fixed = TestApp::start(database).await;
    let error = keys::rotate(&fixed.state).await.unwrap_err();
    assert!(error.to_string().contains("NEW,OLD"), "{error}");
}
