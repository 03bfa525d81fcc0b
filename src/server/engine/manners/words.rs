//! A message as words that compare well, however people type: no accents, no points or signs that are often left out, letters
//! in a row once ("hiiii", "شكراااا"), emoji apart. Each word knows where it stands in the text.

use std::ops::Range;

use crate::server::engine::knowledge::fold;

/// Words of a message that are read. Small talk is short.
const WORDS_MAX: usize = 128;
/// Letters of a word that are read: longer ones are no words.
const LETTERS_MAX: usize = 48;

/// A word, or an emoji.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// As it is compared. Empty for an emoji.
    pub(super) text: String,
    /// Where it stands in the message, in bytes.
    pub(super) at: Range<usize>,
    /// The part of a sentence that it stands in, counted from 0.
    pub(super) clause: usize,
    pub(super) kind: Kind,
    /// Begins with a capital, but is not all in capitals.
    pub(super) capital: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// "hahaha", "kkkk", "jajaja", "wkwk", "ههههه".
    Laughter,
    Emoji,
    /// A hand that waves.
    Wave,
}

/// The words of a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub(super) words: Vec<Word>,
    /// There is a question mark.
    pub(super) asking: bool,
    /// There were more words than are read.
    pub(super) more: bool,
}

impl Words {
    pub(super) fn read(text: &str) -> Self {
        let mut found = Self::default();
        let mut clause = 0;
        let mut chars = text.char_indices().peekable();
        while let Some((start, c)) = chars.next() {
            if found.words.len() >= WORDS_MAX {
                found.more = true;
                break;
            }
            if is_letter(c) {
                let mut end = start + c.len_utf8();
                while let Some((at, c)) = chars.next_if(|(_, c)| is_letter(*c) || is_inside(*c)) {
                    end = at + c.len_utf8();
                }
                found.add(text, start..end, clause);
                continue;
            }
            if let Some(kind) = emoji(c) {
                let at = start..start + c.len_utf8();
                found.words.push(Word { text: String::new(), at, clause, kind, capital: false });
                continue;
            }
            // ":D" and ":p" are faces.
            if matches!(c, ':' | ';' | '=') && chars.peek().is_some_and(|(_, c)| c.is_ascii_alphabetic()) {
                let mut ahead = chars.clone();
                let end = ahead.next().map_or(start, |(at, c)| at + c.len_utf8());
                if ahead.peek().is_none_or(|(_, c)| !is_letter(*c)) {
                    chars = ahead;
                    let at = start..end;
                    found.words.push(Word { text: String::new(), at, clause, kind: Kind::Emoji, capital: false });
                    continue;
                }
            }
            found.asking |= matches!(c, '?' | '？' | '؟' | '¿');
            if is_pause(c) && found.words.last().is_some_and(|word| word.clause == clause) {
                clause += 1;
            }
        }
        found
    }

    fn add(&mut self, text: &str, at: Range<usize>, clause: usize) {
        let written = text.get(at.clone()).unwrap_or_default();
        let mut letters = written.chars();
        let first = letters.next().is_some_and(char::is_uppercase);
        let capital = first && letters.any(char::is_lowercase);
        let spelt = spell(written);
        let kind = if is_laughter(&spelt) { Kind::Laughter } else { Kind::Word };
        let text = once(&spelt);
        if !text.is_empty() {
            self.words.push(Word { text, at, clause, kind, capital });
        }
    }
}

/// A word or phrase of a list, as messages are read.
pub(super) fn phrase(text: &str) -> Vec<String> {
    text.split_whitespace()
        .flat_map(|word| match word {
            // Signs of the lists themselves.
            "~" => vec![word.to_owned()],
            _ if word.starts_with(['*', '^']) => {
                let (sign, rest) = word.split_at(1);
                vec![format!("{sign}{}", once(&spell(rest)))]
            }
            _ => Words::read(word).words.into_iter().map(|word| word.text).collect(),
        })
        .collect()
}

/// In small letters, without what is often left out.
fn spell(word: &str) -> String {
    let plain: String = word.chars().take(LETTERS_MAX).flat_map(char::to_lowercase).filter_map(letter).collect();
    fold(&plain).chars().filter_map(letter).collect()
}

/// Letters in a row once.
fn once(word: &str) -> String {
    let mut last = None;
    word.chars().filter(|c| last.replace(*c) != Some(*c) || c.is_numeric()).collect()
}

/// One letter for those that are written for each other; none for what is not needed.
const fn letter(c: char) -> Option<char> {
    Some(match c {
        '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}' => return None,
        // The dot below that only careful writers set, joiners, and the signs of a nasal vowel that are taken for each other.
        '\u{093C}' | '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' => return None,
        '\u{0901}' => '\u{0902}',
        '\u{0958}' => '\u{0915}',
        '\u{0959}' => '\u{0916}',
        '\u{095A}' => '\u{0917}',
        '\u{095B}' => '\u{091C}',
        '\u{095C}' => '\u{0921}',
        '\u{095D}' => '\u{0922}',
        '\u{095E}' => '\u{092B}',
        '\'' | '’' | '‘' | '`' | '´' | '*' => return None,
        'ؤ' => 'و',
        'ئ' => 'ي',
        _ => c,
    })
}

