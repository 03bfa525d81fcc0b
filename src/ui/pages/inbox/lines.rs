//! Messages as the lines of a thread: days apart, bubbles of one author in groups.

use crate::{
    domain::{
        Millis,
        message::{Author, Message},
    },
    ui::state::clock::Clock,
};

/// Messages further apart than this do not belong to one group.
const GROUP: Millis = 5 * 60_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Day { day: Millis, at: Millis },
    Activity(Message),
    Bubble { message: Message, first: bool, last: bool },
}

impl Line {
    /// Names the line with everything it shows, so that a changed tick is a new line.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Day { day, .. } => format!("day {day}"),
            Self::Activity(message) => message.id.to_string(),
            Self::Bubble { message: m, first, last } => {
                format!("{} {} {first} {last} {:?} {:?}", m.id, m.state, m.error, m.next_attempt_at)
            }
        }
    }
}

/// Whether the second message stands in one group with the first.
fn together(clock: Clock, a: &Message, b: &Message) -> bool {
    a.author != Author::System
        && a.author == b.author
        && a.author_name == b.author_name
        && b.at - a.at < GROUP
        && clock.day(a.at) == clock.day(b.at)
}

pub(super) fn lines(clock: Clock, messages: &[Message]) -> Vec<Line> {
    let mut lines = Vec::with_capacity(messages.len() + 4);
    let mut day = None;
    for (at, message) in messages.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| messages.get(at));
        let after = messages.get(at + 1);
        let today = clock.day(message.at);
        if day != Some(today) {
            day = Some(today);
            lines.push(Line::Day { day: today, at: message.at });
        }
        lines.push(if message.author == Author::System {
            Line::Activity(message.clone())
        } else {
            Line::Bubble {
                first: !before.is_some_and(|b| together(clock, b, message)),
                last: !after.is_some_and(|a| together(clock, message, a)),
                message: message.clone(),
            }
        });
    }
    lines
}
