//! A chatbot and what it knows.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Millis, words::words};

words! {
    /// What produces a chatbot's answers.
    pub enum EngineKind {
        /// Questions and answers kept in Parlance.
        Knowledge = "knowledge",
    }
}

/// The most characters of a chatbot's or integration's name.
pub const NAME_MAX: usize = 100;
/// The most characters of a question.
pub const QUESTION_MAX: usize = 500;
/// The most characters of an answer, greeting or fallback: five WhatsApp messages.
pub const ANSWER_MAX: usize = 20_000;

/// What a new chatbot says when it knows no answer.
pub const DEFAULT_FALLBACK: &str =
    "Sorry, I do not know the answer to that. A colleague will look at your message as soon as possible.";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chatbot {
    pub id: Uuid,
    pub name: String,
    pub engine: EngineKind,
    /// Said once, before the first answer of a conversation. Empty: nothing.
    pub greeting: String,
    /// Said when no answer is known well enough.
    pub fallback: String,
    pub knowledge_count: i64,
    pub integration_count: i64,
    /// Whether visitors of a website may chat with it.
    pub web_active: bool,
    /// The address of its chat page, for when that is on.
    pub web_address: String,
    pub created_at: Millis,
    pub updated_at: Millis,
}

/// One question with its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnowledgeItem {
    pub id: Uuid,
    pub chatbot_id: Uuid,
    pub question: String,
    pub answer: String,
    pub updated_at: Millis,
}

/// What a chatbot would say, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TryAnswer {
    /// The answer as a customer would read it.
    pub answer: String,
    /// The question it was found under; none when it is the fallback.
    pub question: Option<String>,
    /// How sure the engine is, 0 to 1.
    pub confidence: f32,
}
