//! Conversations as the inbox shows them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Millis,
    channel::Channel,
    contact::ContactView,
    message::{Author, MessageState},
    words::words,
};

words! {
    /// Who answers.
    pub enum Mode {
        Bot = "bot",
        /// A person has taken over: the bot is silent.
        Human = "human",
    }
}

words! {
    pub enum ConversationStatus {
        Open = "open",
        Snoozed = "snoozed",
        Resolved = "resolved",
    }
}

/// How long after the customer's last message free text may be sent on WhatsApp: 24 hours.
pub const WINDOW: Millis = 24 * 60 * 60 * 1000;

/// One row of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRow {
    pub id: Uuid,
    pub channel: Channel,
    /// Name, else masked number.
    pub name: String,
    pub mode: Mode,
    pub status: ConversationStatus,
    pub unread: i64,
    pub preview: String,
    pub preview_author: Author,
    /// The line is by whoever asks.
    #[serde(default)]
    pub preview_mine: bool,
    /// The name of the colleague whose line it is.
    #[serde(default)]
    pub preview_name: Option<String>,
    /// State of the last message, for its ticks.
    pub preview_state: MessageState,
    pub last_message_at: Millis,
}

/// What became of an order to erase something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// All of it is gone. Else it is much, and the rest goes by itself, even if the server is started anew meanwhile.
    pub all: bool,
}

/// A page of the inbox, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationPage {
    pub rows: Vec<ConversationRow>,
    /// Give it back as `before` to get the next page; none at the end.
    pub next: Option<String>,
    /// Nothing is listed, but there are conversations that the filter leaves out.
    #[serde(default)]
    pub only_filtered: bool,
}

/// A conversation with what is known around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: Uuid,
    pub channel: Channel,
    pub mode: Mode,
    pub status: ConversationStatus,
    pub contact: ContactView,
    pub chatbot_id: Uuid,
    pub chatbot_name: String,
    /// The integration it came in by; none for the website, or when it was deleted.
    pub integration_id: Option<Uuid>,
    pub integration_name: Option<String>,
    /// The business number it came in by.
    pub business_number: Option<String>,
    pub sandbox: bool,
    /// Until when free text may be sent; none when there is no such limit.
    pub window_ends_at: Option<Millis>,
    /// Why nothing can be sent now; none when it can.
    pub send_blocked: Option<String>,
    pub created_at: Millis,
    pub last_inbound_at: Option<Millis>,
}
