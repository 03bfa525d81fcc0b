//! Connecting, changing, switching and deleting a number, and what each does to messages.

mod changing;
mod connecting;
mod deleting;
mod neighbours;
mod switching;

use serde_json::{Value, json};

use super::{
    app::{APP_SECRET, Number},
    double::{ACCOUNT, APP},
};

const CREATE: &str = "integrations/whatsapp/create";
const UPDATE: &str = "integrations/whatsapp/update";
const GET: &str = "integrations/whatsapp/get";
const DELETE: &str = "integrations/whatsapp/delete";

fn with(base: &Value, changes: Value) -> Value {
    let mut input = base.clone();
    for (name, value) in changes.as_object().unwrap() {
        input[name] = value.clone();
    }
    input
}

fn good(chatbot_id: &str) -> Value {
    json!({"chatbot_id": chatbot_id, "name": "Shop", "phone_number_id": "316000000000001", "business_account_id": ACCOUNT,
           "access_token": "EAAG-good-token", "app_id": APP, "app_secret": APP_SECRET})
}

fn id(number: &Number) -> Value {
    json!({"id": number.integration_id})
}
