//! Who goes first when a number may not send all at once.

/// A class never waits for one below it: what of that is still queued is overtaken, in the same conversation too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SendClass {
    /// Somebody waits for it: what a bot answers, and what a person writes in a conversation.
    Answer = 0,
    /// What a person sends to several at once.
    Bulk = 1,
    /// A campaign.
    Campaign = 2,
}

impl SendClass {
    /// From the first to the last.
    pub const ALL: [Self; 3] = [Self::Answer, Self::Bulk, Self::Campaign];

    /// As it is stored.
    #[must_use]
    pub const fn rank(self) -> i64 {
        self as i64
    }

    /// The part of a number's burst, and of all sends in progress, that it leaves to those before it. As long as it does, they
    /// need not even queue: an answer is sent directly while more than half of the burst is there.
    #[must_use]
    pub const fn leaves(self) -> f64 {
        match self {
            Self::Answer => 0.0,
            Self::Bulk => 0.5,
            Self::Campaign => 0.75,
        }
    }
}
