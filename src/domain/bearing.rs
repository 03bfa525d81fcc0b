//! What an inbound message means for its conversation. Not everything that comes in as one is the customer speaking.

/// How much an inbound message weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// The customer speaks: it opens the window and the conversation, counts as unread, and the inbox shows it.
    Spoken,
    /// The same by choosing from a menu, which no bot does.
    Chosen,
    /// The customer speaks while somebody else (the provider's agent, another app) owns the thread: kept, and nobody is called.
    Overheard,
    /// The customer speaks though people have blocked them: kept, shown and answered by nobody.
    Muted,
    /// Something happened to a message or to the customer's number: kept in its place, and nothing else changes.
    Notice,
}

impl Bearing {
    /// Whether the customer said something at all.
    #[must_use]
    pub const fn is_spoken(self) -> bool {
        !matches!(self, Self::Notice)
    }

    /// Whether people have to look at it.
    #[must_use]
    pub const fn calls_people(self) -> bool {
        matches!(self, Self::Spoken | Self::Chosen)
    }
}
