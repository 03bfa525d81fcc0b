//! The messages of a thread that are loaded, and where something between them is missing.

use std::sync::Arc;

use crate::domain::message::Message;

/// Messages in the order in which they are read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Known {
    pub(super) messages: Vec<Arc<Message>>,
    /// The places (`seq`) of messages before which others may stand that are not loaded. In order.
    open: Vec<i64>,
}

impl Known {
    /// Joins a page: the newest one, or what stands before the place `before`.
    ///
    /// A page holds all between its first and its last place, or up to the place that it was asked for. So it takes the place
    /// of what was known of them. Between its first and what is known further up there may be more: that is remembered,
    /// until a page closes it.
    pub(super) fn join(&mut self, page: &[Message], before: Option<i64>) {
        let places = || page.iter().map(|m| m.seq);
        let (Some(first), Some(last)) = (places().min(), places().max()) else {
            // Nothing stands before that place.
            self.open.retain(|open| Some(*open) != before);
            return;
        };
        let last = before.map_or(last, |before| last.max(before - 1));
        let is_joined = first <= 1 || self.reaches(first);
        let next = self.messages.iter().map(|m| m.seq).filter(|seq| *seq > last).min();
        self.open.retain(|open| (*open < first || *open > last) && !(Some(*open) == next && last + 1 >= *open));
        if !is_joined {
            let at = self.open.partition_point(|open| *open < first);
            self.open.insert(at, first);
        }
        let behind: Vec<_> = self.messages.iter().filter(|m| m.seq > last).cloned().collect();
        self.messages.retain(|m| m.seq < first);
        self.messages.extend(page.iter().cloned().map(Arc::new));
        self.messages.extend(behind);
    }

    /// Whether all is known from some message below a place up to that place.
    fn reaches(&self, place: i64) -> bool {
        let seqs = || self.messages.iter().map(|m| m.seq);
        let Some(below) = seqs().filter(|seq| *seq < place).max() else { return false };
        // Places may be left out. Where one was loaded beyond, what is between is known.
        let beyond = seqs().filter(|seq| *seq >= place).min();
        below + 1 == place || beyond.is_some_and(|beyond| !self.open.contains(&beyond))
    }

    /// Below which message others may be missing that stand before `place`: 0 when there is none.
    pub(super) fn below(&self, place: i64) -> i64 {
        self.messages.iter().map(|m| m.seq).filter(|seq| *seq < place).max().unwrap_or_default()
    }

    /// Whether something may be missing right before a place.
    pub(super) fn is_open(&self, place: i64) -> bool {
        self.open.binary_search(&place).is_ok()
    }

    /// The place right above which a hole is, that begins below the message `below`.
    pub(super) fn hole_after(&self, below: i64) -> Option<i64> {
        self.open.iter().copied().find(|open| self.below(*open) == below)
    }

    /// The newest hole between messages that are loaded.
    pub(super) fn newest_hole(&self) -> Option<i64> {
        self.open.iter().copied().rfind(|open| self.below(*open) > 0)
    }

    pub(super) fn newest(&self) -> Option<i64> {
        self.messages.iter().map(|m| m.seq).max()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::Known;
    use crate::domain::{
        channel::Channel,
        content::Content,
        ids::{ConversationId, MessageId},
        message::{Author, Direction, Message, MessageState},
    };

    pub(in crate::ui::pages::inbox) fn messages(seqs: impl IntoIterator<Item = i64>) -> Vec<Message> {
        let message = |seq: i64| Message {
            id: MessageId::from_u128(u128::try_from(seq).unwrap()),
            conversation_id: ConversationId::nil(),
            channel: Channel::Web,
            direction: Direction::Inbound,
            author: Author::Contact,
            author_name: None,
            mine: false,
            user_id: None,
            content: Content::text(seq.to_string()),
            note: None,
            state: MessageState::Received,
            error: None,
            error_code: None,
            action: None,
            next_attempt_at: None,
            at: seq,
            seq,
            client_id: None,
        };
        seqs.into_iter().map(message).collect()
    }

    /// Shows what is known as text: `…` where something may be missing.
    fn text(known: &Known) -> String {
        let shown = |seq: i64| format!("{}{seq}", if known.is_open(seq) { "…" } else { "" });
        known.messages.iter().map(|m| shown(m.seq)).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_came_meanwhile_leaves_no_hole_that_nobody_knows_of() {
        let mut known = Known::default();
        known.join(&messages(1..=3), None);
        known.join(&messages(8..=9), None);
        assert_eq!(text(&known), "1 2 3 …8 9");
        assert_eq!((known.newest_hole(), known.hole_after(3)), (Some(8), Some(8)));
        known.join(&messages(6..=7), Some(8));
        assert_eq!(text(&known), "1 2 3 …6 7 8 9");
        assert_eq!(known.hole_after(3), Some(6), "the same hole, smaller");
        known.join(&messages(9..=10), None);
        assert_eq!(text(&known), "1 2 3 …6 7 8 9 10");
        known.join(&messages(3..=5), Some(6));
        assert_eq!(text(&known), "1 2 3 4 5 6 7 8 9 10");
        assert_eq!(known.newest_hole(), None);
    }

    #[test]
    fn an_older_page_that_comes_late_hides_nothing() {
        let mut known = Known::default();
        known.join(&messages(30..=35), None);
        // It was asked for while there was no hole yet.
        known.join(&messages(80..=85), None);
        known.join(&messages(25..=29), Some(30));
        assert_eq!(text(&known), "…25 26 27 28 29 30 31 32 33 34 35 …80 81 82 83 84 85");
        assert_eq!(known.newest_hole(), Some(80));
    }

    #[test]
    fn places_that_nothing_stands_in_are_no_holes() {
        let mut known = Known::default();
        known.join(&messages([4, 7, 9]), None);
        assert_eq!(text(&known), "…4 7 9");
        known.join(&messages([7, 9, 10]), None);
        assert_eq!(text(&known), "…4 7 9 10");
        known.join(&messages([9, 12]), None);
        assert_eq!(text(&known), "…4 7 9 12", "10 is gone");
        known.join(&messages([2]), Some(4));
        assert_eq!(text(&known), "…2 4 7 9 12", "3 was never there");
        known.join(&[], Some(2));
        assert_eq!(text(&known), "2 4 7 9 12", "nothing is before it");
    }

    #[test]
    fn a_page_that_is_older_than_what_is_known_takes_nothing_away() {
        let mut known = Known::default();
        known.join(&messages(1..=5), None);
        known.join(&messages(2..=4), None);
        assert_eq!(text(&known), "1 2 3 4 5");
    }
}
