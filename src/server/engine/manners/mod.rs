//! Small talk, and wishes for a person: what a message is before anything is looked up.
//!
//! Words are data (`words/`, a file per language). A message is small talk when phrases of the lists and the words that people
//! put around them are all that it holds; one word beyond them makes it a question, whatever stands before it: "hi, when do you
//! open?". For a person it is enough to be wished for in so many words, whatever else is said.
//!
//! Everything here is pure, and bounded by the words that are read of a message: 0.02 to 0.1 ms for one of ordinary length, 2 ms
//! at most.

mod hearing;
mod lists;
mod negation;
#[cfg(test)]
mod tests;
mod typo;
mod words;

pub use self::lists::Tongue;
pub(super) use self::negation::{speaks_of_denial, without_denials};
use self::{
    hearing::{Hearing, Said},
    lists::lists,
    words::Words,
};

/// Small talk that is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Talk {
    Hello,
    /// "How are you?"
    How,
    Thanks,
    Goodbye,
    Insult,
}

impl Talk {
    /// What is said to it in a language, unless the chatbot has words of its own.
    #[must_use]
    pub fn answer(self, tongue: Tongue) -> &'static str {
        let key = match self {
            Self::Hello => "hello",
            Self::How => "how",
            Self::Thanks => "thanks",
            Self::Goodbye => "goodbye",
            Self::Insult => "insult",
        };
        lists().says(tongue, key)
    }
}

/// What is said to somebody who asked for a person.
#[must_use]
pub fn handed_over(tongue: Tongue) -> &'static str {
    lists().says(tongue, "person")
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing that wants an answer: ok, laughter, emoji.
    Quiet,
    /// Small talk and nothing else. Unless `sure`, it may as well be something that the chatbot knows.
    Talk { talk: Talk, tongue: Tongue, sure: bool },
    /// Somebody asks for a person.
    Person { tongue: Tongue },
    /// Anything else.
    Question {
        /// Without the small talk around it, if there is any.
        rest: Option<String>,
        /// What it is when no answer is known.
        or: Option<(Talk, Tongue)>,
        tongue: Tongue,
    },
}

/// What is known before a message is heard.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The bot has said something before: "good night" is no greeting any more.
    pub greeted: bool,
    /// What the chatbot is called.
    pub name: &'a str,
    /// The languages that the chatbot's answers are in.
    pub tongues: &'a [Tongue],
}

/// What a message is.
#[must_use]
pub fn hear(text: &str, known: Known<'_>) -> Heard {
    let read = Words::read(text);
    if read.words.is_empty() {
        let nothing = Heard::Question { rest: None, or: None, tongue: first_of(known) };
        return if read.asking { nothing } else { Heard::Quiet };
    }
    let hearing = Hearing::new(&read, known);
    let tongue = hearing.tongue(known);
    if hearing.wants_person() {
        return Heard::Person { tongue };
    }
    let left = hearing.left();
    let talk = hearing.talk(known.greeted);
    let only = left.is_empty() && !read.more;
    match talk {
        Some(Said::Quiet) if only && !read.asking => Heard::Quiet,
        Some(Said::Talk(talk)) if only => Heard::Talk { talk, tongue, sure: !hearing.typo },
        // "Hello John" greets; "Hallo Preis" may ask in a language that writes every noun so.
        Some(Said::Talk(talk @ (Talk::Hello | Talk::How))) if hearing.is_name(&left) && tongue != Tongue::German => {
            Heard::Talk { talk, tongue, sure: false }
        }
        talk => {
            let rude =
                talk == Some(Said::Talk(Talk::Insult)) && !read.asking && left.len() <= RUDE_MAX && !hearing.asks();
            Heard::Question { rest: hearing.rest(text), or: rude.then_some((Talk::Insult, tongue)), tongue }
        }
    }
}

/// Words that somebody rude may say beside the insult, without having asked anything.
const RUDE_MAX: usize = 4;

/// The language that letters give away.
fn of_script(text: &str) -> Option<Tongue> {
    match text.chars().next()? {
        '\u{0900}'..='\u{097F}' => Some(Tongue::Hindi),
        '\u{0600}'..='\u{06FF}' => Some(Tongue::Arabic),
        _ => None,
    }
}

/// The languages of some texts; `latin` are those in Latin letters that were found out otherwise, likeliest first.
#[must_use]
pub fn tongues<'a>(texts: impl Iterator<Item = &'a str>, latin: &[&str]) -> Vec<Tongue> {
    let (mut hindi, mut arabic, mut others) = (0_usize, 0_usize, 0_usize);
    for text in texts {
        match text.chars().find(|c| c.is_alphabetic()).and_then(|c| of_script(c.encode_utf8(&mut [0; 4]))) {
            Some(Tongue::Hindi) => hindi += 1,
            Some(_) => arabic += 1,
            None => others += 1,
        }
    }
    let mut counted: Vec<(usize, Vec<Tongue>)> = vec![
        (others, latin.iter().filter_map(|code| Tongue::ALL.iter().find(|t| t.code() == *code)).copied().collect()),
        (hindi, vec![Tongue::Hindi]),
        (arabic, vec![Tongue::Arabic]),
    ];
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    counted.into_iter().filter(|(count, _)| *count > 0).flat_map(|(_, tongues)| tongues).collect()
}

fn first_of(known: Known<'_>) -> Tongue {
    known.tongues.first().copied().unwrap_or(Tongue::English)
}
