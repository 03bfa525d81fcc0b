//! Misspelt words, and words written together: what else could the customer have meant?
//!
//! Asked only for words that no entry has: what an entry has is not a typo. Nobody can tell a typo from another
//! word without knowing all words, so what is found counts less, and the less the shorter the word: "ship" is one
//! letter from "shop", but hardly anything is one letter from "reservation".

use tantivy::{InvertedIndexReader, Term, query::FuzzyTermQuery, schema::Field};

use super::{
    KnowledgeError,
    analysis::{KeyId, Vocabulary},
};

/// Longer words are not looked up: no question has them, and the automaton grows with the word.
const LETTERS_MAX: usize = 32;
/// Keys that one word may stand for.
const KEYS_MAX: usize = 16;
/// The least letters of a word that is part of another.
const PART_MIN: usize = 4;
/// The least letters of such a part when the rest of the word is unknown.
const LONE_PART_MIN: usize = 5;
/// Letters that languages put between two parts, as in "Lieferung-s-kosten".
const JOINT_MAX: usize = 2;

/// A key that a word may stand for, and how sure that is.
pub(super) type Match = (KeyId, f32);

/// The words of questions that differ by a typo: one letter from four on, two from eight on; two letters swapped are
/// one typo.
pub(super) fn misspelt(
    spelling: &str,
    field: Field,
    reader: &InvertedIndexReader,
    vocabulary: &Vocabulary,
) -> Result<Vec<Match>, KnowledgeError> {
    let letters = spelling.chars().count();
    if letters > LETTERS_MAX {
        return Ok(Vec::new());
    }
    let most = match letters {
        ..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    for distance in 1..=most {
        let query = FuzzyTermQuery::new(Term::from_field_text(field, spelling), distance, true);
        let mut found = reader.terms().search(query.automaton()?).into_stream()?;
        let mut matches = Vec::new();
        while found.advance() && matches.len() < KEYS_MAX {
            let Ok(meant) = std::str::from_utf8(found.key()) else { continue };
            let trust = trust(spelling, meant, letters, distance);
            matches.extend(vocabulary.spelt(meant).iter().filter(|_| trust > 0.0).map(|key| (*key, trust)));
        }
        if !matches.is_empty() {
            return Ok(matches);
        }
    }
    Ok(Vec::new())
}

/// How likely a word is a typo of another.
fn trust(written: &str, meant: &str, letters: usize, distance: u8) -> f32 {
    let mut first = written.chars();
    let mut other = meant.chars();
    let (a, b) = (first.next(), other.next());
    // People seldom get the first letter wrong, unless they swap it with the second.
    let begins_alike = a == b || (first.next() == b && other.next() == a);
    let trust = match (letters, distance) {
        (..6, _) => 0.6,
        (6..8, _) => 0.8,
        (_, 1) => 0.9,
        _ => 0.7,
    };
    match (begins_alike, distance) {
        (true, _) => trust,
        (false, 1) => trust * 0.75,
        (false, _) => 0.0,
    }
}

/// The words of questions that this word is made of, or that are made of it: "Lieferkosten" of "liefern" and "kosten",
/// "Rückgabefrist" of "Rückgabe". Most of the trust needs the whole word explained.
pub(super) fn compound(spelling: &str, vocabulary: &Vocabulary) -> Vec<Match> {
    let letters = spelling.chars().count();
    if !(PART_MIN..=LETTERS_MAX).contains(&letters) {
        return Vec::new();
    }
    let mut begins = Vec::new();
    let mut ends = Vec::new();
    let mut matches = Vec::new();
    for (known, keys) in vocabulary.spellings() {
        // Bytes first: this is asked of every word that the entries have.
        if known.len() < spelling.len() {
            let part = if spelling.starts_with(known) {
                &mut begins
            } else if spelling.ends_with(known) {
                &mut ends
            } else {
                continue;
            };
            let length = known.chars().count();
            if length >= PART_MIN {
                part.push((length, keys));
            }
        } else if letters >= LONE_PART_MIN && (known.starts_with(spelling) || known.ends_with(spelling)) {
            matches.extend(keys.iter().map(|key| (*key, 0.6)));
        }
    }
    let whole = |a: usize, b: usize| a + b <= letters && a + b + JOINT_MAX >= letters;
    for (parts, others) in [(&begins, &ends), (&ends, &begins)] {
        for (length, keys) in parts {
            let explained = others.iter().any(|(other, _)| whole(*length, *other));
            let trust = if explained { 0.9 } else { 0.6 };
            if explained || *length >= LONE_PART_MIN {
                matches.extend(keys.iter().map(|key| (*key, trust)));
            }
        }
    }
    matches.truncate(KEYS_MAX);
    matches
}
