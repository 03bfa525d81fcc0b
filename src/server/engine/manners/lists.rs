//! The word lists: one file per language in `words/`, read once.
//!
//! A file has sections (`[hello]`) of phrases between commas; lines that begin with `#` are for people. In `[unwilling]` and
//! `[despite]` a phrase may begin with `^` (only at the beginning of a clause), have a gap of a few words (`~`), and words of
//! which only the end counts (`*ना`). What the chatbot says in that language stands under `[says]`.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::LazyLock,
};

use super::words::phrase;

/// A language that small talk is understood and made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tongue {
    English,
    Portuguese,
    Spanish,
    German,
    Indonesian,
    /// Hindi in Latin letters.
    HindiLatin,
    Hindi,
    Arabic,
}

impl Tongue {
    /// Each, the likelier ones first where nothing else tells them apart.
    pub const ALL: &'static [Self] = &[
        Self::English,
        Self::Portuguese,
        Self::Spanish,
        Self::German,
        Self::Indonesian,
        Self::HindiLatin,
        Self::Hindi,
        Self::Arabic,
    ];

    /// Its code, as in `en`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Portuguese => "pt",
            Self::Spanish => "es",
            Self::German => "de",
            Self::Indonesian => "id",
            Self::HindiLatin => "hi-Latn",
            Self::Hindi => "hi",
            Self::Arabic => "ar",
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::English => include_str!("words/en.txt"),
            Self::Portuguese => include_str!("words/pt.txt"),
            Self::Spanish => include_str!("words/es.txt"),
            Self::German => include_str!("words/de.txt"),
            Self::Indonesian => include_str!("words/id.txt"),
            Self::HindiLatin => include_str!("words/hi_latn.txt"),
            Self::Hindi => include_str!("words/hi.txt"),
            Self::Arabic => include_str!("words/ar.txt"),
        }
    }
}

/// A set of languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tongues(u8);

impl Tongues {
    pub(super) const fn insert(&mut self, tongue: Tongue) {
        self.0 |= 1 << tongue as u8;
    }

    pub(super) const fn contains(self, tongue: Tongue) -> bool {
        self.0 & (1 << tongue as u8) != 0
    }
}

/// What a phrase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    Hello,
    How,
    Thanks,
    Goodbye,
    Quiet,
    Insult,
    /// Asks for a person, alone.
    Person,
    /// To speak with, of whom it has to be said.
    Reach,
    /// The same, where another word has to stand beside it: "mit … sprechen".
    Meet,
    With,
    /// Somebody to speak with.
    Someone,
    /// What stands around such a wish.
    Wants,
    /// Means nothing beside small talk.
    Filler,
    /// Begins a question.
    Asks,
    /// What thanks are for follows.
    Tail,
    /// Begins another thought.
    But,
    Unwilling,
    Despite,
}

impl Role {
    fn of(section: &str) -> Option<Self> {
        Some(match section {
            "hello" => Self::Hello,
            "how" => Self::How,
            "thanks" => Self::Thanks,
            "goodbye" => Self::Goodbye,
            "quiet" => Self::Quiet,
            "insult" => Self::Insult,
            "person" => Self::Person,
            "reach" => Self::Reach,
            "meet" => Self::Meet,
            "with" => Self::With,
            "someone" => Self::Someone,
            "wants" => Self::Wants,
            "filler" => Self::Filler,
            "asks" => Self::Asks,
            "tail" => Self::Tail,
            "but" => Self::But,
            "unwilling" => Self::Unwilling,
            "despite" => Self::Despite,
            _ => return None,
        })
    }

    /// Whether its phrases are patterns.
    const fn is_pattern(self) -> bool {
        matches!(self, Self::Unwilling | Self::Despite)
    }
}

/// What a phrase means, and in which languages.
pub(super) type Meanings = BTreeMap<Role, Tongues>;

/// A phrase with signs in it.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) role: Role,
    pub(super) words: Vec<String>,
}

