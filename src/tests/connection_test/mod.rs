//! The connection test: every check in its outcomes, live steps, and what is told apart.

mod faults;
mod network;
mod outcomes;
mod reach;

use serde_json::{Value, json};

use super::{
    app::{APP_SECRET, Number, TestApp},
    double::{ACCOUNT, APP},
};

const TEST: &str = "integrations/whatsapp/test";

/// The step of that key.
#[track_caller]
fn step<'a>(report: &'a Value, key: &str) -> &'a Value {
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
