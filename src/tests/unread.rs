//! What has been seen, and whose line the list shows.

use serde_json::{Value, json};

use super::{
    app::{Database, TestApp},
    on_both_databases,
};
use crate::domain::role::Role;

on_both_databases!(
    what_arrives_after_the_last_place_seen_stays_unread,
    a_line_says_which_colleague_wrote_it,
    rows_can_be_asked_for_wherever_they_stand,
);

async fn row(app: &TestApp) -> Value {
    app.ok("conversations/list", json!({})).await["rows"][0].clone()
}

async fn what_arrives_after_the_last_place_seen_stays_unread(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for text in ["one", "two", "three"] {
        app.customer_writes(&number, &format!("wamid.{text}"), "491510000001", text).await;
    }
    let listed = row(&app).await;
    assert_eq!(listed["unread"], 3);
    let id = listed["id"].clone();
    let messages = app.ok("messages/list", json!({"conversation_id": id})).await;
    let places: Vec<i64> = messages
        .as_array()
        .unwrap()
        .iter()
        .filter(|m| m["direction"] == "inbound")
        .map(|m| m["seq"].as_i64().unwrap())
        .collect();
    // The page showed two of them; the third came while it told so.
    app.ok("conversations/mark_read", json!({"id": id, "seq": places[1]})).await;
    assert_eq!(row(&app).await["unread"], 1);
    // A tab that saw less makes nothing unread again, nor does one that says it twice.
    for seen in [places[0], 0, -5, places[1]] {
        app.ok("conversations/mark_read", json!({"id": id, "seq": seen})).await;
        assert_eq!(row(&app).await["unread"], 1, "seen up to {seen}");
    }
    app.ok("conversations/mark_read", json!({"id": id, "seq": places[2]})).await;
    assert_eq!(row(&app).await["unread"], 0);
    // Programs that name no place mean all of it.
    app.customer_writes(&number, "wamid.four", "491510000001", "four").await;
    app.ok("conversations/mark_read", json!({"id": id})).await;
    assert_eq!(row(&app).await["unread"], 0);
}

async fn a_line_says_which_colleague_wrote_it(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let ben = app.add_user("ben@example.com", Role::Agent, None).await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let listed = row(&app).await;
    assert_eq!((&listed["preview_author"], &listed["preview_mine"]), (&json!("bot"), &json!(false)));
    app.api_as(&ben, "messages/send", json!({"conversation_id": listed["id"], "text": "Ben here."})).await;
    let seen_by = async |token: &str| {
        let (_, page) = app.api_as(token, "conversations/list", json!({})).await;
        let row = page["rows"][0].clone();
        (row["preview_author"].clone(), row["preview_mine"].clone(), row["preview_name"].clone())
    };
    assert_eq!(seen_by(&ben).await, (json!("user"), json!(true), json!("ben")));
    assert_eq!(seen_by(&app.token).await, (json!("user"), json!(false), json!("ben")));
    // The customer's next line is nobody's of ours.
    app.customer_writes(&number, "wamid.2", "491510000001", "thanks").await;
    assert_eq!(seen_by(&ben).await, (json!("contact"), json!(false), Value::Null));
}

async fn rows_can_be_asked_for_wherever_they_stand(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for n in 0..70 {
        app.customer_writes(&number, &format!("wamid.{n}"), &format!("4915100000{n:02}"), "Hello").await;
    }
    let first = app.ok("conversations/list", json!({})).await;
    let second = app.ok("conversations/list", json!({"before": first["next"]})).await;
    let (top, deep, gone) = (&first["rows"][0], &second["rows"][19], &second["rows"][3]);
    app.ok("conversations/set_status", json!({"id": gone["id"], "status": "resolved"})).await;
    app.ok("conversations/mark_read", json!({"id": deep["id"]})).await;
    // One is asked for twice, and is there once.
    let ids = json!([top["id"], deep["id"], gone["id"], top["id"], uuid::Uuid::nil()]);
    let page = app.ok("conversations/list", json!({"status": "open", "ids": ids})).await;
    let mut found: Vec<(&Value, &Value)> =
        page["rows"].as_array().unwrap().iter().map(|row| (&row["id"], &row["unread"])).collect();
    found.sort_by_key(|(_, unread)| unread.as_i64());
    assert_eq!(found, [(&deep["id"], &json!(0)), (&top["id"], &json!(1))]);
    assert_eq!(page["next"], Value::Null);
    let page = app.ok("conversations/list", json!({"channel": "web", "ids": ids})).await;
    assert_eq!((&page["rows"], &page["only_filtered"]), (&json!([]), &json!(true)));
    let many = vec![uuid::Uuid::nil(); 201];
    let (status, error) = app.api("conversations/list", json!({"ids": many})).await;
    assert_eq!((status.as_u16(), &error["field"]), (400, &json!("ids")));
    // What was read changed the row and nothing in the conversation.
    let told = "select count(*) from events where payload like '%\"read\"%'";
    assert_eq!(app.count(told).await, 1);
}
