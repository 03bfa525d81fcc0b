//! What is entered is judged, tested, and only then saved.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    super::{
        app::{Database, TestApp},
        on_both_databases,
    },
    CREATE, UPDATE, good, with,
};

/// The website has its integration from the beginning.
const CONNECTED: &str = "select count(*) from integrations where channel <> 'web'";

on_both_databases!(entries_are_judged_before_anything_is_saved, a_failed_test_refuses_or_is_saved_as_told,);

async fn entries_are_judged_before_anything_is_saved(database: Database) {
    let app = TestApp::start(database).await;
    let good = good(&app.chatbot().await);
    for (field, value) in [
        ("name", " "),
        ("phone_number_id", "+1 555 010 0001"),
        ("phone_number_id", "15550100001"),
        ("phone_number_id", "31600000000000x"),
        ("business_account_id", ""),
        ("business_account_id", "316000000000001"),
        ("access_token", " "),
        ("access_token", "EAAG good"),
        ("app_id", "app"),
        ("app_secret", ""),
        ("chatbot_id", "00000000-0000-0000-0000-000000000000"),
    ] {
        let (status, error) = app.api(CREATE, with(&good, json!({field: value}))).await;
        assert_eq!((status, error["field"].as_str()), (StatusCode::BAD_REQUEST, Some(field)), "{value:?}: {error}");
    }
    assert!(app.graph.calls().is_empty() && app.count(CONNECTED).await == 0);
    // What comes along by pasting is forgiven.
    let pasted = json!({"access_token": "\t\"EAAG-good-token\"\r\n", "phone_number_id": " 316000000000001 "});
    let made = app.ok(CREATE, with(&good, pasted)).await;
    assert_eq!((&made["status"], &made["phone_number_id"]), (&json!("waiting"), &json!("316000000000001")));
    assert!(app.graph.tokens().iter().any(|t| t == "Bearer EAAG-good-token"));
    let (status, error) = app.api(CREATE, with(&good, json!({"name": "Again"}))).await;
    assert_eq!((status, error["field"].as_str()), (StatusCode::CONFLICT, Some("phone_number_id")));
    assert!(error["message"].as_str().unwrap().contains("“Shop”"), "{error}");
}

async fn a_failed_test_refuses_or_is_saved_as_told(database: Database) {
    let app = TestApp::start(database).await;
    let good = good(&app.chatbot().await);
    for (changes, field) in [
        (json!({"access_token": "EAAG-bad"}), "access_token"),
        (json!({"phone_number_id": "316000000000099"}), "phone_number_id"),
        (json!({"app_id": "700000000000099"}), "app_secret"),
        (json!({"business_account_id": "102000000000099"}), "business_account_id"),
    ] {
        let refused = with(&with(&good, changes.clone()), json!({"on_failed_test": "refuse"}));
        let (status, error) = app.api(CREATE, refused).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{changes}: {error}");
        assert_eq!(error["field"], field, "{error}");
        assert!(!error["action"].as_str().unwrap().is_empty());
    }
    assert_eq!(app.count(CONNECTED).await, 0);
    let made = app.ok(CREATE, with(&good, json!({"access_token": "EAAG-bad"}))).await;
    assert_eq!((&made["status"], &made["status_remedy"]), (&json!("error"), &json!("replace_token")), "{made}");
    // Mended by its own action.
    let mended = app.ok(UPDATE, json!({"id": made["id"], "access_token": "EAAG-good-token"})).await;
    assert_eq!((&mended["status"], &mended["status_reason"]), (&json!("waiting"), &Value::Null));
}
