//! Meta's webhook: verification, signatures, and what each kind of rubbish is answered with.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{APP_SECRET, Database, Number, START, TestApp, change, text_message, webhook},
    deployment::FLAGS,
    on_both_databases,
};
use crate::server::channel::whatsapp::signature::sign;

on_both_databases!(
    verification_echoes_the_challenge_only_for_the_right_token,
    only_good_signatures_get_in,
    the_raw_bytes_count,
    strangers_learn_nothing,
    oversize_is_refused_and_the_largest_webhook_taken,
    malformed_json_becomes_a_dead_letter,
    unknown_things_are_acknowledged_and_counted,
    an_absent_database_is_503,
    rejected_deliveries_are_counted,
    a_deleted_integration_answers_for_a_week,
    the_deployment_wide_path_serves_proven_integrations_only,
    another_number_of_the_same_app_finds_its_integration,
);

async fn get(app: &TestApp, path: &str) -> (StatusCode, String, String) {
    let response = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
    let kind = response.headers().get("content-type").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    (response.status(), kind, response.text().await.unwrap())
}

async fn verification_echoes_the_challenge_only_for_the_right_token(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let path = format!("/api/whatsapp/webhook/{}", number.integration_id);
    let ask = |mode: &str, token: &str, challenge: &str| {
        format!("{path}?hub.mode={mode}&hub.challenge={challenge}&hub.verify_token={token}")
    };
    let (status, kind, body) = get(&app, &ask("subscribe", "open%20sesame", "1158201444")).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "1158201444"));
    assert!(kind.starts_with("text/plain"), "{kind}");
    // Order does not matter, a plus is a space, and it works a second time.
    let other_order = format!("{path}?hub.verify_token=open+sesame&hub.challenge=7&hub.mode=subscribe");
    assert_eq!(get(&app, &other_order).await.0, StatusCode::OK);
    for (mode, token) in [("subscribe", "wrong"), ("unsubscribe", "open%20sesame"), ("subscribe", "")] {
        assert_eq!(get(&app, &ask(mode, token, "1")).await.0, StatusCode::FORBIDDEN, "{mode} {token}");
    }
    let twice = format!("{}&hub.mode=subscribe", ask("subscribe", "open%20sesame", "1"));
    let html = ask("subscribe", "open%20sesame", "%3Cscript%3E%20");
    let long = ask("subscribe", "open%20sesame", &"1".repeat(500));
    for bad in [format!("{path}?hub.mode=subscribe"), twice, html, long, path.clone()] {
        assert_eq!(get(&app, &bad).await.0, StatusCode::BAD_REQUEST, "{bad}");
    }
}

fn body(number: &Number) -> Vec<u8> {
    webhook(&[change(number, &[text_message("wamid.1", "491510000001", "hello")], &[])]).into_bytes()
}

