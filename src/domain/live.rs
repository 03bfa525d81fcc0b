//! What changed, as told to open pages.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{integration::TestStep, words::UnknownWord};

/// One live event: what to look at again, not the content itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Flat")]
pub enum LiveEvent {
    /// Conversations or something in them (messages, ticks, modes) changed.
    Conversations {
        ids: Vec<Uuid>,
    },
    /// Conversations were read: their rows count less as new, and nothing in them changed.
    Read {
        ids: Vec<Uuid>,
    },
    Integration {
        id: Uuid,
    },
    /// Something came in or went out by an integration; what it is and may do is as before.
    IntegrationUsed {
        id: Uuid,
    },
    Chatbot {
        id: Uuid,
    },
    /// What somebody may do changed, or a way in of theirs ended: their streams ask at once whether they may go on.
    Person {
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

/// Up to where events were told when a page was about to be rendered: what comes after it, the page may not show yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told(pub String);

impl LiveEvent {
    /// A conversation or something in it changed.
    #[must_use]
    pub fn conversation(id: Uuid) -> Self {
        Self::Conversations { ids: vec![id] }
    }
}

/// An event as it is read. (For an enum with a tag serde would bring a second reader along, one for anything at all.)
#[derive(Deserialize)]
struct Flat {
    kind: String,
    #[serde(default)]
    id: Option<Uuid>,
    #[serde(default)]
    ids: Vec<Uuid>,
    #[serde(default)]
    run_id: Option<Uuid>,
    #[serde(default)]
    step: Option<Box<TestStep>>,
}

impl TryFrom<Flat> for LiveEvent {
    type Error = UnknownWord;

    fn try_from(flat: Flat) -> Result<Self, UnknownWord> {
        match (flat.kind.as_str(), flat.id, flat.run_id, flat.step) {
            ("conversations", ..) => Ok(Self::Conversations { ids: flat.ids }),
            ("read", ..) => Ok(Self::Read { ids: flat.ids }),
            ("integration", Some(id), ..) => Ok(Self::Integration { id }),
            ("integration_used", Some(id), ..) => Ok(Self::IntegrationUsed { id }),
            ("chatbot", Some(id), ..) => Ok(Self::Chatbot { id }),
            ("person", Some(id), ..) => Ok(Self::Person { id }),
            ("test_step", _, Some(run_id), Some(step)) => Ok(Self::TestStep { run_id, step }),
            ("resync", ..) => Ok(Self::Resync),
            _ => Err(UnknownWord(flat.kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::LiveEvent;
    use crate::domain::integration::{Check, StepStatus, TestStep};

    #[test]
    fn reads_what_it_writes() {
        let id = Uuid::from_u128(7);
        let step = TestStep {
            key: Check::Token,
            status: StepStatus::Ok,
            message: "In order.".to_owned(),
            action: None,
            remedy: None,
            problem: None,
            choices: Vec::new(),
            meta: None,
        };
        let events = [
            LiveEvent::conversation(id),
            LiveEvent::Read { ids: vec![id] },
            LiveEvent::Integration { id },
            LiveEvent::IntegrationUsed { id },
            LiveEvent::Chatbot { id },
            LiveEvent::Person { id },
            LiveEvent::TestStep { run_id: id, step: Box::new(step) },
            LiveEvent::Resync,
        ];
        for event in events {
            let json = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<LiveEvent>(&json).unwrap(), event);
        }
        assert_eq!(serde_json::to_string(&LiveEvent::Resync).unwrap(), r#"{"kind":"resync"}"#);
        assert!(serde_json::from_str::<LiveEvent>(r#"{"kind":"chatbot"}"#).is_err());
        assert!(serde_json::from_str::<LiveEvent>(r#"{"kind":"comet"}"#).is_err());
    }
}
