//! What changed, as told to open pages.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::integration::TestStep;

/// One live event: what to look at again, not the content itself.
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
    /// A step of a connection test is done. The one exception that carries its content: there is nothing to ask for again,
    /// and a step holds no secret and no whole number.
    TestStep {
        /// Chosen by whoever started the test.
        run_id: Uuid,
        step: Box<TestStep>,
    },
    /// Too much was missed: load everything again.
    Resync,
}
