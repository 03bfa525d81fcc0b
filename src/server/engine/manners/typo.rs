//! Misspelt words of small talk.

use super::lists::{Meanings, TYPO_MIN, lists};

/// What a misspelt word was meant to be: one letter more, less, other or swapped, but not the first.
pub(super) fn forgive(word: &str) -> Option<&'static Meanings> {
    let near = lists().forgiven.get(&word.chars().next()?)?;
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < TYPO_MIN {
        return None;
    }
    near.iter().find(|(known, _)| is_typo(&letters, known)).and_then(|(_, known)| lists().meanings(known))
}

fn is_typo(a: &[char], b: &[char]) -> bool {
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    match (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default()) {
        ([_, a @ ..], [_, b @ ..]) if a == b => true,
        ([x, y, a @ ..], [v, w, b @ ..]) if x == w && y == v && a == b => true,
        ([_, a @ ..], b) if a == b => true,
        (a, [_, b @ ..]) if a == b => true,
        _ => false,
    }
}
