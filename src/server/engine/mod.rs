//! What produces a chatbot's answers. Engines know nothing of storage or channels: they get a turn and give a reply.

pub mod knowledge;
pub mod manners;
mod phrases;

use std::sync::Arc;

use async_trait::async_trait;
use moka::future::Cache;

pub use self::phrases::Phrases;
use self::{
    knowledge::{Entry, Hit, KnowledgeError, KnowledgeIndex},
    manners::{Heard, Known, Tongue, hear},
};
use crate::domain::{content::Content, conversation::HandOver, ids::ChatbotId};

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
    /// A greeting, thanks, a goodbye, an insult.
    SmallTalk,
    /// Nothing that wants an answer.
    Silence,
    /// The fallback: no answer is known.
    Fallback,
    /// People go on from here.
    HandOver(HandOver),
}

/// What to say, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    pub decision: Decision,
    /// What is said, in this order. Empty: nothing.
    pub contents: Vec<Content>,
    pub evidence: Evidence,
}

/// What a reply rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The question that it was found under; none for all but an answer.
    pub question: Option<String>,
    /// How sure the engine is that an answer fits, 0 to 1; without an answer, how sure it was of the best that it found.
    pub confidence: f32,
}

impl Reply {
    /// Nothing is said, and nothing is missing.
    #[must_use]
    pub const fn silence() -> Self {
        Self { decision: Decision::Silence, contents: Vec::new(), evidence: Evidence::sure() }
    }
}

impl Evidence {
    /// It needs no evidence.
    #[must_use]
    pub const fn sure() -> Self {
        Self { question: None, confidence: 1.0 }
    }

    /// No answer is known; the best that was found was so likely to fit.
    #[must_use]
    pub const fn of_none(confidence: f32) -> Self {
        Self { question: None, confidence }
    }
}

/// Texts that are said one after the other. What is empty is not said.
fn texts<'a>(said: impl IntoIterator<Item = &'a String>) -> Vec<Content> {
    said.into_iter().filter(|text| !text.is_empty()).map(Content::text).collect()
}

/// After this number of misses in a row a person has to help: the same apology once more helps nobody.
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
            Self::SmallTalk | Self::Silence => before,
            Self::Fallback => before + 1,
            // The person who takes it starts over.
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
    /// The languages that its entries are in.
    tongues: Vec<Tongue>,
}

/// What is left of the confidence in an entry for what somebody says they do not want.
const DENIED: f32 = 0.4;

impl Knowledge {
    /// Indexes questions with their answers.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn build(entries: Vec<(String, String)>) -> Result<Self, EngineError> {
        let indexed =
            entries.iter().map(|(question, answer)| Entry { question: question.clone(), answer: answer.clone() });
        let index = KnowledgeIndex::build(indexed.collect())?;
        let tongues = manners::tongues(entries.iter().map(|(question, _)| question.as_str()), index.languages());
        Ok(Self { index, entries, tongues })
    }

    /// The best entry for a text. What it says is not wanted is not asked for: "I don't want to pay".
    fn find(&self, text: &str) -> Result<Option<Hit>, EngineError> {
        let hit = self.index.find_best(text)?;
        let Some(rest) = manners::without_denials(text) else { return Ok(hit) };
        let denied = hit.map(|hit| {
            let speaks_of_it =
                self.entries.get(hit.entry).is_some_and(|(question, _)| manners::speaks_of_denial(question));
            Hit { confidence: if speaks_of_it { hit.confidence } else { hit.confidence * DENIED }, ..hit }
        });
        Ok(better(denied, self.index.find_best(&rest)?))
    }
}

fn better(one: Option<Hit>, other: Option<Hit>) -> Option<Hit> {
    let confidence = |hit: Option<Hit>| hit.map_or(0.0, |hit| hit.confidence);
    if confidence(other) > confidence(one) { other } else { one }
}

/// Answers from questions and answers kept in Parlance.
pub struct KnowledgeEngine {
    pub knowledge: Arc<Knowledge>,
    pub phrases: Phrases,
}