/// All lists.
#[derive(Debug, Default)]
pub(super) struct Lists {
    /// Phrases, their words joined by spaces.
    phrases: HashMap<String, Meanings>,
    /// Single words of the small talk by which typos are forgiven, by their first letter.
    pub(super) forgiven: HashMap<char, Vec<(Vec<char>, String)>>,
    /// By their first word.
    pub(super) patterns: HashMap<String, Vec<Pattern>>,
    /// The most words of a phrase.
    pub(super) longest: usize,
    says: HashMap<(Tongue, String), String>,
}

/// The lists, read once.
pub(super) fn lists() -> &'static Lists {
    static LISTS: LazyLock<Lists> = LazyLock::new(Lists::read);
    &LISTS
}

/// The least letters of a word in which a typo is forgiven.
pub(super) const TYPO_MIN: usize = 5;

impl Lists {
    fn read() -> Self {
        let mut lists = Self::default();
        for tongue in Tongue::ALL {
            let mut section = "";
            for line in tongue.file().lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
                if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                    section = name;
                } else if section == "says" {
                    if let Some((key, text)) = line.split_once(" = ") {
                        lists.says.insert((*tongue, key.to_owned()), text.to_owned());
                    }
                } else if let Some(role) = Role::of(section) {
                    line.split(',').for_each(|text| lists.add(*tongue, role, text));
                }
            }
        }
        let mut forgiven: HashSet<String> = HashSet::new();
        for (phrase, meanings) in &lists.phrases {
            let talk = meanings.keys().any(|role| matches!(role, Role::Hello | Role::Thanks | Role::Goodbye));
            if talk && !phrase.contains(' ') && phrase.chars().count() >= TYPO_MIN {
                forgiven.insert(phrase.clone());
            }
        }
        let mut forgiven: Vec<String> = forgiven.into_iter().collect();
        forgiven.sort_unstable();
        for word in forgiven {
            if let Some(first) = word.chars().next() {
                lists.forgiven.entry(first).or_default().push((word.chars().collect(), word));
            }
        }
        lists
    }

    fn add(&mut self, tongue: Tongue, role: Role, text: &str) {
        let words = phrase(text);
        if words.is_empty() {
            return;
        }
        if role.is_pattern() {
            let first = words.first().map(|word| word.trim_start_matches('^').to_owned()).unwrap_or_default();
            self.patterns.entry(first).or_default().push(Pattern { role, words });
            return;
        }
        self.longest = self.longest.max(words.len());
        // Written together, too: "goodmorning", "bomdia".
        let talk = matches!(role, Role::Hello | Role::How | Role::Thanks | Role::Goodbye);
        let together = (talk && (2..=3).contains(&words.len())).then(|| words.concat());
        for phrase in together.into_iter().chain([words.join(" ")]) {
            self.phrases.entry(phrase).or_default().entry(role).or_default().insert(tongue);
        }
    }

    /// What a phrase means; its words are joined by spaces.
    pub(super) fn meanings(&self, phrase: &str) -> Option<&Meanings> {
        self.phrases.get(phrase)
    }

    /// What is said in a language.
    pub(super) fn says(&self, tongue: Tongue, key: &str) -> &str {
        self.says.get(&(tongue, key.to_owned())).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::{Role, Tongue, lists};

    #[test]
    fn every_language_has_all_it_needs() {
        for tongue in Tongue::ALL {
            for key in ["hello", "how", "thanks", "goodbye", "insult", "person"] {
                assert!(!lists().says(*tongue, key).is_empty(), "{tongue:?} says {key}");
            }
            for line in tongue.file().lines().filter(|line| !line.starts_with('#')) {
                if let Some(section) = line.strip_prefix('[').map(|name| name.trim_end_matches(']')) {
                    assert!(section == "says" || Role::of(section).is_some(), "{tongue:?} [{section}]");
                }
            }
            for role in
                [Role::Hello, Role::Thanks, Role::Goodbye, Role::Quiet, Role::Insult, Role::Person, Role::Someone]
            {
                let known =
                    lists().phrases.values().filter_map(|m| m.get(&role)).filter(|t| t.contains(*tongue)).count();
                assert!(known >= 8, "{tongue:?} {role:?}: {known}");
            }
        }
        assert!(lists().longest <= 8, "{}", lists().longest);
    }
}
