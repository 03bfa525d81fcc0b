//! What a chatbot says besides its answers: in its owner's words, or the built-in ones in the customer's language.

use super::{
    Decision, Evidence, Reply, Turn,
    manners::{Talk, Tongue, handed_over},
    texts,
};
use crate::domain::{chatbot::SmallTalk, conversation::HandOver};

/// What a chatbot says besides its answers.
#[derive(Clone, Debug, Default)]
pub struct Phrases {
    /// What it is called: it may be greeted by name.
    pub name: String,
    /// Said once, before the first answer or instead of a hello. Empty: nothing.
    pub greeting: String,
    /// Empty: people take over at once.
    pub fallback: String,
    pub small_talk: SmallTalk,
}

/// The owner's words, unless they are empty. A dash stands for nothing.
fn own_or(own: &str, built_in: &str) -> String {
    match own.trim() {
        "" => built_in.to_owned(),
        "-" | "–" | "—" => String::new(),
        own => own.to_owned(),
    }
}

impl Phrases {
    /// The greeting, if it was not said before.
    pub(super) fn greeting_for(&self, turn: &Turn) -> Option<&String> {
        (!turn.greeted).then_some(&self.greeting)
    }

    /// What is said to small talk. A hello is answered with the chatbot's own greeting, the first time.
    pub(super) fn talk(&self, turn: &Turn, talk: Talk, tongue: Tongue) -> Reply {
        let own = match talk {
            Talk::Hello | Talk::How if !turn.greeted && !self.greeting.is_empty() => &self.greeting,
            Talk::Hello | Talk::How => &self.small_talk.hello,
            Talk::Thanks => &self.small_talk.thanks,
            Talk::Goodbye => &self.small_talk.goodbye,
            Talk::Insult => &self.small_talk.insult,
        };
        let text = own_or(own, talk.answer(tongue));
        if text.is_empty() {
            return Reply::silence();
        }
        Reply { decision: Decision::SmallTalk, contents: texts([&text]), ..Reply::silence() }
    }

    /// People take over.
    #[must_use]
    pub fn hand_over(&self, why: HandOver, tongue: Tongue) -> Reply {
        let text = own_or(&self.small_talk.person, handed_over(tongue));
        Reply { decision: Decision::HandOver(why), contents: texts([&text]), ..Reply::silence() }
    }

    /// What is said when no answer is known: an apology, or the second time (or without one) that people take over.
    #[must_use]
    pub fn without_answer(&self, turn: &Turn, why: HandOver, tongue: Tongue) -> Reply {
        match Decision::without_answer(turn.misses, why) {
            Decision::Fallback if !self.fallback.trim().is_empty() => Reply {
                decision: Decision::Fallback,
                contents: texts(self.greeting_for(turn).into_iter().chain([&self.fallback])),
                evidence: Evidence::of_none(0.0),
            },
            _ => Reply { evidence: Evidence::of_none(0.0), ..self.hand_over(why, tongue) },
        }
    }
}
