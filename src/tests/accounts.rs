//! The first account, the way into the pages, signing in and out, passwords.

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::json;

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Answer, Browser},
    on_both_databases,
};
use crate::{
    domain::role::Role,
    error::{ApiError, ErrorCode},
    server::{
        error::Error,
        service::{
            account::{self, NewUser},
            tokens,
        },
        store::on,
    },
};

on_both_databases!(
    the_first_account_is_made_once,
    of_twenty_at_once_one_wins,
    strangers_need_the_code_from_the_log,
    set_up_names_the_field_that_is_wrong,
    strangers_are_led_to_where_they_can_be,
    signing_in_needs_the_right_password,
    after_signing_in_nobody_is_sent_to_another_site,
    the_cookie_is_kept_from_scripts_and_other_sites,
    over_https_the_cookie_stays_there,
    signing_out_ends_the_session_on_the_server,
    a_session_planted_before_is_worth_nothing,
    a_session_ends_after_thirty_days,
    the_tables_hold_hashes_only,
    a_new_password_signs_out_everywhere,
    adding_people_says_what_is_wrong,
);

fn owner() -> serde_json::Value {
    json!({"workspace": "Shop", "name": "Ada", "email": " Ada@Example.com ", "password": PASSWORD})
}

async fn the_first_account_is_made_once(database: Database) {
    let app = TestApp::start_empty(database, &[]).await;
    let mut browser = Browser::stranger(&app);
    let status = browser.api("setup/status", &json!({})).await.json();
    assert_eq!(status, json!({"open": true, "code_needed": false}));
    let made = browser.api("setup/create", &owner()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    browser.cookie = made.cookie();
    let session = browser.api("session/current", &json!({})).await.json();
    for (key, value) in [("role", "owner"), ("workspace_name", "Shop"), ("name", "Ada"), ("email", "ada@example.com")] {
        assert_eq!(session[key], value);
    }
    let stranger = Browser::stranger(&app);
    assert_eq!(stranger.api("setup/status", &json!({})).await.json()["open"], false);
    stranger.api("setup/create", &owner()).await.is_error(409, "conflict");
    assert_eq!(app.count("select count(*) from users").await, 1);
}

async fn of_twenty_at_once_one_wins(database: Database) {
    let app = TestApp::start_empty(database, &[]).await;
    let browser = Browser::stranger(&app);
    let tries = join_all((0..20).map(|i| {
        let browser = &browser;
        async move {
            let mut input = owner();
            input["email"] = json!(format!("user{i}@example.com"));
            browser.api("setup/create", &input).await
        }
    }));
    let answers: Vec<Answer> = tries.await;
    let won: Vec<&Answer> = answers.iter().filter(|a| a.status == StatusCode::OK).collect();
    assert_eq!(won.len(), 1);
    for lost in answers.iter().filter(|a| a.status != StatusCode::OK) {
        lost.is_error(409, "conflict");
        assert_eq!(lost.cookie(), "");
    }
    for (sql, count) in [
        ("select count(*) from workspaces", 1),
        ("select count(*) from users", 1),
        ("select count(*) from memberships where role = 'owner'", 1),
        ("select count(*) from installation", 1),
        ("select count(*) from sessions", 1),
    ] {
        assert_eq!(app.count(sql).await, count, "{sql}");
    }
}

async fn strangers_need_the_code_from_the_log(database: Database) {
    let app = TestApp::start_empty(database, &["--public-url", "http://chat.example.com"]).await;
    let browser = Browser::stranger(&app);
    assert_eq!(browser.api("setup/status", &json!({})).await.json(), json!({"open": true, "code_needed": true}));
    let code = app.state.setup_code.code().unwrap().to_owned();
    assert!(code.len() >= 16, "{code}");
    for wrong in [json!(null), json!(""), json!("0000000000000000"), json!(code[1..])] {
        let mut input = owner();
        input["code"] = wrong;
        let error = browser.api("setup/create", &input).await.is_error(400, "invalid");
        assert_eq!(error["field"], "code");
        assert!(!error.to_string().contains(&code));
    }
    assert_eq!(app.count("select count(*) from users").await, 0);
    let mut input = owner();
    input["code"] = json!(format!(" {code}\n"));
    assert_eq!(browser.api("setup/create", &input).await.status, StatusCode::OK);
}

async fn set_up_names_the_field_that_is_wrong(database: Database) {
    let app = TestApp::start_empty(database, &[]).await;
    let browser = Browser::stranger(&app);
    for (field, value) in [
        ("workspace", json!("  ")),
        ("workspace", json!("w".repeat(101))),
        ("name", json!("")),
        ("email", json!("nobody")),
        ("email", json!("a b@example.com")),
        ("email", json!("a@b@example.com")),
        ("password", json!("123456789")),
        ("password", json!("p".repeat(257))),
    ] {
        let mut input = owner();
        input[field] = value.clone();
        let error = browser.api("setup/create", &input).await.is_error(400, "invalid");
        assert_eq!(error["field"], field, "{value}");
        assert!(!error.to_string().contains("123456789"), "{error}");
    }
    assert_eq!(app.count("select count(*) from workspaces").await, 0);
    assert_eq!(app.count("select count(*) from sessions").await, 0);
}

async fn strangers_are_led_to_where_they_can_be(database: Database) {
    let app = TestApp::start_empty(database, &[]).await;
    let stranger = Browser::stranger(&app);
    for path in ["/", "/inbox", "/chatbots"] {
        let answer = stranger.get(path).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/set-up"), "{path}");
    }
    assert_eq!(stranger.get("/set-up").await.status, StatusCode::OK);
    app.add_user("owner@example.com", Role::Owner, None).await;
    for (path, to) in [
        ("/", "/sign-in"),
        ("/inbox", "/sign-in?next=%2Finbox"),
        ("/inbox/1?channel=web&x=%26", "/sign-in?next=%2Finbox%2F1%3Fchannel%3Dweb%26x%3D%2526"),
        ("/sandbox", "/sign-in?next=%2Fsandbox"),
    ] {
        let answer = stranger.get(path).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, to));
    }
    assert_eq!(stranger.get("/sign-in").await.status, StatusCode::OK);
    let known = Browser::signed_in(&app, "owner@example.com").await;
    assert_eq!(known.get("/").await.location(), "/inbox");
    for path in ["/inbox", "/chatbots", "/integrations", "/sandbox"] {
        assert_eq!(known.get(path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(known.get("/no-such-page").await.status, StatusCode::NOT_FOUND);
}

async fn signing_in_needs_the_right_password(database: Database) {
    let app = TestApp::start(database).await;
    let mut browser = Browser::stranger(&app);
    let wrong = browser.sign_in("owner@example.com", "wrong horse battery", "/chatbots").await;
    assert_eq!(wrong.status, StatusCode::SEE_OTHER);
    assert_eq!(wrong.location(), "/sign-in?error=credentials&email=owner%40example.com&next=%2Fchatbots");
    // Whether an account exists cannot be told.
    let unknown = browser.sign_in("nobody@example.com", PASSWORD, "/chatbots").await;
    assert_eq!(unknown.location(), wrong.location().replace("owner", "nobody"));
    assert_eq!(browser.cookie, "");
    let page = browser.get(wrong.location()).await;
    assert!(page.status == StatusCode::OK && page.body.contains("Email or password is wrong"));
    let right = browser.sign_in(" Owner@Example.COM ", PASSWORD, "/chatbots").await;
    assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, "/chatbots"));
    assert!(browser.is_signed_in().await);
}

