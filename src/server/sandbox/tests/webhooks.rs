//! What goes out to the callback: bodies, signatures, order, retries, restarts.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use tokio::{task::JoinSet, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    super::{CallbackError, Delays, Sandbox, SandboxError, SandboxOptions},
    START, VERIFY_TOKEN, World, digits, open,
};
use crate::domain::{
    content::Content,
    sandbox::SandboxTick::{Clock, Delivered, Failed},
};

#[tokio::test]
async fn callback_is_saved_only_when_the_challenge_comes_back() {
    let world = World::new(Delays::none()).await;
    let id = &world.credentials.phone_number_id;
    let url = format!("{}/callback", world.base);
    let failure = async |url: &str, token: &str| match world.sandbox.set_callback(id, url, token).await {
        Err(SandboxError::Callback(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(failure(&url, "wrong").await, CallbackError::Refused(StatusCode::FORBIDDEN)));
    assert!(matches!(failure(&format!("{}/deaf", world.base), VERIFY_TOKEN).await, CallbackError::WrongChallenge));
    assert!(matches!(failure("file:///etc/passwd", VERIFY_TOKEN).await, CallbackError::NotAUrl));
    let unreachable = failure("http://127.0.0.1:1/callback", "secret-token").await;
    assert!(matches!(unreachable, CallbackError::Unreachable(_)));
    assert!(!format!("{unreachable:?}").contains("secret-token"));
    assert!(!world.sandbox.overview(world.workspace).await.unwrap().numbers[0].connected);

    world.connect().await;
    assert!(world.sandbox.overview(world.workspace).await.unwrap().numbers[0].connected);
    let unknown = world.sandbox.set_callback("1", &url, VERIFY_TOKEN).await;
    assert!(matches!(unknown, Err(SandboxError::UnknownNumber)));
}

#[tokio::test]
async fn message_goes_out_in_metas_envelope_and_spelling() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    let thread = world.write(&ada, "Grüße 😀 a/b").await;
    assert_eq!(thread.customer.last_text.as_deref(), Some("Grüße 😀 a/b"));
    assert_eq!((thread.messages[0].mine, thread.messages[0].tick, thread.messages[0].at), (true, Clock, START));
    world.settle().await;

    let raw = world.product.posts.lock().unwrap()[0].0.clone();
    assert!(raw.is_ascii() && raw.contains(r#""body":"Gr\u00fc\u00dfe \ud83d\ude00 a\/b""#), "{raw}");
    let user_id = serde_json::from_str::<serde_json::Value>(&raw).unwrap()["entry"][0]["changes"][0]["value"]["contacts"]
        [0]["user_id"]
        .clone();
    assert!(user_id.as_str().unwrap().starts_with("US."));
    let expected = json!({ "object": "whatsapp_business_account", "entry": [{ "id": world.credentials.business_account_id,
        "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550100001", "phone_number_id": world.credentials.phone_number_id },
            "contacts": [{ "profile": { "name": "Ada Example" }, "wa_id": digits(&ada), "user_id": user_id }],
            "messages": [{ "from": digits(&ada), "from_user_id": user_id, "id": thread.messages[0].id,
                           "timestamp": "1780000000", "type": "text", "text": { "body": "Grüße 😀 a/b" } }],
        } }] }] });
    assert_eq!(world.product.take(&world.credentials.app_secret), [expected]);
    assert_eq!(world.ticks(&ada).await, [Delivered]);
}

#[tokio::test]
async fn hidden_phone_is_nowhere() {
    let world = World::connected(Delays::none()).await;
    let customer = world.add_customer("  Grace  ", true).await;
    assert_eq!((customer.name.as_str(), customer.phone.as_deref()), ("Grace", None));
    world.write(&customer, "hello").await;
    world.settle().await;
    let value = world.posted().remove(0);
    let user_id = &value["contacts"][0]["user_id"];
    assert_eq!(value["contacts"], json!([{ "profile": { "name": "Grace" }, "user_id": user_id }]));
    assert_eq!(value["messages"][0]["from_user_id"], *user_id);
    assert!(value["messages"][0].get("from").is_none());
}

