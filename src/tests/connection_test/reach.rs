//! Whether webhooks find their way to us: the subscription, our address, deliveries that were rejected.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    super::{
        app::{Database, TestApp, webhook},
        double::{Answer, Call},
        on_both_databases,
    },
    step, test, verdict,
};

on_both_databases!(
    not_subscribed_is_mended_with_one_click,
    rejected_deliveries_point_at_the_app_secret,
    our_own_address_is_asked_too,
);

async fn not_subscribed_is_mended_with_one_click(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.change(|world| world.subscribed.clear());
    let report = test(&app, &number).await;
    assert_eq!(
        (verdict(&report, "subscription"), &step(&report, "subscription")["remedy"]),
        (("failed", "not_subscribed"), &json!("subscribe"))
    );
    let report = app.ok("integrations/whatsapp/subscribe", json!({"id": number.integration_id})).await;
    assert_eq!((verdict(&report, "subscription"), report["status"].as_str()), (("ok", ""), Some("ok")), "{report}");
    // A local address is never given to Meta.
    app.graph.change(|world| assert_eq!(world.subscriptions, [json!({})]));
    // Meta's no is passed on.
    app.graph.fail(Call::Subscribe, Answer::Error { status: 403, code: 10, subcode: None });
    let (status, error) = app.api("integrations/whatsapp/subscribe", json!({"id": number.integration_id})).await;
    assert_eq!((status, &error["meta"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(10)), "{error}");
    // At a public address the callback is set too, once it is known to be elsewhere.
    let app = TestApp::start_with(database, &["--quiet-time", "0", "--public-url", "https://parlance.invalid"]).await;
    let number = app.number().await;
    app.graph.change(|world| world.callback = Some("https://vendor.example/hook".to_owned()));
    app.ok("integrations/whatsapp/subscribe", json!({"id": number.integration_id})).await;
    app.graph.change(|world| {
        let url = format!("https://parlance.invalid/api/whatsapp/webhook/{}", number.integration_id);
        assert_eq!(world.subscriptions[1], json!({"override_callback_uri": url, "verify_token": "open sesame"}));
    });
}

async fn rejected_deliveries_point_at_the_app_secret(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for _ in 0..3 {
        let header = format!("sha256={}", "0".repeat(64));
        assert_eq!(app.deliver_signed(&number, webhook(&[]).into(), Some(&header)).await, StatusCode::UNAUTHORIZED);
    }
    app.state.credentials.flush_rejected(&app.state).await;
    let report = test(&app, &number).await;
    assert_eq!(verdict(&report, "webhook"), ("failed", "app_secret_mismatch"));
    assert!(step(&report, "webhook")["message"].as_str().unwrap().contains('3'));
    let get = json!({"id": number.integration_id});
    assert_eq!(app.ok("integrations/whatsapp/get", get.clone()).await["health"]["rejected"], 3);
    // One good delivery, and it is history.
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(verdict(&test(&app, &number).await, "webhook"), ("ok", ""));
    let seen = app.ok("integrations/whatsapp/get", get).await;
    assert_eq!((&seen["health"]["rejected"], &seen["rejected_count"]), (&json!(0), &json!(3)));
}

async fn our_own_address_is_asked_too(database: Database) {
    let app =
        TestApp::start_with(database, &["--quiet-time", "0", "--public-url", "https://nowhere.parlance.example"]).await;
    let number = app.number().await;
    let report = test(&app, &number).await;
    assert_eq!(verdict(&report, "reachability"), ("failed", "public_url_dns"), "{report}");
    let plain = TestApp::start_with(database, &["--quiet-time", "0", "--public-url", "http://shop.example"]).await;
    let number = plain.number().await;
    let step = step(&test(&plain, &number).await, "reachability").clone();
    assert!(step["status"] == "skipped" && step["message"].as_str().unwrap().contains("https"), "{step}");
}
