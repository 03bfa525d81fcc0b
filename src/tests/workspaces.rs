//! Somebody who belongs to several workspaces is in one of them at a time.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{Database, TestApp},
    browser::Browser,
    on_both_databases,
};
use crate::{
    domain::{ids::WorkspaceId, role::Role},
    server::service::tokens,
};

on_both_databases!(
    a_session_is_in_the_workspace_that_it_entered,
    nobody_enters_where_they_do_not_belong,
    a_token_stays_in_its_workspace,
    whoever_is_taken_out_goes_on_elsewhere,
);

const OWNER: &str = "owner@example.com";

/// The owner of the shop is an agent of the neighbours, too. Their workspace's id.
async fn belongs_to_both(app: &TestApp) -> WorkspaceId {
    let neighbour = app.add_user("neighbour@example.com", Role::Owner, Some("Neighbours")).await;
    app.execute(
        "insert into memberships (workspace_id, user_id, role, created_at)
         select w.id, u.id, 'agent', 9000000000000 from workspaces w, users u
         where w.name = 'Neighbours' and u.email = 'owner@example.com'",
    )
    .await;
    let (_, session) = app.api_as(&neighbour, "session/current", json!({})).await;
    session["workspace_id"].as_str().unwrap().parse().unwrap()
}

async fn ask(browser: &Browser<'_>, operation: &str, input: Value) -> Value {
    let answer = browser.api(operation, &input).await;
    assert_eq!(answer.status, 200, "{operation}: {}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

async fn a_session_is_in_the_workspace_that_it_entered(database: Database) {
    let app = TestApp::start(database).await;
    let (browser, elsewhere) = (Browser::signed_in(&app, OWNER).await, Browser::signed_in(&app, OWNER).await);
    let shop = ask(&browser, "session/current", json!({})).await["workspace_id"].clone();
    let neighbours = json!(belongs_to_both(&app).await);
    let chatbot = app.chatbot().await;
    let listed = ask(&browser, "workspaces/list", json!({})).await;
    let places = |listed: &Value| -> Vec<Value> {
        listed.as_array().unwrap().iter().map(|w| json!([w["id"], w["role"], w["current"]])).collect()
    };
    assert_eq!(places(&listed), [json!([shop, "owner", true]), json!([neighbours, "agent", false])]);
    ask(&browser, "workspaces/enter", json!({"id": neighbours})).await;
    let session = ask(&browser, "session/current", json!({})).await;
    assert_eq!((&session["workspace_id"], &session["role"]), (&neighbours, &json!("agent")));
    assert_eq!(session["workspace_name"], "Neighbours");
    let listed = ask(&browser, "workspaces/list", json!({})).await;
    assert_eq!(places(&listed), [json!([shop, "owner", false]), json!([neighbours, "agent", true])]);
    // What belongs to the other one is not there, and the role is that of this one.
    browser.api("chatbots/get", &json!({"id": chatbot})).await.is_error(404, "not_found");
    browser.api("chatbots/create", &json!({"name": "Mine"})).await.is_error(403, "forbidden");
    // Another browser of theirs stays where it is.
    assert_eq!(ask(&elsewhere, "session/current", json!({})).await["workspace_id"], shop);
    ask(&browser, "workspaces/enter", json!({"id": shop})).await;
    assert_eq!(ask(&browser, "chatbots/get", json!({"id": chatbot})).await["id"], json!(chatbot));
}

async fn nobody_enters_where_they_do_not_belong(database: Database) {
    let app = TestApp::start(database).await;
    let stranger = app.add_user("stranger@example.com", Role::Owner, Some("Strangers")).await;
    let (_, session) = app.api_as(&stranger, "session/current", json!({})).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let before = ask(&browser, "session/current", json!({})).await;
    for id in [session["workspace_id"].clone(), json!(Uuid::max())] {
        browser.api("workspaces/enter", &json!({"id": id})).await.is_error(404, "not_found");
    }
    assert_eq!(ask(&browser, "session/current", json!({})).await, before);
}

async fn a_token_stays_in_its_workspace(database: Database) {
    let app = TestApp::start(database).await;
    let neighbours = belongs_to_both(&app).await;
    let (status, error) = app.api_as(&app.token, "workspaces/enter", json!({"id": neighbours})).await;
    assert_eq!((status.as_u16(), &error["code"]), (409, &json!("conflict")));
    // One that was made in the second workspace opens that one.
    app.execute(
        "update api_tokens set workspace_id = (select id from workspaces where name = 'Neighbours')
         where user_id = (select id from users where email = 'owner@example.com')",
    )
    .await;
    assert_eq!(app.ok("session/current", json!({})).await["workspace_name"], "Neighbours");
    let again = tokens::add(&app.state, OWNER, "another").await.unwrap();
    let (_, session) = app.api_as(&again, "session/current", json!({})).await;
    assert_ne!(session["workspace_name"], "Neighbours", "a new one opens the oldest");
}

async fn whoever_is_taken_out_goes_on_elsewhere(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, OWNER).await;
    let neighbours = belongs_to_both(&app).await;
    ask(&browser, "workspaces/enter", json!({"id": neighbours})).await;
    app.execute("delete from memberships where role = 'agent'").await;
    let session = ask(&browser, "session/current", json!({})).await;
    assert_eq!((&session["role"], session["workspace_name"] == "Neighbours"), (&json!("owner"), false));
    app.execute("delete from memberships where user_id = (select id from users where email = 'owner@example.com')")
        .await;
    browser.api("session/current", &json!({})).await.is_error(401, "unauthenticated");
}
