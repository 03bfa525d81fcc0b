//! The page of people: owners and admins change what others may do, within what they may do themselves.

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
    the_list_tells_who_works_here,
    an_admin_manages_all_but_owners,
    nobody_changes_themselves,
    the_last_owner_of_the_workspace_stays,
    of_two_owners_who_take_each_other_out_one_stays,
    whoever_is_disabled_here_is_let_in_elsewhere,
    a_disabled_person_comes_back,
    whoever_is_removed_from_the_last_workspace_is_forgotten,
    whoever_is_removed_here_stays_elsewhere,
    signing_somebody_out_ends_sessions_and_tokens,
    people_of_other_workspaces_are_out_of_reach,
    what_is_done_with_people_is_on_record,
);

const OWNER: &str = "owner@example.com";
const ADA: &str = "ada@example.com";
const BO: &str = "bo@example.com";

async fn id_of(app: &TestApp, token: &str) -> Value {
    let (status, session) = app.api_as(token, "session/current", json!({})).await;
    assert_eq!(status, StatusCode::OK, "{session}");
    session["user_id"].clone()
}

async fn status_of(app: &TestApp, token: &str) -> u16 {
    app.api_as(token, "session/current", json!({})).await.0.as_u16()
}

/// What became of an operation: its status, and what it says.
async fn tried(app: &TestApp, email: &str, operation: &str, input: Value) -> (u16, String) {
    let (status, body) = in_person(app, email, operation, input).await;
    (status.as_u16(), body["message"].as_str().unwrap_or_default().to_owned())
}

/// The owner does something.
async fn done(app: &TestApp, operation: &str, input: Value) {
    let outcome = tried(app, OWNER, operation, input).await;
    assert_eq!(outcome.0, 200, "{operation}: {}", outcome.1);
}

/// Every way to change something about a person.
fn ways(user_id: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("people/set_role", json!({"user_id": user_id, "role": "agent"})),
        ("people/set_disabled", json!({"user_id": user_id, "disabled": true})),
        ("people/set_disabled", json!({"user_id": user_id, "disabled": false})),
        ("people/sign_out", json!({"user_id": user_id})),
        ("people/remove", json!({"user_id": user_id})),
    ]
}

async fn the_list_tells_who_works_here(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user(ADA, Role::Admin, None).await;
    app.add_user(BO, Role::Agent, None).await;
    app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let bo = Browser::signed_in(&app, BO).await;
    assert!(bo.is_signed_in().await);
    let people = app.ok("people/list", json!({})).await;
    let rows: Vec<Value> = people["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| json!([m["name"], m["role"], m["you"], m["manageable"], m["disabled"], m["seen_at"].is_null()]))
        .collect();
    assert_eq!(
        rows,
        [
            json!(["ada", "admin", false, true, false, true]),
            json!(["bo", "agent", false, true, false, false]),
            json!(["owner", "owner", true, false, false, true]),
        ]
    );
    assert_eq!(people["invitations"], json!([]));
}

async fn an_admin_manages_all_but_owners(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Admin, None).await;
    let bo = app.add_user(BO, Role::Agent, None).await;
    let (owner, bo_id) = (id_of(&app, &app.token).await, id_of(&app, &bo).await);
    for (operation, input) in ways(&owner) {
        assert_eq!(tried(&app, ADA, operation, input).await.0, 403, "{operation}");
    }
    assert_eq!(status_of(&app, &app.token).await, 200);
    let raise = |role: &str| json!({"user_id": bo_id, "role": role});
    assert_eq!(tried(&app, ADA, "people/set_role", raise("owner")).await.0, 403);
    assert_eq!(tried(&app, ADA, "people/set_role", raise("admin")).await.0, 200);
    // It counts at once.
    assert_eq!(tried(&app, BO, "chatbots/create", json!({"name": "One"})).await.0, 200);
    assert_eq!(tried(&app, ADA, "people/set_role", raise("agent")).await.0, 200);
    assert_eq!(tried(&app, BO, "chatbots/create", json!({"name": "Two"})).await.0, 403);
    for (operation, input) in ways(&id_of(&app, &ada).await) {
        assert_eq!(tried(&app, BO, operation, input).await.0, 403, "{operation}");
    }
}

