//! Where a conversation takes place.

use super::{Millis, conversation::WINDOW, message::TEXT_MAX, words::words};

words! {
    /// The channel of a conversation and of each of its messages.
    pub enum Channel {
        /// The chat on a website.
        Web = "web",
        Whatsapp = "whatsapp";
        else Newer
    }
}

/// What a channel can carry, and when: asked instead of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// How long after their last message a customer may be written to; none: at any time.
    pub window: Option<Millis>,
    /// The most UTF-16 units of one message.
    pub text_max: usize,
    /// Messages are sent by calls to a provider. Otherwise viewers fetch them.
    pub sends: bool,
}

impl Channel {
    #[must_use]
    pub const fn capabilities(self) -> Capabilities {
        match self {
            Self::Web => Capabilities { window: None, text_max: TEXT_MAX, sends: false },
            Self::Whatsapp => Capabilities { window: Some(WINDOW), text_max: TEXT_MAX, sends: true },
            // Whether there is a window only the newer version knows.
            Self::Newer => Capabilities { window: None, text_max: TEXT_MAX, sends: true },
        }
    }
}
