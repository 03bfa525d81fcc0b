//! The brake: two bots that answer each other would do so for ever.
//!
//! What gives a bot away is that it replies to every answer within seconds, and has only few things to say: the same again
//! and again, a few in turn, or the same around a number, a time, a name. How it went so far is kept with the conversation and
//! written along with each answer, so nothing is asked for it. What people choose from menus never counts: its arrival begins
//! the count from zero.

use std::collections::BTreeSet;

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};

use crate::domain::Millis;

/// A reply within this is a quick one.
const QUICK: Millis = 10_000;
/// A reply after this is that of somebody who thinks; the count starts over.
const SLOW: Millis = 60_000;
/// What a quick reply in known words weighs; a slower one counts half.
const ALIKE: u32 = 2;
/// What words that were not heard before take off.
const NOVEL: u32 = 4;
/// Eight quick replies in known words.
const ALIKE_MAX: u32 = 16;
/// So many quick replies within [`SPAN`] are a bot's, whatever they say.
const QUICK_MAX: u32 = 40;
const SPAN: Millis = 10 * 60_000;
/// How many different replies are remembered: a bot that takes turns has few.
const REMEMBERED: usize = 6;
/// How many words of a reply are looked at.
const WORDS: usize = 24;
/// A customer's time may be earlier than the answer that it follows by this much: clocks differ. What is older is no reply to it.
const AGE: Millis = 5 * 60_000;

/// The words of a reply, as short hashes.
type Print = BTreeSet<u16>;

/// How the other side has replied to the bot's last answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    /// When the bot said something last.
    said_at: Millis,
    /// Quick replies in a row, since when.
    quick: u32,
    since: Millis,
    /// How much the replies are alike.
    alike: u32,
    heard: Vec<Print>,
}

/// What the bot is to answer now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Heard<'a> {
    pub(super) text: &'a str,
    /// Whether it came after the bot's last answer.
    pub(super) after_answer: bool,
    /// When it came in, and when it was written by the customer's time.
    pub(super) arrived_at: Millis,
    pub(super) at: Millis,
}

impl Pace {
    /// None as well when it cannot be read: then the count starts over.
    pub(super) fn read(stored: Option<&str>) -> Option<Self> {
        let bytes = BASE64_STANDARD_NO_PAD.decode(stored?).ok()?;
        let mut rest = bytes.as_slice();
        let said_at = i64::from_be_bytes(take(&mut rest)?);
        let since = i64::from_be_bytes(take(&mut rest)?);
        let [quick, alike] = take(&mut rest)?;
        let mut heard = Vec::new();
        while let Some([words]) = take(&mut rest) {
            let word = |_| take(&mut rest).map(u16::from_be_bytes);
            heard.push((0..words).map(word).collect::<Option<Print>>()?);
        }
        Some(Self { said_at, quick: quick.into(), since, alike: alike.into(), heard })
    }

    /// It is written with every answer, and the pages of a database that change with each are what a message costs: so it is
    /// as short as it can be.
    pub(super) fn write(&self) -> String {
        let byte = |n: u32| u8::try_from(n).unwrap_or(u8::MAX);
        let mut bytes = Vec::with_capacity(96);
        bytes.extend(self.said_at.to_be_bytes());
        bytes.extend(self.since.to_be_bytes());
        bytes.extend([byte(self.quick), byte(self.alike)]);
        for print in &self.heard {
            bytes.push(u8::try_from(print.len()).unwrap_or(u8::MAX));
            bytes.extend(print.iter().flat_map(|word| word.to_be_bytes()));
        }
        BASE64_STANDARD_NO_PAD.encode(bytes)
    }

    /// How it stands once this is answered now.
    pub(super) fn next(before: Option<Self>, heard: Heard<'_>, now: Millis) -> Self {
        let print = print_of(heard.text);
        let Some(mut pace) = before else { return Self::fresh(print, now) };
        let waited = heard.arrived_at - pace.said_at;
        let replies = heard.after_answer && heard.at >= pace.said_at - AGE;
        if replies && waited > SLOW {
            return Self::fresh(print, now);
        }
        pace.said_at = now;
        if !replies {
            // It had been written before the answer was there, which tells nothing of who writes.
            return pace;
        }
        if waited <= QUICK {
            if pace.quick == 0 || now - pace.since > SPAN {
                (pace.quick, pace.since) = (0, now);
            }
            pace.quick += 1;
        } else {
            pace.quick = 0;
        }
        // A bare number is an answer to a menu in words.
        if print.is_empty() {
            return pace;
        }
        if pace.heard.iter().any(|known| are_alike(known, &print)) {
            pace.alike += if waited <= QUICK { ALIKE } else { ALIKE / 2 };
        } else {
            pace.alike = pace.alike.saturating_sub(NOVEL);
            pace.remember(print);
        }
        pace
    }

    fn fresh(print: Print, now: Millis) -> Self {
        let mut pace = Self { said_at: now, ..Self::default() };
        if !print.is_empty() {
            pace.remember(print);
        }
        pace
    }

    fn remember(&mut self, print: Print) {
        if self.heard.len() >= REMEMBERED {
            self.heard.remove(0);
        }
        self.heard.push(print);
    }

    /// Why the bot must not go on, in a line for the thread; none while it may.
    pub(super) fn stop(&self) -> Option<String> {
        let next = "Give the conversation back to the bot to let it answer again.";
        if self.alike >= ALIKE_MAX {
            return Some(format!(
                "The bot has stopped: again and again it got the same replies within seconds, as from another bot. {next}"
            ));
        }
        (self.quick >= QUICK_MAX).then(|| {
            format!(
                "The bot has stopped: {QUICK_MAX} times in a row it got a reply within seconds, as from another bot. {next}"
            )
        })
    }
}

