//! Answering and sending: order, bursts, take-over, retries, ticks.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    app::{Database, START, TestApp, change, status, text_message, webhook},
    double::{Answer, Call},
    on_both_databases,
};

on_both_databases!(
    a_burst_is_answered_once_after_it_paused,
    a_question_behind_a_hundred_pictures_is_answered,
    without_quiet_time_each_message_gets_its_answer_in_order,
    the_fallback_is_said_below_the_threshold,
    long_answers_are_split_and_sent_in_order,
    a_failing_read_receipt_does_not_hold_up_the_answer,
    passing_errors_are_retried_until_they_pass,
    hopeless_errors_fail_with_words,
    a_broken_answer_is_never_repeated_blindly,
    a_refused_token_stops_the_channel_and_keeps_the_queue,
    a_throttled_customer_holds_up_nobody_else,
    the_rate_of_a_number_is_kept,
    take_over_silences_the_bot_at_once,
    a_person_answers_and_the_same_send_counts_once,
    ticks_only_grow_and_early_reports_are_joined,
    failed_messages_can_be_sent_again,
    what_fails_again_can_be_sent_again_from_either_place,
    the_window_closes_after_a_day,
    the_greeting_comes_once,
    deleting_keeps_or_erases_conversations,
);

async fn a_burst_is_answered_once_after_it_paused(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "1s"]).await;
    let number = app.number().await;
    for (id, text) in [("wamid.1", "hi"), ("wamid.2", "what are your"), ("wamid.3", "opening hours")] {
        app.customer_writes(&number, id, "491510000001", text).await;
        app.advance(500);
    }
    app.settle().await;
    assert!(app.graph.sent().is_empty(), "the burst has not paused yet");
    app.advance(600);
    app.settle().await;
    let sent = app.graph.sent();
    assert_eq!((sent.len(), sent[0].body.as_str()), (1, "We are open from 9 to 18."));
    assert_eq!(app.graph.read(), ["wamid.3"]);
}

/// However much stands before it that nobody answers.
async fn a_question_behind_a_hundred_pictures_is_answered(database: Database) {
    for flags in [["--quiet-time", "0"], ["--quiet-time", "1s"]] {
        let app = TestApp::start_with(database, &flags).await;
        let number = app.number().await;
        app.ok("chatbots/update", json!({"id": number.chatbot_id, "greeting": "Hello!"})).await;
        let picture = |n: i64| {
            json!({"id": format!("wamid.p{n}"), "from": "491510000001", "type": "image", "image": {"id": "1"},
            "timestamp": (START / 1000 - 900 + n).to_string()})
        };
        let mut sent: Vec<_> = (0..250).map(picture).collect();
        sent.push(text_message("wamid.1", "491510000001", "opening hours"));
        app.deliver(&number, webhook(&[change(&number, &sent, &[])])).await;
        app.settle().await;
        app.advance(1000);
        app.settle().await;
        let bodies: Vec<_> = app.graph.sent().into_iter().map(|s| s.body).collect();
        assert_eq!(bodies, ["Hello!", "We are open from 9 to 18."], "{flags:?}");
    }
}

async fn without_quiet_time_each_message_gets_its_answer_in_order(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let body = webhook(&[change(
        &number,
        &[
            text_message("wamid.1", "491510000001", "opening hours"),
            text_message("wamid.2", "491510000001", "where is the shop"),
            text_message("wamid.3", "491510000001", "return an article"),
        ],
        &[],
    )]);
    app.deliver(&number, body).await;
    app.settle().await;
    let bodies: Vec<_> = app.graph.sent().into_iter().map(|s| s.body).collect();
    assert_eq!(bodies, ["We are open from 9 to 18.", "In Harbour Street 5.", "Send it back within 30 days."]);
}

async fn the_fallback_is_said_below_the_threshold(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.ok("chatbots/update", json!({"id": number.chatbot_id, "fallback": "A colleague will look."})).await;
    app.customer_writes(&number, "wamid.1", "491510000001", "What are your bank details?").await;
    assert_eq!(app.graph.sent()[0].body, "A colleague will look.");
}

