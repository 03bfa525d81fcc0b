//! The languages that are told apart, and how words of each are brought to their stem.

use tantivy::tokenizer::{Language as Snowball, RawTokenizer, Stemmer, TextAnalyzer, TokenStream};

use super::{stopwords, text::Script};

/// Words longer than this are compared as written: no language stems them, and hostile text contains them.
const STEM_MAX: usize = 40;

/// Declares the languages: variant, the word list of its stop words, tantivy's stemmer if there is one.
macro_rules! languages {
    ($($variant:ident $list:ident $stemmer:expr;)+) => {
        /// A language with a list of stop words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(super) enum Language { $($variant),+ }

        impl Language {
            /// Every language, the more widely written ones first: the order settles ties.
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its stop words, folded, between spaces.
            pub(super) const fn stop_words(self) -> &'static str {
                match self { $(Self::$variant => stopwords::$list),+ }
            }

            const fn snowball(self) -> Option<Snowball> {
                match self { $(Self::$variant => $stemmer),+ }
            }
        }
    };
}

languages! {
    English ENGLISH Some(Snowball::English);
    Spanish SPANISH Some(Snowball::Spanish);
    Portuguese PORTUGUESE Some(Snowball::Portuguese);
    French FRENCH Some(Snowball::French);
    German GERMAN Some(Snowball::German);
    Italian ITALIAN Some(Snowball::Italian);
    Dutch DUTCH Some(Snowball::Dutch);
    Turkish TURKISH Some(Snowball::Turkish);
    Indonesian INDONESIAN None;
    Polish POLISH None;
    Romanian ROMANIAN Some(Snowball::Romanian);
    Swedish SWEDISH Some(Snowball::Swedish);
    Danish DANISH Some(Snowball::Danish);
    Norwegian NORWEGIAN Some(Snowball::Norwegian);
    Finnish FINNISH Some(Snowball::Finnish);
    Hungarian HUNGARIAN Some(Snowball::Hungarian);
    Russian RUSSIAN Some(Snowball::Russian);
    Arabic ARABIC Some(Snowball::Arabic);
    Greek GREEK Some(Snowball::Greek);
    Tamil TAMIL Some(Snowball::Tamil);
    Hindi HINDI None;
}

impl Language {
    /// Its code, where others than this engine speak it.
    pub(super) const fn code(self) -> Option<&'static str> {
        match self {
            Self::English => Some("en"),
            Self::Spanish => Some("es"),
            Self::Portuguese => Some("pt"),
            Self::German => Some("de"),
            Self::Indonesian => Some("id"),
            _ => None,
        }
    }

    /// Begins every key of this language. Upper case, which folded text never has.
    pub(super) fn letter(self) -> char {
        char::from(b'A' + self as u8)
    }

    /// The language that the script alone gives away. Latin letters give away none.
    pub(super) const fn of_script(script: Script) -> Option<Self> {
        match script {
            Script::Cyrillic => Some(Self::Russian),
            Script::Arabic => Some(Self::Arabic),
            Script::Greek => Some(Self::Greek),
            Script::Tamil => Some(Self::Tamil),
            Script::Devanagari => Some(Self::Hindi),
            _ => None,
        }
    }

    /// Written in Latin letters, so that it has to be guessed from its stop words.
    pub(super) const fn is_latin(self) -> bool {
        !matches!(self, Self::Russian | Self::Arabic | Self::Greek | Self::Tamil | Self::Hindi)
    }

    /// Whether its words are written together into longer ones, as in "Lieferkosten".
    pub(super) const fn compounds(self) -> bool {
        matches!(
            self,
            Self::German
                | Self::Dutch
                | Self::Swedish
                | Self::Danish
                | Self::Norwegian
                | Self::Finnish
                | Self::Hungarian
        )
    }

    /// The stem of a lower-case word.
    pub(super) fn stem(self, word: &str) -> String {
        let Some(snowball) = self.snowball().filter(|_| word.chars().nth(STEM_MAX).is_none()) else {
            return word.to_owned();
        };
        let mut analyzer = TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(snowball)).build();
        let mut stream = analyzer.token_stream(word);
        let stem = if stream.advance() { stream.token().text.clone() } else { String::new() };
        if stem.is_empty() { word.to_owned() } else { stem }
    }
}

/// A set of languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Languages(u32);

impl Languages {
    pub(super) fn insert(&mut self, language: Language) {
        self.0 |= 1 << language as u8;
    }

    pub(super) const fn contains(self, language: Language) -> bool {
        self.0 & (1 << language as u8) != 0
    }

    pub(super) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn iter(self) -> impl Iterator<Item = Language> {
        Language::ALL.iter().copied().filter(move |language| self.contains(*language))
    }
}

/// How often each language's stop words occur in some text.
#[derive(Clone, Debug, Default)]
pub(super) struct Votes([u32; 32]);

impl Votes {
    pub(super) fn count(&mut self, languages: Languages) {
        for language in languages.iter() {
            self.add(language, 1);
        }
    }

    pub(super) fn add(&mut self, language: Language, votes: u32) {
        if let Some(count) = self.0.get_mut(language as usize) {
            *count = count.saturating_add(votes);
        }
    }

    pub(super) fn of(&self, language: Language) -> u32 {
        self.0.get(language as usize).copied().unwrap_or(0)
    }

    /// The Latin languages with most votes among those allowed; none when nothing was counted.
    pub(super) fn winners(&self, allowed: impl Fn(Language) -> bool) -> Languages {
        let candidates = || Language::ALL.iter().copied().filter(|l| l.is_latin() && allowed(*l));
        let most = candidates().map(|language| self.of(language)).max().unwrap_or(0);
        let mut winners = Languages::default();
        if most > 0 {
            candidates().filter(|language| self.of(*language) == most).for_each(|language| winners.insert(language));
        }
        winners
    }
}
