//! A second factor: set up, asked for, lost, demanded.

use axum::http::StatusCode;
use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::{domain::role::Role, server::service::keys};

on_both_databases!(
    signing_in_asks_for_a_code,
    a_code_works_once,
    half_a_sign_in_is_none,
    guessing_codes_is_slowed_down_wherever_it_comes_from,
    a_recovery_code_works_once,
    another_password_ends_half_a_sign_in,
    setting_up_and_switching_off_need_the_password,
    what_was_begun_asks_for_nothing,
    a_workspace_demands_it,
    the_operator_helps_whoever_lost_it,
    a_change_of_the_key_keeps_it,
    secrets_are_sealed,
);

const OWNER: &str = "owner@example.com";
const ADA: &str = "ada@example.com";
const MINUTE: i64 = 60_000;

async fn ask(browser: &Browser<'_>, operation: &str, input: Value) -> Value {
    let answer = browser.api(operation, &input).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// What the app on the phone shows now.
fn code(app: &TestApp, secret: &str) -> String {
    let codes = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    codes.generate(u64::try_from(app.state.now() / 1000).unwrap()).to_string()
}

/// Sets a second factor up; the secret in the app, and the recovery codes.
async fn set_up(app: &TestApp, browser: &Browser<'_>) -> (String, Vec<String>) {
    let draft = ask(browser, "account/begin_second_factor", json!({"password": PASSWORD})).await;
    let secret = draft["secret"].as_str().unwrap().to_owned();
    assert!(draft["link"].as_str().unwrap().contains(&secret) && draft["qr"]["size"].as_i64().unwrap() > 20);
    let made = ask(browser, "account/confirm_second_factor", json!({"code": code(app, &secret)})).await;
    let codes = made["codes"].as_array().unwrap().iter().map(|c| c.as_str().unwrap().to_owned()).collect();
    // The code of this step is taken.
    app.advance(MINUTE);
    (secret, codes)
}

async fn give(browser: &mut Browser<'_>, code: &str) -> Answer {
    let answer = Answer::to(browser.form("/sign-in/code", &[("code", code), ("next", "/chatbots")])).await;
    if !answer.cookie().is_empty() {
        browser.cookie = answer.cookie();
    }
    answer
}

async fn signing_in_asks_for_a_code(database: Database) {
    let app = TestApp::start(database).await;
    let (secret, codes) = set_up(&app, &Browser::signed_in(&app, OWNER).await).await;
    assert_eq!(codes.len(), 10);
    let mut browser = Browser::stranger(&app);
    let half = browser.sign_in(OWNER, PASSWORD, "/chatbots").await;
    assert_eq!(half.location(), "/sign-in/code?next=%2Fchatbots");
    let page = browser.get(half.location()).await;
    assert!(page.status == StatusCode::OK && page.body.contains("one-time-code"), "{}", page.body);
    let wrong = give(&mut browser, "000000").await;
    assert!(wrong.location().starts_with("/sign-in/code?error=code"), "{}", wrong.location());
    assert!(!browser.is_signed_in().await);
    // As people write it.
    let now = code(&app, &secret);
    let spaced = format!(" {} {} ", &now[..3], &now[3..]);
    assert_eq!(give(&mut browser, &spaced).await.location(), "/chatbots");
    assert!(browser.is_signed_in().await);
    let listed = app.ok("people/list", json!({})).await;
    assert_eq!(listed["members"][0]["second_factor"], true);
    let log = app.ok("audit/list", json!({"action": "second_factor_changed"})).await;
    assert_eq!(log["rows"][0]["detail"], json!({"on": "true"}));
}

async fn a_code_works_once(database: Database) {
    let app = TestApp::start(database).await;
    let (secret, _) = set_up(&app, &Browser::signed_in(&app, OWNER).await).await;
    let now = code(&app, &secret);
    let (mut one, mut other) = (Browser::stranger(&app), Browser::stranger(&app));
    for browser in [&mut one, &mut other] {
        browser.sign_in(OWNER, PASSWORD, "").await;
    }
    let (first, second) = tokio::join!(give(&mut one, &now), give(&mut other, &now));
    let locations = [first.location(), second.location()];
    assert_eq!(locations.iter().filter(|l| **l == "/chatbots").count(), 1, "{locations:?}");
    // Nor does the one of the step before, once a later one was taken.
    app.advance(MINUTE);
    let mut third = Browser::stranger(&app);
    third.sign_in(OWNER, PASSWORD, "").await;
    assert!(give(&mut third, &now).await.location().contains("error=code"));
}

async fn half_a_sign_in_is_none(database: Database) {
    let app = TestApp::start(database).await;
    let (secret, _) = set_up(&app, &Browser::signed_in(&app, OWNER).await).await;
    let mut browser = Browser::stranger(&app);
    browser.sign_in(OWNER, PASSWORD, "").await;
    assert!(!browser.is_signed_in().await);
    assert!(browser.get("/inbox").await.location().starts_with("/sign-in"));
    browser.api("account/second_factor", &json!({})).await.is_error(401, "unauthenticated");
    // It does not wait for ever.
    app.advance(11 * MINUTE);
    assert!(give(&mut browser, &code(&app, &secret)).await.location().contains("error=expired"));
    // Nor is a code alone worth anything.
    let mut stranger = Browser::stranger(&app);
    assert!(give(&mut stranger, &code(&app, &secret)).await.location().contains("error=expired"));
    // Whoever signs in over a session of somebody else's is not them half-way through.
    app.add_user(ADA, Role::Agent, None).await;
    let mut ada = Browser::signed_in(&app, ADA).await;
    ada.sign_in(OWNER, PASSWORD, "").await;
    assert!(!ada.is_signed_in().await);
}

async fn guessing_codes_is_slowed_down_wherever_it_comes_from(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time=0", "--trusted-proxies=127.0.0.1"]).await;
    let (secret, codes) = set_up(&app, &Browser::signed_in(&app, OWNER).await).await;
    let mut browser = Browser::stranger(&app);
    browser.sign_in(OWNER, PASSWORD, "").await;
    let mut last = String::new();
    for n in 0..8 {
        let form = browser.form("/sign-in/code", &[("code", "000000"), ("next", "")]);
        last = Answer::to(form.header("x-forwarded-for", format!("203.0.113.{n}"))).await.location().to_owned();
    }
    assert!(last.contains("error=throttled"), "{last}");
    let right = give(&mut browser, &code(&app, &secret)).await;
    assert!(right.location().contains("error=throttled"), "even the right one waits: {}", right.location());
    // What nobody guesses gets its owner in, from elsewhere.
    let mut owner = Browser::stranger(&app);
    owner.sign_in(OWNER, PASSWORD, "").await;
    assert_eq!(give(&mut owner, &codes[0]).await.location(), "/chatbots");
    let log = app.ok("audit/list", json!({"action": "recovery_code_used"})).await;
    assert_eq!(log["rows"].as_array().unwrap().len(), 1);
    // For the clock of the wait, that one did not count.
    app.advance(5 * MINUTE);
    assert_eq!(give(&mut browser, &code(&app, &secret)).await.location(), "/chatbots");
}

async fn a_recovery_code_works_once(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let (_, codes) = set_up(&app, &browser).await;
    let as_typed = codes[0].replace('-', " ").to_uppercase();
    for works in [true, false] {
        let mut stranger = Browser::stranger(&app);
        stranger.sign_in(OWNER, PASSWORD, "").await;
        assert_eq!(give(&mut stranger, &as_typed).await.location() == "/chatbots", works);
    }
    let status = ask(&browser, "account/second_factor", json!({})).await;
    assert_eq!(status, json!({"on": true, "recovery_codes": 9, "needed": false}));
    let renewed = ask(&browser, "account/renew_recovery_codes", json!({"password": PASSWORD})).await;
    let mut stranger = Browser::stranger(&app);
    stranger.sign_in(OWNER, PASSWORD, "").await;
    assert!(give(&mut stranger, &codes[1]).await.location().contains("error=code"), "an old one");
    assert_eq!(give(&mut stranger, renewed["codes"][0].as_str().unwrap()).await.location(), "/chatbots");
}

async fn another_password_ends_half_a_sign_in(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let (secret, _) = set_up(&app, &browser).await;
    let mut half = Browser::stranger(&app);
    half.sign_in(OWNER, PASSWORD, "").await;
    ask(&browser, "account/change_password", json!({"old": PASSWORD, "new": "a wholly new one"})).await;
    assert!(give(&mut half, &code(&app, &secret)).await.location().contains("error=expired"));
    assert!(!half.is_signed_in().await);
}

async fn setting_up_and_switching_off_need_the_password(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let wrong = json!({"password": "a wrong password"});
    let begin = "account/begin_second_factor";
    assert_eq!(browser.api(begin, &wrong).await.is_error(400, "invalid")["field"], "password");
    let early = browser.api("account/confirm_second_factor", &json!({"code": "000000"})).await;
    early.is_error(409, "conflict");
    let (_, _) = set_up(&app, &browser).await;
    browser.api(begin, &json!({"password": PASSWORD})).await.is_error(409, "conflict");
    for operation in ["account/end_second_factor", "account/renew_recovery_codes"] {
        assert_eq!(browser.api(operation, &wrong).await.is_error(400, "invalid")["field"], "password");
    }
    ask(&browser, "account/end_second_factor", json!({"password": PASSWORD})).await;
    assert!(Browser::signed_in(&app, OWNER).await.is_signed_in().await);
    assert_eq!(app.count("select count(*) from recovery_codes").await, 0);
}

async fn what_was_begun_asks_for_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let draft = ask(&browser, "account/begin_second_factor", json!({"password": PASSWORD})).await;
    let secret = draft["secret"].as_str().unwrap();
    let refused = browser.api("account/confirm_second_factor", &json!({"code": "123"})).await;
    assert_eq!(refused.is_error(400, "invalid")["field"], "code");
    assert!(Browser::signed_in(&app, OWNER).await.is_signed_in().await);
    // It does not lie about for long.
    app.advance(16 * MINUTE);
    let late = browser.api("account/confirm_second_factor", &json!({"code": code(&app, secret)})).await;
    late.is_error(409, "conflict");
    // Another secret takes its place.
    let again = ask(&browser, "account/begin_second_factor", json!({"password": PASSWORD})).await;
    assert_ne!(again["secret"], secret);
    let old = browser.api("account/confirm_second_factor", &json!({"code": code(&app, secret)})).await;
    old.is_error(400, "invalid");
}