async fn long_answers_are_split_and_sent_in_order(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let paragraphs: Vec<String> = (1..=3).map(|i| format!("Part {i}. {}", "word ".repeat(700).trim_end())).collect();
    let input =
        json!({"chatbot_id": number.chatbot_id, "question": "Terms and conditions", "answer": paragraphs.join("\n\n")});
    app.ok("knowledge/save", input).await;
    app.customer_writes(&number, "wamid.1", "491510000001", "terms and conditions").await;
    let sent = app.graph.sent();
    assert_eq!(sent.iter().map(|s| s.body.as_str()).collect::<Vec<_>>(), paragraphs);
    assert!(sent.iter().all(|s| s.body.encode_utf16().count() <= 4096));
}

async fn a_failing_read_receipt_does_not_hold_up_the_answer(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.fail(Call::Receipts, Answer::Error { status: 500, code: 131_000, subcode: None });
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 1);
}

const REFUSED: fn(u16, i64) -> Answer = |status, code| Answer::Error { status, code, subcode: None };

async fn passing_errors_are_retried_until_they_pass(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([REFUSED(500, 131_000), Answer::Html(502), REFUSED(400, 131_056), REFUSED(429, 130_429)]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert!(app.graph.sent().is_empty());
    let list = json!({"conversation_id": app.ok("conversations/list", json!({})).await["rows"][0]["id"]});
    let waiting = app.ok("messages/list", list.clone()).await;
    assert_eq!(waiting[1]["state"], "queued");
    assert!(waiting[1]["error"].as_str().unwrap().contains("passing problem"), "{waiting}");
    assert!(waiting[1]["next_attempt_at"].as_i64().unwrap() > START);
    for _ in 0..8 {
        app.advance(120_000);
        app.settle().await;
    }
    assert_eq!(app.graph.sent().len(), 1);
    assert_eq!(app.count("select count(*) from attempts").await, 5);
    assert_eq!(app.ok("messages/list", list).await[1]["state"], "accepted");
}

async fn hopeless_errors_fail_with_words(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([REFUSED(400, 131_026)]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.advance(600_000);
    app.settle().await;
    assert!(app.graph.sent().is_empty());
    let errors = app.texts("select error from messages where state = 'failed' and error_code = 131026").await;
    assert!(errors.len() == 1 && errors[0].contains("as the test asked"), "{errors:?}");
    assert_eq!(app.texts("select trace_id from attempts").await, ["AbcTrace"]);
    // The next message goes its way.
    app.customer_writes(&number, "wamid.2", "491510000001", "opening hours").await;
    assert_eq!(app.graph.sent().len(), 1);
}

async fn a_broken_answer_is_never_repeated_blindly(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::AcceptWithRubbish]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    assert_eq!(app.count("select count(*) from messages where state = 'unknown'").await, 1);
    // It holds the conversation's next message up, but only until the grace time ends.
    app.customer_writes(&number, "wamid.2", "491510000001", "where is the shop").await;
    assert_eq!(app.graph.sent().len(), 1);
    app.advance(61_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2);
    assert_eq!(app.count("select count(*) from messages where state = 'unknown'").await, 1);
    // A report that carries our id settles it, however late.
    let sent = app.graph.sent().remove(0);
    let mut report = status(&sent.wamid, "delivered");
    report["biz_opaque_callback_data"] = json!(sent.callback_data);
    app.deliver(&number, webhook(&[change(&number, &[], &[report])])).await;
    app.settle().await;
    assert_eq!(
        app.count("select count(*) from messages where state = 'delivered' and external_message_id = 'wamid.OUT1'")
            .await,
        1
    );
    assert_eq!(app.count("select count(*) from messages where state = 'unknown'").await, 0);
}

async fn a_refused_token_stops_the_channel_and_keeps_the_queue(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([Answer::Error { status: 401, code: 190, subcode: Some(463) }]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.customer_writes(&number, "wamid.2", "491510000002", "opening hours").await;
    app.advance(60_000);
    app.settle().await;
    assert!(app.graph.sent().is_empty());
    let get = json!({"id": number.integration_id});
    let seen = app.ok("integrations/whatsapp/get", get.clone()).await;
    assert_eq!(seen["status"], "error");
    assert!(seen["status_reason"].as_str().unwrap().contains("expired"), "{seen}");
    assert_eq!(app.count("select count(*) from messages where state = 'queued'").await, 2);
    // A test that finds nothing wrong lets the queue go on.
    let report = app.ok("integrations/whatsapp/test", get.clone()).await;
    assert_eq!(report["status"], "ok");
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2);
    assert_eq!(app.ok("integrations/whatsapp/get", get).await["status"], "connected");
}

async fn a_throttled_customer_holds_up_nobody_else(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let many: Vec<_> = (0..50).map(|i| text_message(&format!("wamid.a{i}"), "491510000001", "opening hours")).collect();
    app.deliver(&number, webhook(&[change(&number, &many, &[])])).await;
    app.settle().await;
    let to = |phone: &str| app.graph.sent().iter().filter(|s| s.to == phone).count();
    assert_eq!(to("491510000001"), 45, "Meta's burst for one customer");
    app.customer_writes(&number, "wamid.b", "491510000002", "opening hours").await;
    assert_eq!(to("491510000002"), 1);
    app.advance(6_000);
    app.settle().await;
    assert_eq!(to("491510000001"), 46);
}

async fn the_rate_of_a_number_is_kept(database: Database) {
    let app = TestApp::start_with(database, &["--quiet-time", "0", "--rate-per-number", "5"]).await;
    let number = app.number().await;
    let many: Vec<_> =
        (0..8).map(|i| text_message(&format!("wamid.{i}"), &format!("49151000000{i}"), "opening hours")).collect();
    app.deliver(&number, webhook(&[change(&number, &many, &[])])).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 5);
    app.advance(400);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 7);
    app.advance(1_000);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 8);
}