impl KnowledgeEngine {
    /// The answer of an entry, if it is sure enough.
    fn answer(&self, turn: &Turn, hit: Option<Hit>) -> Option<Reply> {
        let hit = hit.filter(Hit::is_confident)?;
        let (question, answer) = self.knowledge.entries.get(hit.entry)?;
        Some(Reply {
            decision: Decision::Answer,
            contents: texts(self.phrases.greeting_for(turn).into_iter().chain([answer])),
            evidence: Evidence { question: Some(question.clone()), confidence: hit.confidence },
        })
    }

    /// Whether an entry is about how to reach people: then it may answer who asks for them.
    fn is_about_people(&self, hit: Hit) -> bool {
        let question = self.knowledge.entries.get(hit.entry).map(|(question, _)| question.as_str());
        question.is_some_and(|question| matches!(hear(question, Known::default()), Heard::Person { .. }))
    }
}

#[async_trait]
impl Engine for KnowledgeEngine {
    async fn reply(&self, turn: &Turn) -> Result<Reply, EngineError> {
        let text = turn.text.as_str();
        // What the chatbot was taught in these very words comes before all manners.
        if let Some(answer) = self.answer(turn, self.knowledge.index.find_exact(text)) {
            return Ok(answer);
        }
        let known = Known { greeted: turn.greeted, name: &self.phrases.name, tongues: &self.knowledge.tongues };
        let (found, otherwise) = match hear(text, known) {
            Heard::Quiet => return Ok(Reply::silence()),
            Heard::Talk { talk, tongue, sure: true } => return Ok(self.phrases.talk(turn, talk, tongue)),
            Heard::Talk { talk, tongue, sure: false } => {
                (self.knowledge.find(text)?, self.phrases.talk(turn, talk, tongue))
            }
            Heard::Person { tongue } => {
                let found = self.knowledge.find(text)?.filter(|hit| self.is_about_people(*hit));
                (found, self.phrases.hand_over(HandOver::Asked, tongue))
            }
            Heard::Question { rest, or, tongue } => {
                let whole = self.knowledge.find(text)?;
                // "No" at the beginning may belong to what is not wanted: then nothing is taken off.
                let found = match rest.filter(|_| manners::without_denials(text).is_none()) {
                    Some(rest) => better(whole, self.knowledge.find(&rest)?),
                    None => whole,
                };
                let otherwise = match or {
                    Some((talk, tongue)) => self.phrases.talk(turn, talk, tongue),
                    None => Reply {
                        evidence: Evidence::of_none(found.map_or(0.0, |hit| hit.confidence)),
                        ..self.phrases.without_answer(turn, HandOver::Missed, tongue)
                    },
                };
                (found, otherwise)
            }
        };
        Ok(self.answer(turn, found).unwrap_or(otherwise))
    }
}

/// Indexes of knowledge bases, in memory, by chatbot and version: a changed base is a new key.
pub struct Engines {
    indexes: Cache<(ChatbotId, i64), Arc<Knowledge>>,
}

impl Engines {
    #[must_use]
    pub fn new() -> Self {
        Self { indexes: Cache::builder().max_capacity(1000).time_to_idle(std::time::Duration::from_secs(3600)).build() }
    }

    /// The index of a version that is in memory.
    pub async fn cached(&self, chatbot_id: ChatbotId, version: i64) -> Option<Arc<Knowledge>> {
        self.indexes.get(&(chatbot_id, version)).await
    }

    /// Builds the index of a version; several callers at once build it once.
    ///
    /// # Errors
    /// When it cannot be built.
    pub async fn build(
        &self,
        chatbot_id: ChatbotId,
        version: i64,
        entries: Vec<(String, String)>,
    ) -> Result<Arc<Knowledge>, EngineError> {
        let built = self.indexes.try_get_with((chatbot_id, version), async move {
            let build = move || Knowledge::build(entries).map(Arc::new);
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
