//! Whose a conversation is: who becomes its assignee, who may, what the list shows of it, and what comes of it when they go.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, TestApp},
    browser::in_person,
    on_both_databases,
    waiting::{lines, row, rows, sends, takes_over, writes},
};
use crate::{
    domain::role::Role,
    server::{
        pipeline::sweep,
        service::people::{Change, change},
    },
};

on_both_databases!(
    whoever_takes_over_looks_after_it,
    the_bot_goes_on_in_what_is_assigned,
    it_can_be_given_on_and_put_back,
    only_to_who_is_let_in,
    the_list_and_its_counts_tell_whose,
    what_a_dismissed_person_had_is_nobodys_again,
    who_is_taken_out_by_a_page_leaves_nothing_either,
    who_is_let_in_again_keeps_what_is_left,
    another_workspace_has_no_part_in_it,
);

const ADA: &str = "491510000001";

/// Who an assignee is, by name.
fn whose(row: &Value) -> Option<&str> {
    row["assignee"]["name"].as_str()
}

async fn colleague(app: &TestApp, name: &str) -> Value {
    let all = app.ok("conversations/colleagues", json!({})).await;
    let found = all.as_array().unwrap().iter().find(|c| c["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is not among {all}"))["id"].clone()
}

async fn counts(app: &TestApp, token: &str, filter: Value) -> (i64, i64, i64) {
    let (status, counted) = app.api_as(token, "conversations/count", filter).await;
    assert_eq!(status, StatusCode::OK, "{counted}");
    let count = |name: &str| counted[name].as_i64().unwrap();
    (count("mine"), count("unassigned"), count("all"))
}

async fn whoever_takes_over_looks_after_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let grace = app.add_user("grace@example.com", Role::Agent, None).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    assert_eq!(whose(&row(&app).await), None);
    takes_over(&app).await;
    let owner = whose(&row(&app).await).unwrap().to_owned();
    let id = row(&app).await["id"].clone();
    // Who answers then, looks after nothing that is somebody's.
    let (status, sent) =
        app.api_as(&grace, "messages/send", json!({"conversation_id": id, "text": "We are closed."})).await;
    assert_eq!(status, StatusCode::OK, "{sent}");
    let shown = app.ok("conversations/get", json!({"id": id})).await;
    assert_eq!((shown["answering_name"].as_str(), shown["assignee"]["name"].as_str()), (Some("grace"), Some(&*owner)));
    app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    assert_eq!(whose(&row(&app).await), Some(&*owner), "the bot answers, and it is theirs all the same");
    // In what is nobody's, the first word is a take-over too.
    app.ok("conversations/assign", json!({"id": id})).await;
    sends(&app, "Hello again").await;
    assert_eq!(whose(&row(&app).await), Some(&*owner));
}

async fn the_bot_goes_on_in_what_is_assigned(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.add_user("grace@example.com", Role::Agent, None).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    app.ok("conversations/assign", json!({"id": id, "user_id": colleague(&app, "grace").await})).await;
    let before = app.graph.sent().len();
    writes(&app, &number, "wamid.2", ADA, "where is your shop").await;
    assert_eq!(app.graph.sent().len(), before + 1);
    let shown = row(&app).await;
    assert_eq!((shown["mode"].as_str(), whose(&shown)), (Some("bot"), Some("grace")));
}

async fn it_can_be_given_on_and_put_back(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let grace = app.add_user("grace@example.com", Role::Agent, None).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let to = colleague(&app, "grace").await;
    let events = "select count(*) from events where payload like '%\"conversations\"%'";
    let before = app.count(events).await;
    let assigned = app.ok("conversations/assign", json!({"id": id, "user_id": to})).await;
    assert_eq!(assigned["assignee"], json!({"id": to, "name": "grace"}));
    assert_eq!(app.count(events).await, before + 1, "open pages hear of it");
    // Once more is nothing.
    app.ok("conversations/assign", json!({"id": id, "user_id": to})).await;
    assert_eq!(app.count(events).await, before + 1);
    let (status, _) = app.api_as(&grace, "conversations/assign", json!({"id": id})).await;
    assert_eq!(status, StatusCode::OK, "an agent may, too");
    let (status, _) = app.api_as(&grace, "conversations/assign", json!({"id": id, "user_id": to})).await;
    assert_eq!(status, StatusCode::OK);
    let said = lines(&app).await;
    let owner = said[0].strip_suffix(" assigned the conversation to grace").unwrap();
    assert_eq!(
        said,
        [
            &format!("{owner} assigned the conversation to grace"),
            "grace put the conversation back into the queue",
            "grace took on the conversation"
        ]
    );
    let thread = app.api_as(&grace, "messages/list", json!({"conversation_id": id})).await.1;
    assert_eq!(thread.as_array().unwrap().last().unwrap()["content"]["text"], "You took on the conversation");
    // It is no message: nothing went out, and the row shows what was said.
    assert_eq!(app.graph.sent().len(), 1);
    assert_ne!(row(&app).await["preview"], "grace took on the conversation");
}

