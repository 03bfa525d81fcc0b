//! What a test tells when nothing is wrong, and that it only asks.

use std::time::Duration;

use futures::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    super::{
        app::{APP_SECRET, Database, START, TestApp},
        double::{Answer, Call},
        on_both_databases,
    },
    TEST, step, test, typed, verdict,
};

on_both_databases!(
    a_good_connection_is_good_in_every_step,
    the_simulator_tests_green,
    a_test_before_saving_says_what_it_cannot_know,
    steps_come_live_as_they_finish,
    a_test_changes_nothing_at_meta,
);

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
    assert_eq!((&health["graph_version"], &health["token_expires_at"]), (&json!("v26.0"), &Value::Null));
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
