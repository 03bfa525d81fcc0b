//! Where a conversation takes place.

use super::words::words;

words! {
    /// The channel of a conversation and of each of its messages.
    pub enum Channel {
        /// The chat on a website.
        Web = "web",
        Whatsapp = "whatsapp";
        else Newer
    }
}

impl Channel {
    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Web => "Web",
            Self::Whatsapp => "WhatsApp",
            Self::Newer => "Another channel",
        }
    }
}
