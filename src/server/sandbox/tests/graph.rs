//! The look-alike's objects and errors.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use serde_json::{Value, json};

use super::{World, digits, text_to};
use crate::server::{channel::whatsapp::signature, sandbox::Delays};

/// The error of an answer, checked for its form: `(status, code, subcode)`.
fn error(answer: &(StatusCode, Value)) -> (u16, i64, Option<i64>) {
    let error = &answer.1["error"];
    assert!(error["message"].is_string() && error["fbtrace_id"].as_str().unwrap().starts_with('A'), "{error}");
    assert_eq!(error["type"], "OAuthException");
    (answer.0.as_u16(), error["code"].as_i64().unwrap(), error["error_subcode"].as_i64())
}

#[tokio::test]
async fn token_opens_its_own_objects_only() {
    let world = World::connected(Delays::none()).await;
    let other = world.sandbox.provision(world.workspace, "Other").await.unwrap();
    let (own, foreign) = (world.credentials.phone_number_id.clone(), other.phone_number_id.clone());
    let send = text_to("+15550200001", "x");
    for (token, path, expected) in [
        (None, own.as_str(), (401, 104, None)),
        (Some("EAAwrong"), own.as_str(), (401, 190, None)),
        (Some(other.access_token.as_str()), own.as_str(), (400, 100, Some(33))),
        (Some(world.credentials.access_token.as_str()), foreign.as_str(), (400, 100, Some(33))),
        (Some(world.credentials.access_token.as_str()), "15550100001", (400, 100, Some(33))),
    ] {
        assert_eq!(error(&world.graph_as(token, "GET", path, None).await), expected, "GET {path}");
        let path = format!("{path}/messages");
        assert_eq!(error(&world.graph_as(token, "POST", &path, Some(send.clone())).await), expected, "POST {path}");
    }
    let (_, answer) = world.graph_as(Some("x"), "POST", &format!("{own}/messages"), Some(send)).await;
    assert_eq!(answer["error"]["message"], "Authentication Error");
}

