//! Text into tokens: folded words, and n-grams where a script puts no spaces between words.

use std::collections::HashSet;

use tantivy::tokenizer::{AsciiFoldingFilter, RawTokenizer, TextAnalyzer, TokenStream};

use super::stopwords::{PHRASE_MAX, PHRASES};

/// Characters of a message that are read. Channels carry up to 4096; nobody asks a question in more.
pub(super) const CHARS_MAX: usize = 8_192;
/// Longer words are cut: they are no words.
const WORD_MAX: usize = 64;

/// What a character's shape says about how its text is to be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Tamil,
    Devanagari,
    Digit,
    Han,
    Hiragana,
    Katakana,
    Hangul,
    /// Thai, Lao, Burmese, Khmer: letters without spaces between the words.
    Unspaced,
    Other,
}

impl Script {
    fn of(c: char) -> Option<Self> {
        Some(match c {
            '0'..='9' => Self::Digit,
            '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}' if c.is_alphabetic() => Self::Greek,
            '\u{0400}'..='\u{052F}' if c.is_alphabetic() => Self::Cyrillic,
            '\u{0620}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' if c.is_alphabetic() => Self::Arabic,
            '\u{0900}'..='\u{0963}' | '\u{0970}'..='\u{097F}' => Self::Devanagari,
            '\u{0B80}'..='\u{0BD7}' => Self::Tamil,
            // The signs that join two consonants in the other scripts of India are part of the word.
            '\u{09CD}' | '\u{0A4D}' | '\u{0ACD}' | '\u{0B4D}' | '\u{0C4D}' | '\u{0CCD}' | '\u{0D4D}' => Self::Other,
            '\u{0E01}'..='\u{0E4E}' | '\u{0E81}'..='\u{0ECD}' | '\u{1000}'..='\u{1049}' | '\u{1780}'..='\u{17D3}' => {
                Self::Unspaced
            }
            '\u{3041}'..='\u{309F}' => Self::Hiragana,
            '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}' => Self::Katakana,
            '\u{3005}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' => Self::Han,
            '\u{20000}'..='\u{3FFFF}' => Self::Han,
            '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7A3}' => Self::Hangul,
            _ if c.is_numeric() => Self::Digit,
            '\u{0041}'..='\u{024F}' | '\u{1E00}'..='\u{1EFF}' if c.is_alphabetic() => Self::Latin,
            _ if c.is_alphabetic() => Self::Other,
            _ => return None,
        })
    }

    /// Letters per n-gram, where the script is cut into such. A Chinese character says as much as a syllable, so two
    /// make a word; of alphabets without spaces two letters occur in nearly every sentence, so there it is three.
    const fn gram(self) -> Option<usize> {
        match self {
            Self::Han | Self::Hiragana | Self::Katakana | Self::Hangul => Some(2),
            Self::Unspaced => Some(3),
            _ => None,
        }
    }
}

/// A word or an n-gram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// In lower case, as written: what stemmers want.
    pub(super) lower: String,
    /// Without diacritics and other differences of spelling.
    pub(super) folded: String,
    pub(super) script: Script,
    /// Whether it is an n-gram.
    pub(super) gram: bool,
    /// A word that carries no meaning in a script that needs no guess of the language.
    pub(super) stop: bool,
    /// The sentence it stands in, counted from 0.
    pub(super) sentence: usize,
}

/// The tokens of a text and which of its sentences are questions.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    pub(super) tokens: Vec<Token>,
    pub(super) asking: HashSet<usize>,
}

/// Cuts a text into at most `max` tokens.
pub(super) fn tokenize(text: &str, max: usize) -> Tokens {
    let mut found = Tokens::default();
    let mut run = Run { script: Script::Other, text: String::new() };
    let mut sentence = 0;
    let mut chars = text.chars().take(CHARS_MAX).flat_map(char::to_lowercase).filter_map(normal).peekable();
    while let Some(c) = chars.next() {
        if found.tokens.len() >= max {
            break;
        }
        if is_mark(c) {
            // й and ё come as two characters from some keyboards; all other accents are folded anyway.
            if c == '\u{0306}' && run.text.ends_with('и') {
                run.text.pop();
                run.text.push('й');
            }
            continue;
        }
        let script = Script::of(c);
        if let Some(script) = script.filter(|script| run.goes_on_with(*script)) {
            // "24h" and "covid19" are words, "24" is not.
            if run.text.is_empty() || run.script == Script::Digit {
                run.script = script;
            }
            run.text.push(c);
            continue;
        }
        run.flush(sentence, max, &mut found.tokens);
        if let Some(script) = script {
            run.script = script;
            run.text.push(c);
        }
        let wide = matches!(c, '。' | '！' | '？' | '؟' | '\n' | '।');
        if wide || (matches!(c, '.' | '!' | '?' | ';' | '…') && chars.peek().is_none_or(|n| !n.is_alphanumeric())) {
            if matches!(c, '?' | '？' | '؟') {
                found.asking.insert(sentence);
            }
            if found.tokens.last().is_some_and(|token| token.sentence == sentence) {
                sentence += 1;
            }
        }
    }
    run.flush(sentence, max, &mut found.tokens);
    found
}

