//! What the server says in English, told again in the language of whoever reads it.
//!
//! An error, a trouble of a channel or a line in a thread is said where nobody knows who will read it: in the writer, in a worker,
//! for the log, for a program. So it is said, stored and sent to programs in English, as it stands in the code. The catalogue here
//! has the same sentences, `{…}` where something is filled in, and where a person reads it [`retold`] finds the sentence again.
//! Tests keep catalogue and code together: `src/tests/told.rs`.

use std::{collections::HashMap, sync::LazyLock};

use super::{Language, Text, current, server::pseudo_words};

/// The sentences of a room: `"English" / "Português";`.
macro_rules! told {
    ($($en:literal / $pt:literal;)+) => {
        pub(super) const SENTENCES: &[[&str; 2]] = &[$([$en, $pt]),+];
    };
}
use told;

mod channel;
mod contacts;
mod errors;
mod people;
mod threads;

/// All sentences.
fn sentences() -> impl Iterator<Item = [&'static str; 2]> {
    [errors::SENTENCES, people::SENTENCES, contacts::SENTENCES, channel::SENTENCES, threads::SENTENCES]
        .into_iter()
        .flatten()
        .copied()
}

/// The English of all sentences; with those that server and browser share.
#[cfg(test)]
pub(crate) fn told_english() -> impl Iterator<Item = &'static str> {
    sentences().map(|[english, _]| english)
}

#[cfg(test)]
pub(crate) fn said() -> impl Iterator<Item = &'static str> {
    told_english().chain(super::errors::TEXTS.into_iter().map(|text| text.words[0]))
}

/// A sentence into which something is filled.
struct Pattern {
    /// What stands before, between and behind what is filled in.
    fixed: Vec<&'static str>,
    words: [&'static str; 2],
}

struct Known {
    whole: HashMap<&'static str, [&'static str; 2]>,
    /// Those that say most by themselves come first.
    patterns: Vec<Pattern>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let (mut whole, mut patterns) = (HashMap::new(), Vec::new());
    // Constructors of errors are shared with the browser.
    let shared = super::errors::TEXTS.into_iter().map(|Text { words, .. }| words);
    for words in sentences().chain(shared) {
        let [english, _] = words;
        if english.contains('{') {
            patterns.push(Pattern { fixed: fixed(english), words });
        } else {
            whole.insert(english, words);
        }
    }
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.fixed.iter().map(|part| part.len()).sum::<usize>()));
    Known { whole, patterns }
});

/// So few letters are no sentence: “ and ”, “ hours”.
const FEW: usize = 8;

/// What is longer (in bytes) is no sentence of ours, whatever stands in it.
const LONGEST: usize = 4096;
/// How many texts are looked for at most, with those inside of others: somebody else's may be made of nothing but “ and ” and
/// “: ”, and could be taken apart in more ways than there is time for.
const LOOKS: u32 = 100;

