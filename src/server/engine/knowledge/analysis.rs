//! Entries into comparable words, whatever language they are in.
//!
//! Nobody is asked for a language. A question alone is too short to tell it, but an entry has an answer too, and in
//! whole sentences the stop words give it away. So each entry gets one language, and its words are indexed under a
//! key of that language and their stem. A customer's word is stemmed in every language that the chatbot's entries
//! use (mostly one, [`LANGUAGES_MAX`] at most) and so meets each entry on that entry's terms; which language the
//! customer writes is asked only to know the stop words. A word that is spelt as in the entry always meets it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    Entry,
    language::{Language, Languages, Votes},
    stopwords::{is_question_word, stop_languages},
    text::{Script, Token, fold, tokenize},
};

/// Stands for a key of the index.
pub(super) type KeyId = u32;

/// Languages in Latin letters that one index tells apart. Entries in still others fall to the likeliest of these.
const LANGUAGES_MAX: usize = 10;
/// Tokens that are read of a question and of an answer.
const QUESTION_TOKENS: usize = 256;
const ANSWER_TOKENS: usize = 1_500;

/// A word of an entry's question that carries meaning.
#[derive(Debug)]
pub(super) struct Word {
    pub(super) keys: Vec<KeyId>,
    pub(super) kind: Kind,
}

/// How much a word can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// What the question is about.
    Content,
    /// An n-gram of hiragana: an ending more often than a word.
    Ending,
    /// "When", "where": what is asked about it. Never enough by itself.
    Asking,
}

impl Kind {
    pub(super) fn of(token: &Token, stop: bool) -> Self {
        match token.script {
            _ if stop => Self::Asking,
            Script::Hiragana => Self::Ending,
            _ => Self::Content,
        }
    }
}

/// What is compared of an entry.
#[derive(Debug)]
pub(super) struct EntryWords {
    /// The question's tokens, stop words too, as one string.
    pub(super) plain: String,
    /// The same as sorted numbers.
    pub(super) tokens: Vec<u32>,
    pub(super) question: Vec<Word>,
    /// The answer's words, sorted.
    pub(super) answer: Vec<KeyId>,
}

/// The words that a chatbot knows.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// The languages of the entries that are written in Latin letters.
    pub(super) languages: Languages,
    /// Their codes, those of most entries first.
    pub(super) ranked: Vec<&'static str>,
    keys: HashMap<String, KeyId>,
    names: Vec<String>,
    tokens: HashMap<String, u32>,
    /// How the questions' words are spelt, and their stems, with the keys that each stands for.
    spellings: BTreeMap<String, Vec<KeyId>>,
}

impl Vocabulary {
    /// Reads the entries.
    pub(super) fn learn(entries: &[Entry]) -> (Self, Vec<EntryWords>) {
        let read: Vec<_> = entries.iter().map(Read::entry).collect();
        let mut all = Votes::default();
        for read in &read {
            read.votes.winners(|_| true).iter().for_each(|language| all.add(language, 1));
        }
        let mut ranked: Vec<Language> = Language::ALL.iter().copied().filter(|l| all.of(*l) > 0).collect();
        ranked.sort_by_key(|language| std::cmp::Reverse(all.of(*language)));
        ranked.truncate(LANGUAGES_MAX);
        let main = ranked.first().copied().unwrap_or(Language::English);
        let mut vocabulary = Self { ranked: ranked.iter().filter_map(|l| l.code()).collect(), ..Self::default() };
        let words = read
            .iter()
            .map(|read| {
                let winners = read.votes.winners(|language| ranked.contains(&language));
                // Between equals, the one that more of the other entries are in.
                let language = ranked.iter().copied().find(|l| winners.contains(*l)).unwrap_or(main);
                vocabulary.languages.insert(language);
                vocabulary.add(read, language)
            })
            .collect();
        (vocabulary, words)
    }

