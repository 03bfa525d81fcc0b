//! Messages as the lines of a thread: days apart, bubbles of one author in groups, and where something is missing.

use std::sync::Arc;

use super::known::Known;
use crate::{
    domain::{
        Millis,
        ids::MessageId,
        message::{Author, Message},
    },
    ui::state::clock::Clock,
};

/// Messages further apart than this do not belong to one group.
const GROUP: Millis = 5 * 60_000;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Line {
    /// What is not loaded between the message with the place `below` (0: none) and the next.
    More {
        below: i64,
    },
    /// The day of the message that follows. (What came days late stands between others, so a day may come twice.)
    Day {
        before: MessageId,
        at: Millis,
    },
    Activity(Arc<Message>),
    Bubble {
        message: Arc<Message>,
        first: bool,
        last: bool,
    },
}

impl Line {
    /// Names the line, whatever it shows: a changed tick is no new line.
    pub(super) fn key(&self) -> String {
        match self {
            Self::More { below } => format!("more {below}"),
            Self::Day { before, .. } => format!("day {before}"),
            Self::Activity(message) | Self::Bubble { message, .. } => message.id.to_string(),
        }
    }
}

/// Whether the second message stands in one group with the first; each with its day.
fn together((a, a_day): (&Message, Millis), (b, b_day): (&Message, Millis)) -> bool {
    a.author != Author::System
        && a.author == b.author
        && a.direction == b.direction
        // Two people may have one name.
        && a.user_id == b.user_id
        && a.author_name == b.author_name
        && b.at - a.at < GROUP
        && a_day == b_day
}

pub(super) fn lines(clock: Clock, known: &Known) -> Vec<Line> {
    let mut lines = Vec::with_capacity(known.messages.len() + 4);
    let days: Vec<(&Arc<Message>, Millis)> = known.messages.iter().map(|m| (m, clock.day(m.at))).collect();
    let joined = |a: Option<&(&Arc<Message>, Millis)>, b: Option<&(&Arc<Message>, Millis)>| match (a, b) {
        (Some((a, a_day)), Some((b, b_day))) => !known.is_open(b.seq) && together((a, *a_day), (b, *b_day)),
        _ => false,
    };
    let mut day = None;
    for (at, (message, today)) in days.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| days.get(at));
        let after = days.get(at + 1);
        if known.is_open(message.seq) {
            lines.push(Line::More { below: known.below(message.seq) });
        }
        if day != Some(*today) {
            day = Some(*today);
            lines.push(Line::Day { before: message.id, at: message.at });
        }
        lines.push(if message.author == Author::System {
            Line::Activity(Arc::clone(message))
        } else {
            Line::Bubble {
                first: !joined(before, days.get(at)),
                last: !joined(days.get(at), after),
                message: Arc::clone(message),
            }
        });
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{super::known::tests::messages, together};
    use crate::domain::{
        ids::UserId,
        message::{Author, Message},
    };

    #[test]
    fn two_people_of_one_name_do_not_speak_with_one_voice() {
        let said = |user: u128| Message {
            author: Author::User,
            author_name: Some("Support".to_owned()),
            user_id: Some(UserId::from_u128(user)),
            ..messages([1]).remove(0)
        };
        assert!(together((&said(1), 0), (&said(1), 0)));
        assert!(!together((&said(1), 0), (&said(2), 0)));
    }
}