async fn a_workspace_demands_it(database: Database) {
    let app = TestApp::start(database).await;
    let ada_token = app.add_user(ADA, Role::Admin, None).await;
    let (owner, ada) = (Browser::signed_in(&app, OWNER).await, Browser::signed_in(&app, ADA).await);
    let demand = json!({"second_factor_needed": true});
    // Nobody locks themselves out.
    owner.api("workspaces/update", &demand).await.is_error(409, "conflict");
    ada.api("workspaces/update", &demand).await.is_error(403, "forbidden");
    set_up(&app, &owner).await;
    ask(&owner, "workspaces/update", demand).await;
    let refused = ada.api("conversations/list", &json!({})).await.is_error(403, "forbidden");
    assert!(refused["message"].as_str().unwrap().contains("two-factor"), "{refused}");
    assert_eq!(app.api_as(&ada_token, "conversations/list", json!({})).await.0, StatusCode::FORBIDDEN);
    for page in ["/inbox", "/settings/people", "/"] {
        assert_eq!(ada.get(page).await.location(), "/settings", "{page}");
    }
    assert_eq!(ada.get("/settings").await.status, StatusCode::OK);
    set_up(&app, &ada).await;
    assert_eq!(ada.api("conversations/list", &json!({})).await.status, StatusCode::OK);
    assert_eq!(app.api_as(&ada_token, "conversations/list", json!({})).await.0, StatusCode::OK);
    ask(&owner, "workspaces/update", json!({"second_factor_needed": false, "name": "Flowers"})).await;
    assert_eq!(app.ok("session/current", json!({})).await["workspace_name"], "Flowers");
    let log = app.ok("audit/list", json!({"action": "workspace_changed"})).await;
    assert_eq!(log["rows"][0]["detail"], json!({"name": "Flowers", "second_factor_needed": "false"}));
}

