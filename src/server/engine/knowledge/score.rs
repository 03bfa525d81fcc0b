//! How sure we are that an entry answers a message.
//!
//! A wrong answer is worse than none, so two things are asked, not one. How much of what the customer asked does the
//! entry speak of? An unknown word is a sign that it does not: "What are your bank details?" shares most of its words
//! with "What are your opening hours?". And how much of what the entry answers was asked? "Delivery?" may be answered
//! with the entry on delivery costs, but an entry of eight words is not meant by one of them. The first counts in full,
//! the second is damped, because customers are brief:
//!
//! > confidence = asked share × entry share ^ [`ENTRY_EXPONENT`], times almost 1 for the words in between
//!
//! Both shares are weighed: a word that many entries have tells little, so it counts less, on the logarithmic scale
//! that search engines use. Unlike theirs, the weight of an unknown word is that of an average one: rarer than all
//! others it would drown what was found. Stop words bring nothing together; what they add is a preference between
//! entries that would be equal: question words as words of little weight, the others by how alike the whole wording is.
//!
//! People also ask in the words of the answer: "can I use PayPal?". So what they ask is looked for in question and answer
//! together, too. There it takes more: all words count in full against it, one word alone is never enough, and it stays behind
//! what the questions give ([`ANSWER_CEILING`]): they say what an entry is about, answers mention much.
//!
//! A message may tell a story around its question, so each sentence is weighed alone as well, and loses by the share of
//! the message that it leaves out.

use super::{
    analysis::{EntryWords, KeyId, Kind, Word},
    message::{Message, MessageWord, Sentence},
    spelling::Match,
};

/// How much the share of the entry's words matters. 0: not at all, 1: as much as that of the message's words.
const ENTRY_EXPONENT: f32 = 0.35;
/// What a word counts that only the answer has. Answers mention much that they are not about.
const ANSWER_TRUST: f32 = 0.6;
/// The most that question and answer together give.
const ANSWER_CEILING: f32 = 0.87;
/// What a word counts there that only the answer has.
const ANSWER_WORD: f32 = 0.97;
/// So many words of average weight are evidence enough, however long the answer is.
const ANSWER_ENOUGH: f32 = 3.0;
/// How much a lack of such evidence matters, and a word that neither has.
const ANSWER_EXPONENT: f32 = 0.6;
const STRANGE_EXPONENT: f32 = 1.3;
/// How much the likeness of all words, stop words included, can take away.
const WORDING: f32 = 0.08;
/// What a sentence keeps of its confidence, however much is said around it; more if it is a question.
const SENTENCE_KEEPS: f32 = 0.6;
const QUESTION_KEEPS: f32 = 0.8;
/// What an unknown number counts. It is an order's or a date more often than what the question is about.
const NUMBER_WEIGHT: f32 = 0.25;
/// What endings and question words count.
const ENDING_WEIGHT: f32 = 0.3;
const ASKING_WEIGHT: f32 = 0.3;

/// How much the words of a chatbot's entries tell.
#[derive(Debug)]
pub(super) struct Scale {
    entries: f32,
    /// In how many entries each key occurs.
    spread: Vec<u32>,
    /// The weight of a word that no entry has.
    unknown: f32,
}

/// What an entry is scored by.
#[derive(Debug)]
pub(super) struct Profile {
    question: Vec<(Vec<KeyId>, f32)>,
    answer: Vec<KeyId>,
    /// What has to be said of question and answer to be sure that they are meant.
    enough: f32,
    tokens: Vec<u32>,
}