async fn nobody_changes_themselves(database: Database) {
    let app = TestApp::start(database).await;
    app.add_user(ADA, Role::Owner, None).await;
    for (operation, input) in ways(&id_of(&app, &app.token).await) {
        let (status, words) = tried(&app, OWNER, operation, input).await;
        assert!(status == 409 && words.contains("yourself"), "{operation}: {status} {words}");
    }
}

async fn the_last_owner_of_the_workspace_stays(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Owner, None).await;
    let owner = id_of(&app, &app.token).await;
    let disable = json!({"user_id": owner, "disabled": true});
    assert_eq!(tried(&app, ADA, "people/set_disabled", disable).await.0, 200);
    // An owner who is not let in here could let nobody in.
    let ada_id = id_of(&app, &ada).await;
    let email = "third@example.com";
    let third = app.add_user(email, Role::Owner, None).await;
    assert_eq!(tried(&app, email, "people/set_disabled", json!({"user_id": ada_id, "disabled": true})).await.0, 200);
    let third_id = id_of(&app, &third).await;
    // The operator's command counts them alike.
    assert_eq!(status_of(&app, &ada).await, 401);
    let refused =
        crate::server::service::people::change(&app.state, email, crate::server::service::people::Change::Remove).await;
    assert!(refused.is_err(), "{third_id} was the last owner");
    assert_eq!(status_of(&app, &third).await, 200);
}

async fn of_two_owners_who_take_each_other_out_one_stays(database: Database) {
    let app = TestApp::start(database).await;
    for round in 0..4 {
        let email = format!("owner{round}@example.com");
        let other = app.add_user(&email, Role::Owner, None).await;
        let disable = |id: Value| json!({"user_id": id, "disabled": true});
        let (one_id, other_id) = (id_of(&app, &app.token).await, id_of(&app, &other).await);
        let (one, other) = (Browser::signed_in(&app, OWNER).await, Browser::signed_in(&app, &email).await);
        let (at_other, at_one) = (disable(other_id), disable(one_id));
        let outcomes =
            tokio::join!(one.api("people/set_disabled", &at_other), other.api("people/set_disabled", &at_one));
        let owners = "select count(*) from memberships where role = 'owner' and disabled_at is null";
        assert_eq!(app.count(owners).await, 1, "{round}: {outcomes:?}");
        app.execute(
            "update memberships set disabled_at = null
             where user_id in (select id from users where email = 'owner@example.com')",
        )
        .await;
        app.execute(
            "update api_tokens set revoked_at = null
             where user_id in (select id from users where email = 'owner@example.com')",
        )
        .await;
        app.execute(
            "delete from memberships where user_id in (select id from users where email like 'owner_@example.com')",
        )
        .await;
    }
}

/// Ada belongs to the neighbours, too.
async fn next_door_too(app: &TestApp) {
    app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    app.execute(
        "insert into memberships (workspace_id, user_id, role, created_at)
         select w.id, u.id, 'agent', 9000000000000 from workspaces w, users u
         where w.name = 'Next door' and u.email = 'ada@example.com'",
    )
    .await;
}

async fn whoever_is_disabled_here_is_let_in_elsewhere(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    next_door_too(&app).await;
    let browser = Browser::signed_in(&app, ADA).await;
    let disable = json!({"user_id": id_of(&app, &ada).await, "disabled": true});
    done(&app, "people/set_disabled", disable).await;
    assert_eq!(status_of(&app, &ada).await, 401);
    // The session goes on there, and so does a new one.
    let again = Browser::signed_in(&app, ADA).await;
    for browser in [&browser, &again] {
        let session = browser.api("session/current", &json!({})).await.json();
        assert_eq!(session["workspace_name"], "Next door");
    }
    let shop = app.ok("session/current", json!({})).await["workspace_id"].clone();
    again.api("workspaces/enter", &json!({"id": shop})).await.is_error(404, "not_found");
}

