//! Coming in by a link: it works once, for whom it was meant, as long as whoever sent it may ask people in.

use axum::http::StatusCode;
use futures::future::join_all;
use serde_json::{Value, json};

use super::{
    app::{Database, PASSWORD, TestApp},
    browser::{Browser, in_person},
    on_both_databases,
};
use crate::domain::role::Role;

on_both_databases!(
    whoever_is_asked_in_comes_in,
    a_link_works_once,
    of_ten_who_hold_a_link_one_comes_in,
    a_link_ends,
    a_link_of_somebody_who_may_not_ask_any_more_is_worth_nothing,
    an_admin_asks_nobody_in_as_owner,
    whoever_has_an_account_uses_it,
    asking_in_says_what_is_wrong,
    another_workspace_knows_nothing_of_it,
    secrets_are_nowhere_but_in_the_link,
);

const ADA: &str = "ada@example.com";
const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

const OWNER: &str = "owner@example.com";
const BO: &str = "bo@example.com";

async fn invite(app: &TestApp, email: &str, role: &str) -> (Value, String) {
    invite_as(app, OWNER, email, role).await
}

async fn invite_as(app: &TestApp, who: &str, email: &str, role: &str) -> (Value, String) {
    let (status, invited) = in_person(app, who, "people/invite", json!({"email": email, "role": role})).await;
    assert_eq!(status, StatusCode::OK, "{invited}");
    let (before, secret) = invited["link"].as_str().unwrap().split_once("/join#").unwrap();
    assert_eq!(before, app.state.config.public_url);
    (invited["invitation"].clone(), secret.to_owned())
}

/// The owner does something.
async fn done(app: &TestApp, operation: &str, input: Value) {
    let (status, body) = in_person(app, OWNER, operation, input).await;
    assert_eq!(status, StatusCode::OK, "{operation}: {body}");
}

fn acceptance(secret: &str) -> Value {
    json!({"secret": secret, "name": "Ada", "password": PASSWORD})
}

async fn whoever_is_asked_in_comes_in(database: Database) {
    let app = TestApp::start(database).await;
    let (invitation, secret) = invite(&app, " Ada@Example.com ", "admin").await;
    assert_eq!((&invitation["email"], &invitation["role"]), (&json!(ADA), &json!("admin")));
    assert_eq!(invitation["invited_by"], "owner");
    let people = app.ok("people/list", json!({})).await;
    assert_eq!(people["invitations"], json!([invitation]));
    let mut browser = Browser::stranger(&app);
    assert_eq!(browser.get("/join").await.status, StatusCode::OK);
    let offer = browser.api("invitations/get", &json!({"secret": secret})).await.json();
    assert_eq!((&offer["workspace_name"], &offer["email"]), (&json!("Workspace"), &json!(ADA)));
    assert_eq!((&offer["role"], &offer["way"]), (&json!("admin"), &json!("new_account")));
    let accepted = browser.api("invitations/accept", &acceptance(&secret)).await;
    assert_eq!(accepted.status, StatusCode::OK, "{}", accepted.body);
    browser.cookie = accepted.cookie();
    let session = browser.api("session/current", &json!({})).await.json();
    assert_eq!((&session["name"], &session["role"]), (&json!("Ada"), &json!("admin")));
    assert!(Browser::signed_in(&app, ADA).await.is_signed_in().await);
    let people = app.ok("people/list", json!({})).await;
    assert_eq!((people["members"].as_array().unwrap().len(), &people["invitations"]), (2, &json!([])));
    let log = app.ok("audit/list", json!({})).await;
    let actions: Vec<Value> =
        log["rows"].as_array().unwrap().iter().map(|e| json!([e["action"], e["user_name"]])).collect();
    for entry in [json!(["person_added", "Ada"]), json!(["invitation_made", "owner"])] {
        assert!(actions.contains(&entry), "{entry}: {actions:?}");
    }
}