async fn take_over_silences_the_bot_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // The answer is queued and has to wait: the person is faster.
    app.graph.answer_next([REFUSED(500, 131_000)]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let taken = app.ok("conversations/set_mode", json!({"id": id, "mode": "human"})).await;
    assert_eq!(taken["mode"], "human");
    app.advance(600_000);
    app.settle().await;
    app.customer_writes(&number, "wamid.2", "491510000001", "opening hours").await;
    assert!(app.graph.sent().is_empty());
    assert_eq!(app.count("select count(*) from messages where state = 'cancelled'").await, 1);
    assert!(app.texts("select body from messages where kind = 'activity'").await[0].contains("took over"));
    // Given back, the bot does not come back to what a person has seen; it answers what comes next.
    app.ok("conversations/set_mode", json!({"id": id, "mode": "bot"})).await;
    app.settle().await;
    assert!(app.graph.sent().is_empty());
    app.customer_writes(&number, "wamid.3", "491510000001", "where is the shop").await;
    assert_eq!(app.graph.sent().len(), 1);
}

async fn a_person_answers_and_the_same_send_counts_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let input = json!({"conversation_id": id, "text": "Hello, a person here.", "client_id": "018f0000-0000-7000-8000-000000000001"});
    let first = app.ok("messages/send", input.clone()).await;
    let again = app.ok("messages/send", input).await;
    assert_eq!(first["id"], again["id"]);
    // Its sender recognises it in the thread.
    let thread = app.ok("messages/list", json!({"conversation_id": id})).await;
    let own = |m: &&Value| m["client_id"] == "018f0000-0000-7000-8000-000000000001";
    assert_eq!(thread.as_array().unwrap().iter().filter(own).map(|m| &m["id"]).collect::<Vec<_>>(), [&first["id"]]);
    app.settle().await;
    let sent = app.graph.sent();
    assert_eq!((sent.len(), sent[1].body.as_str()), (2, "Hello, a person here."));
    assert_eq!(app.ok("conversations/get", json!({"id": id})).await["mode"], "human");
}

async fn ticks_only_grow_and_early_reports_are_joined(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    // The report on the answer comes before the answer's own id is known.
    app.deliver(&number, webhook(&[change(&number, &[], &[status("wamid.OUT1", "delivered")])])).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from parked_statuses").await, 1);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let state = async || app.texts("select state from messages where direction = 'outbound'").await.remove(0);
    assert_eq!(state().await, "delivered");
    assert_eq!(app.count("select count(*) from parked_statuses").await, 0);
    for (report, expected) in [("sent", "delivered"), ("read", "read"), ("delivered", "read"), ("failed", "read")] {
        app.deliver(&number, webhook(&[change(&number, &[], &[status("wamid.OUT1", report)])])).await;
        app.settle().await;
        assert_eq!(state().await, expected, "after {report}");
    }
    let shown = async || app.ok("conversations/list", json!({})).await["rows"][0].clone();
    assert_eq!(shown().await["preview_state"], "read");
    // An activity line is no message: the row goes on showing the answer.
    app.ok("conversations/set_mode", json!({"id": shown().await["id"], "mode": "human"})).await;
    assert_eq!(shown().await["preview_state"], "read");
    assert_eq!(app.count("select count(*) from message_statuses").await, 4);
}

