//! What people paste from Meta's console: forgiven, then judged.

use crate::domain::visible::is_stray;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasteFault {
    Empty,
    /// The id of a number or account is missing.
    NoId,
    /// The app's id is missing.
    NoApp,
    /// A token or secret is missing.
    NoSecret,
    /// A phone number stands where its id belongs.
    Phone,
    NotDigits,
    OddLength,
    /// There is a space or line break in it.
    Broken,
    /// There is a character in it that Meta does not use.
    Strange,
    TooLong,
}

/// Takes away what comes along when a value is copied: spaces, quotes, tabs and newlines around it, invisible marks
/// anywhere in it, and the `Bearer` of a header.
#[must_use]
pub fn clean_pasted(value: &str) -> String {
    let value: String = value.chars().filter(|c| !is_stray(*c) && !matches!(c, '\u{200c}' | '\u{200d}')).collect();
    let value = trimmed(&value);
    let value = without_word(value, "authorization:").unwrap_or(value);
    // Only a word of its own: a value may well begin with these letters.
    let bare = without_word(value, "bearer").filter(|rest| rest.starts_with(char::is_whitespace));
    trimmed(bare.unwrap_or(value)).to_owned()
}

fn trimmed(value: &str) -> &str {
    value.trim_matches(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`' | '“' | '”'))
}

/// What follows a word at the beginning, however it is written.
fn without_word<'a>(value: &'a str, word: &str) -> Option<&'a str> {
    let value = value.trim_start();
    value.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word)).and_then(|_| value.get(word.len()..))
}

/// Judges the id of a number or account copied from Meta's console; `Err` says what is wrong with it.
///
/// # Errors
/// When it is empty, not made of digits, or looks like a phone number.
pub fn check_meta_id(value: &str) -> Result<(), PasteFault> {
    if value.is_empty() {
        return Err(PasteFault::NoId);
    }
    if looks_like_phone(value) {
        return Err(PasteFault::Phone);
    }
    check_digits(value)
}

/// Judges an app id. Those of old apps are as short as phone numbers.
///
/// # Errors
/// When it is empty or not made of digits.
pub fn check_app_id(value: &str) -> Result<(), PasteFault> {
    if value.is_empty() {
        return Err(PasteFault::NoApp);
    }
    check_digits(value)
}

fn check_digits(value: &str) -> Result<(), PasteFault> {
    if !value.chars().all(|c| c.is_ascii_digit()) {
        return Err(PasteFault::NotDigits);
    }
    if value.len() < 5 || value.len() > 32 {
        return Err(PasteFault::OddLength);
    }
    Ok(())
}

/// A plus, the usual separators, or 8 to 13 digits: ids have 14 and more.
fn looks_like_phone(value: &str) -> bool {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let only = value.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'));
    only && (value.starts_with('+') || (8..=13).contains(&digits))
}

/// Judges a token or secret copied from Meta's console; `Err` says what is wrong with it.
///
/// # Errors
/// When it is empty, or not in one piece.
pub fn check_secret(value: &str) -> Result<(), PasteFault> {
    if value.is_empty() {
        return Err(PasteFault::NoSecret);
    }
    if value.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(PasteFault::Broken);
    }
    if !value.is_ascii() {
        return Err(PasteFault::Strange);
    }
    if value.len() > 2000 {
        return Err(PasteFault::TooLong);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{PasteFault, check_app_id, check_meta_id, check_secret, clean_pasted};

    #[test]
    fn forgives_what_comes_along_when_pasting() {
        assert_eq!(clean_pasted(" \t\"EAAG123\"\r\n"), "EAAG123");
        assert_eq!(clean_pasted("\u{feff}“abc”"), "abc");
        for marks in
            ["\u{202a}", "\u{202c}", "\u{202e}", "\u{200e}", "\u{200f}", "\u{2060}", "\u{feff}", "\u{200b}", "\u{200d}"]
        {
            assert_eq!(clean_pasted(&format!("{marks}31600{marks}0001{marks} ")), "316000001", "{marks:?}");
        }
        for text in [
            "Bearer EAAG1",
            "bearer  EAAG1",
            "\"Bearer EAAG1\"",
            "Authorization: Bearer EAAG1",
            "\u{202a}Bearer\u{a0}EAAG1\u{202c}",
        ] {
            assert_eq!(clean_pasted(text), "EAAG1", "{text:?}");
        }
        for text in ["BearerEAAG1", "Bearer", "EAAG Bearer x"] {
            assert_eq!(clean_pasted(text), text);
        }
    }

    #[test]
    fn tells_ids_from_phone_numbers() {
        assert!(check_meta_id("316000000000001").is_ok());
        for phone in ["+15550100001", "15550100001", "1 (555) 010-0001", "49151000000"] {
            assert!(check_meta_id(phone).is_err_and(|e| e == PasteFault::Phone), "{phone}");
        }
        assert!(check_app_id("2439131959").is_ok() && check_app_id("").is_err() && check_app_id("12x").is_err());
        assert!(check_meta_id("").is_err());
        assert!(check_meta_id("31600000000000x").is_err());
    }

    #[test]
    fn secrets_come_in_one_piece() {
        assert!(check_secret("EAAG-good").is_ok());
        for bad in ["", "EAAG x", "EAAG\nx", "EAAGü", &"x".repeat(2001)] {
            assert!(check_secret(bad).is_err(), "{bad:?}");
        }
    }
}
