//! Messages, their states and ticks.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Millis,
    channel::Channel,
    content::{Content, Kind},
    ids::{ConversationId, MessageId, UserId},
    words::words,
};

words! {
    pub enum Direction {
        Inbound = "inbound",
        Outbound = "outbound",
        /// A note among the team, which nobody else sees: no message of a channel.
        Internal = "internal",
    }
}

words! {
    /// Who wrote a message.
    pub enum Author {
        Contact = "contact",
        Bot = "bot",
        /// A person of the workspace.
        User = "user",
        /// Another responder for the business on the channel: the provider's agent, another app.
        Other = "other",
        /// An activity line, such as a take-over; never sent.
        System = "system";
        else Newer
    }
}

words! {
    /// Where a message stands.
    pub enum MessageState {
        /// Inbound, or an activity line: stored, nothing more to do.
        Received = "received",
        /// Outbound: waits for its turn (or for its next attempt).
        Queued = "queued",
        /// A send is in progress; its result is known when it ends.
        Sending = "sending",
        /// The channel accepted it.
        Accepted = "accepted",
        Sent = "sent",
        Delivered = "delivered",
        Read = "read",
        Failed = "failed",
        /// The send was interrupted: it may or may not have been sent.
        Unknown = "unknown",
        /// Withdrawn before it was sent, by a take-over.
        Cancelled = "cancelled";
        else Newer
    }
}

/// Who wrote what a person of the business sent from the phone with the same number.
pub const ON_PHONE: &str = "On the phone";

impl MessageState {
    /// How far a message has come, for states that only ever grow; `None` for the others.
    ///
    /// sent < delivered < read (played counts as read): late and repeated reports must not turn ticks back.
    #[must_use]
    pub const fn rank(self) -> Option<i16> {
        match self {
            Self::Accepted => Some(1),
            Self::Sent => Some(2),
            Self::Delivered => Some(3),
            Self::Read => Some(4),
            _ => None,
        }
    }

    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Failed => "failed",
            Self::Unknown => "may not have been sent",
            Self::Cancelled => "withdrawn",
            Self::Newer => "of a newer version",
        }
    }
}

/// The most UTF-16 units of one text of a channel (contract, section 5).
pub const TEXT_MAX: usize = 4096;

/// The most characters a person may send at once; longer texts are split.
pub const SEND_MAX: usize = 20_000;

/// A message as people see it in a thread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub channel: Channel,
    pub direction: Direction,
    pub author: Author,
    /// The name of the person who wrote it, for `user`, or did it, for an activity line.
    pub author_name: Option<String>,
    /// The caller wrote or did it.
    #[serde(default)]
    pub mine: bool,
    /// The account of that person; the server's own.
    #[serde(skip)]
    pub user_id: Option<UserId>,
    pub content: Content,
    /// What it is and what to do, of what cannot be shown (see [`Content::note`]).
    pub note: Option<String>,
    pub state: MessageState,
    /// Why it failed, in words, for `failed`; why it waits, for `queued` after a failed attempt.
    pub error: Option<String>,
    /// The provider's code of that error.
    pub error_code: Option<i64>,
    /// What to do about it, where that is known.
    #[serde(default)]
    pub action: Option<String>,
    /// When it is tried again, for `queued` after a failed attempt.
    pub next_attempt_at: Option<Millis>,
    /// When it was written: the channel's time for inbound, ours for outbound.
    pub at: Millis,
    /// Its place in the conversation.
    pub seq: i64,
    /// The id that its sender gave it, by which the sender recognises it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<Uuid>,
}

impl Message {
    /// As the person with that account is told it: their own acts are theirs.
    #[must_use]
    pub fn told_to(mut self, reader: UserId) -> Self {
        self.mine = self.user_id == Some(reader);
        if self.mine && self.content.kind == Kind::Activity {
            let act = self
                .author_name
                .as_deref()
                .and_then(|name| self.content.text.strip_prefix(name))
                .filter(|a| a.starts_with(' '));
            if let Some(act) = act {
                self.content.text = format!("You{act}");
            }
        }
        self
    }
}