#[tokio::test]
async fn refused_webhook_is_retried_and_not_overtaken() {
    let world = World::connected(Delays::none()).await;
    let (ada, bob) = (world.first_customer().await, world.add_customer("Bob", false).await);
    world.write(&ada, "one").await;
    world.product.answer_next(StatusCode::SERVICE_UNAVAILABLE);
    world.settle().await;
    assert_eq!(world.posted()[0]["messages"][0]["text"]["body"], "one");
    assert_eq!(world.ticks(&ada).await, [Clock]);

    // Another customer's goes its own way, and a step before the time does nothing.
    world.write(&bob, "hi").await;
    world.settle().await;
    assert_eq!(world.posted()[0]["messages"][0]["text"]["body"], "hi");
    assert_eq!((world.ticks(&ada).await, world.ticks(&bob).await), (vec![Clock], vec![Delivered]));

    // A new message tries the old one first.
    world.product.answer_next(StatusCode::ACCEPTED);
    world.write(&ada, "two").await;
    world.settle().await;
    assert_eq!(world.posted()[0]["messages"][0]["text"]["body"], "one", "only a 200 counts");
    world.pass(1_999);
    world.settle().await;
    assert!(world.posted().is_empty(), "the second pause is longer");
    world.pass(1);
    world.settle().await;
    let bodies: Vec<_> = world.posted().into_iter().map(|value| value["messages"][0]["text"]["body"].clone()).collect();
    assert_eq!(bodies, ["one", "two"]);
    assert_eq!(world.ticks(&ada).await, [Delivered, Delivered]);
}

#[tokio::test]
async fn restart_loses_nothing() {
    let mut world = World::new(Delays::default()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "before the callback").await;
    world.settle().await;
    assert!(world.posted().is_empty());
    world.connect().await;
    let (status, _) = world.messages(super::text_to(&digits(&ada), "answer")).await;
    assert_eq!(status, StatusCode::OK);

    drop(world.sandbox);
    world.sandbox = open(world.dir.path(), &world.time, Delays::none()).await;
    let texts: Vec<_> = world.thread(&ada).await.messages.into_iter().map(|message| message.content.text).collect();
    assert_eq!(texts, ["before the callback", "answer"]);
    world.pass(300);
    world.settle().await;
    let values = world.posted();
    assert_eq!((values.len(), &values[0]["messages"][0]["text"]["body"]), (2, &json!("before the callback")));
    assert_eq!(values[1]["statuses"][0]["status"], "sent");
    world.pass(2_200);
    world.settle().await;
    assert_eq!(world.posted().len(), 2);
}

#[tokio::test]
async fn webhook_is_given_up_after_seven_days() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "hello?").await;
    world.product.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    world.settle().await;
    world.product.answer_next(StatusCode::INTERNAL_SERVER_ERROR);
    world.pass(7 * 24 * 3_600_000 - 1);
    world.settle().await;
    assert_eq!((world.posted().len(), world.ticks(&ada).await), (2, vec![Clock]));
    world.pass(1);
    let mut changes = world.sandbox.changes();
    changes.mark_unchanged();
    world.settle().await;
    assert!(changes.has_changed().unwrap());
    assert_eq!((world.posted().len(), world.ticks(&ada).await), (0, vec![Failed]));
}

#[tokio::test]
async fn worker_delivers_at_once_and_ends_when_told() {
    let world = World::connected(Delays::none()).await;
    let options = SandboxOptions { database_path: world.dir.path().join("sandbox.db"), delays: Delays::none() };
    let sandbox = Sandbox::open(options).await.unwrap();
    let shutdown = CancellationToken::new();
    let mut running = JoinSet::new();
    running.spawn(sandbox.clone().run(shutdown.clone()));
    let customer = world.first_customer().await;
    let mut changes = sandbox.changes();
    sandbox.send_as_customer(world.workspace, customer.id, &Content::text("hello")).await.unwrap();
    let delivered = async {
        while world.ticks(&customer).await != [Delivered] {
            changes.changed().await.unwrap();
        }
    };
    timeout(Duration::from_secs(20), delivered).await.unwrap();
    assert_eq!(world.posted().len(), 1);
    shutdown.cancel();
    timeout(Duration::from_secs(20), running.join_next()).await.unwrap().unwrap().unwrap();
}