    fn add(&mut self, read: &Read, language: Language) -> EntryWords {
        let mut question = Vec::new();
        let mut seen = HashSet::new();
        for token in &read.question {
            let stop = is_stop(token, language);
            if (stop && !is_question_word(&token.folded)) || !seen.insert(&token.folded) {
                continue;
            }
            let mut spellings = vec![token.folded.clone()];
            let mut keys = Vec::new();
            for key in keys_of(token, language) {
                spellings.extend(key.get(1..).map(str::to_owned));
                keys.push(self.key(key));
            }
            if !stop && !token.gram && token.script != Script::Digit {
                for spelling in spellings {
                    let known = self.spellings.entry(spelling).or_default();
                    known.extend(keys.iter().copied().filter(|key| !known.contains(key)).collect::<Vec<_>>());
                }
            }
            question.push(Word { keys, kind: Kind::of(token, stop) });
        }
        let said = read.answer.iter().filter(|token| !is_stop(token, language));
        let said: HashSet<String> = said.flat_map(|token| keys_of(token, language)).collect();
        let mut answer: Vec<KeyId> = said.into_iter().map(|key| self.key(key)).collect();
        answer.sort_unstable();
        let mut tokens = Vec::new();
        for token in &read.question {
            let next = u32::try_from(self.tokens.len()).unwrap_or(u32::MAX);
            tokens.push(*self.tokens.entry(token.folded.clone()).or_insert(next));
        }
        tokens.sort_unstable();
        EntryWords { plain: plain(&read.question), tokens, question, answer }
    }

    fn key(&mut self, name: String) -> KeyId {
        let next = KeyId::try_from(self.names.len()).unwrap_or(KeyId::MAX);
        *self.keys.entry(name).or_insert_with_key(|name| {
            self.names.push(name.clone());
            next
        })
    }

    /// The key of this name, if some entry has it.
    pub(super) fn known(&self, name: &str) -> Option<KeyId> {
        self.keys.get(name).copied()
    }

    /// The number of a token, if some question has it.
    pub(super) fn token(&self, folded: &str) -> Option<u32> {
        self.tokens.get(folded).copied()
    }

    /// A key as the index has it.
    pub(super) fn name(&self, key: KeyId) -> &str {
        self.names.get(key as usize).map_or("", String::as_str)
    }

    /// The keys that a spelling stands for.
    pub(super) fn spelt(&self, spelling: &str) -> &[KeyId] {
        self.spellings.get(spelling).map_or(&[], Vec::as_slice)
    }

    /// How the questions' words and their stems are spelt.
    pub(super) fn spellings(&self) -> impl Iterator<Item = (&str, &[KeyId])> {
        self.spellings.iter().map(|(spelling, keys)| (spelling.as_str(), keys.as_slice()))
    }

    /// Whether words of some entry are written together.
    pub(super) fn compounds(&self) -> bool {
        self.languages.iter().any(Language::compounds)
    }
}

/// Whether a word means nothing in an entry or message of this language.
fn is_stop(token: &Token, language: Language) -> bool {
    let language = Language::of_script(token.script).unwrap_or(language);
    token.stop || is_letter(token) || stop_languages(&token.folded).contains(language)
}

/// A single Latin letter: mostly what an apostrophe left over.
pub(super) fn is_letter(token: &Token) -> bool {
    token.script == Script::Latin && token.folded.len() == 1
}

/// What a word is indexed under: its stem behind the letter of its language. Two if the stem depends on diacritics,
/// because customers leave them out.
pub(super) fn keys_of(token: &Token, language: Language) -> Vec<String> {
    let language = match token.script {
        _ if token.gram => None,
        Script::Latin => Some(language),
        script => Language::of_script(script),
    };
    let Some(language) = language else { return vec![format!("*{}", token.folded)] };
    let key = |stem: &str| format!("{}{}", language.letter(), fold(stem));
    let mut keys = vec![key(&language.stem(&token.lower))];
    if token.folded != token.lower {
        let folded = key(&language.stem(&token.folded));
        if !keys.contains(&folded) {
            keys.push(folded);
        }
    }
    keys
}

/// All tokens as one string. Equal strings: the same was asked.
pub(super) fn plain(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.folded.as_str()).collect::<Vec<_>>().join(" ")
}

/// An entry cut into tokens.
struct Read {
    question: Vec<Token>,
    answer: Vec<Token>,
    votes: Votes,
}

impl Read {
    fn entry(entry: &Entry) -> Self {
        let question = tokenize(&entry.question, QUESTION_TOKENS).tokens;
        let answer = tokenize(&entry.answer, ANSWER_TOKENS).tokens;
        let mut votes = Votes::default();
        question.iter().chain(&answer).for_each(|token| votes.count(stop_languages(&token.folded)));
        Self { question, answer, votes }
    }
}
