//! Messages of the business: what is accepted, what the phone shows, which statuses follow.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{super::Delays, START, World, digits, text_to};
use crate::domain::sandbox::SandboxTick::{Delivered, Read};

/// The only status of each webhook.
fn statuses(values: &[Value]) -> Vec<Value> {
    values.iter().map(|value| value["statuses"][0].clone()).collect()
}

#[tokio::test]
async fn answer_is_shown_and_its_statuses_follow_in_order() {
    let world = World::connected(Delays::default()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "hi").await;
    world.settle().await;
    let user_id = world.posted()[0]["contacts"][0]["user_id"].clone();
    let mut call = text_to(&format!("+{}", digits(&ada)), "Hello, Ada!");
    call["biz_opaque_callback_data"] = json!("our-id");
    let (status, answer) = world.messages(call).await;
    let wamid = answer["messages"][0]["id"].clone();
    let contact = json!({ "input": format!("+{}", digits(&ada)), "wa_id": digits(&ada), "user_id": user_id });
    let expected = json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": wamid }] });
    assert_eq!((status, answer), (StatusCode::OK, expected));
    let shown = world.thread(&ada).await.messages.pop().unwrap();
    assert_eq!((json!(shown.id), shown.mine, shown.content.text.as_str()), (wamid.clone(), false, "Hello, Ada!"));

    let mut seen = Vec::new();
    for (pass, word) in
        [(299, None), (1, Some("sent")), (600, Some("delivered")), (1_600, Some("read")), (99_999, None)]
    {
        world.pass(pass);
        world.settle().await;
        let values = world.posted();
        assert_eq!(statuses(&values).first().map(|status| status["status"].clone()), word.map(|word| json!(word)));
        seen.extend(values);
    }
    let contact = json!({ "user_id": user_id, "wa_id": digits(&ada) });
    let pricing =
        json!({ "billable": false, "pricing_model": "PMP", "type": "free_customer_service", "category": "service" });
    assert_eq!(seen[0]["contacts"], json!([contact]));
    assert_eq!(
        statuses(&seen)[0],
        json!({ "id": wamid, "status": "sent", "timestamp": ((START + 300) / 1000).to_string(), "recipient_id": digits(&ada),
                "recipient_user_id": user_id, "biz_opaque_callback_data": "our-id", "pricing": pricing })
    );
    assert_eq!(statuses(&seen)[2].get("pricing"), None);
    assert_eq!(statuses(&seen)[2]["timestamp"], "1780000002");
}

#[tokio::test]
async fn statuses_keep_their_order_without_delays_and_after_a_503() {
    let world = World::connected(Delays { read: Duration::ZERO, ..Delays::default() }).await;
    let ada = world.first_customer().await;
    world.write(&ada, "hi").await;
    world.settle().await;
    world.messages(text_to(&digits(&ada), "one")).await;
    world.pass(900);
    world.product.answer_next(StatusCode::OK);
    world.product.answer_next(StatusCode::SERVICE_UNAVAILABLE);
    world.settle().await;
    world.pass(1_000);
    world.settle().await;
    let words: Vec<_> = statuses(&world.posted()[1..]).iter().map(|status| status["status"].clone()).collect();
    assert_eq!(words, ["sent", "delivered", "delivered", "read"]);
}

#[tokio::test]
async fn hidden_customer_is_written_to_by_user_id() {
    let world = World::connected(Delays::none()).await;
    let customer = world.add_customer("Grace", true).await;
    world.write(&customer, "hi").await;
    world.settle().await;
    let user_id = world.posted()[0]["contacts"][0]["user_id"].clone();
    let call =
        json!({ "messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": { "body": "hello" } });
    let (status, answer) = world.messages(call).await;
    assert_eq!((status, &answer["contacts"]), (StatusCode::OK, &json!([{ "input": user_id, "user_id": user_id }])));
    world.settle().await;
    let values = world.posted();
    assert_eq!(values.len(), 3);
    for value in values {
        assert_eq!(value["contacts"], json!([{ "user_id": user_id }]));
        assert_eq!(value["statuses"][0]["recipient_user_id"], user_id);
        assert_eq!(value["statuses"][0].get("recipient_id"), None);
    }
}

#[tokio::test]
async fn number_without_country_code_is_completed() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "hi").await;
    let local = digits(&ada)[1..].to_owned();
    let (status, answer) = world.messages(text_to(&local, "hello")).await;
    assert_eq!((status, &answer["contacts"][0]["wa_id"]), (StatusCode::OK, &json!(digits(&ada))));
    let (_, answer) = world.messages(text_to(&format!("+{local}"), "hello")).await;
    assert_eq!(answer["error"]["code"], 131_030);
}

#[tokio::test]
async fn closed_window_and_unknown_people_fail_as_metas_do() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    let fails_with = async |call: Value| {
        let (status, _) = world.messages(call).await;
        assert_eq!(status, StatusCode::OK);
        world.settle().await;
        let value = world.posted().pop().unwrap();
        assert_eq!((value.get("contacts"), &value["statuses"][0]["status"]), (None, &json!("failed")));
        value["statuses"][0]["errors"][0]["code"].clone()
    };
    assert_eq!(fails_with(text_to(&digits(&ada), "you never wrote")).await, 131_047);
    world.write(&ada, "hi").await;
    world.settle().await;
    world.pass(24 * 3_600_000);
    assert_eq!(fails_with(text_to(&digits(&ada), "too late")).await, 131_047);
    let stranger =
        json!({ "messaging_product": "whatsapp", "recipient": "US.123", "type": "text", "text": { "body": "x" } });
    assert_eq!(fails_with(stranger).await, 131_026);
    let (status, answer) = world.messages(text_to("+4915112345678", "x")).await;
    assert_eq!((status, &answer["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(131_030)));
    assert_eq!(world.thread(&ada).await.messages.len(), 1, "what failed is not on the phone");
}

#[tokio::test]
async fn read_receipt_turns_ticks_and_typing_shows_for_a_while() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "one").await;
    let two = world.write(&ada, "two").await.messages[1].id.clone();
    world.write(&ada, "three").await;
    let mut receipt = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": two });
    // Faster than the answer to the webhook: it stays read.
    assert_eq!(world.messages(receipt.clone()).await, (StatusCode::OK, json!({ "success": true })));
    assert!(!world.thread(&ada).await.typing);
    world.settle().await;
    assert_eq!(world.ticks(&ada).await, [Read, Read, Delivered]);

    receipt["typing_indicator"] = json!({ "type": "text" });
    world.messages(receipt.clone()).await;
    assert!(world.thread(&ada).await.typing);
    world.pass(25_000);
    let mut changes = world.sandbox.changes();
    changes.mark_unchanged();
    world.settle().await;
    assert!(changes.has_changed().unwrap(), "pages are told that typing ended");
    assert!(!world.thread(&ada).await.typing);

    world.messages(receipt.clone()).await;
    world.messages(text_to(&digits(&ada), "the answer")).await;
    assert!(!world.thread(&ada).await.typing);

    receipt["message_id"] = json!("wamid.unknown");
    assert_eq!(world.messages(receipt).await.1["error"]["code"], 131_009);
}
