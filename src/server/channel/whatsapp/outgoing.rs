//! Messages as Meta takes them (contract, section 5).

use std::borrow::Cow;

use super::wire::messages::{PRODUCT, Part, Text};
use crate::domain::{
    contact::Recipient,
    content::{Content, Kind},
};

/// The body of a call to `/{phone_number_id}/messages`.
pub use super::wire::messages::Message as Outgoing;

impl<'a> Outgoing<'a> {
    #[must_use]
    pub fn new(to: &'a Recipient, content: &'a Content, callback_data: &'a str) -> Self {
        let to_phone = to.wa_id.as_ref().map(|wa_id| format!("+{wa_id}").into());
        Self {
            messaging_product: PRODUCT.into(),
            recipient_type: "individual".into(),
            recipient: to.user_id.as_deref().filter(|_| to_phone.is_none()).map(Into::into),
            to: to_phone,
            part: Part::of(content),
            biz_opaque_callback_data: callback_data.into(),
        }
    }
}

impl<'a> Part<'a> {
    /// What has no form of its own there goes out by its words.
    fn of(content: &'a Content) -> Self {
        match &content.kind {
            Kind::Location(location) => Self::Location { location: Cow::Borrowed(location) },
            Kind::Text | Kind::Activity | Kind::Unsupported { .. } | Kind::Unknown => {
                Self::Text { text: Text { body: Cow::Borrowed(&content.text), preview_url: false } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Outgoing, Recipient};
    use crate::domain::content::{Content, Location};

    #[test]
    fn a_text_is_as_meta_documents_it() {
        let to = Recipient { wa_id: Some("4915550001".to_owned()), user_id: Some("DE.1".to_owned()) };
        let sent = serde_json::to_value(Outgoing::new(&to, &Content::text("Hello"), "m1")).unwrap();
        let expected = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+4915550001", "type": "text",
            "text": {"body": "Hello", "preview_url": false}, "biz_opaque_callback_data": "m1",
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_place_is_as_meta_documents_it() {
        let place = Location::new(48.2, 16.37, Some("Shop".to_owned()), None).unwrap();
        let (to, content) = (Recipient { wa_id: Some("43".to_owned()), user_id: None }, Content::location(place));
        let sent = serde_json::to_value(Outgoing::new(&to, &content, "m1")).unwrap();
        let expected = json!({"latitude": 48.2, "longitude": 16.37, "name": "Shop"});
        assert_eq!((&sent["type"], &sent["location"]), (&json!("location"), &expected));
    }

    #[test]
    fn whoever_has_no_number_is_named_by_the_user_id() {
        let to = Recipient { wa_id: None, user_id: Some("DE.1".to_owned()) };
        let sent = serde_json::to_value(Outgoing::new(&to, &Content::text("Hello"), "m1")).unwrap();
        assert_eq!((sent.get("to"), &sent["recipient"]), (None, &json!("DE.1")));
    }
}
