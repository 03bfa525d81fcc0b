//! The connection test: every check in its outcomes, live steps, and what is told apart.

use std::time::Duration;

use axum::http::StatusCode;
use futures::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    app::{APP_SECRET, Database, Number, START, TestApp, text_message, webhook},
    graph::{ACCOUNT, APP, Answer, Call},
    on_both_databases,
};

on_both_databases!(
    a_good_connection_is_good_in_every_step,
    the_simulator_tests_green,
    each_fault_is_named_with_its_fix,
    the_account_and_its_numbers_are_told_apart,
    a_test_before_saving_says_what_it_cannot_know,
    network_trouble_is_not_the_fault_of_credentials,
    only_a_refused_token_ends_the_questions,
    not_subscribed_is_mended_with_one_click,
    rejected_deliveries_point_at_the_app_secret,
    steps_come_live_as_they_finish,
    a_test_changes_nothing_at_meta,
    our_own_address_is_asked_too,
    what_meta_quotes_is_not_passed_on,
);

const TEST: &str = "integrations/whatsapp/test";

/// The step of that key.
#[track_caller]
pub(super) fn step<'a>(report: &'a Value, key: &str) -> &'a Value {
    let found = report["steps"].as_array().unwrap().iter().find(|s| s["key"] == key);
    found.unwrap_or_else(|| panic!("no step {key} in {report}"))
}

/// Status and stable name of what is wrong.
#[track_caller]
fn verdict<'a>(report: &'a Value, key: &str) -> (&'a str, &'a str) {
    let step = step(report, key);
    if step["status"] == "failed" || step["status"] == "warning" {
        assert!(!step["action"].as_str().unwrap_or_default().is_empty(), "{key} says no next step: {step}");
    }
    (step["status"].as_str().unwrap(), step["problem"].as_str().unwrap_or_default())
}

async fn test(app: &TestApp, number: &Number) -> Value {
    app.ok(TEST, json!({"id": number.integration_id})).await
}

/// What a person has typed so far, all of it right.
fn typed() -> Value {
    json!({"phone_number_id": "316000000000001", "business_account_id": ACCOUNT, "access_token": "EAAG-good-token",
           "app_id": APP, "app_secret": APP_SECRET})
}