/// The next bytes of what is stored.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(*taken)
}

/// What is left of a text without what changes from reply to reply of a bot: numbers, times, codes, signs.
fn print_of(text: &str) -> Print {
    let words = |fixed: fn(&str) -> bool| -> Print {
        text.split(char::is_whitespace)
            .filter(|word| fixed(word))
            .map(|word| word.chars().filter(|c| !c.is_numeric() && !c.is_ascii_punctuation()).collect::<String>())
            .filter(|word| !word.is_empty())
            .take(WORDS)
            .map(|word| hash(&word.to_lowercase()))
            .collect()
    };
    // Scripts without spaces between words have their numbers in the middle of them.
    let found = words(|word| !(word.is_ascii() && word.bytes().any(|b| b.is_ascii_digit())));
    if found.is_empty() { words(|_| true) } else { found }
}

/// Equal but for one word in eight.
fn are_alike(a: &Print, b: &Print) -> bool {
    a.intersection(b).count() * 4 >= a.union(b).count() * 3
}

/// FNV-1a, folded.
fn hash(word: &str) -> u16 {
    let hash = word.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [a, b, c, d] = hash.to_be_bytes();
    u16::from_be_bytes([a ^ c, b ^ d])
}

#[cfg(test)]
mod tests {
    use super::{Heard, Pace, QUICK_MAX};

    /// After how many answers the bot stops, when these replies come one after the other, each after a pause.
    fn stops_after(replies: impl Iterator<Item = String>, pause: i64) -> Option<usize> {
        let (mut pace, mut now) = (None, 1_000_000);
        for (answers, text) in replies.enumerate() {
            now += pause;
            let heard = Heard { text: &text, after_answer: answers > 0, arrived_at: now, at: now - 900 };
            let next = Pace::next(pace.as_ref().and_then(|p: &Pace| Pace::read(Some(&p.write()))), heard, now + 1_000);
            now += 1_000;
            if next.stop().is_some() {
                return Some(answers);
            }
            pace = Some(next);
        }
        None
    }

    fn many(text: impl Fn(usize) -> String) -> impl Iterator<Item = String> {
        (0..200).map(text)
    }

    #[test]
    fn stops_bots_soon() {
        let same = |_| "Thank you for your message. We are closed.".to_owned();
        assert_eq!(stops_after(many(same), 200), Some(8));
        assert_eq!(stops_after(many(|n| format!("Ticket #{n} was opened at 12:{n:02}.")), 200), Some(8));
        assert_eq!(stops_after(many(|n| format!("Your code is a{n:x}9f, keep it.")), 9_000), Some(8));
        assert_eq!(stops_after(many(|n| format!("ping{n}")), 200), Some(8));
        assert_eq!(stops_after(many(|n| format!("您好，第{n}条消息")), 200), Some(8));
        assert_eq!(stops_after(many(|n| ["Yes?", "How can I help?"][n % 2].to_owned()), 200), Some(9));
        assert_eq!(
            stops_after(many(|n| ["Sorry?", "Once more?", "I did not get it."][n % 3].to_owned()), 200),
            Some(10)
        );
        assert_eq!(stops_after(many(|_| "👍".to_owned()), 200), Some(8));
        let named = |n: usize| format!("Hello {}, all of our people are busy just now", ["Ada", "Ben", "Cy"][n % 3]);
        assert!(stops_after(many(named), 200).unwrap() <= 10);
        // It thinks for half a minute.
        assert_eq!(stops_after(many(same), 30_000), Some(16));
        // Whatever it says.
        let novel = |n: usize| format!("{} {}", "x".repeat(n + 1), "y".repeat(n + 2));
        assert_eq!(stops_after(many(novel), 200), Some(usize::try_from(QUICK_MAX).unwrap()));
    }

    #[test]
    fn lets_people_be() {
        let asked = |n: usize| format!("Do you have {}?", "x".repeat(n + 1));
        assert_eq!(stops_after(many(asked).take(39), 3_000), None, "different questions, quickly");
        assert_eq!(stops_after(many(|n| (n % 4).to_string()).take(39), 3_000), None, "numbers of a menu in words");
        assert_eq!(stops_after(many(|_| "hello?".to_owned()), 61_000), None, "slowly");
        let mixed = |n: usize| if n.is_multiple_of(3) { "menu".to_owned() } else { "w".repeat(n + 1) };
        assert_eq!(stops_after(many(mixed).take(39), 3_000), None);
    }

    #[test]
    fn what_was_written_before_the_answer_tells_nothing() {
        let mut pace = None;
        for n in 0..100 {
            let heard = Heard { text: "hello", after_answer: false, arrived_at: 0, at: 0 };
            let next = Pace::next(pace, heard, n);
            assert_eq!(next.stop(), None);
            pace = Some(next);
        }
        assert_eq!(Pace::read(Some("rubbish")), None);
    }

    #[test]
    fn comes_back_as_it_was_written() {
        let mut pace = None;
        for n in 0..9 {
            let text = "one two three four five".split_at(n * 2 + 1).0;
            let heard = Heard { text, after_answer: n > 0, arrived_at: i64::MAX / 2, at: i64::MAX / 2 };
            let next = Pace::next(pace, heard, i64::MAX / 2 - 5);
            assert_eq!(Pace::read(Some(&next.write())).as_ref(), Some(&next));
            pace = Some(next);
        }
        let (longest, written) = (pace.clone().unwrap().heard, pace.unwrap().write());
        assert!(!longest.is_empty());
        // Cut off anywhere, it is nothing or less, and never a panic.
        (0..written.len()).for_each(|end| drop(Pace::read(written.get(..end))));
    }
}
