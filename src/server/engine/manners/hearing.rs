//! A message cut into phrases of the lists, and what they make of it.

use super::{
    Known, Talk, Tongue, first_of,
    lists::{Meanings, Role, Tongues, lists},
    negation::{clauses, denials},
    of_script,
    typo::forgive,
    words::{Kind, Words},
};

/// Words that thanks may be for.
const TAIL_MAX: usize = 6;
/// The least words of a phrase that asks for a person whatever else is said.
const WISH_MIN: usize = 3;
/// Words between "speak to" and whom.
const REACH_MAX: usize = 3;

/// What the small talk in a message comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Quiet,
    Talk(Talk),
}

/// A phrase of the lists in a message.
struct Span {
    from: usize,
    to: usize,
    /// None: it is in no list.
    means: Option<&'static Meanings>,
    /// What thanks were for, or the chatbot's own name.
    idle: bool,
}

impl Span {
    fn is(&self, role: Role) -> bool {
        self.means.is_some_and(|means| means.contains_key(&role))
    }

    fn is_any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.is(*role))
    }
}

const TALK: &[Role] = &[Role::Hello, Role::How, Role::Thanks, Role::Goodbye, Role::Quiet, Role::Insult];
/// What tells a language: the little words of one mean something in another.
const TELLING: &[Role] =
    &[Role::Hello, Role::How, Role::Thanks, Role::Goodbye, Role::Insult, Role::Person, Role::Reach, Role::Meet];
const WISH: &[Role] = &[Role::Person, Role::Reach, Role::Meet, Role::With, Role::Someone, Role::Wants];

/// A message cut into phrases.
pub(super) struct Hearing<'a> {
    read: &'a Words,
    spans: Vec<Span>,
    /// A typo was forgiven.
    pub(super) typo: bool,
}

impl<'a> Hearing<'a> {
    pub(super) fn new(read: &'a Words, known: Known<'_>) -> Self {
        let mut hearing = Self { read, spans: Vec::new(), typo: false };
        let name = Words::read(known.name);
        let words = &read.words;
        let mut from = 0;
        while let Some(word) = words.get(from) {
            if word.kind != Kind::Word {
                hearing.spans.push(Span { from, to: from + 1, means: None, idle: true });
                from += 1;
                continue;
            }
            let (to, means) = hearing.longest(from);
            let (means, typo) = match means {
                Some(means) => (Some(means), false),
                None => (forgive(&word.text), true),
            };
            hearing.typo |= typo && means.is_some();
            let named = means.is_none() && name.words.iter().any(|w| w.text == word.text);
            hearing.spans.push(Span { from, to, means, idle: named });
            from = to;
        }
        hearing.pass_over_tails();
        hearing
    }

    /// The longest phrase of the lists that begins at a word.
    fn longest(&self, from: usize) -> (usize, Option<&'static Meanings>) {
        let mut best = (from + 1, None);
        let mut phrase = String::new();
        let ahead = self.read.words.iter().enumerate().skip(from).take(lists().longest);
        for (at, word) in ahead.take_while(|(_, word)| word.kind == Kind::Word) {
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(&word.text);
            if let Some(means) = lists().meanings(&phrase) {
                best = (at + 1, Some(means));
            }
        }
        best
    }

    /// "Thanks for the quick delivery" asks nothing about deliveries.
    fn pass_over_tails(&mut self) {
        if self.read.asking {
            return;
        }
        let mut clause = None;
        let mut idle = Vec::new();
        for (at, span) in self.spans.iter().enumerate() {
            let here = self.read.words.get(span.from).map(|word| word.clause);
            if let Some((began, first)) = clause {
                if here == Some(began) {
                    idle.push((at, first));
                    continue;
                }
                clause = None;
            }
            let thanked =
                at.checked_sub(1).and_then(|before| self.spans.get(before)).is_some_and(|s| s.is(Role::Thanks));
            if thanked && span.is(Role::Tail) {
                clause = here.map(|clause| (clause, at));
                idle.push((at, at));
            }
        }
        for tail in idle.chunk_by(|a, b| a.1 == b.1) {
            let asks = tail.iter().any(|(at, _)| self.spans.get(*at).is_some_and(|s| s.is(Role::Asks)));
            if asks || tail.len() > TAIL_MAX {
                continue;
            }
            for (at, _) in tail {
                if let Some(span) = self.spans.get_mut(*at) {
                    span.idle = true;
                }
            }
        }
    }