/// The parts of a text around `{…}`.
fn fixed(text: &'static str) -> Vec<&'static str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        parts.push(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    parts.push(rest);
    parts
}

/// Says it again in the language of the request that is answered. What is not known stays as it is: English, or somebody's own words.
#[must_use]
pub fn retold(said: &str) -> String {
    match current() {
        Language::English => said.to_owned(),
        language => told_in(said, language).unwrap_or_else(|| said.to_owned()),
    }
}

fn told_in(said: &str, language: Language) -> Option<String> {
    if said.len() > LONGEST { None } else { again(said, language, &mut LOOKS.clone()) }
}

fn again(said: &str, language: Language, looks: &mut u32) -> Option<String> {
    *looks = looks.checked_sub(1)?;
    if let Some(words) = KNOWN.whole.get(said) {
        return Some(in_language(*words, language));
    }
    KNOWN.patterns.iter().find_map(|pattern| {
        let values = pattern.values(said)?;
        let told: Vec<_> = values.iter().map(|value| again(value, language, looks)).collect();
        // What has hardly a word of its own is a sentence only if all its parts are known.
        let letters: usize = pattern.fixed.iter().map(|part| part.chars().filter(|c| c.is_alphabetic()).count()).sum();
        let is_known = |(told, value): (&Option<String>, &&str)| told.is_some() || value.parse::<i64>().is_ok();
        if letters < FEW && !told.iter().zip(&values).all(is_known) {
            return None;
        }
        let told: Vec<_> =
            told.into_iter().zip(values).map(|(told, value)| told.unwrap_or_else(|| value.to_owned())).collect();
        Some(pattern.fill(&told, language))
    })
}

fn in_language([english, portuguese]: [&'static str; 2], language: Language) -> String {
    match language {
        Language::English => english.to_owned(),
        Language::Portuguese => portuguese.to_owned(),
        Language::Pseudo => pseudo_words(english),
    }
}

impl Pattern {
    /// What was filled in, if `said` is this sentence.
    fn values<'a>(&self, said: &'a str) -> Option<Vec<&'a str>> {
        let (first, others) = self.fixed.split_first()?;
        let (last, between) = others.split_last()?;
        let mut rest = said.strip_prefix(first)?;
        let mut values = Vec::with_capacity(others.len());
        for part in between {
            let (value, after) = rest.split_once(part)?;
            values.push(value);
            rest = after;
        }
        values.push(rest.strip_suffix(last)?);
        Some(values)
    }

    /// The sentence with these values, in their order.
    fn fill(&self, values: &[String], language: Language) -> String {
        let text = in_language(self.words, language);
        let mut filled = String::with_capacity(text.len() + 64);
        let (mut rest, mut values) = (text.as_str(), values.iter());
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            filled.push_str(values.next().map_or("", String::as_str));
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        filled + rest
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Language::Portuguese, fixed, sentences, told_in};

    fn in_portuguese(said: &str) -> String {
        told_in(said, Portuguese).unwrap_or_else(|| said.to_owned())
    }

    /// (It would not end otherwise.)
    #[test]
    fn what_can_be_taken_apart_in_many_ways_is_left_as_it_is() {
        for ways in ["a. b: c and d", ". : and ", "1 and 2: 3. 4 days"] {
            let said = vec![ways; 60].join(" and x: y. z");
            assert_eq!(in_portuguese(&said), said);
            let said = format!("The request could not be read: {said}.");
            assert!(in_portuguese(&said).contains(ways), "{said}");
        }
    }

    #[test]
    fn sentences_are_found_again_with_what_was_filled_in() {
        for (said, told) in [
            ("The chatbot", "O chatbot"),
            (
                "The chatbot does not exist, or is not in your workspace.",
                "O chatbot não existe ou não está no seu espaço de trabalho.",
            ),
            ("Ana took over the conversation", "Ana assumiu a conversa"),
            ("You took over the conversation", "Você assumiu a conversa"),
            ("This number is already connected as “Shop”.", "Este número já está conectado como “Shop”."),
            (
                "The access token has expired. Meta says: Session has expired",
                "O token de acesso expirou. A Meta diz: Session has expired",
            ),
            ("App ID: An id consists of digits only.", "ID do app: Uma identificação tem só dígitos."),
            (
                "Nobody of the team has written for 12 hours: the bot answers again.",
                "Ninguém da equipe escreveu por 12 horas: o bot voltou a responder.",
            ),
            (
                "The token lacks the permission whatsapp_business_messaging and whatsapp_business_management.",
                "Falta ao token a permissão whatsapp_business_messaging e whatsapp_business_management.",
            ),
        ] {
            assert_eq!(in_portuguese(said), told);
        }
        // What is none of ours stays.
        for own in ["", "Ana: see you", "hello and goodbye", "x. y"] {
            assert_eq!(in_portuguese(own), own);
        }
    }

    #[test]
    fn the_languages_say_the_same() {
        let mut seen = BTreeSet::new();
        for [english, portuguese] in sentences() {
            assert!(seen.insert(english), "twice: {english}");
            assert_eq!(fixed(english).len(), fixed(portuguese).len(), "{english}");
            assert!(portuguese.trim() == portuguese && !portuguese.is_empty(), "{english}");
            let ends = |text: &str| text.ends_with(['.', '?', '…', ':']);
            assert_eq!(ends(english), ends(portuguese), "{english}");
        }
    }
}
