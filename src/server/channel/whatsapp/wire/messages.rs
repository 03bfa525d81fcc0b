//! `POST /{phone_number_id}/messages`: what it takes and what it answers (contract, sections 5 and 7).
//!
//! Written once for everybody: we write calls and read answers, the simulator and the tests' double of Meta read calls and
//! write answers. A further kind of content is a further [`Part`].

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::domain::content::Location;

/// What every call says of itself.
pub const PRODUCT: &str = "whatsapp";

/// A message to a customer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Message<'a> {
    pub messaging_product: Cow<'a, str>,
    pub recipient_type: Cow<'a, str>,
    /// A phone number, with a plus sign in front.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Cow<'a, str>>,
    /// A BSUID; with both, the phone number wins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<Cow<'a, str>>,
    #[serde(flatten)]
    pub part: Part<'a>,
    /// Comes back with each status report; at most 512 characters.
    #[serde(default)]
    pub biz_opaque_callback_data: Cow<'a, str>,
}

/// What a message holds: its `type`, and a field of that name.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part<'a> {
    Text { text: Text<'a> },
    Location { location: Cow<'a, Location> },
}

#[derive(Debug, Serialize, Deserialize)]
pub struct Text<'a> {
    pub body: Cow<'a, str>,
    #[serde(default)]
    pub preview_url: bool,
}

/// Marks a message as read, and all before it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Receipt<'a> {
    pub messaging_product: Cow<'a, str>,
    /// `read`.
    pub status: Cow<'a, str>,
    pub message_id: Cow<'a, str>,
    /// With it, an answer seems to be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing_indicator: Option<TypingIndicator<'a>>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct TypingIndicator<'a> {
    /// `text`.
    #[serde(rename = "type")]
    pub kind: Cow<'a, str>,
}

/// What a call asks for.
#[derive(Debug)]
pub enum Call<'a> {
    Message(Message<'a>),
    Receipt(Receipt<'a>),
}

impl Call<'_> {
    /// Reads a body: what has a `status` is a receipt.
    ///
    /// # Errors
    /// When it is neither.
    pub fn read(body: &[u8]) -> serde_json::Result<Self> {
        #[derive(Deserialize)]
        struct Status {
            status: Option<serde::de::IgnoredAny>,
        }
        let Status { status } = serde_json::from_slice(body)?;
        match status {
            None => serde_json::from_slice(body).map(Self::Message),
            Some(_) => serde_json::from_slice(body).map(Self::Receipt),
        }
    }
}

/// The answer to a message that was taken. Whether it arrives is told by status reports.
#[derive(Debug, Serialize)]
pub struct Taken<'a> {
    pub messaging_product: &'a str,
    pub contacts: [TakenFor<'a>; 1],
    pub messages: [TakenAs<'a>; 1],
}

/// Whom it is for.
#[derive(Debug, Serialize)]
pub struct TakenFor<'a> {
    /// As it came.
    pub input: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wa_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct TakenAs<'a> {
    /// The wamid.
    pub id: &'a str,
}

impl<'a> Taken<'a> {
    #[must_use]
    pub const fn new(contact: TakenFor<'a>, wamid: &'a str) -> Self {
        Self { messaging_product: PRODUCT, contacts: [contact], messages: [TakenAs { id: wamid }] }
    }
}

/// The answer to whatever else was done.
#[derive(Debug, Serialize)]
pub struct Done {
    pub success: bool,
}

/// An error, of any call.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    pub error: Fault,
}

#[derive(Clone, Debug, Serialize)]
pub struct Fault {
    pub message: Cow<'static, str>,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_subcode: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_data: Option<Details>,
    pub fbtrace_id: Cow<'static, str>,
}

/// What the sending path adds to an error.
#[derive(Clone, Debug, Serialize)]
pub struct Details {
    pub messaging_product: &'static str,
    pub details: Cow<'static, str>,
}

impl Details {
    #[must_use]
    pub fn new(details: impl Into<Cow<'static, str>>) -> Self {
        Self { messaging_product: PRODUCT, details: details.into() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Call, Taken, TakenFor};

    #[test]
    fn a_call_is_a_message_or_a_receipt_and_survives_both_ways() {
        let message = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+491510000001",
            "type": "text", "text": {"body": "“9 to 18”\n", "preview_url": false}, "biz_opaque_callback_data": "x"});
        let receipt = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1",
            "typing_indicator": {"type": "text"}});
        let place = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "recipient": "DE.1",
            "type": "location", "location": {"latitude": 48.2, "longitude": 16.37}, "biz_opaque_callback_data": "x"});
        for value in [message, place, receipt] {
            let body = value.to_string();
            let again = match Call::read(body.as_bytes()).unwrap() {
                Call::Message(message) => serde_json::to_value(message),
                Call::Receipt(receipt) => serde_json::to_value(receipt),
            };
            assert_eq!(again.unwrap(), value);
        }
        assert!(Call::read(br#"{"status": "read"}"#).is_err(), "of which message?");
        assert!(Call::read(b"[]").is_err());
    }

    #[test]
    fn an_answer_has_the_form_of_metas() {
        let contact = TakenFor { input: "+4915", wa_id: Some("4915"), user_id: None };
        let answer: Value = serde_json::to_value(Taken::new(contact, "wamid.1")).unwrap();
        let expected = json!({"messaging_product": "whatsapp", "contacts": [{"input": "+4915", "wa_id": "4915"}],
            "messages": [{"id": "wamid.1"}]});
        assert_eq!(answer, expected);
    }
}
