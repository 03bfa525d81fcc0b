//! Each fault of token, app, number and account by its name.

use serde_json::{Value, json};

use super::{
    super::{
        app::{APP_SECRET, Database, START, TestApp},
        double::{ACCOUNT, APP},
        on_both_databases,
    },
    TEST, step, test, typed, verdict,
};

on_both_databases!(each_fault_is_named_with_its_fix, the_account_and_its_numbers_are_told_apart,);

/// What is changed about token and number, with the step that must find it and its name.
fn faults() -> Vec<(&'static str, Value, &'static str, &'static str, &'static str)> {
    let soon = START / 1000 + 24 * 3600;
    vec![
        (
            "token",
            json!({"is_valid": false, "error": {"code": 190, "subcode": 463}}),
            "token",
            "failed",
            "token_expired",
        ),
        ("token", json!({"expires_at": START / 1000 - 5}), "token", "failed", "token_expired"),
        ("token", json!({"is_valid": false, "error": {"code": 190}}), "token", "failed", "token_invalid"),
        ("token", json!({"expires_at": soon}), "token", "warning", "token_expires_soon"),
        ("token", json!({"data_access_expires_at": soon}), "token", "warning", "token_expires_soon"),
        ("token", json!({"app_id": "700000000000002"}), "token", "failed", "token_of_other_app"),
        (
            "token",
            json!({"is_valid": false, "error": {"code": 100, "message": "did not match the Viewing App"}}),
            "token",
            "failed",
            "token_of_other_app",
        ),
        ("token", json!({"scopes": ["whatsapp_business_management"]}), "token", "failed", "missing_permission"),
        (
            "token",
            json!({"granular_scopes": [{"scope": "whatsapp_business_messaging", "target_ids": ["1", 2]}]}),
            "token",
            "failed",
            "token_not_for_account",
        ),
        ("number", json!({"status": "PENDING"}), "number", "failed", "not_registered"),
        ("number", json!({"status": "BANNED"}), "number", "failed", "number_banned"),
        ("number", json!({"status": "FLAGGED"}), "number", "warning", "number_restricted"),
        ("number", json!({"status": "ON_MARS"}), "number", "warning", "number_status"),
        ("number", json!({"account_mode": "SANDBOX"}), "number", "warning", "test_number"),
        ("number", json!({"platform_type": "ON_PREMISE"}), "number", "warning", "not_cloud_api"),
        ("number", json!({"name_status": "DECLINED"}), "number", "warning", "display_name"),
        ("number", json!({"code_verification_status": "EXPIRED"}), "number", "warning", "not_verified"),
        (
            "number",
            json!({"health_status": {"can_send_message": "BLOCKED", "entities": [{"entity_type": "WABA", "can_send_message": "BLOCKED",
                "errors": [{"error_code": 141_006, "error_description": "No card", "possible_solution": "Add a card."}]}]}}),
            "ability",
            "failed",
            "payment",
        ),
        (
            "number",
            json!({"health_status": {"can_send_message": "LIMITED", "entities": [{"can_send_message": "LIMITED",
                "errors": [{"error_code": 141_010}]}]}}),
            "ability",
            "warning",
            "business_verification",
        ),
        // Calls by telephone are nobody's concern here.
        (
            "number",
            json!({"health_status": {"can_send_message": "LIMITED", "entities": [{"can_send_message": "LIMITED",
                "errors": [{"error_code": 138_024}]}]}}),
            "ability",
            "ok",
            "",
        ),
        ("account", json!({"account_review_status": "REJECTED"}), "account", "failed", "account_rejected"),
        ("account", json!({"account_review_status": "PENDING"}), "account", "warning", "account_pending"),
    ]
}