#[tokio::test]
async fn proof_must_fit() {
    let world = World::connected(Delays::none()).await;
    let (id, token) = (&world.credentials.phone_number_id, &world.credentials.access_token);
    let proof = signature::digits(world.credentials.app_secret.as_bytes(), token.as_bytes());
    let (status, _) = world.graph("GET", &format!("{id}?appsecret_proof={proof}"), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(error(&world.graph("GET", &format!("{id}?appsecret_proof=00"), None).await), (400, 100, None));
    let (status, _) = world.graph_as(None, "GET", &format!("{id}?access_token={token}"), None).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn requests_are_checked_as_by_meta() {
    let world = World::connected(Delays::none()).await;
    let ada = world.first_customer().await;
    world.write(&ada, "hi").await;
    let good = text_to(&digits(&ada), "x");
    let with = |key: &str, value: Value| {
        let mut call = good.clone();
        call[key] = value;
        call
    };
    for (call, code) in [
        (json!([]), 100),
        (with("messaging_product", json!("sms")), 100),
        (with("to", json!(15_550_200_001_i64)), 100),
        (with("to", Value::Null), 100),
        (with("to", json!("US.123")), 131_009),
        (with("to", json!("15550100001")), 131_021),
        (with("text", json!({})), 100),
        (with("text", json!({ "body": " " })), 100),
        (with("text", json!({ "body": "x".repeat(4097) })), 100),
        (with("text", json!({ "body": "😀".repeat(2049) })), 100),
        (with("biz_opaque_callback_data", json!("x".repeat(513))), 100),
        (with("type", json!("image")), 131_051),
        (with("type", json!("smoke")), 100),
        (with("recipient_type", json!("group")), 131_009),
        (with("status", json!("unread")), 100),
        (json!({ "messaging_product": "whatsapp", "recipient": "Ada", "text": { "body": "x" } }), 131_009),
        (json!({ "messaging_product": "whatsapp", "status": "read" }), 100),
    ] {
        assert_eq!(error(&world.messages(call.clone()).await), (400, code, None), "{call}");
    }
    for call in [
        with("text", json!({ "body": "x".repeat(4096) })),
        with("biz_opaque_callback_data", json!("ü".repeat(512))),
        with("recipient", json!("US.999")),
    ] {
        assert_eq!(world.messages(call).await.0, StatusCode::OK);
    }
    assert_eq!(world.thread(&ada).await.messages.len(), 4);
}

#[tokio::test]
async fn odd_requests_get_graph_errors() {
    let world = World::connected(Delays::none()).await;
    let id = &world.credentials.phone_number_id;
    let post = |body: Body| {
        let request = Request::post(format!("/sandbox/graph/v26.0/{id}/messages"));
        request.header("authorization", format!("Bearer {}", world.credentials.access_token)).body(body).unwrap()
    };
    assert_eq!(error(&world.call(post(Body::from("{\"to\":"))).await), (400, 100, None));
    assert_eq!(error(&world.call(post(Body::from(vec![b' '; 300_000]))).await), (413, 100, None));
    for path in ["/sandbox/graph/latest/me", "/sandbox/graph/v26.0/a/b/c/d", "/sandbox/graph/v26"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(error(&world.call(request).await), (400, 2500, None), "{path}");
    }
    assert_eq!(error(&world.graph("DELETE", id, None).await), (400, 100, Some(33)));
    assert_eq!(error(&world.graph("GET", &format!("{id}?fields=id,smell"), None).await), (400, 100, None));
}

#[tokio::test]
async fn connection_test_finds_everything_in_order() {
    let world = World::connected(Delays::none()).await;
    let own = &world.credentials;
    let fields = "id,display_phone_number,verified_name,quality_rating,status,code_verification_status,name_status,platform_type,\
                  account_mode,throughput%7Blevel%7D,is_on_biz_app,health_status,webhook_configuration";
    let (status, number) = world.graph("GET", &format!("{}?fields={fields}", own.phone_number_id), None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(number["display_phone_number"], "+1 555-010-0001");
    assert_eq!((&number["status"], &number["platform_type"]), (&json!("CONNECTED"), &json!("CLOUD_API")));
    assert_eq!(number["webhook_configuration"], json!({ "application": format!("{}/callback", world.base) }));
    assert_eq!(number["health_status"]["can_send_message"], "AVAILABLE");

    let waba = &own.business_account_id;
    let (_, account) = world.graph("GET", &format!("{waba}?fields=id,name,account_review_status"), None).await;
    assert_eq!(account, json!({ "id": waba, "name": "Test Bakery", "account_review_status": "APPROVED" }));
    let (_, numbers) = world.graph("GET", &format!("{waba}/phone_numbers"), None).await;
    assert_eq!(numbers["data"][0]["id"], json!(own.phone_number_id));
    let subscribe = world.graph("POST", &format!("{waba}/subscribed_apps"), None).await;
    assert_eq!(subscribe, (StatusCode::OK, json!({ "success": true })));
    let (_, apps) = world.graph("GET", &format!("{waba}/subscribed_apps"), None).await;
    assert_eq!(apps["data"][0]["whatsapp_business_api_data"]["id"], json!(own.app_id));
    assert_eq!(world.graph("GET", "me", None).await.0, StatusCode::OK);
}

#[tokio::test]
async fn app_token_debugs_its_own_tokens() {
    let world = World::connected(Delays::none()).await;
    let own = &world.credentials;
    let other = world.sandbox.provision(world.workspace, "Other").await.unwrap();
    let app_token = format!("{}|{}", own.app_id, own.app_secret);
    let debug = async |input: &str| {
        let path = format!("debug_token?input_token={input}");
        world.graph_as(Some(&app_token), "GET", &path, None).await.1["data"].clone()
    };
    let data = debug(&own.access_token).await;
    assert_eq!(
        (&data["is_valid"], &data["app_id"], &data["expires_at"]),
        (&json!(true), &json!(own.app_id), &json!(0))
    );
    assert_eq!(data["granular_scopes"][1]["target_ids"], json!([own.business_account_id]));
    assert_eq!(debug("garbage").await["error"]["code"], 190);
    assert_eq!(debug(&other.access_token).await["error"]["code"], 100);
    for (token, code) in [(format!("{}|wrong", own.app_id), 190), ("1|x".to_owned(), 101)] {
        assert_eq!(
            error(&world.graph_as(Some(&token), "GET", "debug_token?input_token=x", None).await),
            (400, code, None)
        );
    }
    let path = format!("{}/subscriptions", own.app_id);
    let (_, subscriptions) = world.graph_as(Some(&app_token), "GET", &path, None).await;
    assert_eq!(subscriptions["data"][0]["fields"][0]["name"], "messages");
}