/// Characters in a row that belong together.
struct Run {
    script: Script,
    text: String,
}

impl Run {
    fn goes_on_with(&self, script: Script) -> bool {
        let spaced = |script: Script| script.gram().is_none();
        let kana_or_han = |script: Script| matches!(script, Script::Han | Script::Hiragana | Script::Katakana);
        self.text.is_empty()
            || self.script == script
            || (spaced(self.script) && spaced(script))
            || (kana_or_han(self.script) && kana_or_han(script))
    }

    fn flush(&mut self, sentence: usize, max: usize, into: &mut Vec<Token>) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let script = self.script;
        if script.gram().is_none() {
            let lower: String = text.chars().take(WORD_MAX).collect();
            let folded = fold(&lower);
            into.push(Token { lower, folded, script, gram: false, stop: false, sentence });
            return;
        }
        let mut push = |folded: String, script, stop| {
            if into.len() < max {
                into.push(Token { lower: folded.clone(), folded, script, gram: true, stop, sentence });
            }
        };
        for (part, stop) in split_phrases(&text) {
            if stop {
                push(part, script, true);
                continue;
            }
            // Japanese changes the script where a word ends and its ending begins.
            let letters: Vec<char> = part.chars().collect();
            for word in letters.chunk_by(|a, b| Script::of(*a) == Script::of(*b)) {
                let script = word.first().and_then(|c| Script::of(*c)).unwrap_or(script);
                let n = script.gram().unwrap_or(2);
                if word.len() <= n {
                    // One hiragana alone is a particle.
                    push(word.iter().collect(), script, script == Script::Hiragana && word.len() == 1);
                } else {
                    word.windows(n).for_each(|gram| push(gram.iter().collect(), script, false));
                }
            }
        }
    }
}

/// Takes the phrases that mean nothing out of a run, the longest first: what is left between them are the words.
fn split_phrases(run: &str) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    let mut word = String::new();
    let mut rest = run;
    while let Some(first) = rest.chars().next() {
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8()).take(PHRASE_MAX);
        let phrase = ends.filter_map(|end| rest.get(..end)).filter(|phrase| PHRASES.contains(phrase)).last();
        if let Some(phrase) = phrase {
            if !word.is_empty() {
                parts.push((std::mem::take(&mut word), false));
            }
            parts.push((phrase.to_owned(), true));
        } else {
            word.push(first);
        }
        rest = rest.get(phrase.map_or(first.len_utf8(), str::len)..).unwrap_or_default();
    }
    if !word.is_empty() {
        parts.push((word, false));
    }
    parts
}

/// One spelling for characters that differ in width or in form only; nothing for those that are not seen.
fn normal(c: char) -> Option<char> {
    Some(match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0)?.to_ascii_lowercase(),
        '\u{0660}'..='\u{0669}' => char::from_u32(u32::from(c) - 0x0660 + 0x30)?,
        '\u{06F0}'..='\u{06F9}' => char::from_u32(u32::from(c) - 0x06F0 + 0x30)?,
        // Soft hyphen, joiners, marks of direction, variation selectors, the Arabic tatweel.
        '\u{00AD}' | '\u{0640}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' => None?,
        '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' => None?,
        'ё' => 'е',
        _ => c,
    })
}

/// Accents that come after their letter, Hebrew points and Arabic vowels.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}' | '\u{0591}'..='\u{05C7}' | '\u{064B}'..='\u{065F}' | '\u{0670}')
}

/// Without diacritics: tantivy folds Latin letters, the rest is here.
pub(in crate::server::engine) fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_owned();
    }
    let mut analyzer = TextAnalyzer::builder(RawTokenizer::default()).filter(AsciiFoldingFilter).build();
    let mut stream = analyzer.token_stream(word);
    let folded = if stream.advance() { stream.token().text.clone() } else { word.to_owned() };
    folded
        .chars()
        .map(|c| match c {
            'أ' | 'إ' | 'آ' | 'ٱ' => 'ا',
            'ى' | 'ی' => 'ي',
            'ک' => 'ك',
            'ة' => 'ه',
            'ά' => 'α',
            'έ' => 'ε',
            'ή' => 'η',
            'ί' | 'ϊ' | 'ΐ' => 'ι',
            'ό' => 'ο',
            'ύ' | 'ϋ' | 'ΰ' => 'υ',
            'ώ' => 'ω',
            'ς' => 'σ',
            _ => c,
        })
        .collect()
}
