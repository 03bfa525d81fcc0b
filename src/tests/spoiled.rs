//! One bad spot costs its neighbours nothing: what webhooks hold that is not as it should be, and what people see of it.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, Number, START, TestApp, change, text_message, webhook},
    on_both_databases,
};
use crate::server::{
    store::{StoreError, on},
    writer::Priority,
};

on_both_databases!(
    a_spoiled_item_leaves_its_neighbours_alone,
    spoiled_ids_go_to_nobody_else,
    what_is_cut_off_is_told_and_the_rest_is_stored,
    lists_of_another_shape_cost_only_themselves,
    texts_without_words_are_seen,
    choices_are_found_beside_empty_ones,
    a_caption_is_a_text,
    what_cannot_be_shown_is_said_in_words,
);

/// Delivers a `messages` value and works it off.
pub(super) async fn deliver_value(app: &TestApp, number: &Number, mut value: Value) {
    value["messaging_product"] = json!("whatsapp");
    if value["metadata"].is_null() {
        value["metadata"] = json!({"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id});
    }
    deliver(app, number, webhook(&[json!({"field": "messages", "value": value})])).await;
}

async fn deliver(app: &TestApp, number: &Number, body: impl Into<Vec<u8>>) {
    assert_eq!(app.deliver(number, body).await, StatusCode::OK);
    app.settle().await;
}

async fn inbound(app: &TestApp) -> Vec<String> {
    app.texts("select body from messages where direction = 'inbound' order by external_message_id").await
}

async fn a_spoiled_item_leaves_its_neighbours_alone(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let deep = format!("{}{}", "[".repeat(130), "]".repeat(130));
    let bottomless = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let quote = |text: &str| format!("\"{text}\"");
    // What stands in the place of one text, and what is left of it.
    let spoiled: [(Vec<u8>, &str); 8] = [
        (quote(r"half \ud83d an emoji").into(), "half \u{fffd} an emoji"),
        (b"\"one \xff byte\"".to_vec(), "one \u{fffd} byte"),
        (b"\"raw\nlines\"".to_vec(), "raw\nlines"),
        (quote(r"nul \u0000 here").into(), "nul  here"),
        (quote(r"\x strange").into(), "x strange"),
        ("1e999".into(), "1e999"),
        (deep.into(), ""),
        (bottomless.into(), ""),
    ];
    for (n, (text, left)) in spoiled.into_iter().enumerate() {
        let messages = ["a", "b", "c"].map(|place| {
            let text = if place == "b" { "SPOILED" } else { "opening hours" };
            text_message(&format!("wamid.{n}{place}"), &format!("49151000000{n}"), text)
        });
        let body = webhook(&[change(&number, &messages, &[])]);
        let (before, after) = body.split_once("\"SPOILED\"").unwrap();
        deliver(&app, &number, [before.as_bytes(), &text, after.as_bytes()].concat()).await;
        let stored = inbound(&app).await;
        assert_eq!(stored.len(), (n + 1) * 3, "{left:?}");
        assert_eq!(stored[n * 3..], ["opening hours", left, "opening hours"]);
    }
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
    // What is kept as it came can be read again.
    for payload in app.texts("select payload from messages where payload is not null").await {
        assert!(serde_json::from_str::<Value>(&payload).is_ok());
    }
}

async fn spoiled_ids_go_to_nobody_else(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // Without the spoiled digit it would be another number; without the spoiled byte another business number.
    let messages = [
        text_message("wamid.1", "4915100000SPOILED1", "opening hours"),
        text_message("wamid.2", "491510000002", "opening hours"),
    ];
    let body = webhook(&[change(&number, &messages, &[])]);
    deliver(&app, &number, spoil(&body)).await;
    assert_eq!(app.graph.sent().len(), 1);
    assert_eq!(app.texts("select phone from contacts").await, ["491510000002"]);
    assert_eq!(app.texts("select reason from dead_letters").await, ["the message does not say who wrote it"]);
    let body = webhook(&[change(&number, &[text_message("wamid.3", "491510000003", "opening hours")], &[])]);
    deliver(&app, &number, spoil(&body.replace("316000000000001", "316000SPOILED0000"))).await;
    let reasons = app.texts("select reason from dead_letters order by id").await;
    assert_eq!(reasons.last().unwrap(), "no integration has this number");
    // An id that PostgreSQL cannot even look for costs nobody else anything.
    let strange = Number { phone_number_id: "3160\u{0}00".to_owned(), ..number.clone() };
    let mut from = text_message("wamid.4", "491510000004", "opening hours");
    from["from_user_id"] = json!("DE.\u{0}x");
    deliver(
        &app,
        &number,
        webhook(&[
            change(&strange, &[text_message("wamid.5", "491510000005", "opening hours")], &[]),
            change(&number, &[from], &[]),
        ]),
    )
    .await;
    assert_eq!(app.count("select count(*) from messages where external_message_id = 'wamid.4'").await, 1);
    assert_eq!(app.count("select count(*) from deliveries where state <> 'done'").await, 0);
}

fn spoil(body: &str) -> Vec<u8> {
    let parts: Vec<&[u8]> = body.split("SPOILED").map(str::as_bytes).collect();
    parts.join(&b"\xff"[..])
}

async fn what_is_cut_off_is_told_and_the_rest_is_stored(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let messages = [
        text_message("wamid.1", "491510000001", "opening hours"),
        text_message("wamid.2", "491510000002", "where is the shop CUT"),
    ];
    let value = |messages: &[Value]| {
        // In the order in which Meta writes.
        let metadata = json!({"display_phone_number": "15550100001", "phone_number_id": number.phone_number_id});
        let messages = json!(messages).to_string();
        format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102000000000001","changes":[{{"field":"messages","value":{{"metadata":{metadata},"messages":{messages}}}}}]}}]}}"#
        )
    };
    let whole = value(&messages);
    let (cut, _) = whole.split_once(" CUT").unwrap();
    deliver(&app, &number, cut).await;
    assert_eq!(inbound(&app).await, ["opening hours"]);
    let letters = app.ok("integrations/whatsapp/dead_letters", json!({"id": number.integration_id})).await;
    assert_eq!(letters["rows"].as_array().unwrap().len(), 1, "{letters}");
    assert_eq!(letters["rows"][0]["item"], "0.0.messages.1");
    // Between two items the cut is told, too; and what follows a whole webhook.
    let (cut, _) = whole.split_once(",{\"from\":\"491510000002\"").unwrap();
    deliver(&app, &number, cut.replace("wamid.1", "wamid.3")).await;
    deliver(&app, &number, format!("{} {{}}", value(&messages[..1]).replace("wamid.1", "wamid.4"))).await;
    assert_eq!(inbound(&app).await, ["opening hours"; 3]);
    assert_eq!(app.texts("select item from dead_letters order by id").await, ["0.0.messages.1", "end", "end"]);
}

async fn lists_of_another_shape_cost_only_themselves(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let message = |n: usize| text_message(&format!("wamid.{n:03}"), "491510000001", "opening hours");
    let mut n = 0;
    let shapes = [
        json!({}),
        json!(""),
        json!(null),
        json!(0),
        json!(false),
        json!("none"),
        json!(7),
        json!([null, 5, []]),
        json!({"x": 1}),
    ];
    for field in ["contacts", "statuses", "errors"] {
        for shape in &shapes {
            n += 1;
            let mut value = json!({"messages": [message(n)]});
            value[field] = shape.clone();
            deliver_value(&app, &number, value).await;
            assert_eq!(inbound(&app).await.len(), n, "{field}: {shape}");
        }
    }
    for metadata in [
        json!(""),
        json!([{"phone_number_id": number.phone_number_id}]),
        json!({"phone_number_id": 316000000000001_i64}),
    ] {
        n += 1;
        deliver_value(&app, &number, json!({"messages": [message(n)], "metadata": metadata})).await;
        assert_eq!(inbound(&app).await.len(), n, "{metadata}");
    }
    for profile in [json!(null), json!("Ada"), json!([]), json!({"name": {}}), json!({"name": null})] {
        n += 1;
        let contacts = json!([null, {"wa_id": "491510000001", "profile": profile}]);
        deliver_value(&app, &number, json!({"messages": [message(n)], "contacts": contacts})).await;
        assert_eq!(inbound(&app).await.len(), n, "{profile}");
    }
    // One message without its list, numbered ones, and a list without one.
    for messages in [message(n + 1), json!({"0": message(n + 2), "1": message(n + 3)})] {
        deliver_value(&app, &number, json!({"messages": messages})).await;
    }
    n += 3;
    assert_eq!(inbound(&app).await.len(), n);
    let report = json!({"id": "wamid.X", "status": "failed", "timestamp": 1780000000.0, "errors": {"code": "131026", "title": "no"}});
    deliver_value(&app, &number, json!({"messages": "broken", "statuses": report})).await;
    assert_eq!(app.count("select count(*) from parked_statuses").await, 1);
    let last = app.texts("select item from dead_letters order by id desc limit 1").await;
    assert_eq!(last, ["0.0.messages"]);
    // Entries and changes likewise.
    let entry = json!({"id": "102000000000001", "changes": change(&number, &[message(n + 1)], &[])});
    deliver(&app, &number, json!({"object": "whatsapp_business_account", "entry": entry}).to_string()).await;
    assert_eq!(inbound(&app).await.len(), n + 1);
}

/// What the newest conversation shows: its line in the list, and the last message of the customer.
pub(super) async fn newest(app: &TestApp) -> (Value, Value) {
    let row = app.ok("conversations/list", json!({})).await["rows"][0].clone();
    let messages = app.ok("messages/list", json!({"conversation_id": row["id"]})).await;
    let of_customer = messages.as_array().unwrap().iter().rev().find(|m| m["author"] == "contact").unwrap().clone();
    (row, of_customer)
}

/// Delivers one message of a type from a customer of its own.
async fn deliver_message(app: &TestApp, number: &Number, n: usize, mut message: Value) {
    app.advance(1000);
    if message["id"].is_null() {
        message["id"] = json!(format!("wamid.{n:03}"));
    }
    message["from"] = json!(format!("49151000{n:04}"));
    message["timestamp"] = json!((START / 1000 + i64::try_from(n).unwrap()).to_string());
    deliver_value(app, number, json!({"messages": [message]})).await;
}

async fn texts_without_words_are_seen(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let texts = [
        json!(null),
        json!({}),
        json!({"body": null}),
        json!({"body": ""}),
        json!({"body": "\u{200b}\u{2060}"}),
        json!([]),
        json!({"body": {}}),
    ];
    for (n, text) in texts.into_iter().enumerate() {
        deliver_message(&app, &number, n, json!({"type": "text", "text": text})).await;
        let (row, message) = newest(&app).await;
        assert_eq!((&row["preview"], &row["unread"]), (&json!("Empty message"), &json!(1)), "{text}");
        assert!(message["note"].as_str().unwrap().contains("without words"), "{message}");
        assert_eq!(message["content"]["text"], "");
    }
    assert!(app.graph.sent().is_empty());
    // Words in a place nearby are words.
    for (n, text) in [(50, json!("opening hours")), (51, json!([{"body": "opening hours"}]))] {
        deliver_message(&app, &number, n, json!({"type": "text", "text": text})).await;
    }
    deliver_message(&app, &number, 52, json!({"text": {"body": "opening hours"}})).await;
    assert_eq!(app.graph.sent().len(), 3);
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
}

async fn choices_are_found_beside_empty_ones(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (n, interactive) in [
        json!({"type": "list_reply", "button_reply": null, "list_reply": {"id": "1", "title": "opening hours"}}),
        json!({"type": "list_reply", "button_reply": {}, "list_reply": {"id": "1", "title": "opening hours"}}),
        json!({"type": "list_reply", "button_reply": {"title": ""}, "list_reply": [{"title": "opening hours"}]}),
        json!({"type": "button_reply", "button_reply": {"id": "1", "title": "opening hours"}, "list_reply": null}),
    ]
    .into_iter()
    .enumerate()
    {
        deliver_message(&app, &number, n, json!({"type": "interactive", "interactive": interactive})).await;
        assert_eq!(app.graph.sent().len(), n + 1, "{interactive}");
    }
    deliver_message(&app, &number, 9, json!({"type": "interactive", "interactive": {"button_reply": null}})).await;
    let (row, message) = newest(&app).await;
    assert_eq!(row["preview"], "Choice");
    assert!(message["note"].as_str().unwrap().contains("did not come along"), "{message}");
}

async fn a_caption_is_a_text(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (n, (kind, noun)) in [("image", "Photo"), ("video", "Video"), ("document", "Document")].into_iter().enumerate()
    {
        let media = json!({"id": "1", "mime_type": "x/y", "caption": "opening hours", "filename": "a.pdf"});
        deliver_message(&app, &number, n, json!({"type": kind, kind: media})).await;
        let sent = app.graph.sent();
        assert_eq!((sent.len(), sent[n].body.as_str()), (n + 1, "We are open from 9 to 18."), "{kind}");
        let (_, message) = newest(&app).await;
        assert_eq!(
            (&message["content"]["text"], &message["content"]["kind"]["type"]),
            (&json!("opening hours"), &json!("unsupported"))
        );
        assert!(message["note"].as_str().unwrap().starts_with(&format!("{noun}. ")), "{message}");
    }
    // The picture itself is kept as it came.
    assert_eq!(app.count("select count(*) from messages where payload like '%mime_type%'").await, 3);
    // Where a person answers, the list shows the caption.
    let (row, _) = newest(&app).await;
    app.ok("conversations/set_mode", json!({"id": row["id"], "mode": "human"})).await;
    let more = json!({"id": "wamid.more", "type": "image", "image": {"id": "2", "caption": "and this?"}});
    deliver_message(&app, &number, 2, more).await;
    assert_eq!(newest(&app).await.0["preview"], "Photo: and this?");
    assert_eq!(app.graph.sent().len(), 3);
}

async fn what_cannot_be_shown_is_said_in_words(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let unavailable = json!([{"code": 131060, "title": "This message is currently unavailable."}]);
    for (n, (mut message, preview, body, said)) in [
        (json!({"type": "image", "image": {"id": "1"}}), "Photo", "", "Photo. It cannot be shown here yet."),
        (json!({"type": "image", "image": {"id": "1", "caption": "  "}}), "Photo", "", "Photo. "),
        (json!({"type": "audio", "audio": {"voice": true}}), "Voice message", "", "cannot be played"),
        (json!({"type": "audio", "audio": {}}), "Audio", "", "cannot be played"),
        (json!({"type": "document", "document": {"filename": "../a/in\u{202e}voice.pdf"}}), "Document: invoice.pdf", "invoice.pdf", "cannot be opened"),
        (json!({"type": "sticker", "sticker": {}}), "Sticker", "", "Sticker. "),
        (json!({"type": "location", "location": {"latitude": 540, "longitude": "10.1", "name": "Pier", "address": "Harbour Street 5"}}), "Location: Pier, Harbour Street 5", "Pier, Harbour Street 5", "on a map"),
        (json!({"type": "location", "location": {"latitude": "north", "longitude": 10}}), "Location", "", "on a map"),
        (json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Grace"}}, {"name": {"formatted_name": "+49 151 2345 6789"}}]}), "Contact card: Grace, +49••••••••789", "Grace, +49••••••••789", "Contact card. "),
        (json!({"type": "order", "order": {"catalog_id": "1", "text": "as a gift"}}), "Order: as a gift", "as a gift", "Order. "),
        (json!({"type": "interactive", "interactive": {"type": "nfm_reply", "nfm_reply": {"response_json": "{"}}}), "Form", "", "filled in"),
        (json!({"type": "unsupported", "errors": [{"code": 131051}], "unsupported": {"type": "poll_creation"}}), "Poll", "", "does not pass it on"),
        (json!({"type": "unsupported", "errors": unavailable}), "Message that did not come through", "", "send it again"),
        (json!({"type": "unknown"}), "Unsupported message", "", "does not pass it on"),
        (json!({"type": "hologram", "hologram": {}}), "Message of an unknown kind (“hologram”)", "", "does not know yet (“hologram”)"),
        (json!({"type": {"x": 1}}), "Unsupported message", "", "does not pass it on"),
    ]
    .into_iter()
    .enumerate()
    {
        deliver_message(&app, &number, n, message.take()).await;
        let (row, shown) = newest(&app).await;
        assert_eq!((&row["preview"], &shown["content"]["text"]), (&json!(preview), &json!(body)), "{shown}");
        assert!(shown["note"].as_str().unwrap().contains(said), "{shown}");
    }
    assert!(app.graph.sent().is_empty());
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
    // What a newer version stored, beside this one on the same database, is shown by its words.
    let sql = r#"update messages set kind = 'poll', content = '{"type":"poll","options":["S"]}', body = 'Which size?'"#;
    let write = app.state.writer.write(Priority::Bulk, uuid::Uuid::nil(), sql, |conn, sql| {
        Box::pin(async move { on!(conn, c => sqlx::query(*sql).execute(c).await.map(drop)).map_err(StoreError::from) })
    });
    write.await.unwrap();
    let (_, shown) = newest(&app).await;
    assert_eq!(shown["content"], json!({"text": "Which size?", "kind": {"type": "unknown"}}));
    assert!(shown["note"].as_str().unwrap().contains("newer version"), "{shown}");
}