impl Scale {
    pub(super) fn measure(entries: &[EntryWords]) -> Self {
        let mut spread = Vec::new();
        for entry in entries {
            let question = entry.question.iter().flat_map(|word| &word.keys);
            let mut keys: Vec<KeyId> = question.chain(&entry.answer).copied().collect();
            keys.sort_unstable();
            keys.dedup();
            for key in keys {
                let key = key as usize;
                if spread.len() <= key {
                    spread.resize(key + 1, 0);
                }
                if let Some(count) = spread.get_mut(key) {
                    *count += 1;
                }
            }
        }
        let mut scale = Self { entries: entries.len() as f32, spread, unknown: 1.0 };
        let words = entries.iter().flat_map(|entry| &entry.question);
        let weights: Vec<f32> = words.map(|word| scale.weight(word.keys.iter().copied())).collect();
        if !weights.is_empty() {
            scale.unknown = weights.iter().sum::<f32>() / weights.len() as f32;
        }
        scale
    }

    /// The weight of a word: that of its commonest key.
    fn weight(&self, keys: impl Iterator<Item = KeyId>) -> f32 {
        let spread = keys.filter_map(|key| self.spread.get(key as usize)).max().copied().unwrap_or(0);
        (1.0 + (self.entries + 1.0) / (spread as f32 + 1.0)).ln()
    }

    pub(super) fn profile(&self, entry: &EntryWords) -> Profile {
        let word = |word: &Word| (word.keys.clone(), self.weight(word.keys.iter().copied()) * kind_weight(word.kind));
        let question: Vec<_> = entry.question.iter().map(word).collect();
        let all = question.iter().map(|(_, weight)| *weight).sum::<f32>()
            + entry.answer.iter().map(|key| self.weight(std::iter::once(*key))).sum::<f32>();
        Profile {
            question,
            answer: entry.answer.clone(),
            enough: all.min(self.unknown * ANSWER_ENOUGH),
            tokens: entry.tokens.clone(),
        }
    }

    /// Weighs the words of a message, given what each may stand for.
    pub(super) fn asked(&self, message: Message, found: Vec<Vec<Match>>) -> Asked {
        // A word in hiragana counts in full where no other is: "おすすめは?".
        let content = message.words.iter().any(|word| word.kind == Kind::Content);
        let solid = if content { Kind::Content } else { Kind::Ending };
        let weigh = |(word, matches): (&MessageWord, Vec<Match>)| {
            let best = matches.iter().map(|(_, trust)| *trust).fold(0.0, f32::max);
            let weight = if matches.is_empty() {
                self.unknown * if word.digits { NUMBER_WEIGHT } else { 1.0 }
            } else {
                self.weight(matches.iter().filter(|(_, trust)| *trust >= best).map(|(key, _)| *key))
            };
            AskedWord { weight: weight * kind_weight(word.kind), solid: word.kind == solid, matches }
        };
        let words: Vec<AskedWord> = message.words.iter().zip(found).map(weigh).collect();
        let all = words.iter().map(|word| word.weight).sum::<f32>() + message.dropped as f32 * self.unknown;
        Asked { words, sentences: message.sentences, all }
    }
}

fn kind_weight(kind: Kind) -> f32 {
    match kind {
        Kind::Content => 1.0,
        Kind::Ending => ENDING_WEIGHT,
        Kind::Asking => ASKING_WEIGHT,
    }
}

/// A word of the message.
struct AskedWord {
    weight: f32,
    /// Can bring an entry up by itself.
    solid: bool,
    matches: Vec<Match>,
}

impl AskedWord {
    /// How surely it is one of these.
    fn trust(&self, keys: &[KeyId]) -> f32 {
        self.matches.iter().filter(|(key, _)| keys.contains(key)).map(|(_, trust)| *trust).fold(0.0, f32::max)
    }

    fn answer_trust(&self, keys: &[KeyId]) -> f32 {
        let known = self.matches.iter().filter(|(key, _)| keys.binary_search(key).is_ok());
        known.map(|(_, trust)| *trust).fold(0.0, f32::max)
    }
}

/// A message, weighed.
pub(super) struct Asked {
    words: Vec<AskedWord>,
    sentences: Vec<Sentence>,
    /// The weight of all its words.
    all: f32,
}