async fn failed_messages_can_be_sent_again(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([REFUSED(400, 100)]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let failed = app.ok("messages/list", json!({"conversation_id": id})).await[1].clone();
    assert_eq!(failed["state"], "failed");
    let again = app.ok("messages/retry", json!({"id": failed["id"]})).await;
    assert_ne!(again["id"], failed["id"]);
    // Pressed twice, sent once.
    assert_eq!(app.ok("messages/retry", json!({"id": failed["id"]})).await["id"], again["id"]);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
    let (status, error) = app.api("messages/retry", json!({"id": again["id"]})).await;
    assert_eq!((status, error["code"].as_str()), (StatusCode::CONFLICT, Some("conflict")));
}

async fn what_fails_again_can_be_sent_again_from_either_place(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.graph.answer_next([REFUSED(400, 100), REFUSED(400, 100)]);
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let failed = app.ok("messages/list", json!({"conversation_id": id})).await[1].clone();
    let again = app.ok("messages/retry", json!({"id": failed["id"]})).await;
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 0);
    // The first is still there to be pressed.
    let third = app.ok("messages/retry", json!({"id": failed["id"]})).await;
    assert!(third["id"] != failed["id"] && third["id"] != again["id"], "{third}");
    assert_eq!(app.ok("messages/retry", json!({"id": again["id"]})).await["id"], third["id"]);
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 1);
}

async fn the_window_closes_after_a_day(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    let id = app.ok("conversations/list", json!({})).await["rows"][0]["id"].clone();
    let seen = app.ok("conversations/get", json!({"id": id})).await;
    assert_eq!(seen["window_ends_at"].as_i64(), Some(START - 30_000 + 24 * 3_600_000));
    app.advance(24 * 3_600_000);
    let (status, error) = app.api("messages/send", json!({"conversation_id": id, "text": "Too late"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(error["message"].as_str().unwrap().contains("24 hours"), "{error}");
    assert!(error["action"].is_string());
}

async fn the_greeting_comes_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.ok("chatbots/update", json!({"id": number.chatbot_id, "greeting": "Welcome!"})).await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.customer_writes(&number, "wamid.2", "491510000001", "where is the shop").await;
    let bodies: Vec<_> = app.graph.sent().into_iter().map(|s| s.body).collect();
    assert_eq!(bodies, ["Welcome!", "We are open from 9 to 18.", "In Harbour Street 5."]);
}

async fn deleting_keeps_or_erases_conversations(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    let other = app.connect(&number.chatbot_id, "316000000000002").await;
    app.customer_writes(&number, "wamid.1", "491510000001", "opening hours").await;
    app.customer_writes(&other, "wamid.2", "491510000002", "opening hours").await;
    app.ok("integrations/whatsapp/delete", json!({"id": number.integration_id, "conversations": "keep"})).await;
    assert_eq!(app.count("select count(*) from conversations").await, 2);
    let rows = app.ok("conversations/list", json!({})).await["rows"].clone();
    let kept = app.ok("conversations/get", json!({"id": rows[1]["id"]})).await;
    assert!(kept["send_blocked"].as_str().unwrap().contains("history"), "{kept}");
    app.ok("integrations/whatsapp/delete", json!({"id": other.integration_id, "conversations": "erase"})).await;
    assert_eq!(app.count("select count(*) from conversations").await, 1);
    assert_eq!(app.count("select count(*) from contacts").await, 1);
    assert_eq!(app.count("select count(*) from messages").await, 2);
    assert_eq!(app.count("select count(*) from attempts").await, 1);
    // Connected again, the number is a new integration.
    app.connect(&number.chatbot_id, "316000000000001").await;
}
