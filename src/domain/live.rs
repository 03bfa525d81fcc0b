//! What changed, as told to open pages.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ids::{ChatbotId, ConversationId, IntegrationId, UserId},
    integration::TestStep,
    words::UnknownWord,
};

/// One live event: what to look at again, not the content itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Flat")]
pub enum LiveEvent {
    /// Conversations or something in them (messages, ticks, modes) changed.
    Conversations {
        ids: Vec<ConversationId>,
    },
    /// Notes were written in conversations: nothing that anybody outside could see.
    Notes {
        ids: Vec<ConversationId>,
    },
    /// Conversations were read: their rows count less as new, and nothing in them changed.
    Read {
        ids: Vec<ConversationId>,
    },
    Integration {
        id: IntegrationId,
    },
    /// Something came in or went out by an integration; what it is and may do is as before.
    IntegrationUsed {
        id: IntegrationId,
    },
    Chatbot {
        id: ChatbotId,
    },
    /// Labels were made, changed or deleted: they may be anywhere.
    Labels,
    /// Who somebody is here, or what they may do, changed: their streams ask at once whether they may go on.
    Person {
        id: UserId,
    },
    /// What the workspace demands of those who work in it may have changed: all streams ask whether they may go on.
    Workspace,
    /// A step of a connection test is done. The one exception that carries its content: there is nothing to ask for again,
    /// and a step holds no secret and no whole number.
    TestStep {
        /// Chosen by the client that started the test.
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
    pub fn conversation(id: ConversationId) -> Self {
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
    ids: Vec<ConversationId>,
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
            ("notes", ..) => Ok(Self::Notes { ids: flat.ids }),
            ("read", ..) => Ok(Self::Read { ids: flat.ids }),
            ("integration", Some(id), ..) => Ok(Self::Integration { id: id.into() }),
            ("integration_used", Some(id), ..) => Ok(Self::IntegrationUsed { id: id.into() }),
            ("chatbot", Some(id), ..) => Ok(Self::Chatbot { id: id.into() }),
            ("person", Some(id), ..) => Ok(Self::Person { id: id.into() }),
            ("labels", ..) => Ok(Self::Labels),
            ("test_step", _, Some(run_id), Some(step)) => Ok(Self::TestStep { run_id, step }),
            ("workspace", ..) => Ok(Self::Workspace),
            ("resync", ..) => Ok(Self::Resync),
            _ => Err(UnknownWord(flat.kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::LiveEvent;
    use crate::domain::{
        ids::{ChatbotId, ConversationId, IntegrationId, UserId},
        integration::{Check, StepStatus, TestStep},
    };

    #[test]
    fn reads_what_it_writes() {
        let id = ConversationId::from_u128(7);
        let integration_id = IntegrationId::from_u128(8);
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
            LiveEvent::Notes { ids: vec![id] },
            LiveEvent::Integration { id: integration_id },
            LiveEvent::IntegrationUsed { id: integration_id },
            LiveEvent::Chatbot { id: ChatbotId::from_u128(9) },
            LiveEvent::Person { id: UserId::from_u128(10) },
            LiveEvent::Workspace,
            LiveEvent::TestStep { run_id: Uuid::from_u128(11), step: Box::new(step) },
            LiveEvent::Labels,
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
