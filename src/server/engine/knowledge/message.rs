//! A customer's message into words to look up. What is looked up is bounded, whatever the message holds.

use std::collections::{HashMap, HashSet};

use super::{
    analysis::{KeyId, Kind, Vocabulary, is_letter, keys_of, plain},
    language::{Language, Votes},
    stopwords::{is_question_word, stop_languages},
    text::{Script, Token, tokenize},
};

/// Tokens that are read.
const TOKENS_MAX: usize = 512;
/// Different words that are looked up.
const WORDS_MAX: usize = 48;
/// Sentences that are weighed on their own.
const SENTENCES_MAX: usize = 8;

/// A word of a message that carries meaning.
#[derive(Debug)]
pub(super) struct MessageWord {
    /// Those that some entry has.
    pub(super) keys: Vec<KeyId>,
    /// How it is spelt, then its stems: where to look when it is misspelt. Empty if that makes no sense for it.
    pub(super) spellings: Vec<String>,
    pub(super) kind: Kind,
    /// A number, or with one in it: an order number, a date, a model.
    pub(super) digits: bool,
}

/// A sentence of a message.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    /// Its words that carry meaning, as places in [`Message::words`].
    pub(super) words: Vec<usize>,
    /// All its tokens that some question has, sorted.
    pub(super) tokens: Vec<u32>,
    /// How many tokens it has.
    pub(super) length: usize,
    pub(super) asking: bool,
}

/// What the customer wrote.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) plain: String,
    pub(super) words: Vec<MessageWord>,
    /// Those that carry meaning.
    pub(super) sentences: Vec<Sentence>,
    /// Words that were too many.
    pub(super) dropped: usize,
}

impl Message {
    /// Reads a message.
    pub(super) fn read(text: &str, vocabulary: &Vocabulary) -> Self {
        let found = tokenize(text, TOKENS_MAX);
        let mut votes = Votes::default();
        found.tokens.iter().for_each(|token| votes.count(stop_languages(&token.folded)));
        let winners = votes.winners(|language| vocabulary.languages.contains(language));
        let stop = |token: &Token| {
            token.stop
                || is_letter(token)
                || match Language::of_script(token.script) {
                    Some(language) => stop_languages(&token.folded).contains(language),
                    None => stop_languages(&token.folded).intersects(winners),
                }
        };
        // "car" means "because" in French. Alone, it is more likely the English car, if the entries are English too.
        let all_stop = found.tokens.iter().all(stop);
        let mut message = Self { plain: plain(&found.tokens), ..Self::default() };
        let mut known = HashMap::<&str, usize>::new();
        let sentences = found.tokens.chunk_by(|a, b| a.sentence == b.sentence);
        let mut sentences: Vec<_> = sentences
            .map(|tokens| (tokens.first().is_some_and(|t| found.asking.contains(&t.sentence)), tokens))
            .collect();
        sentences.sort_by_key(|(asking, _)| !asking);
        for (asking, tokens) in sentences {
            let mut sentence = Sentence { asking, length: tokens.len(), ..Sentence::default() };
            sentence.tokens.extend(tokens.iter().filter_map(|token| vocabulary.token(&token.folded)));
            sentence.tokens.sort_unstable();
            for token in tokens {
                let stop = !all_stop && stop(token);
                if stop && !is_question_word(&token.folded) {
                    continue;
                }
                let next = message.words.len();
                let at = match known.get(token.folded.as_str()) {
                    Some(at) => *at,
                    None if next >= WORDS_MAX || message.sentences.len() >= SENTENCES_MAX => {
                        message.dropped += 1;
                        continue;
                    }
                    None => {
                        let Some(word) = MessageWord::read(token, vocabulary, all_stop, Kind::of(token, stop)) else {
                            continue;
                        };
                        message.words.push(word);
                        known.insert(&token.folded, next);
                        next
                    }
                };
                if !sentence.words.contains(&at) {
                    sentence.words.push(at);
                }
            }
            if !sentence.words.is_empty() && message.sentences.len() < SENTENCES_MAX {
                message.sentences.push(sentence);
            }
        }
        message
    }
}

impl MessageWord {
    /// None if `strict` and it is a stop word of every language it could be of.
    fn read(token: &Token, vocabulary: &Vocabulary, strict: bool, kind: Kind) -> Option<Self> {
        let mut languages: Vec<Language> = vocabulary.languages.iter().collect();
        if strict {
            if token.stop || is_letter(token) || token.script != Script::Latin {
                return None;
            }
            languages.retain(|language| !stop_languages(&token.folded).contains(*language));
        }
        if token.script != Script::Latin {
            languages = vec![Language::English];
        }
        let names: HashSet<String> = languages.into_iter().flat_map(|language| keys_of(token, language)).collect();
        if names.is_empty() {
            return None;
        }
        let mut keys: Vec<KeyId> = names.iter().filter_map(|name| vocabulary.known(name)).collect();
        keys.sort_unstable();
        let mut spellings = Vec::new();
        let digits = token.folded.chars().any(char::is_numeric);
        if keys.is_empty() && kind == Kind::Content && !token.gram && !digits {
            spellings.extend(names.iter().filter_map(|name| name.get(1..)).map(str::to_owned));
            spellings.retain(|stem| *stem != token.folded);
            spellings.sort_unstable();
            spellings.dedup();
            spellings.insert(0, token.folded.clone());
        }
        Some(Self { keys, spellings, kind, digits })
    }
}
