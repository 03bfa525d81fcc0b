//! The event log: what came in, what was dropped and why, and working it off again.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, TestApp, change, status, text_message, webhook},
    deployment::{FLAGS, Tenant, deliver, tenants},
    on_both_databases,
};
use crate::{
    domain::{channel::Channel, ids::IntegrationId, role::Role},
    server::{
        base::clock::mint_id,
        store::{
            StoreError,
            delivery::{self, NewDelivery},
            integration, on,
        },
        writer::Priority,
    },
};

on_both_databases!(
    deliveries_are_told_with_what_they_held,
    pages_go_back_in_time,
    dead_letters_are_worked_off_again,
    only_owners_read_what_came,
    the_shared_path_shows_everybody_their_own,
    a_backlog_is_not_looked_through_for_a_page,
);

const DELIVERIES: &str = "integrations/whatsapp/deliveries";
const LETTERS: &str = "integrations/whatsapp/dead_letters";
const BODY: &str = "integrations/whatsapp/delivery_body";
const REPLAY: &str = "integrations/whatsapp/replay";

fn id(number: &Number) -> Value {
    json!({"id": number.integration_id})
}

async fn deliveries_are_told_with_what_they_held(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let messages = [
        text_message("wamid.1", "491510000001", "opening hours"),
        text_message("wamid.2", "491510000002", "opening hours"),
        json!({"id": "wamid.3", "from": "491510000001", "type": "image", "image": {"id": "1"}}),
        json!({"type": "text"}),
    ];
    let body = webhook(&[
        change(&number, &messages, &[status("wamid.X", "delivered")]),
        json!({"field": "account_update", "value": {}}),
    ]);
    let size = body.len();
    app.deliver(&number, body).await;
    let waiting = app.ok(DELIVERIES, id(&number)).await["rows"][0].clone();
    assert_eq!((&waiting["state"], &waiting["items"]), (&json!("waiting"), &json!(0)));
    app.settle().await;
    app.deliver(&number, "not json").await;
    app.settle().await;
    let counts = |row: &Value| [row["state"].clone(), row["items"].clone(), row["dropped"].clone()];
    let page = app.ok(DELIVERIES, id(&number)).await;
    let [broken, row] = &page["rows"].as_array().unwrap()[..] else { panic!("{page}") };
    assert_eq!(
        (&row["state"], &row["size"], &row["items"], &row["dropped"]),
        (&json!("done"), &json!(size), &json!(6), &json!(1))
    );
    let holds = json!([
        {"what": "field:account_update", "count": 1},
        {"what": "message:image", "count": 1},
        {"what": "message:text", "count": 2},
        {"what": "status:delivered", "count": 1},
        {"what": "unreadable", "count": 1},
    ]);
    assert_eq!(row["holds"], holds);
    assert_eq!(row["drops"][0]["item"], "0.0.messages.3");
    assert!(row["drops"][0]["reason"].as_str().unwrap().contains("no id"), "{row}");
    assert_eq!(counts(broken), [json!("done"), json!(1), json!(1)], "{broken}");
    assert_eq!((&broken["holds"][0]["what"], &broken["drops"][0]["item"]), (&json!("unreadable"), &json!("")));
    assert_eq!(page["ignored"], json!([{"what": "field:account_update", "count": 1}]));
    // Rejected ones are no deliveries: they are counted on the card.
    app.deliver_signed(&number, webhook(&[]).into(), None).await;
    assert_eq!(app.ok(DELIVERIES, id(&number)).await["rows"].as_array().unwrap().len(), 2);
    assert_eq!(app.ok("integrations/whatsapp/get", id(&number)).await["health"]["dead_letters"], 2);
    // Whose number nobody has is dropped, too.
    let stranger = Number { phone_number_id: "316000000000009".to_owned(), ..number.clone() };
    let messages = [text_message("wamid.8", "491510000001", "opening hours")];
    app.deliver(&number, webhook(&[change(&stranger, &messages, &[])])).await;
    app.settle().await;
    let row = app.ok(DELIVERIES, id(&number)).await["rows"][0].clone();
    assert_eq!(counts(&row), [json!("done"), json!(1), json!(1)], "{row}");
    // A large one is listed without being taken apart.
    let text = "x".repeat(70_000);
    app.deliver(&number, webhook(&[change(&number, &[text_message("wamid.9", "491510000001", &text)], &[])])).await;
    app.settle().await;
    let row = app.ok(DELIVERIES, id(&number)).await["rows"][0].clone();
    assert_eq!((&row["holds"], &row["items"]), (&Value::Null, &json!(1)));
}

