//! What Meta does not say, what it says of everything, and its words.

use serde_json::json;

use super::{
    super::{
        app::{Database, TestApp, change, text_message, webhook},
        double::{Answer, Call},
        on_both_databases,
    },
    TEST, step, test, typed, verdict,
};

on_both_databases!(
    network_trouble_is_not_the_fault_of_credentials,
    only_a_refused_token_ends_the_questions,
    what_meta_quotes_is_not_passed_on,
);

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
    app.deliver(&number, webhook(&[change(&number, &[message], &[])])).await;
    app.settle().await;
    assert!(app.graph.sent().is_empty());
}