async fn each_fault_is_named_with_its_fix(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for (of, change, key, status, problem) in faults() {
        app.graph.change(|world| match of {
            "token" => world.token = change.clone(),
            "number" => world.number = change.clone(),
            _ => drop(world.accounts.insert(ACCOUNT.to_owned(), change.clone())),
        });
        let report = test(&app, &number).await;
        assert_eq!(verdict(&report, key), (status, problem), "{change}: {report}");
        app.graph.change(|world| {
            (world.token, world.number) = (json!({}), json!({}));
            world.accounts.insert(ACCOUNT.to_owned(), json!({}));
        });
    }
    let report = test(&app, &number).await;
    assert_eq!(report["status"], "ok", "{report}");
    // The app and its secret, with and without the app's id.
    let with = |changes: Value| {
        let mut input = typed();
        for (name, value) in changes.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    app.graph.change(|world| drop(world.apps.insert(APP.to_owned(), APP_SECRET.to_owned())));
    for (input, key, outcome) in [
        (typed(), "app_secret", ("ok", "")),
        (with(json!({"app_secret": "wrong"})), "app_secret", ("failed", "app_secret_wrong")),
        (with(json!({"app_id": "700000000000099"})), "app_secret", ("failed", "unknown_app")),
        (with(json!({"app_id": "", "app_secret": "wrong"})), "app_secret", ("failed", "app_secret_wrong")),
        (with(json!({"app_id": ""})), "app_secret", ("ok", "")),
        (with(json!({"app_id": ""})), "subscription", ("warning", "subscription_unsure")),
        (with(json!({"app_id": "", "access_token": "EAAG-bad"})), "token", ("failed", "token_invalid")),
        (with(json!({"phone_number_id": "316000000000099"})), "number", ("failed", "no_such_object")),
        (with(json!({"phone_number_id": "+1 555 010 0001"})), "format", ("failed", "number_format")),
        (with(json!({"business_account_id": "316000000000001"})), "format", ("failed", "ids_equal")),
        (with(json!({"access_token": "EAAG good"})), "format", ("failed", "token_format")),
        (with(json!({"access_token": " \"EAAG-good-token\"\n"})), "format", ("ok", "")),
        (with(json!({"app_secret": ""})), "format", ("failed", "app_secret_format")),
    ] {
        let report = app.ok(TEST, input.clone()).await;
        assert_eq!(verdict(&report, key), outcome, "{input}: {report}");
    }
    // A wrong secret does not make the rest look wrong.
    let report = app.ok(TEST, with(json!({"app_id": "", "app_secret": "wrong"}))).await;
    assert_eq!(verdict(&report, "number"), ("ok", ""), "{report}");
}

async fn the_account_and_its_numbers_are_told_apart(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // The last of three pages.
    let many: Vec<String> = (1..=5).rev().map(|n| format!("31600000000000{n}")).collect();
    app.graph.change(|world| drop(world.numbers.insert(ACCOUNT.to_owned(), many)));
    assert_eq!(verdict(&test(&app, &number).await, "belonging"), ("ok", ""));
    app.graph.change(|world| drop(world.numbers.insert(ACCOUNT.to_owned(), vec!["317000000000001".to_owned()])));
    let report = test(&app, &number).await;
    assert_eq!(verdict(&report, "belonging"), ("failed", "number_of_other_account"));
    let choice = &step(&report, "belonging")["choices"][0];
    assert_eq!(
        (&choice["phone_number_id"], &choice["verified_name"]),
        (&json!("317000000000001"), &json!("Example Shop"))
    );
    assert!(choice["display_phone_number"].as_str().unwrap().contains('•'));
    // A wrong account id is the account's fault alone.
    let mut input = typed();
    input["business_account_id"] = json!("102000000000099");
    let report = app.ok(TEST, input).await;
    assert_eq!((verdict(&report, "number").0, verdict(&report, "account")), ("ok", ("failed", "no_such_object")));
    // Another app is subscribed, or none; the callback is somebody else's, missing, or without `messages`.
    app.graph.change(|world| world.subscribed = vec!["700000000000009".to_owned()]);
    assert_eq!(verdict(&test(&app, &number).await, "subscription"), ("failed", "other_app_subscribed"));
    app.graph.change(|world| world.subscribed.clear());
    assert_eq!(verdict(&test(&app, &number).await, "subscription"), ("failed", "not_subscribed"));
    let ours = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await["callback_url"].clone();
    for (callback, fields, outcome) in [
        (Some("https://vendor.example/hook?secret=1"), vec!["messages"], ("failed", "callback_elsewhere")),
        (None, vec!["messages"], ("failed", "callback_missing")),
        (ours.as_str(), vec!["account_update"], ("failed", "messages_not_subscribed")),
        (ours.as_str(), vec!["account_update", "messages"], ("ok", "")),
    ] {
        app.graph.change(|world| {
            world.callback = callback.map(str::to_owned);
            world.fields = fields.into_iter().map(str::to_owned).collect();
        });
        let report = test(&app, &number).await;
        assert_eq!(verdict(&report, "callback"), outcome, "{report}");
        assert!(!report.to_string().contains("secret=1"), "{report}");
    }
}