async fn pages_go_back_in_time(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for n in 0..30 {
        app.deliver(&number, webhook(&[change(&number, &[json!({"n": n})], &[])])).await;
    }
    app.settle().await;
    for (operation, row_id) in [(DELIVERIES, "id"), (LETTERS, "id")] {
        let first = app.ok(operation, id(&number)).await;
        let mut next = id(&number);
        next["before"] = first["next"].clone();
        let second = app.ok(operation, next).await;
        let ids = |page: &Value| -> Vec<String> {
            page["rows"].as_array().unwrap().iter().map(|r| r[row_id].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!((ids(&first).len(), ids(&second).len(), &second["next"]), (25, 5, &Value::Null), "{operation}");
        let mut all = [ids(&first), ids(&second)].concat();
        assert!(all.windows(2).all(|w| w[0] > w[1]), "newest first");
        all.dedup();
        assert_eq!(all.len(), 30);
    }
}

async fn execute(app: &TestApp, sql: &'static str) {
    let write = app.state.writer.write(Priority::Bulk, uuid::Uuid::nil(), sql, |conn, sql| {
        Box::pin(async move { on!(conn, c => sqlx::query(*sql).execute(c).await.map(drop)).map_err(StoreError::from) })
    });
    write.await.unwrap();
}

async fn dead_letters_are_worked_off_again(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // A neighbour of a good message is unreadable; a later version might read it.
    let messages = [text_message("wamid.1", "491510000001", "opening hours"), json!({"type": "text"})];
    app.deliver(&number, webhook(&[change(&number, &messages, &[])])).await;
    app.settle().await;
    let letter = app.ok(LETTERS, id(&number)).await["rows"][0].clone();
    assert_eq!((&letter["item"], &letter["replayable"]), (&json!("0.0.messages.1"), &json!(true)));
    let one = json!({"id": number.integration_id, "dead_letter_id": letter["id"]});
    assert_eq!(app.ok(REPLAY, one.clone()).await, json!({"replayed": 1, "gone": 0}));
    assert_eq!(app.ok(LETTERS, id(&number)).await["rows"], json!([]), "it is being worked off");
    app.settle().await;
    // Still unreadable, so it is a dead letter again; what was stored is neither stored nor answered twice.
    let again = app.ok(LETTERS, id(&number)).await["rows"][0].clone();
    assert_eq!(again["item"], letter["item"]);
    assert_ne!(again["id"], letter["id"]);
    assert_eq!(
        (app.graph.sent().len(), app.count("select count(*) from messages where direction = 'inbound'").await),
        (1, 1)
    );
    assert_eq!(app.api(REPLAY, one).await.0, StatusCode::NOT_FOUND);
    // What was dropped for a reason that has gone is stored now: here, a message that the database had refused.
    execute(&app, "delete from attempts").await;
    execute(&app, "delete from messages").await;
    execute(&app, "delete from conversations").await;
    assert_eq!(app.ok(REPLAY, id(&number)).await, json!({"replayed": 1, "gone": 0}));
    app.settle().await;
    assert_eq!(app.count("select count(*) from messages where external_message_id = 'wamid.1'").await, 1);
    // A delivery that is no longer kept cannot be.
    execute(&app, "delete from deliveries").await;
    let letter = app.ok(LETTERS, id(&number)).await["rows"][0].clone();
    assert_eq!(letter["replayable"], false);
    let (status, error) = app.api(REPLAY, json!({"id": number.integration_id, "dead_letter_id": letter["id"]})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(error["message"].as_str().unwrap().contains("no longer kept"), "{error}");
    assert_eq!(app.ok(REPLAY, id(&number)).await, json!({"replayed": 0, "gone": 1}));
}

async fn only_owners_read_what_came(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let sent = webhook(&[change(&number, &[text_message("wamid.1", "491510000001", "Grüße")], &[])]);
    app.deliver(&number, sent.clone()).await;
    app.settle().await;
    let page = app.ok(DELIVERIES, id(&number)).await;
    assert!(!page.to_string().contains("491510000001") && !page.to_string().contains("Grüße"), "{page}");
    let mut input = id(&number);
    input["delivery_id"] = page["rows"][0]["id"].clone();
    assert_eq!(app.ok(BODY, input.clone()).await, json!({"body": sent, "truncated": false}));
    let admin = app.add_user("admin@example.com", Role::Admin, None).await;
    assert_eq!(app.api_as(&admin, DELIVERIES, id(&number)).await.0, StatusCode::OK);
    assert_eq!(app.api_as(&admin, BODY, input).await.0, StatusCode::FORBIDDEN);
}

async fn the_shared_path_shows_everybody_their_own(database: Database) {
    let app = TestApp::start_with(database, &FLAGS).await;
    let [ours, theirs] = tenants(&app, ["316000000000001", "316000000000002"]).await;
    let both = [
        change(&ours.number, &[text_message("wamid.ours", "491510000001", "ours")], &[]),
        change(&theirs.number, &[text_message("wamid.theirs", "491510000002", "theirs")], &[]),
    ];
    deliver(&app, webhook(&both)).await;
    for (Tenant { token, number }, own, other) in [(&ours, "ours", "theirs"), (&theirs, "theirs", "ours")] {
        let (_, page) = app.api_as(token, DELIVERIES, id(number)).await;
        assert_eq!(
            (&page["rows"][0]["items"], &page["rows"][0]["holds"][0]["count"]),
            (&json!(1), &json!(1)),
            "{page}"
        );
        let mut input = id(number);
        input["delivery_id"] = page["rows"][0]["id"].clone();
        let (_, seen) = app.api_as(token, BODY, input).await;
        let seen = seen["body"].as_str().unwrap();
        assert!(seen.contains(&format!("wamid.{own}")) && !seen.contains(&format!("wamid.{other}")), "{seen}");
    }
}

async fn a_backlog_is_not_looked_through_for_a_page(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let other = app.connect(&number.chatbot_id, "316000000000002").await;
    let body = webhook(&[change(&number, &[text_message("wamid.1", "491510000001", "opening hours")], &[])]);
    app.deliver(&number, body).await;
    let page = app.ok(DELIVERIES, id(&number)).await;
    assert_eq!((page["rows"].as_array().unwrap().len(), &page["backlog"]), (1, &json!(false)));
    // Then others bring in more than a page may look through.
    let integration_id: IntegrationId = other.integration_id.parse().unwrap();
    let row = integration::find_for_webhook(&mut app.state.store.read().await.unwrap(), integration_id).await;
    let workspace_id = row.unwrap().unwrap().workspace_id;
    let others: Vec<NewDelivery> = (0..2000)
        .map(|_| NewDelivery {
            id: mint_id(),
            workspace_id: Some(workspace_id),
            integration_id: Some(integration_id),
            channel: Channel::Whatsapp,
            body: webhook(&[]).into_bytes(),
            received_at: app.state.now(),
        })
        .collect();
    let write = app.state.writer.write(Priority::Bulk, uuid::Uuid::nil(), others, |conn, others| {
        Box::pin(async move { delivery::insert_many(conn, others).await })
    });
    write.await.unwrap();
    let page = app.ok(DELIVERIES, id(&number)).await;
    assert_eq!((&page["rows"], &page["backlog"]), (&json!([]), &json!(true)), "the page says that it does not know");
    assert_eq!(app.ok(DELIVERIES, id(&other)).await["rows"].as_array().unwrap().len(), 25);
    // A moment later all of it is there.
    app.settle().await;
    let page = app.ok(DELIVERIES, id(&number)).await;
    assert_eq!((&page["rows"][0]["state"], &page["backlog"]), (&json!("done"), &json!(false)));
}
