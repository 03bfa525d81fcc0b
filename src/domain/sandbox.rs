//! The built-in WhatsApp simulator, as its phone page sees it.

use serde::{Deserialize, Serialize};

use super::{Millis, content::Content, ids::CustomerId, words::words};

/// A simulated business number that customers can write to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxNumber {
    pub phone_number_id: String,
    /// Shown unmasked: it is nobody's.
    pub display_phone_number: String,
    pub verified_name: String,
    /// Whether a callback was set, so that messages arrive anywhere.
    pub connected: bool,
}

/// A simulated customer with a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxCustomer {
    pub id: CustomerId,
    pub phone_number_id: String,
    pub name: String,
    /// None for a customer who hides the phone number behind a user name (known by BSUID only).
    pub phone: Option<String>,
    pub last_text: Option<String>,
}

words! {
    /// The ticks on the phone, for what the customer wrote.
    pub enum SandboxTick {
        /// Not yet taken by the business' webhook.
        Clock = "clock",
        /// The webhook answered 200.
        Delivered = "delivered",
        /// The business marked it as read.
        Read = "read",
        /// The webhook was refused for good.
        Failed = "failed",
    }
}

/// One bubble on the phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SandboxMessage {
    /// The wamid.
    pub id: String,
    /// Written by the customer (else by the business).
    pub mine: bool,
    pub content: Content,
    pub tick: SandboxTick,
    pub at: Millis,
}

/// A phone: one customer's chat with one business number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SandboxThread {
    pub customer: SandboxCustomer,
    pub messages: Vec<SandboxMessage>,
    /// The business is typing.
    pub typing: bool,
}

/// Everything the phone page starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SandboxOverview {
    pub numbers: Vec<SandboxNumber>,
    pub customers: Vec<SandboxCustomer>,
}
