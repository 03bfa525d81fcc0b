//! What produces a chatbot's answers. Engines know nothing of storage or channels: they get a turn and give a reply.

pub mod knowledge;

use std::sync::Arc;

use async_trait::async_trait;
use moka::future::Cache;
use uuid::Uuid;

use self::knowledge::{CONFIDENCE_THRESHOLD, Entry, KnowledgeError, KnowledgeIndex};
use crate::domain::conversation::HandOver;

#[derive(Clone, Debug, thiserror::Error)]
pub enum EngineError {
    #[error("the knowledge index could not be built or searched: {0}")]
    Knowledge(String),
    #[error("the engine was cut off")]
    CutOff,
    #[error("the engine took too long")]
    TimedOut,
    /// What it needs could not be read or made.
    #[error("the engine could not be loaded: {0}")]
    NotLoaded(String),
}

impl From<KnowledgeError> for EngineError {
    fn from(error: KnowledgeError) -> Self {
        Self::Knowledge(error.to_string())
    }
}

/// What the customer said (one message, or a burst of them), and how the conversation stands.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    pub text: String,
    /// The bot has said something before.
    pub greeted: bool,
    /// How often in a row it did not know the answer.
    pub misses: i64,
}

/// What becomes of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// An answer that fits.
    Answer,
    /// The fallback: no answer is known.
    Fallback,
    /// People go on from here.
    HandOver(HandOver),
}

/// What to say, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub decision: Decision,
    /// Said before the text. Empty: nothing.
    pub greeting: String,
    /// Empty: say nothing.
    pub text: String,
    /// The question it was found under; none for all but an answer.
    pub question: Option<String>,
    /// 0 to 1.
    pub confidence: f32,
}

/// After so many misses in a row people have to help: the same apology once more helps nobody.
const MISSES_MAX: i64 = 2;

impl Decision {
    /// What to do when no answer is known: an apology, or the second time people.
    #[must_use]
    pub const fn without_answer(misses: i64, why: HandOver) -> Self {
        if misses + 1 < MISSES_MAX { Self::Fallback } else { Self::HandOver(why) }
    }

    /// How often in a row no answer was known, once this is said.
    #[must_use]
    pub const fn misses(self, before: i64) -> i64 {
        match self {
            Self::Answer => 0,
            Self::Fallback => before + 1,
            // Whoever takes it begins anew.
            Self::HandOver(_) => 0,
        }
    }
}

/// Something that answers.
#[async_trait]
pub trait Engine: Send + Sync {
    /// The reply to a turn.
    ///
    /// # Errors
    /// When no reply could be made; the turn is then tried again.
    async fn reply(&self, turn: &Turn) -> Result<Reply, EngineError>;
}

/// A knowledge base as indexed, with the question texts to show.
pub struct Knowledge {
    index: KnowledgeIndex,
    entries: Vec<(String, String)>,
}

/// What a chatbot says besides its answers, in its owner's words.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    /// Said once, before the first answer. Empty: nothing.
    pub greeting: String,
    pub fallback: String,
    /// Said when people take over. Empty: [`HANDED_OVER`].
    pub person: String,
}

/// What the customer hears when people take over.
pub const HANDED_OVER: &str = "A colleague will answer you here.";

impl Phrases {
    /// What is said when no answer is known.
    #[must_use]
    pub fn without_answer(&self, turn: &Turn, why: HandOver) -> Reply {
        let decision = Decision::without_answer(turn.misses, why);
        let text = match decision {
            Decision::HandOver(_) if self.person.is_empty() => HANDED_OVER.to_owned(),
            Decision::HandOver(_) => self.person.clone(),
            _ => self.fallback.clone(),
        };
        let greeting = if turn.greeted { String::new() } else { self.greeting.clone() };
        Reply { decision, greeting, text, question: None, confidence: 0.0 }
    }
}

/// Answers from questions and answers kept in Parlance.
pub struct KnowledgeEngine {
    pub knowledge: Arc<Knowledge>,
    pub phrases: Phrases,
}

#[async_trait]
impl Engine for KnowledgeEngine {
    async fn reply(&self, turn: &Turn) -> Result<Reply, EngineError> {
        let hit = self.knowledge.index.find_best(&turn.text)?;
        let known = hit.and_then(|hit| self.knowledge.entries.get(hit.entry).map(|entry| (entry, hit.confidence)));
        Ok(match known {
            Some(((question, answer), confidence)) if confidence >= CONFIDENCE_THRESHOLD => Reply {
                decision: Decision::Answer,
                greeting: if turn.greeted { String::new() } else { self.phrases.greeting.clone() },
                text: answer.clone(),
                question: Some(question.clone()),
                confidence,
            },
            other => Reply {
                confidence: other.map_or(0.0, |(_, confidence)| confidence),
                ..self.phrases.without_answer(turn, HandOver::Missed)
            },
        })
    }
}

/// Indexes of knowledge bases, in memory, by chatbot and version: a changed base is a new key.
pub struct Engines {
    indexes: Cache<(Uuid, i64), Arc<Knowledge>>,
}

impl Engines {
    #[must_use]
    pub fn new() -> Self {
        Self { indexes: Cache::builder().max_capacity(1000).time_to_idle(std::time::Duration::from_secs(3600)).build() }
    }

    /// The index of a version that is in memory.
    pub async fn cached(&self, chatbot_id: Uuid, version: i64) -> Option<Arc<Knowledge>> {
        self.indexes.get(&(chatbot_id, version)).await
    }

    /// Builds the index of a version; several callers at once build it once.
    ///
    /// # Errors
    /// When it cannot be built.
    pub async fn build(
        &self,
        chatbot_id: Uuid,
        version: i64,
        entries: Vec<(String, String)>,
    ) -> Result<Arc<Knowledge>, EngineError> {
        let built = self.indexes.try_get_with((chatbot_id, version), async move {
            let build = move || {
                let indexed = entries
                    .iter()
                    .map(|(question, answer)| Entry { question: question.clone(), answer: answer.clone() })
                    .collect();
                Ok::<_, EngineError>(Arc::new(Knowledge { index: KnowledgeIndex::build(indexed)?, entries }))
            };
            tokio::task::spawn_blocking(build).await.map_err(|_| EngineError::CutOff)?
        });
        built.await.map_err(|e: Arc<EngineError>| EngineError::clone(&e))
    }
}

impl Default for Engines {
    fn default() -> Self {
        Self::new()
    }
}
