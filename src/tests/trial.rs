//! A real message to one's own phone: the last check of a connection, on request.

use axum::http::StatusCode;
use serde_json::json;

use super::{
    app::{Database, TestApp},
    double::Answer,
    on_both_databases,
};

on_both_databases!(a_real_message_goes_out_on_request_only,);

async fn a_real_message_goes_out_on_request_only(database: Database) {
    const SEND: &str = "integrations/whatsapp/send_test";
    let app = TestApp::start(database).await;
    let number = app.number().await;
    app.ok("integrations/whatsapp/test", json!({"id": number.integration_id})).await;
    assert!(app.graph.sent().is_empty(), "a test sends nothing by itself");
    let to = |to: &str| json!({"id": number.integration_id, "to": to});
    let (status, error) = app.api(SEND, to("0151 0000001")).await;
    assert_eq!((status, &error["field"]), (StatusCode::BAD_REQUEST, &json!("to")));
    app.ok(SEND, to(" +49 151-0000001 ")).await;
    let sent = app.graph.sent();
    assert_eq!((sent.len(), sent[0].to.as_str()), (1, "491510000001"));
    assert_eq!(app.count("select count(*) from messages").await, 0, "it belongs to no conversation");
    app.graph.answer_next([Answer::Error { status: 400, code: 131_030, subcode: None }]);
    let (status, error) = app.api(SEND, to("+49 151 0000001")).await;
    assert_eq!((status, &error["meta"]["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(131_030)));
    assert!(!error["action"].as_str().unwrap().is_empty());
    // Three at once are enough to see whether it works.
    app.ok(SEND, to("+49 151 0000001")).await;
    let (status, _) = app.api(SEND, to("+49 151 0000001")).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    app.advance(10_000);
    app.ok(SEND, to("+49 151 0000001")).await;
}
