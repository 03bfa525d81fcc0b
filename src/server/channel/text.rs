//! Texts in messages of a channel's length.

use unicode_segmentation::UnicodeSegmentation;

/// Splits a text into parts of at most `max` UTF-16 units: at a paragraph, else a line, else a word, else a grapheme.
///
/// The provider does not document how it counts; UTF-16 units are the stricter way (contract, section 5).
#[must_use]
pub(super) fn split(text: &str, max: usize) -> Vec<String> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    while units(rest) > max {
        let (head, tail) = rest.split_at(cut(rest, max));
        parts.push(head.trim_end().to_owned());
        rest = tail.trim_start();
    }
    if !rest.is_empty() {
        parts.push(rest.to_owned());
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Where to cut: the last good place within the limit, unless it would leave less than a quarter.
fn cut(text: &str, max: usize) -> usize {
    let fitting = fitting(text, max);
    let head = text.get(..fitting).unwrap_or(text);
    ["\n\n", "\n", " "].iter().filter_map(|mark| head.rfind(mark)).find(|at| *at > fitting / 4).unwrap_or(fitting)
}

/// The length in bytes of the longest run of whole graphemes within the limit; a single grapheme beyond it is cut by
/// characters.
fn fitting(text: &str, max: usize) -> usize {
    let within = |pieces: &mut dyn Iterator<Item = &str>| {
        let mut used = 0;
        let mut bytes = 0;
        for piece in pieces {
            used += units(piece);
            if used > max {
                break;
            }
            bytes += piece.len();
        }
        bytes
    };
    match within(&mut text.graphemes(true)) {
        0 => within(&mut text.split_inclusive(|_: char| true)).max(text.chars().next().map_or(0, char::len_utf8)),
        bytes => bytes,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{split, units};

    #[test]
    fn prefers_paragraphs_then_lines_then_words() {
        assert_eq!(split("one two\n\nthree four", 12), ["one two", "three four"]);
        assert_eq!(split("one two three", 9), ["one two", "three"]);
        assert_eq!(split("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(split("short", 9), ["short"]);
        assert!(split("  \n ", 9).is_empty());
    }

    #[test]
    fn keeps_graphemes_whole_and_counts_utf16() {
        let family = "👨‍👩‍👧";
        assert_eq!(units(family), 8);
        assert_eq!(split(&family.repeat(3), 17), [family.repeat(2), family.to_owned()]);
    }

    proptest! {
        #[test]
        fn no_part_is_too_long_and_no_word_is_lost(text in "(\\PC|\\n| ){0,300}", max in 1_usize..40) {
            let parts = split(&text, max.max(2));
            for part in &parts {
                prop_assert!(units(part) <= max.max(2));
            }
            let squeeze = |t: &str| t.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(squeeze(&parts.concat()), squeeze(&text));
        }
    }
}
