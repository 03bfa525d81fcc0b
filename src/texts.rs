//! Every word that people see, in each language.
//!
//! A key is a function: `texts::inbox::load_more()`. Its words in all languages stand side by side in the file of its room, so
//! none can be missing. The server has all of them. The browser has only the places of its keys in a catalogue, and loads
//! the one of its page's language beside the program: words cost the wasm nothing, and nobody downloads what they cannot read.
//!
//! What the server says by itself (errors, troubles of a channel, lines in a thread) it says, logs and stores in English, for it
//! does not know who will read it. Where it is read it is told again in the reader's language: [`retold`].

#[cfg(not(feature = "ssr"))]
mod browser;
mod language;
#[cfg(feature = "ssr")]
mod server;
#[cfg(feature = "ssr")]
mod told;
pub mod words;

use std::fmt::Write as _;

pub use language::Language;

/// A room of texts, a line for each key: `key: "English" / "Português";`.
///
/// What is filled in has a name: `hello(name): "Hello {name}" / "Olá {name}";`. What is counted has two forms, for one and
/// for more: `messages[count]: "{count} message|{count} messages" / "{count} mensagem|{count} mensagens";`.
macro_rules! room {
    ($room:ident: $($(#[$doc:meta])* $key:ident $(($($name:ident),+))? $([$count:ident])?: $en:literal / $pt:literal;)+) => {
        #[derive(Clone, Copy)]
        #[expect(non_camel_case_types, reason = "they are called as their keys are")]
        enum Place { $($key),+ }

        /// How many texts there are.
        pub(super) const LENGTH: usize = [$(Place::$key),+].len();

        #[cfg(feature = "ssr")]
        pub(super) const TEXTS: [$crate::texts::Text; LENGTH] = [$($crate::texts::Text { key: stringify!($key), words: [$en, $pt] }),+];

        const START: usize = $crate::texts::start($crate::texts::Room::$room);

        fn text(place: Place) -> &'static str {
            $crate::texts::text(START + place as usize)
        }

        $($crate::texts::key! { $(#[$doc])* $key $(($($name),+))? $([$count])? })+
    };
}
use room;

/// A text without anything to fill in, as tables of constants hold it.
pub type Words = fn() -> &'static str;

/// The function of a key.
macro_rules! key {
    ($(#[$doc:meta])* $key:ident) => {
        $(#[$doc])*
        pub fn $key() -> &'static str {
            text(Place::$key)
        }
    };
    ($(#[$doc:meta])* $key:ident ($($name:ident),+)) => {
        $(#[$doc])*
        pub fn $key($($name: &dyn std::fmt::Display),+) -> String {
            $crate::texts::filled(text(Place::$key), &[$((stringify!($name), $name)),+])
        }
    };
    ($(#[$doc:meta])* $key:ident [$count:ident]) => {
        $(#[$doc])*
        pub fn $key($count: i64) -> String {
            $crate::texts::filled($crate::texts::form(text(Place::$key), $count), &[(stringify!($count), &$crate::texts::number($count))])
        }
    };
}
use key;

/// The rooms, in the order in which their texts stand in a catalogue.
macro_rules! rooms {
    ($($room:ident),+) => {
        $(pub mod $room;)+

        #[derive(Clone, Copy)]
        #[expect(non_camel_case_types, reason = "they are called as their modules are")]
        enum Room { $($room),+ }

        const LENGTHS: [usize; [$(Room::$room),+].len()] = [$($room::LENGTH),+];

        /// All texts, with the names of their rooms.
        #[cfg(feature = "ssr")]
        fn all() -> impl Iterator<Item = (&'static str, Text)> {
            std::iter::empty()$(.chain($room::TEXTS.into_iter().map(|text| (stringify!($room), text))))+
        }
    };
}

rooms!(
    shell,
    errors,
    audit,
    sign_in,
    set_up,
    inbox,
    labels,
    chatbots,
    contacts,
    integrations,
    sandbox,
    settings,
    widget
);

/// Where the texts of a room begin.
const fn start(room: Room) -> usize {
    let (mut at, mut before) = (0, 0);
    while before < room as usize {
        #[expect(clippy::indexing_slicing, reason = "there is a length for each room")]
        {
            at += LENGTHS[before];
        }
        before += 1;
    }
    at
}

/// The names of all texts: room and key.
#[cfg(all(test, feature = "ssr"))]
pub(crate) fn keys() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().map(|(room, text)| (room, text.key))
}

#[cfg(feature = "ssr")]
#[derive(Clone, Copy)]
#[cfg_attr(not(test), expect(dead_code, reason = "keys are named by tests only"))]
struct Text {
    key: &'static str,
    words: [&'static str; 2],
}

/// Fills `{name}` in.
fn filled(text: &str, values: &[(&str, &dyn std::fmt::Display)]) -> String {
    let (mut filled, mut rest) = (String::with_capacity(text.len() + 32), text);
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        filled.push_str(before);
        if let Some((_, value)) = values.iter().find(|(known, _)| *known == name) {
            let _ = write!(filled, "{value}");
        }
        rest = after;
    }
    filled + rest
}

/// The form for that number of things: English and Portuguese have one for one, and one for all others.
fn form(text: &str, count: i64) -> &str {
    match text.split_once('|') {
        Some((one, _)) if count == 1 => one,
        Some((_, more)) => more,
        None => text,
    }
}

/// A number as people read it: `1,204`.
#[must_use]
pub fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push_str(shell::thousands());
        }
        text.push(digit);
    }
    text
}

/// A size in bytes as people read it: `1.2 kB`.
#[must_use]
pub fn size(bytes: i64) -> String {
    let tenths = |unit: i64| format!("{}{}{}", bytes / unit, shell::decimal(), bytes % unit / (unit / 10));
    match bytes {
        ..1_000 => shell::bytes(bytes),
        1_000..1_000_000 => shell::kilobytes(&tenths(1_000)),
        _ => shell::megabytes(&tenths(1_000_000)),
    }
}

#[cfg(not(feature = "ssr"))]
use browser::text;
#[cfg(feature = "ssr")]
use server::text;

#[cfg(not(feature = "ssr"))]
pub use browser::{current, load, retold};
#[cfg(feature = "ssr")]
pub use server::{Catalogue, asked_for, catalogue, current, in_language, speaking};
#[cfg(feature = "ssr")]
pub use told::retold;
#[cfg(all(test, feature = "ssr"))]
pub(crate) use told::{said, told_english};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use leptos::prelude::{Owner, provide_context};

    use super::*;

    /// What is filled into a text.
    fn filled_in(text: &str) -> BTreeSet<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
    }

    #[test]
    fn the_languages_say_the_same() {
        for (room, Text { key, words: [english, portuguese] }) in all() {
            let forms = |text: &str| text.split('|').count();
            assert_eq!(filled_in(english), filled_in(portuguese), "{room}::{key}");
            assert_eq!(forms(english), forms(portuguese), "{room}::{key}");
            if !english.contains(char::is_alphabetic) {
                continue;
            }
            assert_eq!(english.ends_with(['.', '?', '…']), portuguese.ends_with(['.', '?', '…']), "{room}::{key}");
            for text in [english, portuguese] {
                assert!(!text.is_empty() && text.trim() == text && !text.contains('\n'), "{room}::{key}: {text:?}");
            }
        }
    }

    #[test]
    fn a_file_has_a_line_for_each_text_in_their_order() {
        for language in [Language::English, Language::Portuguese, Language::Pseudo] {
            let mut lines = catalogue(language).file.split('\n');
            assert_eq!(lines.next(), Some(language.tag()));
            assert_eq!(lines.count(), all().count());
        }
        assert_ne!(catalogue(Language::English).digest, catalogue(Language::Portuguese).digest);
    }

    #[test]
    fn texts_are_of_the_language_of_the_request() {
        assert_eq!(sign_in::title(), "Sign in");
        for (language, title, messages) in [
            (Language::English, "Sign in", ["1 new message", "2 new messages"]),
            (Language::Portuguese, "Entrar", ["1 nova mensagem", "2 novas mensagens"]),
            (Language::Pseudo, "[Sïgñ ïñ ~~~]", ["[1 ñëw mëssågë ~~~~~~~~]", "[2 ñëw mëssågës ~~~~~~~~]"]),
        ] {
            Owner::new().with(|| {
                provide_context(language);
                assert_eq!(sign_in::title(), title);
                assert_eq!([1, 2].map(inbox::new_messages), messages);
            });
        }
        let said = inbox::send_failed(&"{why}", &"{name}");
        assert_eq!(said, "Your message to {why} was not sent. {name}", "what is filled in is no text of ours");
    }

    #[test]
    fn numbers_are_written_as_the_language_writes_them() {
        let all = || ([1, 999, 1_250, 3_100_000].map(size), [0, 1, 1_234_567].map(number));
        let english = ["1 byte", "999 bytes", "1.2 kB", "3.1 MB"].map(str::to_owned);
        assert_eq!(all(), (english, ["0", "1", "1,234,567"].map(str::to_owned)));
        Owner::new().with(|| {
            provide_context(Language::Portuguese);
            let portuguese = ["1 byte", "999 bytes", "1,2 kB", "3,1 MB"].map(str::to_owned);
            assert_eq!(all(), (portuguese, ["0", "1", "1.234.567"].map(str::to_owned)));
            assert_eq!(integrations::count_messages(1_204), "1.204 mensagens");
        });
        assert_eq!(words::messaging_limit("TIER_2K"), "2K customers in 24 hours");
        assert_eq!(words::messaging_limit("TIER_UNLIMITED"), "Unlimited");
    }
}
