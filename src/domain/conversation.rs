//! Conversations as the inbox shows them.

use serde::{Deserialize, Serialize};

use super::{
    Millis,
    channel::Channel,
    contact::ContactView,
    ids::{ChatbotId, ConversationId, IntegrationId},
    label::Label,
    listing::Colleague,
    message::{Author, MessageState},
    words::words,
};

words! {
    /// Who answers.
    pub enum Mode {
        Bot = "bot",
        /// A person has taken over: the bot is silent.
        Human = "human";
        else Newer
    }
}

words! {
    pub enum ConversationStatus {
        Open = "open",
        Snoozed = "snoozed",
        Resolved = "resolved";
        else Newer
    }
}

words! {
    /// Who answers the customer now, as the caller sees it.
    pub enum Answering {
        Bot = "bot",
        /// The caller.
        You = "you",
        Colleague = "colleague",
        /// Somebody on the phone with the same number.
        Phone = "phone",
        /// The bot is silent, and no person has taken over yet.
        Nobody = "nobody",
        /// The provider's agent or another app owns the customer's thread: the bot is silent.
        Elsewhere = "elsewhere",
        /// The channel sends nothing: deleted, inactive, stopped or switched off.
        Off = "off",
    }
}

impl Answering {
    /// Who answers while the channel works.
    #[must_use]
    pub const fn of(mode: Mode, mine: bool, known: bool, on_phone: bool) -> Self {
        match mode {
            Mode::Bot => Self::Bot,
            Mode::Human if mine => Self::You,
            Mode::Human if known => Self::Colleague,
            Mode::Human if on_phone => Self::Phone,
            // Whatever it means: the bot of this version is silent.
            Mode::Human | Mode::Newer => Self::Nobody,
        }
    }
}

words! {
    /// Why a conversation goes to people though none of them pressed a button.
    pub enum HandOver {
        /// The customer asked for a person.
        Asked = "asked",
        /// The bot did not know the answer, several times in a row.
        Missed = "missed",
        /// The bot could not answer, whatever was asked.
        Failed = "failed",
        /// The other side is a bot, too.
        Loop = "loop",
        /// Somebody answered on the phone with the same number.
        Phone = "phone",
    }
}

impl HandOver {
    /// Whether the customer now waits for somebody.
    #[must_use]
    pub const fn leaves_waiting(self) -> bool {
        !matches!(self, Self::Phone)
    }

    /// The line in the thread that says it.
    #[must_use]
    pub const fn line(self) -> &'static str {
        match self {
            Self::Asked => {
                "The customer asked for a person. The bot is silent until the conversation is given back to it."
            }
            Self::Missed => {
                "The bot did not know the answer, twice in a row: somebody has to help. It is silent until the conversation is given back to it."
            }
            Self::Failed => {
                "The bot could not answer, twice in a row: somebody has to help. Try its chatbot out before you give the conversation back to it."
            }
            Self::Loop => {
                "The bot has stopped: the other side seems to be a bot, too. Give the conversation back to it to let it answer again."
            }
            Self::Phone => {
                "Somebody answered on the phone: the bot is silent. Give the conversation back to it to let it answer again."
            }
        }
    }
}

/// How long after the customer's last message free text may be sent where a channel has a window: 24 hours.
pub const WINDOW: Millis = 24 * 60 * 60 * 1000;

/// One row of the inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub channel: Channel,
    /// Name, else masked number.
    pub name: String,
    pub mode: Mode,
    pub status: ConversationStatus,
    pub unread: i64,
    pub preview: String,
    pub preview_author: Author,
    /// The caller wrote the line.
    #[serde(default)]
    pub preview_mine: bool,
    /// The name of the colleague whose line it is.
    #[serde(default)]
    pub preview_name: Option<String>,
    /// Who answers; `off` is for an open conversation to find out.
    #[serde(default = "bot")]
    pub answering: Answering,
    /// The name of the colleague who does.
    #[serde(default)]
    pub answering_name: Option<String>,
    /// Who looks after it.
    #[serde(default)]
    pub assignee: Option<Colleague>,
    #[serde(default)]
    pub labels: Vec<Label>,
    /// State of the last message, for its ticks.
    pub preview_state: MessageState,
    pub last_message_at: Millis,
    /// Since when the customer waits for a person. Then the line is what they said last.
    #[serde(default)]
    pub waiting_since: Option<Millis>,
}

/// Customers who wait for a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// How many; 1000 stands for as many or more.
    pub count: i64,
    /// Who began to wait last, newest first, a few of them.
    pub newest: Vec<WaitingCustomer>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingCustomer {
    /// The conversation.
    pub id: ConversationId,
    /// Name, else masked number.
    pub name: String,
    /// What they said last.
    pub preview: String,
    pub since: Millis,
}

const fn bot() -> Answering {
    Answering::Bot
}

/// Where a row stands in the inbox, which begins with the greatest place.
pub type Place = (Millis, ConversationId);

impl ConversationSummary {
    /// In the list of those who wait for a person, who has waited longest comes first.
    #[must_use]
    pub const fn place(&self, waiting: bool) -> Place {
        match self.waiting_since {
            Some(since) if waiting => (-since, self.id),
            _ => (self.last_message_at, self.id),
        }
    }
}

/// The place that a `next` names.
#[must_use]
pub fn parse_place<Id: std::str::FromStr>(next: &str) -> Option<(Millis, Id)> {
    let (at, id) = next.split_once('.')?;
    Some((at.parse().ok()?, id.parse().ok()?))
}

/// What became of an order to erase something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// All of it is gone. Otherwise the rest is erased in the background, even if the server is restarted meanwhile.
    pub all: bool,
}

/// A page of the inbox, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationPage {
    pub rows: Vec<ConversationSummary>,
    /// Give it back as `before` to get the next page; none at the end.
    pub next: Option<String>,
    /// Nothing is listed, but there are conversations that the filter leaves out.
    #[serde(default)]
    pub only_filtered: bool,
}

/// A conversation with what is known around it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    pub id: ConversationId,
    pub channel: Channel,
    pub mode: Mode,
    pub status: ConversationStatus,
    /// When it opens by itself, while it is snoozed until a time.
    #[serde(default)]
    pub snoozed_until: Option<Millis>,
    /// Who answers the customer.
    #[serde(default = "bot")]
    pub answering: Answering,
    /// The name of the colleague who does.
    #[serde(default)]
    pub answering_name: Option<String>,
    /// Who looks after it, whoever answers; none: it is in the queue.
    #[serde(default)]
    pub assignee: Option<Colleague>,
    #[serde(default)]
    pub labels: Vec<Label>,
    pub contact: ContactView,
    pub chatbot_id: ChatbotId,
    pub chatbot_name: String,
    /// The integration it came in by; none when it was deleted.
    pub integration_id: Option<IntegrationId>,
    pub integration_name: Option<String>,
    /// The business number it came in by.
    pub business_number: Option<String>,
    pub sandbox: bool,
    /// Until when free text may be sent; none when there is no such limit, or when nothing can be sent at all.
    pub window_ends_at: Option<Millis>,
    /// Why nothing can be sent now; none when it can.
    pub send_blocked: Option<String>,
    pub created_at: Millis,
    pub last_inbound_at: Option<Millis>,
}
