//! The server speaks the language of whoever asks.

use std::sync::OnceLock;

use http::{HeaderMap, header};
use leptos::prelude::use_context;
use sha2::{Digest, Sha256};

use super::{Language, Text, all};

/// The texts of one language, as its pages ask for them and as browsers load them.
pub struct Catalogue {
    texts: Vec<&'static str>,
    /// The language's tag, then a text on each line.
    pub file: String,
    /// Names this content.
    pub digest: String,
}

tokio::task_local! {
    static LANGUAGE: Language;
}

/// Answers a request in that language.
pub async fn speaking<T>(language: Language, answer: impl Future<Output = T>) -> T {
    LANGUAGE.scope(language, answer).await
}

/// What is said by `say`, in that language: English where it is stored, or told in the reader's language later.
pub fn in_language<T>(language: Language, say: impl FnOnce() -> T) -> T {
    LANGUAGE.sync_scope(language, say)
}

/// The language that a request asks for: the one that somebody chose on the pages (a cookie), else what their browser or program
/// asks for, else English.
#[must_use]
pub fn asked_for(headers: &HeaderMap) -> Language {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let chosen = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let chosen = chosen.filter(|(name, _)| *name == Language::COOKIE).map(|(_, tag)| tag).next();
    Language::choose(chosen, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// The language of the request that is answered. English outside of one: in what runs by itself, in the writer.
///
/// Pages are made by tasks of their own, which know it by their context.
#[must_use]
pub fn current() -> Language {
    LANGUAGE.try_with(|language| *language).ok().or_else(use_context::<Language>).unwrap_or_default()
}

pub(super) fn text(place: usize) -> &'static str {
    catalogue(current()).texts.get(place).copied().unwrap_or_default()
}

/// The catalogue of a language.
pub fn catalogue(language: Language) -> &'static Catalogue {
    static CATALOGUES: [OnceLock<Catalogue>; 3] = [const { OnceLock::new() }; 3];
    let [english, portuguese, pseudo] = &CATALOGUES;
    let kept = match language {
        Language::English => english,
        Language::Portuguese => portuguese,
        Language::Pseudo => pseudo,
    };
    kept.get_or_init(|| {
        let texts: Vec<&'static str> = all().map(|(_, text)| words_in(language, text)).collect();
        let file = format!("{}\n{}", language.tag(), texts.join("\n"));
        let digest = Sha256::digest(&file).first_chunk::<8>().map(hex::encode).unwrap_or_default();
        Catalogue { texts, file, digest }
    })
}

fn words_in(language: Language, Text { words: [english, portuguese], .. }: Text) -> &'static str {
    match language {
        Language::English => english,
        Language::Portuguese => portuguese,
        Language::Pseudo => pseudo_words(english).leak(),
    }
}

/// English with other letters, marked at both ends and longer by two fifths, as German would be. What is filled in stays.
pub(super) fn pseudo_words(english: &str) -> String {
    english.split('|').map(pseudo_form).collect::<Vec<_>>().join("|")
}

fn pseudo_form(english: &str) -> String {
    // A separator is no word.
    if !english.chars().any(char::is_alphabetic) {
        return english.to_owned();
    }
    let mut inside = 0_i32;
    let other = |letter: char| match letter {
        'a' => 'å',
        'e' => 'ë',
        'i' => 'ï',
        'o' => 'ö',
        'u' => 'ü',
        'n' => 'ñ',
        'c' => 'ç',
        'A' => 'Å',
        'E' => 'Ë',
        'I' => 'Ï',
        'O' => 'Ö',
        'U' => 'Ü',
        'N' => 'Ñ',
        'C' => 'Ç',
        other => other,
    };
    let words: String = english
        .chars()
        .map(|letter| {
            inside += i32::from(letter == '{') - i32::from(letter == '}');
            if inside > 0 { letter } else { other(letter) }
        })
        .collect();
    let longer = "~".repeat((english.chars().count() * 2).div_ceil(5));
    format!("[{words} {longer}]")
}