async fn after_signing_in_nobody_is_sent_to_another_site(database: Database) {
    let app = TestApp::start(database).await;
    let mut browser = Browser::stranger(&app);
    for next in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/inbox\r\nset-cookie: a=b",
        " //evil.example",
        "javascript:alert(1)",
        "inbox",
    ] {
        let answer = browser.sign_in("owner@example.com", PASSWORD, next).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/inbox"), "{next:?}");
        assert!(!answer.headers.get_all("set-cookie").iter().any(|c| c.as_bytes().starts_with(b"a=")));
    }
    let kept = browser.sign_in("owner@example.com", PASSWORD, "/chatbots/1?tab=knowledge#new").await;
    assert_eq!(kept.location(), "/chatbots/1?tab=knowledge#new");
}

async fn the_cookie_is_kept_from_scripts_and_other_sites(database: Database) {
    let app = TestApp::start(database).await;
    let mut browser = Browser::stranger(&app);
    let answer = browser.sign_in("owner@example.com", PASSWORD, "").await;
    let set = answer.header("set-cookie").to_owned();
    let attributes: Vec<&str> = set.split(';').map(str::trim).skip(1).collect();
    assert!(set.starts_with("parlance="), "{set}");
    for wanted in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
        assert!(attributes.contains(&wanted), "{wanted} in {set}");
    }
    assert!(!attributes.contains(&"Secure") && !set.contains("Domain"), "{set}");
    assert_eq!(answer.header("strict-transport-security"), "");
}

