//! What changed, as told to open pages.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One live event: what to look at again, never the content itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveEvent {
    /// A conversation or something in it (message, tick, mode) changed.
    Conversation {
        id: Uuid,
    },
    Integration {
        id: Uuid,
    },
    Chatbot {
        id: Uuid,
    },
    /// Too much was missed: load everything again.
    Resync,
}
