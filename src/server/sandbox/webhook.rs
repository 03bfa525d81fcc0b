//! Bodies of the webhooks that the simulator sends (contract, sections 2 and 3). It composes them and neither stores nor sends.

use serde_json::{Map, Value, json};

use super::{ascii::to_ascii_json, customer::CustomerRow, error::SandboxResult, number::NumberRow};
use crate::domain::Millis;

/// A customer's message, of a type and with the payload of that name.
pub(super) fn message(
    number: &NumberRow,
    customer: &CustomerRow,
    wamid: &str,
    (kind, payload): (&'static str, Value),
    at: Millis,
) -> SandboxResult<String> {
    let mut contact = json!({ "profile": { "name": customer.name }, "user_id": customer.user_id });
    let mut message = json!({
        "from_user_id": customer.user_id,
        "id": wamid,
        "timestamp": seconds(at),
        "type": kind,
        kind: payload,
    });
    set(&mut contact, "wa_id", customer.phone.as_deref());
    set(&mut message, "from", customer.phone.as_deref());
    body(number, json!({ "contacts": [contact], "messages": [message] }))
}

/// Whom a message of the business was for, as statuses name them. A phone number that is hidden stays out.
pub(super) struct Recipient<'a> {
    pub(super) phone: Option<&'a str>,
    pub(super) user_id: &'a str,
}

/// How far a message of the business came.
#[derive(Clone, Copy)]
pub(super) enum Progress {
    Sent,
    Delivered,
    Read,
    Failed(Failure),
}

/// Why a message did not reach the customer.
#[derive(Clone, Copy)]
pub(super) enum Failure {
    /// The 24-hour window is closed.
    WindowClosed,
    /// Nobody is reachable under that id.
    Undeliverable,
}

impl Failure {
    fn error(self) -> Value {
        let (code, title, details) = match self {
            Self::WindowClosed => (
                131_047,
                "Re-engagement message",
                "The customer last wrote to this number more than 24 hours ago, or never.",
            ),
            Self::Undeliverable => (131_026, "Message undeliverable", "The recipient cannot be reached on WhatsApp."),
        };
        let href = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/";
        json!({ "code": code, "title": title, "message": title, "error_data": { "details": details }, "href": href })
    }
}

/// The status of a message of the business.
pub(super) fn status(
    number: &NumberRow,
    recipient: &Recipient<'_>,
    wamid: &str,
    progress: Progress,
    opaque: Option<&str>,
    at: Millis,
) -> SandboxResult<String> {
    let word = match progress {
        Progress::Sent => "sent",
        Progress::Delivered => "delivered",
        Progress::Read => "read",
        Progress::Failed(_) => "failed",
    };
    let mut status = json!({
        "id": wamid,
        "status": word,
        "timestamp": seconds(at),
        "recipient_user_id": recipient.user_id,
    });
    set(&mut status, "recipient_id", recipient.phone);
    set(&mut status, "biz_opaque_callback_data", opaque);
    if matches!(progress, Progress::Sent | Progress::Delivered) {
        let pricing = json!({ "billable": false, "pricing_model": "PMP", "type": "free_customer_service", "category": "service" });
        set(&mut status, "pricing", Some(pricing));
    }
    // A failed status names nobody but in the status itself.
    if let Progress::Failed(failure) = progress {
        set(&mut status, "errors", Some(json!([failure.error()])));
        return body(number, json!({ "statuses": [status] }));
    }
    let mut contact = json!({ "user_id": recipient.user_id });
    set(&mut contact, "wa_id", recipient.phone);
    body(number, json!({ "contacts": [contact], "statuses": [status] }))
}

/// The envelope of the field `messages`: it has no `time`, and the display number in it is digits only.
fn body(number: &NumberRow, content: Value) -> SandboxResult<String> {
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": number.phone, "phone_number_id": number.phone_number_id },
    });
    if let (Value::Object(value), Value::Object(content)) = (&mut value, content) {
        value.extend(content);
    }
    Ok(to_ascii_json(&json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": number.business_account_id, "changes": [{ "field": "messages", "value": value }] }],
    }))?)
}

/// Adds a field that is there.
fn set(object: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let (Some(value), Some(fields)) = (value, object.as_object_mut()) {
        let _: Option<Value> = Map::insert(fields, key.to_owned(), value.into());
    }
}

/// Meta's timestamps are whole seconds, as text.
fn seconds(at: Millis) -> String {
    at.div_euclid(1000).to_string()
}