async fn over_https_the_cookie_stays_there(database: Database) {
    let app = TestApp::start_with(database, &["--public-url", "https://chat.example.com"]).await;
    let mut browser = Browser::stranger(&app);
    let answer = browser.sign_in("owner@example.com", PASSWORD, "").await;
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-parlance="), "{set}");
    let attributes: Vec<&str> = set.split(';').map(str::trim).skip(1).collect();
    for wanted in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(attributes.contains(&wanted), "{wanted} in {set}");
    }
    assert!(!set.contains("Domain"), "{set}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    assert!(browser.is_signed_in().await);
    // A browser drops a cookie of this name only when told as strictly as it was set.
    let forget = |answer: &Answer| {
        let set = answer.header("set-cookie").to_owned();
        assert!(set.starts_with("__Host-parlance=;") && set.contains("Max-Age=0"), "{set}");
        let attributes: Vec<&str> = set.split(';').map(str::trim).skip(1).collect();
        assert!(attributes.contains(&"Secure") && attributes.contains(&"Path=/") && !set.contains("Domain"), "{set}");
    };
    forget(&Answer::to(browser.form("/sign-out", &[])).await);
    // The session is gone, as one that is too old is: the next answer takes the cookie away, too.
    forget(&browser.get("/sign-in").await);
}

async fn signing_out_ends_the_session_on_the_server(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let other = Browser::signed_in(&app, "owner@example.com").await;
    // A link or an image cannot sign anybody out.
    browser.get("/sign-out").await;
    assert!(browser.is_signed_in().await);
    let answer = Answer::to(browser.form("/sign-out", &[])).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{:?}", answer.headers);
    // A copy of the cookie is worth nothing any more; the other device stays signed in.
    assert!(!browser.is_signed_in().await);
    assert!(other.is_signed_in().await);
    assert_eq!(app.count("select count(*) from sessions").await, 1);
}

async fn a_session_planted_before_is_worth_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let mut browser = Browser::signed_in(&app, "owner@example.com").await;
    let planted = browser.cookie.clone();
    browser.sign_in("owner@example.com", PASSWORD, "").await;
    assert_ne!(browser.cookie, planted);
    assert!(browser.is_signed_in().await);
    browser.cookie = planted;
    assert!(!browser.is_signed_in().await);
    for rubbish in ["parlance=x", "parlance=", "parlance=AAAAAAAAAAAAAAAAAAAAAA", "parlance=%00%ff"] {
        browser.cookie = rubbish.to_owned();
        assert!(!browser.is_signed_in().await, "{rubbish}");
    }
}

async fn a_session_ends_after_thirty_days(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let day = 24 * 60 * 60 * 1000;
    // Used now and then: one that nobody uses ends before.
    for _ in 0..3 {
        app.advance(9 * day);
        let now = app.state.now();
        assert!(browser.is_signed_in().await);
        // The use is written down by and by.
        while app.count("select max(seen_at) from sessions").await < now {
            tokio::task::yield_now().await;
        }
    }
    app.advance(2 * day);
    assert!(browser.is_signed_in().await);
    app.advance(day + 60_000);
    assert!(!browser.is_signed_in().await);
}