    /// The most important small talk in it.
    pub(super) fn talk(&self, greeted: bool) -> Option<Said> {
        let any = |role: Role| self.spans.iter().any(|span| span.is(role) && !span.idle);
        let waves = self.read.words.iter().any(|word| word.kind == Kind::Wave);
        let idle = self.spans.iter().any(|span| span.idle);
        // "Good night" greets in the evening, and parts later.
        let either = |span: &Span| span.is(Role::Hello) && span.is(Role::Goodbye);
        let parts = self.spans.iter().any(|span| span.is(Role::Goodbye) && (greeted || !either(span)));
        let order = [
            (any(Role::Insult), Said::Talk(Talk::Insult)),
            (parts, Said::Talk(Talk::Goodbye)),
            (any(Role::Thanks), Said::Talk(Talk::Thanks)),
            (any(Role::How), Said::Talk(Talk::How)),
            (any(Role::Hello), Said::Talk(Talk::Hello)),
            (any(Role::Quiet), Said::Quiet),
            (waves, Said::Talk(Talk::Hello)),
            (idle, Said::Quiet),
        ];
        order.into_iter().find(|(is, _)| *is).map(|(_, said)| said)
    }

    /// The words that belong to no small talk.
    pub(super) fn left(&self) -> Vec<usize> {
        let covered = |span: &&Span| span.idle || span.is_any(TALK) || span.is(Role::Filler);
        self.spans.iter().filter(|span| !covered(span)).flat_map(|span| span.from..span.to).collect()
    }

    /// Whether a word of it begins a question, though it may be part of a phrase here.
    pub(super) fn asks(&self) -> bool {
        let asks = |means: &Meanings| means.contains_key(&Role::Asks) && !means.contains_key(&Role::Filler);
        self.read.words.iter().any(|word| lists().meanings(&word.text).is_some_and(asks))
    }

    /// Whether one word is left, and written as names are.
    pub(super) fn is_name(&self, left: &[usize]) -> bool {
        let [at] = left else { return false };
        !self.read.asking && *at > 0 && self.read.words.get(*at).is_some_and(|word| word.capital)
    }

    /// Whether somebody asks for a person: with nothing else, or in so many words.
    pub(super) fn wants_person(&self) -> bool {
        let any = |role: Role| self.spans.iter().any(|span| span.is(role));
        let named =
            any(Role::Person) || any(Role::Someone) && (any(Role::Reach) || any(Role::Meet) || any(Role::Wants));
        if !any(Role::Person) && !any(Role::Someone) {
            return false;
        }
        let covered = |span: &Span| span.idle || span.is_any(WISH) || span.is_any(TALK) || span.is(Role::Filler);
        let only = named && !self.read.more && self.spans.iter().all(covered);
        (only || self.reaches() || self.wishes_apart(covered)) && !self.refuses()
    }

    /// A clause of its own that asks for a person: "where is my parcel, I want a human".
    fn wishes_apart(&self, covered: impl Fn(&Span) -> bool) -> bool {
        let clause = |span: &Span| self.read.words.get(span.from).map(|word| word.clause);
        self.spans.chunk_by(|a, b| clause(a) == clause(b)).any(|spans| {
            let any = |role: Role| spans.iter().any(|span| span.is(role));
            any(Role::Wants) && (any(Role::Person) || any(Role::Someone)) && spans.iter().all(&covered)
        })
    }