async fn a_link_works_once(database: Database) {
    let app = TestApp::start(database).await;
    let (_, secret) = invite(&app, ADA, "agent").await;
    let stranger = Browser::stranger(&app);
    assert_eq!(stranger.api("invitations/accept", &acceptance(&secret)).await.status, 200);
    for operation in ["invitations/get", "invitations/accept"] {
        let error = stranger.api(operation, &acceptance_of(operation, &secret)).await.is_error(404, "not_found");
        assert!(error["action"].as_str().unwrap().contains("new link"), "{error}");
    }
}

fn acceptance_of(operation: &str, secret: &str) -> Value {
    if operation.ends_with("get") { json!({"secret": secret}) } else { acceptance(secret) }
}

async fn of_ten_who_hold_a_link_one_comes_in(database: Database) {
    let app = TestApp::start(database).await;
    let (_, secret) = invite(&app, ADA, "agent").await;
    let tries = join_all((0..10).map(|_| {
        let stranger = Browser::stranger(&app);
        let input = acceptance(&secret);
        async move { stranger.api("invitations/accept", &input).await.status.as_u16() }
    }))
    .await;
    assert_eq!(tries.iter().filter(|status| **status == 200).count(), 1, "{tries:?}");
    assert_eq!(app.count("select count(*) from users").await, 2);
    assert_eq!(app.count("select count(*) from memberships").await, 2);
}

async fn a_link_ends(database: Database) {
    let app = TestApp::start(database).await;
    let stranger = Browser::stranger(&app);
    let holds = async |secret: &str| stranger.api("invitations/get", &json!({"secret": secret})).await.status == 200;
    let (first, old) = invite(&app, ADA, "agent").await;
    // A new one to the same address takes its place.
    let (second, new) = invite(&app, ADA, "admin").await;
    assert!(!holds(&old).await && holds(&new).await && first["id"] != second["id"]);
    assert_eq!(app.ok("people/list", json!({})).await["invitations"].as_array().unwrap().len(), 1);
    done(&app, "people/withdraw_invitation", json!({"id": second["id"]})).await;
    assert!(!holds(&new).await);
    let gone = in_person(&app, OWNER, "people/withdraw_invitation", json!({"id": second["id"]})).await;
    assert_eq!(gone.0, StatusCode::NOT_FOUND);
    let (_, late) = invite(&app, ADA, "agent").await;
    app.advance(WEEK - 1);
    assert!(holds(&late).await);
    app.advance(1);
    assert!(!holds(&late).await);
    assert_eq!(app.ok("people/list", json!({})).await["invitations"], json!([]));
    crate::server::pipeline::sweep::clean(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from invitations").await, 0);
}

async fn a_link_of_somebody_who_may_not_ask_any_more_is_worth_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let bo = app.add_user(BO, Role::Admin, None).await;
    let (_, secret) = invite_as(&app, BO, ADA, "admin").await;
    let (_, session) = app.api_as(&bo, "session/current", json!({})).await;
    let user_id = session["user_id"].clone();
    let stranger = Browser::stranger(&app);
    let status = async || stranger.api("invitations/get", &json!({"secret": secret})).await.status.as_u16();
    assert_eq!(status().await, 200);
    done(&app, "people/set_role", json!({"user_id": user_id, "role": "agent"})).await;
    assert_eq!(status().await, 404);
    assert_eq!(app.ok("people/list", json!({})).await["invitations"], json!([]), "it is worth nothing");
    stranger.api("invitations/accept", &acceptance(&secret)).await.is_error(404, "not_found");
    done(&app, "people/set_role", json!({"user_id": user_id, "role": "admin"})).await;
    assert_eq!(status().await, 200);
    done(&app, "people/set_disabled", json!({"user_id": user_id, "disabled": true})).await;
    assert_eq!(status().await, 404);
    done(&app, "people/remove", json!({"user_id": user_id})).await;
    assert_eq!(status().await, 404);
}

