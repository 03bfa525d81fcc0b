//! What a delivery tells, item by item: the same for every channel.

use serde_json::Value;

use crate::domain::{Millis, bearing::Bearing, content::Content};

/// One thing that a webhook tells, and where it stood.
#[derive(Debug)]
pub struct Item {
    /// Its place, such as `0.1.messages.2`: entry, change, list, index.
    pub place: String,
    /// The account at the provider.
    pub account_id: Option<String>,
    /// How the channel knows the integration that it concerns (a phone number id); none for what concerns the whole account.
    pub external_key: Option<String>,
    pub kind: ItemKind,
    pub raw: Value,
}

#[derive(Debug)]
pub enum ItemKind {
    Message(Box<InboundMessage>),
    Status(StatusReport),
    /// What somebody else said to a customer in the name of the business.
    Echo(Box<Echo>),
    /// Somebody else gives a customer's thread to us, or takes it.
    Handover(Handover),
    /// Acknowledged and kept, but without meaning to this version: the field or type.
    Unknown(String),
    /// It cannot be what it claims to be: the reason.
    Poison(String),
}

/// A customer's message.
#[derive(Clone, Debug)]
pub struct InboundMessage {
    /// The channel's id of it (a wamid).
    pub id: String,
    /// The channel's word for its type.
    pub type_name: String,
    pub content: Content,
    pub at: Option<Millis>,
    pub sender: Sender,
    /// What it means for the conversation.
    pub bearing: Bearing,
    /// Whether the chatbot may answer this type at all.
    pub answerable: bool,
}

/// Who else speaks for the business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaker {
    /// A person, on the phone with the same number.
    Phone,
    /// The provider's agent, or another app.
    App,
}

#[derive(Clone, Debug)]
pub struct Echo {
    /// What was said; its sender is whom it was said to.
    pub message: InboundMessage,
    pub by: Speaker,
}

/// A change of the owner of a customer's thread.
#[derive(Clone, Debug)]
pub struct Handover {
    pub customer: Sender,
    /// It is ours from now on; else somebody else's.
    pub is_ours: bool,
    pub at: Option<Millis>,
}

/// Who wrote it: a phone number, a business-scoped user id, or both.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
    pub parent_user_id: Option<String>,
    pub name: Option<String>,
    pub username: Option<String>,
}

/// A report on a message that we sent.
#[derive(Clone, Debug)]
pub struct StatusReport {
    /// The channel's id of it (a wamid).
    pub id: String,
    /// The provider's word.
    pub status: String,
    pub at: Option<Millis>,
    /// Our own id of the message, when it came back.
    pub callback_data: Option<String>,
    pub error_code: Option<i64>,
    /// The provider's words on what went wrong.
    pub error: Option<String>,
    /// The provider's name for it.
    pub error_title: Option<String>,
}