/// Letters, digits, and the signs above, below and after letters that belong to them.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric()
        || matches!(c, '\u{0300}'..='\u{036F}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{0640}')
        || matches!(c, '\u{0900}'..='\u{0963}')
}

/// What may stand within a word: "don't", "f*ck".
const fn is_inside(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | '*' | '\u{200C}' | '\u{200D}')
}

/// What ends a clause.
const fn is_pause(c: char) -> bool {
    matches!(c, ',' | '.' | '!' | '?' | ';' | '…' | '\n' | '—' | '–' | '،' | '؛' | '؟' | '।' | '(' | ')')
}

const fn emoji(c: char) -> Option<Kind> {
    match c {
        '\u{1F44B}' | '\u{1F64B}' => Some(Kind::Wave),
        '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{2300}'..='\u{23FF}' => {
            Some(Kind::Emoji)
        }
        _ => None,
    }
}

/// Syllables that people laugh in, twice or more, and "k" alone.
fn is_laughter(spelt: &str) -> bool {
    const SYLLABLES: &[&str] = &[
        "ha", "he", "hi", "ho", "ja", "je", "ji", "jo", "ka", "wk", "rs", "hu", "hue", "xi", "kw", "ah", "eh", "aha",
        "js", "हा", "हे", "ही", "खी", "ها", "هي", "هاه",
    ];
    let letters: Vec<char> = spelt.chars().collect();
    let one = |letter: char, least: usize| letters.len() >= least && letters.iter().all(|c| *c == letter);
    if one('k', 2) || one('ه', 2) || one('خ', 2) || one('5', 3) || one('j', 3) {
        return true;
    }
    // Most words are told from it by how many different letters they have.
    let different =
        letters.iter().enumerate().filter(|(at, c)| !letters.iter().take(*at).any(|b| b == *c)).take(5).count();
    if letters.len() < 4 || different > 4 {
        return false;
    }
    // Long ones are typed in a hurry: "hahahhah", "ajajaja", "wkwkkwwk".
    let few = |set: &str| letters.len() >= 5 && letters.iter().all(|c| set.contains(*c)) && mixed(&letters);
    if ["ha", "ja", "wk", "he", "je", "rs", "awok", "kakw", "هاخ"].iter().any(|set| few(set)) {
        return true;
    }
    SYLLABLES.iter().any(|syllable| {
        // It may break off in the middle: "hahah".
        let times = spelt.matches(syllable).count();
        times >= 2 && syllable.starts_with(&spelt.replace(syllable, ""))
    })
}

/// Whether it changes between its letters, as no word does.
fn mixed(letters: &[char]) -> bool {
    let changes = letters.windows(2).filter(|pair| matches!(pair, [a, b] if a != b)).count();
    changes * 2 >= letters.len()
}

#[cfg(test)]
mod tests {
    use super::{Kind, Words, phrase};

    fn texts(text: &str) -> Vec<String> {
        Words::read(text).words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn spelling_is_forgiven() {
        for (written, same) in [
            ("Hiiii", "hi"),
            ("OBRIGADÃO", "obrigadao"),
            ("don’t", "dont"),
            ("f*ck", "fck"),
            ("شُكْرًاااا", "شكرا"),
            ("أهـــلا", "اهلا"),
            ("السلامُ", "السلام"),
            ("ठीक़", "ठीक"),
            ("हूँ", "हूं"),
            ("tschüss", "tschus"),
        ] {
            assert_eq!(texts(written), texts(same), "{written}");
        }
        assert_eq!(phrase("thank you"), ["thank", "you"]);
        assert_eq!(phrase("नहीं *ूंगा"), ["नहीं", "*ूंगा"]);
    }

    #[test]
    fn laughter_and_emoji_are_told_from_words() {
        for text in [
            "hahaha",
            "HAHAHAHA",
            "kkk",
            "kkkkkkk",
            "jajaja",
            "jajajaj",
            "ajajaja",
            "wkwkwk",
            "wkwkkwk",
            "rsrs",
            "hehe",
            "ههههه",
            "خخخ",
            "हाहा",
            "huehue",
        ] {
            assert!(Words::read(text).words.iter().all(|w| w.kind == Kind::Laughter), "{text}");
        }
        for text in [
            "have",
            "java",
            "haha wait",
            "hi",
            "ok",
            "casa",
            "kaka shop",
            "hahn",
            "jeans",
            "hash",
            "rss",
            "wake",
            "jahja",
        ] {
            assert!(Words::read(text).words.iter().any(|w| w.kind == Kind::Word), "{text}");
        }
        for text in ["👍🏽", "❤️", ":D", "🙏🙏", "👨‍👩‍👧"] {
            let words = Words::read(text).words;
            assert!(!words.is_empty() && words.iter().all(|w| w.kind == Kind::Emoji), "{text} {words:?}");
        }
        assert_eq!(Words::read("at 12:30 :p").words.len(), 4);
    }

    #[test]
    fn words_know_their_place() {
        let text = "Hi, 👋 what’s up?";
        let words = Words::read(text);
        assert!(words.asking);
        let found: Vec<(&str, usize)> = words.words.iter().map(|w| (&text[w.at.clone()], w.clause)).collect();
        assert_eq!(found, [("Hi", 0), ("👋", 1), ("what’s", 1), ("up", 1)]);
        assert!(Words::read(&"a b ".repeat(500)).more);
    }
}
