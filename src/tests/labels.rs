//! Labels: who makes them, who uses them, and what the list shows of them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp},
    on_both_databases,
    waiting::{lines, row, rows, sends, takes_over, writes},
};
use crate::{domain::role::Role, server::service::label::go_on_deleting};

on_both_databases!(
    names_are_told_apart_whatever_their_case,
    whoever_converses_labels,
    what_is_labelled_keeps_its_place_in_the_list,
    a_deleted_label_is_gone_everywhere,
    a_conversation_has_so_many_labels,
    what_is_labelled_is_found_by_whose_and_unread,
    what_is_erased_takes_its_labels_along,
    another_workspace_sees_and_touches_none,
);

const ADA: &str = "491510000001";

async fn label(app: &TestApp, name: &str, colour: &str) -> Value {
    app.ok("labels/create", json!({"name": name, "colour": colour})).await
}

fn names(row: &Value) -> Vec<&str> {
    row["labels"].as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect()
}

/// A conversation with a label.
async fn refunded(database: Database) -> (TestApp, Number, Value, Value) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let refund = label(&app, "refund", "red").await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    app.ok("conversations/label", json!({"id": id, "add": [refund["id"]]})).await;
    (app, number, id, refund)
}

async fn names_are_told_apart_whatever_their_case(database: Database) {
    let app = TestApp::start(database).await;
    let refund = label(&app, " Refund ", "red").await;
    assert_eq!((&refund["name"], &refund["colour"]), (&json!("Refund"), &json!("red")));
    label(&app, "Übergabe", "teal").await;
    for (name, colour, field) in [
        ("refund", "blue", "name"),
        ("ÜBERGABE", "blue", "name"),
        ("   ", "blue", "name"),
        (&"x".repeat(41), "blue", "name"),
        ("Other", "newer", "colour"),
    ] {
        let (status, refused) = app.api("labels/create", json!({"name": name, "colour": colour})).await;
        assert_eq!((status, refused["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{name}: {refused}");
    }
    let (status, _) = app.api("labels/create", json!({"name": "Other", "colour": "ultraviolet"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    // Its own name in another case is no other label's.
    let input = json!({"id": refund["id"], "name": "REFUND", "colour": "pink"});
    assert_eq!(app.ok("labels/update", input).await["name"], "REFUND");
    let (status, _) = app.api("labels/update", json!({"id": refund["id"], "name": "übergabe", "colour": "pink"})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let all = app.ok("labels/list", json!({})).await;
    let seen: Vec<&str> = all.as_array().unwrap().iter().map(|l| l["name"].as_str().unwrap()).collect();
    assert_eq!(seen, ["REFUND", "Übergabe"]);
    let (status, _) = app.api("labels/update", json!({"id": uuid::Uuid::new_v4(), "name": "x", "colour": "red"})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

async fn whoever_converses_labels(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let agent = app.add_user("grace@example.com", Role::Agent, None).await;
    let (refund, vip) = (label(&app, "refund", "red").await, label(&app, "VIP", "purple").await);
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let events = "select count(*) from events where payload like '%\"conversations\"%'";
    let before = app.count(events).await;
    let input = json!({"id": id, "add": [vip["id"], refund["id"]]});
    let (status, shown) = app.api_as(&agent, "conversations/label", input.clone()).await;
    assert_eq!((status, names(&shown)), (StatusCode::OK, vec!["refund", "VIP"]));
    assert!(app.count(events).await > before, "open pages hear of it");
    assert_eq!(names(&row(&app).await), ["refund", "VIP"]);
    // Once more is nothing.
    app.ok("conversations/label", input).await;
    let shown = app.ok("conversations/label", json!({"id": id, "remove": [refund["id"]]})).await;
    assert_eq!(names(&shown), ["VIP"]);
    let said = lines(&app).await;
    assert_eq!(said[0], "grace added the label “VIP”, “refund”");
    assert!(said[1].ends_with(" took off the label “refund”") && said.len() == 2, "{said:?}");
    for input in
        [json!({"id": id, "add": [uuid::Uuid::new_v4()]}), json!({"id": id, "add": [vip["id"], uuid::Uuid::new_v4()]})]
    {
        assert_eq!(app.api("conversations/label", input).await.0, StatusCode::BAD_REQUEST);
    }
    // Making them is not for everybody.
    for (operation, input) in [
        ("labels/create", json!({"name": "mine", "colour": "red"})),
        ("labels/update", json!({"id": vip["id"], "name": "mine", "colour": "red"})),
        ("labels/delete", json!({"id": vip["id"]})),
    ] {
        assert_eq!(app.api_as(&agent, operation, input).await.0, StatusCode::FORBIDDEN, "{operation}");
    }
    assert_eq!(app.api_as(&agent, "labels/list", json!({})).await.1.as_array().unwrap().len(), 2);
    // What people may have to answer for.
    let log = app.ok("audit/list", json!({})).await;
    assert!(
        log["rows"].as_array().unwrap().iter().any(|e| e["action"] == "label_created" && e["detail"]["name"] == "VIP")
    );
}

async fn what_is_labelled_keeps_its_place_in_the_list(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let refund = label(&app, "refund", "red").await;
    let of_label = || json!({"label": refund["id"]});
    for n in 1..=3 {
        app.advance(1000);
        writes(&app, &number, &format!("wamid.{n}"), &format!("49151000000{n}"), "opening hours").await;
    }
    let all = rows(&app, json!({})).await;
    for n in [0, 2] {
        app.ok("conversations/label", json!({"id": all[n]["id"], "add": [refund["id"]]})).await;
    }
    let ids = |rows: Vec<Value>| rows.into_iter().map(|r| r["id"].clone()).collect::<Vec<_>>();
    assert_eq!(ids(rows(&app, of_label()).await), [all[0]["id"].clone(), all[2]["id"].clone()]);
    // The customer writes, the bot answers, a person writes: it goes to the top, by whatever statement.
    app.advance(1000);
    writes(&app, &number, "wamid.4", "491510000001", "where is your shop").await;
    assert_eq!(ids(rows(&app, of_label()).await), [all[2]["id"].clone(), all[0]["id"].clone()]);
    app.advance(1000);
    app.ok("messages/send", json!({"conversation_id": all[0]["id"], "text": "Hello"})).await;
    app.settle().await;
    assert_eq!(ids(rows(&app, of_label()).await), [all[0]["id"].clone(), all[2]["id"].clone()]);
    // So does its status.
    app.ok("conversations/set_status", json!({"id": all[0]["id"], "status": "resolved"})).await;
    let open = json!({"label": refund["id"], "status": "open"});
    assert_eq!(ids(rows(&app, open.clone()).await), [all[2]["id"].clone()]);
    let count = app.ok("conversations/count", open).await;
    assert_eq!((&count["all"], &count["mine"]), (&json!(1), &json!(0)));
    assert_eq!(app.ok("conversations/count", of_label()).await["all"], 2);
    writes(&app, &number, "wamid.5", "491510000003", "and another thing").await;
    let open = json!({"label": refund["id"], "status": "open"});
    assert_eq!(ids(rows(&app, open).await), [all[0]["id"].clone(), all[2]["id"].clone()], "the customer opened it");
}

async fn a_deleted_label_is_gone_everywhere(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let (refund, vip) = (label(&app, "refund", "red").await, label(&app, "VIP", "purple").await);
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    app.ok("conversations/label", json!({"id": id, "add": [vip["id"], refund["id"]]})).await;
    app.ok("labels/delete", json!({"id": vip["id"]})).await;
    assert_eq!(names(&row(&app).await), ["refund"]);
    assert!(rows(&app, json!({"label": vip["id"]})).await.is_empty());
    assert_eq!(app.api("labels/delete", json!({"id": vip["id"]})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(app.ok("conversations/count", json!({"label": vip["id"]})).await["all"], 0);
    assert_eq!(
        app.api("labels/update", json!({"id": vip["id"], "name": "new", "colour": "red"})).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(app.api("conversations/label", json!({"id": id, "add": [vip["id"]]})).await.0, StatusCode::BAD_REQUEST);
    // The name is free again, though the upkeep has not been there yet.
    assert_eq!(app.count("select count(*) from conversation_labels").await, 2);
    label(&app, "vip", "blue").await;
    go_on_deleting(&app.state).await.unwrap();
    assert_eq!(app.count("select count(*) from conversation_labels").await, 1);
    assert_eq!(app.count("select count(*) from labels").await, 2);
}

async fn a_conversation_has_so_many_labels(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    let mut all = Vec::new();
    for n in 0..21 {
        all.push(label(&app, &format!("Label {n:02}"), "red").await["id"].clone());
    }
    let put = async |add: &[Value], remove: &[Value]| {
        app.api("conversations/label", json!({"id": id, "add": add, "remove": remove})).await.0
    };
    assert_eq!(put(&all[..20], &[]).await, StatusCode::OK);
    // What it has counts once, and what goes makes room.
    assert_eq!(put(&all[10..20], &[]).await, StatusCode::OK);
    assert_eq!(put(&all[20..], &[]).await, StatusCode::CONFLICT);
    assert_eq!(put(&[all[20].clone(), all[20].clone()], &all[..1]).await, StatusCode::OK);
    assert_eq!(app.count("select count(*) from conversation_labels").await, 20);
}

/// A label's list goes by what is filtered, too: whose, and what is unread.
async fn what_is_labelled_is_found_by_whose_and_unread(database: Database) {
    let (app, number, id, refund) = refunded(database).await;
    let found = async |more: Value| {
        let mut filter = json!({"label": refund["id"]});
        filter.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (rows(&app, filter.clone()).await.len(), app.ok("conversations/count", filter).await)
    };
    let (unread, counts) = found(json!({"unread": true})).await;
    assert_eq!((unread, &counts["all"], &counts["unassigned"], &counts["mine"]), (1, &json!(1), &json!(1), &json!(0)));
    app.ok("conversations/mark_read", json!({"id": id})).await;
    takes_over(&app).await;
    assert_eq!(found(json!({"unread": true})).await.0, 0);
    let (all, counts) = found(json!({})).await;
    assert_eq!((all, &counts["unassigned"], &counts["mine"]), (1, &json!(0), &json!(1)));
    app.ok("conversations/assign", json!({"id": id})).await;
    assert_eq!(found(json!({})).await.1["mine"], 0);
    writes(&app, &number, "wamid.2", ADA, "and another thing").await;
    assert_eq!(found(json!({"unread": true})).await.0, 1);
}

async fn what_is_erased_takes_its_labels_along(database: Database) {
    let (app, _, id, _) = refunded(database).await;
    sends(&app, "Hello").await;
    app.ok("conversations/erase", json!({"id": id})).await;
    assert_eq!(app.count("select count(*) from conversation_labels").await, 0);
    assert_eq!(app.ok("labels/list", json!({})).await.as_array().unwrap().len(), 1);
}

async fn another_workspace_sees_and_touches_none(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let theirs = app.add_user("neighbour@example.com", Role::Owner, Some("Next door")).await;
    let refund = label(&app, "refund", "red").await;
    writes(&app, &number, "wamid.1", ADA, "opening hours").await;
    let id = row(&app).await["id"].clone();
    app.ok("conversations/label", json!({"id": id, "add": [refund["id"]]})).await;
    assert_eq!(app.api_as(&theirs, "labels/list", json!({})).await.1, json!([]));
    // A name is taken in its own workspace only.
    let (status, own) = app.api_as(&theirs, "labels/create", json!({"name": "refund", "colour": "red"})).await;
    assert_eq!(status, StatusCode::OK);
    for (operation, input) in [
        ("labels/update", json!({"id": refund["id"], "name": "stolen", "colour": "red"})),
        ("labels/delete", json!({"id": refund["id"]})),
        ("conversations/label", json!({"id": id, "remove": [refund["id"]]})),
        ("conversations/label", json!({"id": id, "add": [own["id"]]})),
    ] {
        assert_eq!(app.api_as(&theirs, operation, input).await.0, StatusCode::NOT_FOUND, "{operation}");
    }
    assert_eq!(app.api("conversations/label", json!({"id": id, "add": [own["id"]]})).await.0, StatusCode::BAD_REQUEST);
    let (_, listed) = app.api_as(&theirs, "conversations/list", json!({"label": refund["id"]})).await;
    assert_eq!(listed["rows"], json!([]));
    let (_, counted) = app.api_as(&theirs, "conversations/count", json!({"label": refund["id"]})).await;
    assert_eq!(counted, json!({"mine": 0, "unassigned": 0, "all": 0}));
    assert_eq!(names(&row(&app).await), ["refund"]);
}