async fn a_disabled_person_comes_back(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let user_id = id_of(&app, &ada).await;
    let old = Browser::signed_in(&app, ADA).await;
    done(&app, "people/set_disabled", json!({"user_id": user_id, "disabled": true})).await;
    let listed = app.ok("people/list", json!({})).await;
    assert_eq!(listed["members"][0]["disabled"], true, "{listed}");
    let mut browser = Browser::stranger(&app);
    assert!(browser.sign_in(ADA, PASSWORD, "").await.location().contains("error=credentials"));
    done(&app, "people/set_disabled", json!({"user_id": user_id, "disabled": false})).await;
    assert_eq!(browser.sign_in(ADA, PASSWORD, "").await.location(), "/inbox");
    assert!(!old.is_signed_in().await, "an old session came back to life");
    assert_eq!(status_of(&app, &ada).await, 401, "an old token came back to life");
}

async fn whoever_is_removed_from_the_last_workspace_is_forgotten(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let browser = Browser::signed_in(&app, ADA).await;
    done(&app, "people/remove", json!({"user_id": id_of(&app, &ada).await})).await;
    assert!(!browser.is_signed_in().await);
    assert_eq!(status_of(&app, &ada).await, 401);
    assert!(app.texts("select email from users").await.iter().all(|email| !email.contains("ada@")));
    assert_eq!(app.ok("people/list", json!({})).await["members"].as_array().unwrap().len(), 1);
    // Somebody else may come with the same address.
    let again = app.add_user(ADA, Role::Agent, None).await;
    assert_eq!(status_of(&app, &again).await, 200);
}

async fn whoever_is_removed_here_stays_elsewhere(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    next_door_too(&app).await;
    done(&app, "people/remove", json!({"user_id": id_of(&app, &ada).await})).await;
    assert_eq!(status_of(&app, &ada).await, 401);
    let browser = Browser::signed_in(&app, ADA).await;
    let listed = browser.api("workspaces/list", &json!({})).await.json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["name"], "Next door");
}

async fn signing_somebody_out_ends_sessions_and_tokens(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let browsers = join_all((0..2).map(|_| Browser::signed_in(&app, ADA))).await;
    done(&app, "people/sign_out", json!({"user_id": id_of(&app, &ada).await})).await;
    for browser in browsers {
        assert!(!browser.is_signed_in().await);
    }
    assert_eq!(status_of(&app, &ada).await, 401);
    assert!(Browser::signed_in(&app, ADA).await.is_signed_in().await);
}

async fn people_of_other_workspaces_are_out_of_reach(database: Database) {
    let app = TestApp::start(database).await;
    let neighbour = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    for (operation, input) in ways(&id_of(&app, &neighbour).await) {
        assert_eq!(tried(&app, OWNER, operation, input).await.0, 404, "{operation}");
    }
    assert_eq!(status_of(&app, &neighbour).await, 200);
    let (_, people) = app.api_as(&neighbour, "people/list", json!({})).await;
    assert_eq!(people["members"].as_array().unwrap().len(), 1);
}

async fn what_is_done_with_people_is_on_record(database: Database) {
    let app = TestApp::start(database).await;
    let ada = app.add_user(ADA, Role::Agent, None).await;
    let user_id = id_of(&app, &ada).await;
    done(&app, "people/set_role", json!({"user_id": user_id, "role": "admin"})).await;
    // Twice the same is done once.
    done(&app, "people/set_role", json!({"user_id": user_id, "role": "admin"})).await;
    for disabled in [true, false] {
        done(&app, "people/set_disabled", json!({"user_id": user_id, "disabled": disabled})).await;
    }
    done(&app, "people/sign_out", json!({"user_id": user_id})).await;
    done(&app, "people/remove", json!({"user_id": user_id})).await;
    let log = app.ok("audit/list", json!({})).await;
    let entries: Vec<Value> = log["rows"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["subject_id"] == user_id && e["user_name"] == "owner")
        .map(|e| json!([e["action"], e["detail"]]))
        .collect();
    assert_eq!(
        entries,
        [
            json!(["person_removed", {}]),
            json!(["signed_out_elsewhere", {}]),
            json!(["person_enabled", {}]),
            json!(["person_disabled", {}]),
            json!(["role_changed", {"from": "agent", "to": "admin"}]),
        ]
    );
    assert_eq!(app.ok("session/current", json!({})).await["email"], OWNER);
}
