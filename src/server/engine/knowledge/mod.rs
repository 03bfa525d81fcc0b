//! The retrieval core of the `knowledge` engine: which of a chatbot's questions did the customer mean, if any?
//!
//! Three steps. [`text`] and [`analysis`] turn what was written into words that compare well across inflection,
//! diacritics and scripts. [`index`] asks tantivy for the entries that share words with it, misspelt ones included.
//! [`score`] then decides how sure we are. tantivy's own score cannot: BM25 ranks, but it has no scale on which
//! "good enough" could be read, and it does not mind what the customer asked besides the words it found.
//!
//! With 1,000 entries in a release build, a message takes 0.1 to 0.4 ms; 1 ms when the entries are in eight languages
//! and words are misspelt; 7 ms at worst, for 4,096 characters of nothing but typos. The entries take about 0.1 ms each to
//! index. What is read and looked up of a message is bounded, so longer text costs no more.
//!
//! What it cannot do: synonyms ("closing time" does not find "opening hours"), negation (that is heard before it is
//! asked), and Chinese written in the other of its two scripts. Another question with the same answer helps.
//!
//! Everything here is pure: no clock, no files, no threads. The same entries and the same text give the same answer.

mod analysis;
mod index;
mod language;
mod message;
mod score;
mod spelling;
mod stopwords;
#[cfg(test)]
mod tests;
mod text;

use std::collections::HashMap;

use analysis::{EntryWords, Vocabulary};
use index::Candidates;
use message::Message;
use score::{Profile, Scale};
pub(super) use text::fold;

/// Below it the chatbot says its fallback.
///
/// Just above what half of a sentence can reach however well the entry is covered, and below two thirds of it in an
/// entry that asks little else. The tests keep both sides away from it.
pub const CONFIDENCE_THRESHOLD: f32 = 0.51;

/// One question with its answer, as indexed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub question: String,
    pub answer: String,
}

/// The entry that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its place in the list that the index was built from.
    pub entry: usize,
    /// How sure we are, 0 to 1. 1 means: the same words.
    pub confidence: f32,
}

impl Hit {
    /// Whether the answer should be given.
    #[must_use]
    pub fn is_confident(&self) -> bool {
        self.confidence >= CONFIDENCE_THRESHOLD
    }
}

/// The index could not be built or read. It lives in memory, so this is a bug or a lack of memory.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    #[error("the knowledge index failed: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error("the word list of the knowledge index could not be read: {0}")]
    Words(#[from] std::io::Error),
}

/// A chatbot's questions, ready to be searched. Immutable: build a new one when they change.
pub struct KnowledgeIndex {
    entries: Vec<Entry>,
    vocabulary: Vocabulary,
    candidates: Candidates,
    profiles: Vec<Profile>,
    scale: Scale,
    /// The first entry asking in exactly these words.
    exact: HashMap<String, usize>,
}

impl KnowledgeIndex {
    /// Indexes the entries. Takes about 0.1 ms for each.
    pub fn build(entries: Vec<Entry>) -> Result<Self, KnowledgeError> {
        let (vocabulary, words) = Vocabulary::learn(&entries);
        let candidates = Candidates::build(&vocabulary, &words)?;
        let scale = Scale::measure(&words);
        let profiles = words.iter().map(|words| scale.profile(words)).collect();
        let mut exact = HashMap::new();
        for (at, EntryWords { plain, .. }) in words.into_iter().enumerate() {
            if !plain.is_empty() {
                exact.entry(plain).or_insert(at);
            }
        }
        Ok(Self { entries, vocabulary, candidates, profiles, scale, exact })
    }

    /// The best entry for what the customer wrote; none if nothing matches at all.
    pub fn find_best(&self, text: &str) -> Result<Option<Hit>, KnowledgeError> {
        let message = Message::read(text, &self.vocabulary);
        if let Some(entry) = self.exact.get(&message.plain) {
            return Ok(Some(Hit { entry: *entry, confidence: 1.0 }));
        }
        if message.words.is_empty() {
            return Ok(None);
        }
        let found = self.candidates.resolve(&message.words, &self.vocabulary)?;
        let asked = self.scale.asked(message, found);
        let mut best: Option<Hit> = None;
        for entry in self.candidates.search(&asked, &self.vocabulary)? {
            let Some(profile) = self.profiles.get(entry) else { continue };
            let confidence = asked.confidence(profile);
            let better = best.is_none_or(|best| {
                confidence > best.confidence || (confidence >= best.confidence && entry < best.entry)
            });
            if confidence > 0.0 && better {
                best = Some(Hit { entry, confidence });
            }
        }
        Ok(best)
    }

    /// The entry that asks in exactly these words.
    #[must_use]
    pub fn find_exact(&self, text: &str) -> Option<Hit> {
        let message = Message::read(text, &self.vocabulary);
        self.exact.get(&message.plain).map(|entry| Hit { entry: *entry, confidence: 1.0 })
    }

    /// The languages in Latin letters that the entries are in, as in `en`, most of them first.
    #[must_use]
    pub fn languages(&self) -> &[&'static str] {
        &self.vocabulary.ranked
    }

    /// An entry by its place.
    #[must_use]
    pub fn entry(&self, at: usize) -> Option<&Entry> {
        self.entries.get(at)
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is nothing to find.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