impl Asked {
    /// Every key that a word may stand for, with its trust.
    pub(super) fn matches(&self) -> impl Iterator<Item = Match> {
        self.words.iter().flat_map(|word| word.matches.iter().copied())
    }

    /// How surely the entry is meant, 0 to 1.
    pub(super) fn confidence(&self, entry: &Profile) -> f32 {
        let trusts: Vec<Vec<f32>> =
            self.words.iter().map(|word| entry.question.iter().map(|(keys, _)| word.trust(keys)).collect()).collect();
        let everything: Vec<usize> = (0..self.words.len()).collect();
        let tokens: Vec<u32> = self.sentences.iter().flat_map(|sentence| sentence.tokens.iter().copied()).collect();
        let length = self.sentences.iter().map(|sentence| sentence.length).sum();
        let mut best = self.part(&everything, self.all, &trusts, entry) * wording(tokens, length, &entry.tokens);
        if self.sentences.len() > 1 {
            for sentence in &self.sentences {
                let weight: f32 =
                    sentence.words.iter().filter_map(|at| self.words.get(*at)).map(|word| word.weight).sum();
                let keeps = if sentence.asking { QUESTION_KEEPS } else { SENTENCE_KEEPS };
                let alone = self.part(&sentence.words, weight, &trusts, entry)
                    * wording(sentence.tokens.clone(), sentence.length, &entry.tokens)
                    * (keeps + (1.0 - keeps) * weight / self.all.max(weight));
                best = best.max(alone);
            }
        }
        best.clamp(0.0, 1.0)
    }

    /// The confidence that some of the words give.
    fn part(&self, words: &[usize], weight: f32, trusts: &[Vec<f32>], entry: &Profile) -> f32 {
        let mut found = 0.0;
        // In question and answer together: what was asked, what of it was found, and whether that can mean anything.
        let (mut asked, mut told, mut telling) = (0.0, 0.0, false);
        let mut met = vec![0.0_f32; entry.question.len()];
        let mut solid = false;
        for at in words {
            let (Some(word), Some(trusts)) = (self.words.get(*at), trusts.get(*at)) else { continue };
            let mut best = 0.0_f32;
            for (met, trust) in met.iter_mut().zip(trusts) {
                *met = met.max(*trust);
                best = best.max(*trust);
            }
            solid |= word.solid && best > 0.0;
            let answered = word.answer_trust(&entry.answer);
            telling |= word.solid && best.max(answered) > 0.0;
            asked += word.weight;
            told += word.weight * best.max(answered * ANSWER_WORD);
            found += word.weight * best.max(answered * ANSWER_TRUST);
        }
        let together = if telling && entry.enough > 0.0 && asked > 0.0 {
            ANSWER_CEILING
                * (told / asked).powf(STRANGE_EXPONENT)
                * (told / entry.enough).min(1.0).powf(ANSWER_EXPONENT)
        } else {
            0.0
        };
        let all: f32 = entry.question.iter().map(|(_, weight)| *weight).sum();
        if weight <= 0.0 || all <= 0.0 || !solid {
            return together;
        }
        let met: f32 = entry.question.iter().zip(met).map(|((_, weight), met)| weight * met).sum();
        together.max((found / weight) * (met / all).powf(ENTRY_EXPONENT))
    }
}

/// Close to 1: how alike two lists of tokens are, the message's not yet sorted.
fn wording(mut tokens: Vec<u32>, length: usize, entry: &[u32]) -> f32 {
    tokens.sort_unstable();
    let (mut a, mut b) = (tokens.iter().peekable(), entry.iter().peekable());
    let mut shared = 0_usize;
    while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
        match x.cmp(y) {
            std::cmp::Ordering::Less => a.next(),
            std::cmp::Ordering::Greater => b.next(),
            std::cmp::Ordering::Equal => {
                shared += 1;
                b.next();
                a.next()
            }
        };
    }
    let likeness = 2.0 * shared as f32 / (length + entry.len()).max(1) as f32;
    1.0 - WORDING + WORDING * likeness.min(1.0)
}