async fn a_good_connection_is_good_in_every_step(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let report = test(&app, &number).await;
    assert_eq!(report["status"], "ok", "{report}");
    let seen: Vec<(&str, &str)> = report["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["key"].as_str().unwrap(), s["status"].as_str().unwrap()))
        .collect();
    // The public address of a test is loopback.
    let keys =
        ["format", "network", "app_secret", "token", "number", "account", "belonging", "subscription", "callback"];
    let mut wanted: Vec<(&str, &str)> = keys.into_iter().map(|key| (key, "ok")).collect();
    wanted.extend([("reachability", "skipped"), ("webhook", "ok"), ("ability", "ok")]);
    assert_eq!(seen, wanted);
    assert!(step(&report, "number")["message"].as_str().unwrap().contains('•'), "the number is masked");
    let shown = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    let health = &shown["health"];
    assert_eq!((&health["quality"], &health["messaging_limit"]), (&json!("green"), &json!("TIER_2K")));
    assert_eq!((&health["ability"], &health["checked_at"]), (&json!("available"), &json!(START)));
    assert_eq!((&health["graph_version"], &health["token_expires_at"]), (&json!("v25.0"), &Value::Null));
}

async fn the_simulator_tests_green(database: Database) {
    let app = TestApp::start(database).await;
    let bot = app.chatbot().await;
    let made = app.ok("integrations/whatsapp/use_sandbox", json!({"chatbot_id": bot})).await;
    let report = app.ok(TEST, json!({"id": made["id"]})).await;
    assert_eq!(report["status"], "ok", "{report}");
    for key in
        ["app_secret", "token", "number", "account", "belonging", "subscription", "callback", "reachability", "ability"]
    {
        assert_eq!(verdict(&report, key), ("ok", ""), "{report}");
    }
    // Nothing has come yet, and that is no fault.
    assert_eq!(verdict(&report, "webhook"), ("skipped", ""));
    assert!(app.graph.calls().is_empty(), "Meta was asked about a number of the simulator");
}

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

async fn a_test_before_saving_says_what_it_cannot_know(database: Database) {
    let app = TestApp::start(database).await;
    let report = app.ok(TEST, typed()).await;
    assert_eq!(report["status"], "ok", "{report}");
    for key in ["callback", "reachability", "webhook"] {
        let step = step(&report, key);
        assert!(step["status"] == "skipped" && step["message"].as_str().unwrap().contains("saved"), "{step}");
    }
    // An empty form: nobody is asked, and it says so.
    let calls = app.graph.calls().len();
    let report = app.ok(TEST, json!({})).await;
    assert_eq!((report["status"].as_str(), verdict(&report, "network")), (Some("failed"), ("skipped", "")));
    assert_eq!(app.graph.calls().len(), calls);
    assert_eq!(app.count("select count(*) from integrations").await, 0);
}

async fn network_trouble_is_not_the_fault_of_credentials(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "0", "--check-timeout", "300ms"]).await;
    let number = app.number().await;
    let every =
        [Call::DebugToken, Call::Number, Call::Account, Call::PhoneNumbers, Call::SubscribedApps, Call::Subscriptions];
    for (answer, problem) in [
        (Answer::Silence, "network_timeout"),
        (Answer::Html(502), "network_not_meta"),
        (Answer::Html(200), "network_not_meta"),
    ] {
        for call in every {
            app.graph.fail(call, answer.clone());
        }
        let report = test(&app, &number).await;
        assert_eq!(verdict(&report, "network"), ("failed", problem), "{report}");
        for key in ["token", "number", "account", "belonging", "subscription"] {
            assert_eq!(verdict(&report, key).0, "skipped", "{report}");
        }
        // What Meta did not say stops nothing.
        let seen = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
        assert_eq!(seen["status"], "waiting", "{seen}");
        app.graph.mend();
    }
    // One silent call is a warning, and costs nothing but its own step.
    app.graph.fail(Call::Account, Answer::Silence);
    let report = test(&app, &number).await;
    assert_eq!(
        (verdict(&report, "network"), verdict(&report, "account").0),
        (("warning", "network_timeout"), "skipped")
    );
    assert_eq!((verdict(&report, "number"), report["status"].as_str()), (("ok", ""), Some("warning")));
    app.graph.mend();
    // Meta's own trouble is Meta's.
    app.graph.fail(Call::Number, Answer::Error { status: 500, code: 131_000, subcode: None });
    assert_eq!(verdict(&test(&app, &number).await, "number"), ("skipped", "meta_trouble"));
    // Nobody there, and no such name.
    for (url, problem) in [("http://127.0.0.1:9", "network_refused"), ("http://graph.invalid", "network_dns")] {
        let graph_url = format!("--graph-url={url}");
        let away = TestApp::start_with(database, &["--quiet-time", "0", &graph_url]).await;
        let report = away.ok(TEST, typed()).await;
        assert_eq!(verdict(&report, "network"), ("failed", problem), "{report}");
        assert_eq!(verdict(&report, "token").0, "skipped");
    }
}