async fn only_good_signatures_get_in(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let body = body(&number);
    let good = sign(APP_SECRET.as_bytes(), &body);
    let bare = good.trim_start_matches("sha256=").to_owned();
    let other = sign(b"another secret", &body);
    let bad = [
        None,
        Some(String::new()),
        Some(bare.clone()),
        Some(format!("sha1={bare}")),
        Some(format!("sha256={}", &bare[..62])),
        Some(format!("{good}00")),
        Some(format!("sha256={}", "z".repeat(64))),
        Some(other),
        Some(format!("sha256={}", "0".repeat(64))),
    ];
    for header in bad {
        let status = app.deliver_signed(&number, body.clone(), header.as_deref()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{header:?}");
    }
    assert_eq!(app.count("select count(*) from deliveries").await, 0);
    assert_eq!(app.deliver_signed(&number, body, Some(&good)).await, StatusCode::OK);
    assert_eq!(app.count("select count(*) from deliveries").await, 1);
}

async fn the_raw_bytes_count(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // As Meta writes it: pure ASCII, slashes escaped.
    let body = String::from_utf8(body(&number)).unwrap().replace("hello", r"Gr\u00fc\u00dfe \ud83d\ude00 \/ \u003c");
    let header = sign(APP_SECRET.as_bytes(), body.as_bytes());
    let rewritten = serde_json::from_str::<serde_json::Value>(&body).unwrap().to_string();
    assert_ne!(body, rewritten);
    assert_eq!(app.deliver_signed(&number, rewritten.into_bytes(), Some(&header)).await, StatusCode::UNAUTHORIZED);
    assert_eq!(app.deliver_signed(&number, body.into_bytes(), Some(&header)).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.texts("select body from messages where direction = 'inbound'").await, ["Grüße 😀 / <"]);
}

async fn strangers_learn_nothing(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let body = body(&number);
    // That of a website is known to all its visitors, and no path of Meta's.
    let website = app.website_of(&number.chatbot_id).await;
    for id in ["00000000-0000-7000-8000-000000000000", "nonsense", "%2B15550100001", website.as_str()] {
        let stranger = Number { integration_id: id.to_owned(), ..number.clone() };
        assert_eq!(app.deliver(&stranger, body.clone()).await, StatusCode::NOT_FOUND, "{id}");
        let path = format!("/api/whatsapp/webhook/{id}?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x");
        assert_eq!(get(&app, &path).await.0, StatusCode::NOT_FOUND, "{id}");
    }
    // Without an app for the whole deployment its path does not exist.
    let url = format!("{}/api/whatsapp/webhook", app.url);
    assert_eq!(app.http.post(url).body("{}").send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

async fn oversize_is_refused_and_the_largest_webhook_taken(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    assert_eq!(app.deliver(&number, vec![b' '; (4 << 20) + 1]).await, StatusCode::PAYLOAD_TOO_LARGE);
    let text = "x".repeat(3_000);
    let messages: Vec<_> = (0..1000).map(|i| text_message(&format!("wamid.{i}"), "491510000001", &text)).collect();
    let large = webhook(&[change(&number, &messages, &[])]);
    assert!(large.len() > 3 << 20, "{}", large.len());
    assert_eq!(app.deliver(&number, large).await, StatusCode::OK);
}

async fn malformed_json_becomes_a_dead_letter(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let nested = "[".repeat(100_000);
    for bad in ["{\"object\":", "not json", "\u{0}", "[]", nested.as_str()] {
        assert_eq!(app.deliver(&number, bad).await, StatusCode::OK);
    }
    assert_eq!(app.deliver(&number, vec![0xff, 0xfe]).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.count("select count(*) from dead_letters").await, 6);
    assert_eq!(app.count("select count(*) from deliveries where state = 'done'").await, 6);
    assert!(app.texts("select reason from dead_letters").await.iter().all(|r| r.contains("not a webhook")));
}

async fn unknown_things_are_acknowledged_and_counted(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let unknown_field = json!({"field": "quantum_update", "value": {"x": 1}});
    let hologram = json!({"id": "wamid.h", "from": "491510000001", "timestamp": (START / 1000).to_string(), "type": "hologram", "hologram": {}});
    let body = webhook(&[unknown_field.clone(), change(&number, &[hologram], &[])]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    let foreign = json!({"object": "page", "entry": []}).to_string();
    assert_eq!(app.deliver(&number, foreign).await, StatusCode::OK);
    app.settle().await;
    let counted = app.texts("select what from webhook_counts order by what").await;
    assert_eq!(counted, ["field:quantum_update", "object:page"]);
    // The unknown message is kept as it came, shown, and not answered.
    let kept = app.texts("select payload from messages where kind = 'unsupported'").await;
    assert!(kept.len() == 1 && kept[0].contains("hologram"), "{kept:?}");
    assert!(app.graph.sent().is_empty());
    // A number that nobody connected is no reason to repeat either.
    let nobody = Number { phone_number_id: "316999".to_owned(), ..number.clone() };
    let body = webhook(&[change(&nobody, &[text_message("wamid.n", "491510000001", "hi")], &[])]);
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.texts("select reason from dead_letters").await, ["no integration has this number"]);
}

async fn an_absent_database_is_503(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let body = body(&number);
    // The credentials are known already; then the database goes away.
    assert_eq!(app.deliver(&number, body.clone()).await, StatusCode::OK);
    let outage = app.take_database_away().await;
    assert_eq!(app.deliver(&number, body.clone()).await, StatusCode::SERVICE_UNAVAILABLE);
    let (status, error) = app.api("chatbots/create", json!({"name": "x"})).await;
    assert_eq!((status, error["code"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable")), "{error}");
    assert_eq!(get(&app, "/readyz").await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(get(&app, "/healthz").await.0, StatusCode::OK);
    // It comes back, and so does everything else; what got its 200 is still there.
    outage.end().await;
    assert_eq!(app.deliver(&number, body).await, StatusCode::OK);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
}

async fn rejected_deliveries_are_counted(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    for _ in 0..3 {
        app.deliver_signed(&number, body(&number), Some("sha256=00")).await;
    }
    app.state.credentials.flush_rejected(&app.state).await;
    let seen = app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await;
    assert_eq!((seen["rejected_count"].as_i64(), seen["rejected_at"].as_i64()), (Some(3), Some(START)));
}

async fn a_deleted_integration_answers_for_a_week(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "keep"})).await;
    assert_eq!(app.deliver(&number, body(&number)).await, StatusCode::OK);
    assert_eq!(app.count("select count(*) from deliveries").await, 0);
    app.advance(8 * 24 * 60 * 60 * 1000);
    assert_eq!(app.deliver(&number, body(&number)).await, StatusCode::NOT_FOUND);
    assert_eq!(
        app.count("select count(*) from integrations where access_token is not null or app_secret is not null").await,
        0
    );
}

async fn the_deployment_wide_path_serves_proven_integrations_only(database: Database) {
    let app = TestApp::start_with(database, &FLAGS).await;
    let chatbot_id = app.chatbot().await;
    for (phone, token) in [("316000000000001", "EAAG-app-777777-x"), ("316000000000002", "EAAG-app-888-x")] {
        let input = json!({"chatbot_id": chatbot_id, "name": phone, "phone_number_id": phone, "business_account_id": "102000000000001",
                           "access_token": token, "app_secret": "its-own-secret"});
        app.ok("integrations/whatsapp/create", input).await;
    }
    let (status, _, challenge) =
        get(&app, "/api/whatsapp/webhook?hub.mode=subscribe&hub.challenge=5&hub.verify_token=deploy").await;
    assert_eq!((status, challenge.as_str()), (StatusCode::OK, "5"));
    let of = |phone: &str| Number {
        integration_id: String::new(),
        phone_number_id: phone.to_owned(),
        chatbot_id: String::new(),
    };
    let body = webhook(&[
        change(&of("316000000000001"), &[text_message("wamid.a", "491510000001", "opening hours")], &[]),
        change(&of("316000000000002"), &[text_message("wamid.b", "491510000002", "opening hours")], &[]),
    ]);
    let post = |secret: &'static str| {
        let request = app.http.post(format!("{}/api/whatsapp/webhook", app.url));
        request.header("x-hub-signature-256", sign(secret.as_bytes(), body.as_bytes())).body(body.clone()).send()
    };
    assert_eq!(post("its-own-secret").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(post("deploy-secret").await.unwrap().status(), StatusCode::OK);
    app.settle().await;
    let stored = app.texts("select external_message_id from messages where direction = 'inbound'").await;
    assert_eq!(stored, ["wamid.a"]);
    let reason = "no integration has this number, or none that Meta has confirmed of late";
    assert_eq!(app.texts("select reason from dead_letters").await, [reason]);
}

async fn another_number_of_the_same_app_finds_its_integration(database: Database) {
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let second = app.connect(&first.chatbot_id, "316000000000002").await;
    // It comes in on the path of the first: an app has one callback.
    let body = webhook(&[change(&second, &[text_message("wamid.2", "491510000001", "where is the shop")], &[])]);
    assert_eq!(app.deliver(&first, body).await, StatusCode::OK);
    app.settle().await;
    let sent = app.graph.sent();
    assert_eq!((sent.len(), sent[0].phone_number_id.as_str()), (1, "316000000000002"));
}