async fn an_admin_asks_nobody_in_as_owner(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user(BO, Role::Admin, None).await;
    let ask = |role: &str| json!({"email": ADA, "role": role});
    assert_eq!(in_person(&app, BO, "people/invite", ask("owner")).await.0, StatusCode::FORBIDDEN);
    let (invitation, secret) = invite(&app, ADA, "owner").await;
    let withdraw = json!({"id": invitation["id"]});
    assert_eq!(in_person(&app, BO, "people/withdraw_invitation", withdraw).await.0, StatusCode::FORBIDDEN);
    // Nor is it put out of force by a lesser one.
    assert_eq!(in_person(&app, BO, "people/invite", ask("agent")).await.0, StatusCode::FORBIDDEN);
    let offer = Browser::stranger(&app).api("invitations/get", &json!({"secret": secret})).await.json();
    assert_eq!(offer["role"], "owner");
}

async fn whoever_has_an_account_uses_it(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user(ADA, Role::Owner, Some("Next door")).await;
    let (_, secret) = invite(&app, ADA, "agent").await;
    let stranger = Browser::stranger(&app);
    let way = async |browser: &Browser<'_>| {
        browser.api("invitations/get", &json!({"secret": secret})).await.json()["way"].clone()
    };
    assert_eq!(way(&stranger).await, "sign_in_first");
    // With a name and a password of one's own nobody gets into somebody else's account.
    stranger.api("invitations/accept", &acceptance(&secret)).await.is_error(409, "conflict");
    let other = Browser::signed_in(&app, "owner@example.com").await;
    assert_eq!(way(&other).await, "sign_in_first");
    other.api("invitations/accept", &json!({"secret": secret})).await.is_error(409, "conflict");
    let ada = Browser::signed_in(&app, ADA).await;
    assert_eq!(way(&ada).await, "signed_in");
    assert_eq!(ada.api("invitations/accept", &json!({"secret": secret})).await.status, 200);
    let session = ada.api("session/current", &json!({})).await.json();
    assert_eq!((&session["workspace_name"], &session["role"]), (&json!("Workspace"), &json!("agent")));
    assert_eq!(app.count("select count(*) from users").await, 2);
}

async fn asking_in_says_what_is_wrong(database: Database) {
    let app = TestApp::start(database).await;
    let (status, error) = in_person(&app, OWNER, "people/invite", json!({"email": "ada", "role": "agent"})).await;
    assert_eq!((status.as_u16(), &error["field"]), (400, &json!("email")));
    let (status, _) =
        in_person(&app, OWNER, "people/invite", json!({"email": "owner@example.com", "role": "agent"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    let (_, secret) = invite(&app, ADA, "agent").await;
    let stranger = Browser::stranger(&app);
    for (field, name, password) in [("name", " \u{200b} ", PASSWORD), ("password", "Ada", "short")] {
        let input = json!({"secret": secret, "name": name, "password": password});
        let error = stranger.api("invitations/accept", &input).await.is_error(400, "invalid");
        assert_eq!(error["field"], field);
    }
    for secret in ["", "x", &"x".repeat(10_000)] {
        stranger.api("invitations/get", &json!({"secret": secret})).await.is_error(404, "not_found");
    }
}

async fn another_workspace_knows_nothing_of_it(database: Database) {
    let app = TestApp::start(database).await;
    let neighbour = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let (invitation, secret) = invite(&app, ADA, "agent").await;
    let (_, people) = app.api_as(&neighbour, "people/list", json!({})).await;
    assert_eq!(people["invitations"], json!([]));
    let theirs = "neighbour@example.com";
    let (status, _) = in_person(&app, theirs, "people/withdraw_invitation", json!({"id": invitation["id"]})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    // One of theirs to the same address stands beside it.
    invite_as(&app, theirs, ADA, "agent").await;
    let stranger = Browser::stranger(&app);
    assert_eq!(stranger.api("invitations/get", &json!({"secret": secret})).await.status, 200);
}

async fn secrets_are_nowhere_but_in_the_link(database: Database) {
    let app = TestApp::start(database).await;
    let (_, secret) = invite(&app, ADA, "agent").await;
    for answer in [app.ok("people/list", json!({})).await, app.ok("audit/list", json!({})).await] {
        assert!(!answer.to_string().contains(&secret));
    }
    assert!(app.texts("select payload from events").await.iter().all(|text| !text.contains(&secret)));
}
