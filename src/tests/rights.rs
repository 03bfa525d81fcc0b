//! Who may do what: every operation, for every role and every scope of a token, against one table.

use serde_json::json;

use super::{
    api_contract::operations,
    app::{Database, TestApp},
    browser::Browser,
    on_both_databases,
};
use crate::domain::role::{Role, Scope};

on_both_databases!(roles_may_do_what_the_table_says, tokens_may_do_what_their_scopes_say);

/// Who may call an operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Who {
    /// Strangers, too.
    Anyone,
    /// Whoever is signed in, and their programs.
    Member,
    /// Whoever is signed in, in person.
    InPerson,
    /// Members with this role or a higher one, in person.
    InPersonFrom(Role),
    /// Members with this role or a higher one, and their programs with this scope.
    From(Role, Scope),
}

const AGENT_READ: Who = Who::From(Role::Agent, Scope::Read);
const AGENT_WRITE: Who = Who::From(Role::Agent, Scope::Write);
const AGENT_SEND: Who = Who::From(Role::Agent, Scope::Send);
const AGENT_MANAGE: Who = Who::From(Role::Agent, Scope::Manage);
const ADMIN: Who = Who::From(Role::Admin, Scope::Manage);
const OWNER: Who = Who::From(Role::Owner, Scope::Manage);

/// The table. An operation that is not in it fails the tests.
fn who_may(operation: &str) -> Who {
    match operation {
        "invitations/accept" | "invitations/get" | "setup/create" | "setup/status" => Who::Anyone,
        "session/current" | "workspaces/enter" | "workspaces/list" => Who::Member,
        "account/begin_second_factor"
        | "account/change_password"
        | "account/confirm_second_factor"
        | "account/end_second_factor"
        | "account/end_sign_in"
        | "account/renew_recovery_codes"
        | "account/second_factor"
        | "account/sign_ins"
        | "account/sign_out_elsewhere"
        | "account/update"
        | "tokens/create" => Who::InPerson,
        "chatbots/get" | "chatbots/list" | "chatbots/try" | "knowledge/list" => AGENT_READ,
        "conversations/get" | "conversations/list" | "conversations/waiting" | "messages/list" => AGENT_READ,
        "integrations/whatsapp/get" | "integrations/whatsapp/list" => AGENT_READ,
        "conversations/colleagues" | "conversations/count" | "labels/list" => AGENT_READ,
        "conversations/assign" | "conversations/label" | "notes/create" => AGENT_WRITE,
        "contacts/get" | "contacts/list" | "contact_fields/list" => AGENT_READ,
        "contacts/set_blocked" | "contacts/set_consent" | "contacts/update" => AGENT_WRITE,
        "contacts/reveal" | "contact_fields/delete" | "contact_fields/save" => ADMIN,
        "conversations/mark_read" | "conversations/set_mode" | "conversations/set_status" => AGENT_WRITE,
        "sandbox/add_customer" | "sandbox/overview" | "sandbox/send" | "sandbox/thread" => AGENT_WRITE,
        "messages/retry" | "messages/send" => AGENT_SEND,
        "tokens/list" | "tokens/revoke" => AGENT_MANAGE,
        "integrations/whatsapp/delivery_body" => OWNER,
        "workspaces/update" => Who::InPersonFrom(Role::Owner),
        "people/list" => ADMIN,
        _ if operation.starts_with("people/") => Who::InPersonFrom(Role::Admin),
        "audit/list" | "contacts/erase" | "conversations/erase" => ADMIN,
        "audit/export" | "contacts/export" => ADMIN,
        _ if ["chatbots/", "knowledge/", "integrations/", "labels/"].iter().any(|p| operation.starts_with(p)) => ADMIN,
        _ => panic!("who may call {operation}?"),
    }
}

/// Files that are taken by plain routes, under `/api/v1/`.
const DOWNLOADS: [&str; 2] = ["audit/export", "contacts/export"];

const fn rank(role: Role) -> u8 {
    match role {
        Role::Owner => 2,
        Role::Admin => 1,
        Role::Agent => 0,
    }
}

/// What ends nothing that the rest of a test needs.
fn harmless() -> impl Iterator<Item = (&'static str, serde_json::Value)> {
    operations().into_iter().filter(|(name, _)| !matches!(*name, "account/sign_out_elsewhere"))
}

async fn roles_may_do_what_the_table_says(database: Database) {
    let app = TestApp::start(database).await;
    let stranger = Browser::stranger(&app);
    for role in Role::ALL.iter().copied() {
        let email = format!("{role}2@example.com");
        app.add_user(&email, role, None).await;
        let browser = Browser::signed_in(&app, &email).await;
        for (name, input) in harmless() {
            let who = who_may(name);
            let allowed = match who {
                Who::From(least, _) | Who::InPersonFrom(least) => rank(role) >= rank(least),
                Who::Anyone | Who::Member | Who::InPerson => true,
            };
            let answer = browser.api(name, &input).await;
            let status = answer.status.as_u16();
            assert_eq!(status != 403, allowed, "{name} as {role}: {status}");
            if !allowed {
                let error = answer.is_error(403, "forbidden");
                assert!(!error["action"].as_str().unwrap().is_empty(), "{name}");
            }
            assert_ne!(status, 401, "{name} as {role}");
            let status = stranger.api(name, &input).await.status.as_u16();
            assert_eq!(status != 401, who == Who::Anyone, "{name} as a stranger: {status}");
        }
        for name in DOWNLOADS {
            let Who::From(least, _) = who_may(name) else { panic!("{name}") };
            let expected = if rank(role) >= rank(least) { 200 } else { 403 };
            let path = format!("/api/v1/{name}");
            assert_eq!(browser.get(&path).await.status.as_u16(), expected, "{name} as {role}");
            assert_eq!(stranger.get(&path).await.status.as_u16(), 401, "{name} as a stranger");
        }
    }
}

async fn tokens_may_do_what_their_scopes_say(database: Database) {
    let app = TestApp::start(database).await;
    let browser = Browser::signed_in(&app, "owner@example.com").await;
    for scope in Scope::ALL.iter().copied() {
        let input = json!({"name": scope.as_str(), "scopes": [scope.as_str()]});
        let token = browser.api("tokens/create", &input).await.json()["secret"].as_str().unwrap().to_owned();
        for (name, input) in harmless() {
            let allowed = match who_may(name) {
                Who::From(_, needed) => needed == scope,
                Who::Anyone | Who::Member => true,
                Who::InPerson | Who::InPersonFrom(_) => false,
            };
            let status = app.api_as(&token, name, input).await.0.as_u16();
            assert_eq!(status != 403, allowed, "{name} with {scope}: {status}");
        }
        for name in DOWNLOADS {
            let Who::From(_, needed) = who_may(name) else { panic!("{name}") };
            let request = app.http.get(format!("{}/api/v1/{name}", app.url)).bearer_auth(&token);
            let status = request.send().await.unwrap().status().as_u16();
            assert_eq!(status, if needed == scope { 200 } else { 403 }, "{name} with {scope}");
        }
    }
}