async fn the_operator_helps_whoever_lost_it(database: Database) {
    let app = TestApp::start(database).await;
    set_up(&app, &Browser::signed_in(&app, OWNER).await).await;
    let reset = async || crate::server::service::people::reset_second_factor(&app.state, OWNER).await.unwrap();
    assert!(reset().await && !reset().await);
    assert!(Browser::signed_in(&app, OWNER).await.is_signed_in().await);
}

async fn a_change_of_the_key_keeps_it(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    std::fs::write(&path, "5a".repeat(32)).unwrap();
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let app = TestApp::start_with(database, &[&format!("--secret-key-file={}", path.display())]).await;
    let (secret, _) = set_up(&app, &Browser::signed_in(&app, OWNER).await).await;
    keys::rotate(&app.state).await.unwrap();
    // The old key is gone for good.
    let keys = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, keys.split([',', '\n']).next().unwrap()).unwrap();
    app.state.sealer.seal("anything", "anywhere").unwrap();
    let mut browser = Browser::stranger(&app);
    browser.sign_in(OWNER, PASSWORD, "").await;
    assert_eq!(give(&mut browser, &code(&app, &secret)).await.location(), "/chatbots");
}

async fn secrets_are_sealed(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let (secret, codes) = set_up(&app, &browser).await;
    for operation in ["account/second_factor", "people/list", "audit/list", "session/current"] {
        let told = browser.api(operation, &json!({})).await.body;
        assert!(!told.contains(&secret) && codes.iter().all(|code| !told.contains(code)), "{operation}");
    }
    let kept =
        app.texts("select data from sessions").await.concat() + &app.texts("select payload from events").await.concat();
    assert!(!kept.contains(&secret) && !kept.contains("argon2"));
}