async fn only_to_who_is_let_in(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.add_user("grace@example.com", Role::Agent, None).await;
    app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let theirs = app.texts("select lower(hex(id)) from users where email = 'neighbour@example.com'");
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let grace = colleague(&app, "grace").await;
    change(&app.state, "grace@example.com", Change::Disable).await.unwrap();
    let neighbour = match database {
        Database::Sqlite => theirs.await.remove(0),
        Database::Postgres => {
            app.texts("select id::text from users where email = 'neighbour@example.com'").await.remove(0)
        }
    };
    for user_id in [grace, json!(neighbour), json!(uuid::Uuid::new_v4())] {
        let (status, refused) = app.api("conversations/assign", json!({"id": id, "user_id": user_id})).await;
        assert_eq!((status, refused["field"].as_str()), (StatusCode::BAD_REQUEST, Some("user_id")), "{refused}");
    }
    assert_eq!(whose(&row(&app).await), None);
    let names = app.ok("conversations/colleagues", json!({})).await;
    assert_eq!(names.as_array().unwrap().len(), 1, "{names}");
}

async fn the_list_and_its_counts_tell_whose(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let grace = app.add_user("grace@example.com", Role::Agent, None).await;
    for n in 1..=5 {
        writes(&app, &number, &format!("wamid.{n}"), &format!("49151000000{n}"), "opening hours").await;
    }
    let all = rows(&app, json!({})).await;
    let to = colleague(&app, "grace").await;
    for row in &all[..2] {
        app.ok("conversations/assign", json!({"id": row["id"], "user_id": to})).await;
    }
    app.ok("conversations/set_mode", json!({"id": all[2]["id"], "mode": "human"})).await;
    app.ok("conversations/set_status", json!({"id": all[0]["id"], "status": "resolved"})).await;
    app.ok("conversations/mark_read", json!({"id": all[1]["id"]})).await;
    let ids = |rows: Vec<Value>| rows.into_iter().map(|r| r["id"].clone()).collect::<Vec<_>>();
    let of = |n: &[usize]| n.iter().map(|n| all[*n]["id"].clone()).collect::<Vec<_>>();
    for (filter, expected) in [
        (json!({"assignee": "mine"}), of(&[2])),
        (json!({"assignee": "none"}), of(&[3, 4])),
        (json!({"assignee": to}), of(&[0, 1])),
        (json!({"assignee": to, "status": "open"}), of(&[1])),
        (json!({"assignee": to, "unread": true}), of(&[0])),
        (json!({"assignee": "none", "channel": "web"}), vec![]),
        (json!({"unread": true, "status": "open"}), of(&[2, 3, 4])),
    ] {
        assert_eq!(ids(rows(&app, filter.clone()).await), expected, "{filter}");
        // The same of rows that are asked for by their ids.
        let mut by_id = filter.clone();
        by_id["ids"] = json!(of(&[4, 3, 2, 1, 0]));
        let mut found = ids(rows(&app, by_id).await);
        found.sort_by_key(|id| all.iter().position(|row| row["id"] == *id));
        assert_eq!(found, expected, "{filter}");
    }
    assert_eq!(counts(&app, &app.token, json!({})).await, (1, 2, 5));
    assert_eq!(counts(&app, &grace, json!({})).await, (2, 2, 5));
    assert_eq!(counts(&app, &grace, json!({"status": "open", "unread": true})).await, (0, 2, 3));
    // Whose is no matter of the others.
    assert_eq!(counts(&app, &grace, json!({"status": "open", "assignee": "none"})).await, (1, 2, 4));
    let (status, _) = app.api("conversations/list", json!({"assignee": "yours"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

async fn what_a_dismissed_person_had_is_nobodys_again(database: Database) {
    for (how, email) in [(Change::Disable, "grace@example.com"), (Change::Remove, "ada@example.com")] {
        let app = TestApp::start(database).await;
        let number = app.number().await;
        let theirs = app.add_user(email, Role::Agent, None).await;
        let name = email.split('@').next().unwrap();
        // More than go back at once.
        for n in 0..70 {
            writes(&app, &number, &format!("wamid.{n}"), &format!("491510000{n:03}"), "opening hours").await;
        }
        let to = colleague(&app, name).await;
        let mut all = rows(&app, json!({})).await;
        let next = app.ok("conversations/list", json!({})).await["next"].clone();
        all.extend(rows(&app, json!({"before": next})).await);
        for row in &all[1..] {
            app.ok("conversations/assign", json!({"id": row["id"], "user_id": to})).await;
        }
        app.api_as(&theirs, "conversations/set_mode", json!({"id": all[0]["id"], "mode": "human"})).await;
        app.ok("conversations/set_status", json!({"id": all[1]["id"], "status": "resolved"})).await;
        app.ok("conversations/set_status", json!({"id": all[2]["id"], "status": "snoozed"})).await;
        change(&app.state, email, how).await.unwrap();
        while app.count("select count(*) from releases").await > 0 {
            sweep::step(&app.state).await.unwrap();
        }
        assert_eq!(counts(&app, &app.token, json!({})).await, (0, 70, 70), "what is resolved as well");
        let taken = app.ok("conversations/get", json!({"id": all[0]["id"]})).await;
        assert_eq!((taken["answering"].as_str(), &taken["assignee"]), (Some("nobody"), &Value::Null));
        let said = format!("{name} cannot sign in any more: the conversation is back in the queue");
        assert_eq!(lines(&app).await.into_iter().filter(|line| *line == said).count(), 69);
    }
}

/// A conversation that is an agent's: its id, and Grace's.
async fn assigned(database: Database) -> (TestApp, Value, Value) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.add_user("grace@example.com", Role::Agent, None).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let to = colleague(&app, "grace").await;
    app.ok("conversations/assign", json!({"id": id, "user_id": to})).await;
    (app, id, to)
}

async fn who_is_taken_out_by_a_page_leaves_nothing_either(database: Database) {
    for (operation, more) in [("people/set_disabled", json!({"disabled": true})), ("people/remove", json!({}))] {
        let (app, id, to) = assigned(database).await;
        let mut input = more;
        input["user_id"] = to.clone();
        let (status, body) = in_person(&app, "owner@example.com", operation, input).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        app.settle().await;
        assert_eq!(whose(&row(&app).await), None, "{operation}");
        let team = app.ok("conversations/colleagues", json!({})).await;
        assert!(!team.to_string().contains("grace"), "{team}");
        let (status, _) = app.api("conversations/assign", json!({"id": id, "user_id": to})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{operation}");
    }
}

async fn who_is_let_in_again_keeps_what_is_left(database: Database) {
    let (app, ..) = assigned(database).await;
    for how in [Change::Disable, Change::Enable] {
        change(&app.state, "grace@example.com", how).await.unwrap();
    }
    app.settle().await;
    assert!(whose(&row(&app).await).is_some(), "let in before anything was taken away");
    assert_eq!(app.count("select count(*) from releases").await, 0);
}

async fn another_workspace_has_no_part_in_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let (status, _) = app.api_as(&theirs, "conversations/assign", json!({"id": id})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(counts(&app, &theirs, json!({})).await, (0, 0, 0));
    let (_, names) = app.api_as(&theirs, "conversations/colleagues", json!({})).await;
    assert_eq!(names.as_array().unwrap().len(), 1, "{names}");
    // Whoever is in both is dismissed in both, and what is theirs in neither is touched.
    let owner = colleague(&app, app.ok("session/current", json!({})).await["name"].as_str().unwrap()).await;
    let (status, listed) = app.api_as(&theirs, "conversations/list", json!({"assignee": owner})).await;
    assert_eq!((status, listed["rows"].as_array().unwrap().len()), (StatusCode::OK, 0));
}