async fn the_tables_hold_hashes_only(database: Database) {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    let cookie = browser.cookie.split_once('=').unwrap().1.to_owned();
    let raw = BASE64_URL_SAFE_NO_PAD.decode(&cookie).unwrap();
    let mut conn = app.state.store.read().await.unwrap();
    let ids: Vec<Vec<u8>> =
        on!(&mut conn, c => sqlx::query_scalar("select id_hash from sessions").fetch_all(c).await).unwrap();
    let tokens: Vec<Vec<u8>> =
        on!(&mut conn, c => sqlx::query_scalar("select token_hash from api_tokens").fetch_all(c).await).unwrap();
    assert_eq!((ids.len(), ids[0].len(), tokens.len(), tokens[0].len()), (1, 32, 1, 32));
    assert!(!ids[0].windows(raw.len()).any(|part| part == raw.as_slice()), "the session's id stands in its row");
    let data = app.texts("select data from sessions").await;
    assert!(!data[0].contains(&cookie), "{data:?}");
    let hashes = app.texts("select password_hash from users").await;
    assert!(hashes[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hashes:?}");
    assert!(!hashes[0].contains(PASSWORD));
}

async fn a_new_password_signs_out_everywhere(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user("other@example.com", Role::Agent, None).await;
    let first = Browser::signed_in(&app, "owner@example.com").await;
    let mut second = Browser::signed_in(&app, "owner@example.com").await;
    let other = Browser::signed_in(&app, "other@example.com").await;
    account::set_password(&app.state, "Owner@example.com", "a wholly new one".into()).await.unwrap();
    assert!(!first.is_signed_in().await && !second.is_signed_in().await);
    assert!(other.is_signed_in().await);
    assert!(second.sign_in("owner@example.com", PASSWORD, "").await.location().contains("error=credentials"));
    assert_eq!(second.sign_in("owner@example.com", "a wholly new one", "").await.location(), "/inbox");
    let refused = account::set_password(&app.state, "owner@example.com", "short".into()).await;
    assert_eq!(refusal(refused).field.as_deref(), Some("password"));
    let unknown = account::set_password(&app.state, "nobody@example.com", PASSWORD.into()).await;
    assert_eq!(refusal(unknown).code, ErrorCode::NotFound);
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ApiError {
    outcome.unwrap_err().into()
}

async fn adding_people_says_what_is_wrong(database: Database) {
    let app = TestApp::start(database).await;
    let add = async |email: &str, workspace: Option<&str>, password: &str| {
        let (email, name) = (email.to_owned(), "Somebody".to_owned());
        let workspace = workspace.map(str::to_owned);
        account::add_user(&app.state, NewUser { email, name, role: Role::Agent, workspace, password: password.into() })
            .await
    };
    assert_eq!(refusal(add("OWNER@example.com", None, PASSWORD).await).code, ErrorCode::Conflict);
    assert_eq!(refusal(add("nobody", None, PASSWORD).await).field.as_deref(), Some("email"));
    assert_eq!(refusal(add("a@example.com", None, "short").await).field.as_deref(), Some("password"));
    add("a@example.com", None, PASSWORD).await.unwrap();
    add("b@example.com", Some("Second"), PASSWORD).await.unwrap();
    assert_eq!(refusal(add("c@example.com", None, PASSWORD).await).field.as_deref(), Some("workspace"));
    add("c@example.com", Some("Second"), PASSWORD).await.unwrap();
    assert_eq!(app.count("select count(*) from workspaces").await, 2);
    assert_eq!(refusal(tokens::add(&app.state, "nobody@example.com", "x").await).code, ErrorCode::NotFound);
    assert_eq!(refusal(tokens::add(&app.state, "a@example.com", " ").await).field.as_deref(), Some("name"));
}
