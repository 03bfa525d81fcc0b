//! A chatbot and what it knows.

use serde::{Deserialize, Serialize};

use super::{
    Millis,
    content::Content,
    conversation::HandOver,
    ids::{ChatbotId, IntegrationId, KnowledgeItemId},
    words::words,
};

words! {
    /// What produces a chatbot's answers.
    pub enum EngineKind {
        /// Questions and answers kept in Parlance.
        Knowledge = "knowledge";
        else Newer
    }
}

/// The most characters of a chatbot's or integration's name.
pub const NAME_MAX: usize = 100;
/// The most characters of a question.
pub const QUESTION_MAX: usize = 500;
/// The most characters of an answer, greeting or fallback: five messages.
pub const ANSWER_MAX: usize = 20_000;

/// What a new chatbot says when it knows no answer.
pub const DEFAULT_FALLBACK: &str =
    "Sorry, I do not know the answer to that. Please put it in other words, or ask for a person.";

/// What a chatbot says to small talk and when people take over, in its owner's words. Empty: the built-in words, in the
/// customer's language. A dash: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmallTalk {
    /// To a greeting, once the chatbot's own was said.
    pub hello: String,
    pub thanks: String,
    pub goodbye: String,
    /// To an insult; it should offer a person.
    pub insult: String,
    /// When people take over.
    pub person: String,
}

/// What is to change of a chatbot; what is none stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatbotFields {
    pub name: Option<String>,
    pub greeting: Option<String>,
    pub fallback: Option<String>,
    pub hello: Option<String>,
    pub thanks: Option<String>,
    pub goodbye: Option<String>,
    pub insult: Option<String>,
    pub person: Option<String>,
    pub idle_minutes: Option<i64>,
}

/// After how many minutes without a person's word a new chatbot has a conversation again: half a day. It outlasts the pauses
/// of a working day, and leaves enough of the 24-hour window for the bot to answer what nobody did.
pub const DEFAULT_IDLE_MINUTES: i64 = 12 * 60;
/// The longest idle time: 30 days.
pub const IDLE_MINUTES_MAX: i64 = 30 * 24 * 60;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chatbot {
    pub id: ChatbotId,
    pub name: String,
    pub engine: EngineKind,
    /// Said once, before the first answer of a conversation. Empty: nothing.
    pub greeting: String,
    /// Said when no answer is known well enough; the second time in a row people take over.
    pub fallback: String,
    pub small_talk: SmallTalk,
    /// After how many minutes without a person's word it has a conversation again that people have taken; 0: never.
    pub idle_minutes: i64,
    pub knowledge_count: i64,
    pub integration_count: i64,
    /// Its integration with the website.
    pub web_integration_id: Option<IntegrationId>,
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
    pub id: KnowledgeItemId,
    pub chatbot_id: ChatbotId,
    pub question: String,
    pub answer: String,
    pub updated_at: Millis,
}

words! {
    /// What a chatbot makes of a message.
    pub enum Outcome {
        /// An answer that fits.
        Answer = "answer",
        /// A greeting, thanks, a goodbye, an insult.
        SmallTalk = "small_talk",
        /// Nothing that wants an answer: ok, laughter, emoji.
        Silence = "silence",
        /// No answer is known.
        Fallback = "fallback",
        /// People go on from here.
        HandOver = "hand_over",
    }
}

/// What a chatbot would say, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TryAnswer {
    pub outcome: Outcome,
    /// Why people take over, if they do.
    pub reason: Option<HandOver>,
    /// What is said, message by message: the greeting, once, and the answer. Empty: nothing.
    pub contents: Vec<Content>,
    /// The question it was found under; none for all but an answer.
    pub question: Option<String>,
    /// How sure the engine is that an answer fits, 0 to 1; for the fallback, how sure it was of the best that it found.
    pub confidence: f32,
    /// How often in a row no answer was known by now: give it back with the next question.
    pub misses: i64,
}
