//! What changed, as told to open pages.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::words::UnknownWord;

/// One live event: what to look at again, never the content itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Flat")]
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

/// An event as it is read. (For an enum with a tag serde would bring a second reader along, one for anything at all.)
#[derive(Deserialize)]
struct Flat {
    kind: String,
    #[serde(default)]
    id: Option<Uuid>,
}

impl TryFrom<Flat> for LiveEvent {
    type Error = UnknownWord;

    fn try_from(flat: Flat) -> Result<Self, UnknownWord> {
        match (flat.kind.as_str(), flat.id) {
            ("conversation", Some(id)) => Ok(Self::Conversation { id }),
            ("integration", Some(id)) => Ok(Self::Integration { id }),
            ("chatbot", Some(id)) => Ok(Self::Chatbot { id }),
            ("resync", _) => Ok(Self::Resync),
            _ => Err(UnknownWord(flat.kind)),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::LiveEvent;

    #[test]
    fn reads_what_it_writes() {
        let id = Uuid::from_u128(7);
        let events = [
            LiveEvent::Conversation { id },
            LiveEvent::Integration { id },
            LiveEvent::Chatbot { id },
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
