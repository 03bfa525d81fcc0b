//! What of a text can be seen. Names, ids and texts may consist of signs that show nothing, or that turn the writing around
//! them (Unicode's format characters, blank letters, marks without a letter).

/// Whether anything in it can be seen.
#[must_use]
pub fn has_visible(text: &str) -> bool {
    text.chars().any(|c| !is_blank(c))
}

/// A name as it is shown: in one line, without signs that turn the writing around it. None when nothing of it can be seen.
#[must_use]
pub fn shown_name(name: &str) -> Option<String> {
    has_visible(name).then(|| one_line(name))
}

/// A text of others in one line, without signs that turn the writing around it.
#[must_use]
pub fn one_line(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !is_stray(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Signs that come along unseen when a value is copied, or that hide what a text says: zero-width marks, and those that turn
/// the direction of writing. Joiners (U+200C, U+200D) are not among them: Persian and emoji need them.
#[must_use]
pub const fn is_stray(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff0}'..='\u{fffb}')
}

/// Signs that show nothing by themselves: white space, control and format characters, letters without ink, marks that need
/// a letter (Unicode 16, general categories Cc, Zs, Cf, Mn and default ignorables, as far as names meet them).
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control() || is_stray(c) || is_inkless(c) || is_combining(c)
}

const fn is_inkless(c: char) -> bool {
    matches!(c,
        // Joiners, fillers of Hangul and Khmer, blank Braille and music, variation selectors and tags.
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200c}' | '\u{200d}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

const fn is_combining(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}'
        | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}'
        | '\u{93c}' | '\u{94d}' | '\u{951}'..='\u{957}' | '\u{e31}' | '\u{e34}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}'
        | '\u{135d}'..='\u{135f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{2cef}'..='\u{2cf1}' | '\u{2de0}'..='\u{2dff}' | '\u{302a}'..='\u{302f}' | '\u{3099}' | '\u{309a}'
        | '\u{a66f}'..='\u{a67d}' | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::{has_visible, one_line, shown_name};

    #[test]
    fn what_shows_nothing_is_no_name() {
        for name in [
            "",
            " ",
            "\t\r\n",
            "\u{200b}",
            "\u{200b}\u{200d}\u{feff}",
            "\u{202e}\u{2066}\u{2069}",
            "\u{3164}",
            "\u{115f}\u{1160}\u{ffa0}",
            "\u{2800}\u{2800}",
            "\u{a0}\u{3000}",
            "\u{301}\u{302}",
            "\u{fe0f}",
            "\u{e0020}\u{e007f}",
            "\u{ad}\u{34f}",
            "\0\u{7f}\u{85}",
            "\u{2028}\u{2029}",
            "\u{17b4}\u{17b5}",
            "\u{61c}\u{200e}",
        ] {
            assert_eq!(shown_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn names_of_all_scripts_stay_as_they_are() {
        for name in [
            "Ada",
            "Zoë",
            "e\u{301}",
            "李",
            "علی‌رضا",
            "👩‍👩‍👧",
            "❤️",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            ".",
            "-",
            "หมู",
            "นี้",
            "हिन्दी",
            "\u{fffd}",
            "7",
            "한",
        ] {
            assert!(has_visible(name), "{name:?}");
            assert_eq!(shown_name(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn nothing_turns_the_writing_around_a_name() {
        assert_eq!(shown_name("\u{202e}adA\u{202c} \u{2067}X\u{2069}\u{200f}").as_deref(), Some("adA X"));
        assert_eq!(one_line("two\nlines\u{0}\t and\u{200b}more "), "two lines andmore");
    }
}
