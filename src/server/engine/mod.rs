//! What produces a chatbot's answers. Engines know nothing of storage or channels: they get a turn and give a reply.

pub mod knowledge;

use std::sync::Arc;

use async_trait::async_trait;
use moka::future::Cache;
use uuid::Uuid;

use self::knowledge::{CONFIDENCE_THRESHOLD, Entry, KnowledgeError, KnowledgeIndex};

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

/// What the customer said: one message, or a burst of them.
#[derive(Clone, Debug)]
pub struct Turn {
    pub text: String,
}

/// What to say, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// Empty: say nothing.
    pub text: String,
    /// The question it was found under; none for the fallback.
    pub question: Option<String>,
    /// 0 to 1.
    pub confidence: f32,
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

/// Answers from questions and answers kept in Parlance.
pub struct KnowledgeEngine {
    pub knowledge: Arc<Knowledge>,
    pub fallback: String,
}

#[async_trait]
impl Engine for KnowledgeEngine {
    async fn reply(&self, turn: &Turn) -> Result<Reply, EngineError> {
        let hit = self.knowledge.index.find_best(&turn.text)?;
        let known = hit.and_then(|hit| self.knowledge.entries.get(hit.entry).map(|entry| (entry, hit.confidence)));
        Ok(match known {
            Some(((question, answer), confidence)) if confidence >= CONFIDENCE_THRESHOLD => {
                Reply { text: answer.clone(), question: Some(question.clone()), confidence }
            }
            other => Reply {
                text: self.fallback.clone(),
                question: None,
                confidence: other.map_or(0.0, |(_, confidence)| confidence),
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