    /// "Talk to", and somebody close to it; or a whole wish from the lists.
    fn reaches(&self) -> bool {
        if self.spans.iter().any(|span| span.is(Role::Person) && span.to - span.from >= WISH_MIN) {
            return true;
        }
        let clause = |span: &Span| self.read.words.get(span.from).map(|word| word.clause);
        self.spans.iter().filter(|span| span.is_any(&[Role::Someone, Role::Person])).any(|whom| {
            let here = |span: &&Span| clause(span) == clause(whom);
            let with = self.spans.iter().filter(here).any(|span| span.is(Role::With));
            self.spans.iter().filter(here).any(|span| {
                let near = span.to <= whom.from + 1 && whom.from < span.to + REACH_MAX + 1
                    || whom.to <= span.from + 1 && span.from < whom.to + REACH_MAX + 1;
                near && !std::ptr::eq(span, whom) && (span.is(Role::Reach) || span.is(Role::Meet) && with)
            })
        })
    }

    /// "I don't want to talk to anybody". (Who does not want a bot wants a person: that is a phrase of its own.)
    fn refuses(&self) -> bool {
        let mut from = 0;
        for clause in clauses(&self.read.words) {
            for (start, end) in denials(clause) {
                let (start, end) = (from + start, from + end);
                let wished = |span: &Span| span.is(Role::Person) && span.from <= start && end <= span.to;
                let here = |span: &Span| span.from >= from && span.from < from + clause.len();
                let about = |span: &Span| here(span) && span.is_any(&[Role::Person, Role::Someone]);
                if self.spans.iter().any(about) && !self.spans.iter().any(wished) {
                    return true;
                }
            }
            from += clause.len();
        }
        false
    }

    /// The message without the small talk at its ends, and without laughter, emoji and insults.
    pub(super) fn rest(&self, text: &str) -> Option<String> {
        let talk = |span: &Span| span.idle || span.is_any(TALK);
        let first = self.spans.iter().position(|span| !talk(span))?;
        let last = self.spans.iter().rposition(|span| !talk(span))?;
        let mut rest = String::new();
        let mut cut = false;
        for (at, span) in self.spans.iter().enumerate() {
            if at < first || at > last || span.idle || span.is(Role::Insult) {
                cut = true;
                continue;
            }
            let (Some(from), Some(to)) = (self.read.words.get(span.from), self.read.words.get(span.to - 1)) else {
                continue;
            };
            // With the sign behind it: a question stays one.
            let next = self.read.words.get(span.to).map_or(text.len(), |word| word.at.start);
            rest.push_str(text.get(from.at.start..next.max(to.at.end)).unwrap_or_default());
        }
        if self.read.more {
            rest.push_str(self.read.words.last().and_then(|word| text.get(word.at.end..)).unwrap_or_default());
        }
        cut.then_some(rest)
    }

    /// The language that most of it is in; between equals one of the chatbot's. A little word ("y", "a", "die") gives none away.
    pub(super) fn tongue(&self, known: Known<'_>) -> Tongue {
        let said = self.spans.iter().any(|span| span.is_any(TELLING));
        let script = self.read.words.iter().find_map(|word| of_script(&word.text));
        let votes = |tongue: Tongue| -> usize {
            let of = |span: &Span| {
                let spoken = |telling: bool| {
                    let is = |(role, tongues): (&Role, &Tongues)| {
                        TELLING.contains(role) == telling && tongues.contains(tongue)
                    };
                    span.means.is_some_and(|means| means.iter().any(is))
                };
                let weight = if spoken(true) { 2 } else { usize::from(spoken(false)) };
                weight * (span.to - span.from)
            };
            let expected = if script.is_some() { script == Some(tongue) } else { first_of(known) == tongue };
            self.spans.iter().map(of).sum::<usize>() + usize::from(!said && expected)
        };
        let most = Tongue::ALL.iter().map(|tongue| votes(*tongue)).max().unwrap_or(0);
        let likely = |tongue: &&Tongue| votes(**tongue) == most;
        known
            .tongues
            .iter()
            .find(likely)
            .or_else(|| Tongue::ALL.iter().find(likely))
            .copied()
            .unwrap_or(Tongue::English)
    }
}