async fn only_a_refused_token_ends_the_questions(database: Database) {
    let app = TestApp::start(database).await;
    let mut input = typed();
    input["access_token"] = json!("EAAG-bad-token");
    let report = app.ok(TEST, input.clone()).await;
    assert_eq!(verdict(&report, "token"), ("failed", "token_invalid"));
    for key in ["number", "account", "belonging", "subscription", "ability"] {
        assert_eq!(verdict(&report, key).0, "skipped");
    }
    assert_eq!(app.graph.calls().len(), 1, "{:?}", app.graph.calls());
    // A missing right is not a bad token: the other steps go on.
    for call in [Call::Account, Call::PhoneNumbers, Call::SubscribedApps] {
        app.graph.fail(call, Answer::Error { status: 403, code: 200, subcode: None });
    }
    let report = app.ok(TEST, typed()).await;
    assert_eq!((verdict(&report, "token").0, verdict(&report, "number").0), ("ok", "ok"));
    let account = step(&report, "account");
    assert_eq!(
        (verdict(&report, "account"), &account["meta"]),
        (("failed", "missing_permission"), &json!({"code": 200, "trace_id": "AbcTrace"}))
    );
    // Every call with the token carries the proof.
    assert!(app.graph.calls().iter().filter(|c| c.contains("/phone_numbers")).all(|c| c.contains("appsecret_proof=")));
}

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

async fn steps_come_live_as_they_finish(database: Database) {
    let app = TestApp::start(database).await;
    app.run_in_background();
    let number = app.number().await;
    // One call never answers: the other steps come all the same, before the test is over.
    app.graph.fail(Call::PhoneNumbers, Answer::Silence);
    let run_id = Uuid::new_v4();
    let stream = app.http.get(format!("{}/api/v1/events", app.url)).bearer_auth(&app.token).send().await.unwrap();
    let (http, url, token) = (app.http.clone(), format!("{}/api/v1/{TEST}", app.url), app.token.clone());
    let input = json!({"id": number.integration_id, "run_id": run_id});
    let running = http.post(url).bearer_auth(token).json(&input).send();
    let heard = async {
        let mut text = String::new();
        let mut stream = stream.bytes_stream();
        while !["number", "account", "subscription", "callback"]
            .iter()
            .all(|k| text.contains(&format!("\"key\":\"{k}\"")))
        {
            text.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
        }
        text
    };
    // Whichever ends first: the test itself would wait ten seconds for the silent call.
    let heard = tokio::time::timeout(Duration::from_secs(9), async {
        tokio::select! {
            text = heard => text,
            _ = running => panic!("the test ended before its steps were told"),
        }
    })
    .await
    .expect("the steps did not come");
    assert!(heard.contains("\"kind\":\"test_step\"") && heard.contains(&run_id.to_string()), "{heard}");
    assert!(!heard.contains("good-token") && !heard.contains(APP_SECRET), "{heard}");
}

async fn a_test_changes_nothing_at_meta(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    test(&app, &number).await;
    assert!(app.graph.calls().iter().all(|call| call.starts_with("GET ")), "{:?}", app.graph.calls());
    assert!(app.graph.sent().is_empty());
}

async fn our_own_address_is_asked_too(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "0", "--public-url", "https://parlance.invalid"]).await;
    let number = app.number().await;
    let report = test(&app, &number).await;
    assert_eq!(verdict(&report, "reachability"), ("failed", "public_url_dns"), "{report}");
    let plain = TestApp::start_with(database, &["--quiet-time", "0", "--public-url", "http://shop.example"]).await;
    let number = plain.number().await;
    let step = step(&test(&plain, &number).await, "reachability").clone();
    assert!(step["status"] == "skipped" && step["message"].as_str().unwrap().contains("https"), "{step}");
}

async fn what_meta_quotes_is_not_passed_on(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let words = json!({"error": {"code": 190, "message": "Malformed access token EAAG-good-token", "fbtrace_id": "A"}});
    for call in [Call::DebugToken, Call::Number] {
        app.graph.fail(call, Answer::Json(400, words.clone()));
    }
    let report = test(&app, &number).await;
    assert!(report.to_string().contains("Malformed access token …"), "{report}");
    assert!(!report.to_string().contains("good-token"), "{report}");
    let seen = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    assert!(seen["status"] == "error" && !seen.to_string().contains("good-token"), "{seen}");
    let message = text_message("wamid.1", "491510000001", "opening hours");
    app.deliver(&number, webhook(&[super::app::change(&number, &[message], &[])])).await;
    app.settle().await;
    assert!(app.graph.sent().is_empty());
}
