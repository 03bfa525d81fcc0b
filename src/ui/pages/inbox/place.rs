//! Where one is in the inbox, as the address says it.

use leptos_router::{
    hooks::{use_params_map, use_query_map},
    params::ParamsMap,
};

use crate::{
    domain::{channel::Channel, conversation::ConversationStatus, ids::ConversationId, listing::Listing},
    ui::prelude::*,
};

/// Which conversations are listed. Without a word in the address: what has to be done, the open ones of every channel.
pub(super) type Filter = Listing;

/// The address's word for those in which a customer waits for a person; all of them are open.
const UNANSWERED: &str = "unanswered";

impl Listing {
    fn from_query(query: &ParamsMap) -> Self {
        let waiting = query.get_str("status") == Some(UNANSWERED);
        let status = match query.get_str("status") {
            Some("all") => None,
            Some(word) => Some(ConversationStatus::from_word(word).unwrap_or(ConversationStatus::Open)),
            None => Some(ConversationStatus::Open),
        };
        Self {
            channel: query.get_str("channel").and_then(Channel::from_word),
            status,
            waiting,
            assignee: query.get_str("assignee").and_then(|word| word.parse().ok()),
            label: query.get_str("label").and_then(|id| id.parse().ok()),
            unread: query.get_str("unread").is_some(),
        }
    }

    /// The address of a conversation (or of none) in this list.
    pub(super) fn href(self, conversation: Option<ConversationId>) -> String {
        let mut href = conversation.map_or_else(|| "/inbox".to_owned(), |id| format!("/inbox/{id}"));
        let mut mark = '?';
        let mut add = |key: &str, value: &str| {
            href.push(mark);
            href.push_str(key);
            href.push('=');
            href.push_str(value);
            mark = '&';
        };
        if let Some(channel) = self.channel {
            add("channel", channel.as_str());
        }
        match self.status {
            _ if self.waiting => add("status", UNANSWERED),
            Some(ConversationStatus::Open) => {}
            Some(status) => add("status", status.as_str()),
            None => add("status", "all"),
        }
        if let Some(whose) = self.assignee {
            add("assignee", &whose.to_string());
        }
        if let Some(label) = self.label {
            add("label", &label.to_string());
        }
        if self.unread {
            add("unread", "1");
        }
        href
    }
}

/// The state of the inbox, shared by its parts.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) filter: Memo<Filter>,
    /// The open conversation.
    pub(super) open: Memo<Option<ConversationId>>,
    /// Whether an id stands in the address that cannot be one.
    pub(super) mistyped: Memo<bool>,
    /// Whether the details are shown where there is no room for them beside the thread.
    pub(super) details: Memo<bool>,
    /// The listed conversations in their order, for going to the next one by key.
    order: RwSignal<Vec<ConversationId>>,
    /// By which filter they were listed.
    listed: StoredValue<Option<Filter>>,
    /// The open conversation when it left the list, with the list as it was: the next one is the next one of then.
    left: StoredValue<Option<(ConversationId, Vec<ConversationId>)>>,
}

pub(super) fn provide_place() -> Place {
    let params = use_params_map();
    let named = move || params.with(|p| p.get_str("conversation").map(str::parse::<ConversationId>));
    let query = use_query_map();
    let place = Place {
        filter: Memo::new(move |_| query.with(Filter::from_query)),
        open: Memo::new(move |_| named().and_then(Result::ok)),
        mistyped: Memo::new(move |_| named().is_some_and(|id| id.is_err())),
        details: Memo::new(move |_| query.with(|q| q.get_str("details").is_some())),
        order: RwSignal::new(Vec::new()),
        listed: StoredValue::new(None),
        left: StoredValue::new(None),
    };
    provide_context(place);
    place
}

pub(super) fn use_place() -> Place {
    use_context::<Place>().unwrap_or_else(provide_place)
}

impl Place {
    /// The address of the open conversation with its details shown.
    pub(super) fn details_href(self) -> String {
        let mut href = self.filter.get().href(self.open.get());
        href.push(if href.contains('?') { '&' } else { '?' });
        href.push_str("details=1");
        href
    }

    /// The conversations that are listed now.
    pub(super) fn list(self, filter: Filter, ids: Vec<ConversationId>) {
        let before = self.order.get_untracked();
        if self.listed.get_value() != Some(filter) {
            // Another list, not one that something left.
            self.listed.set_value(Some(filter));
            self.left.set_value(None);
        } else if let Some(open) = self.open.get_untracked()
            && before.contains(&open)
            && !ids.contains(&open)
        {
            self.left.set_value(Some((open, before)));
        }
        self.order.set(ids);
    }

    /// The next conversation below the open one, or the next above.
    pub(super) fn neighbour(self, below: bool) -> Option<ConversationId> {
        let order = self.order.get_untracked();
        let open = self.open.get_untracked();
        let left = self.left.get_value().filter(|(gone, _)| Some(*gone) == open);
        match (open, left) {
            (Some(open), _) if order.contains(&open) => next(&order, &order, open, below),
            (Some(open), Some((_, before))) => next(&before, &order, open, below),
            _ => order.first().copied(),
        }
    }
}

/// The nearest to `from` in a list that is still among those listed.
fn next(
    list: &[ConversationId],
    listed: &[ConversationId],
    from: ConversationId,
    below: bool,
) -> Option<ConversationId> {
    let at = list.iter().position(|id| *id == from)?;
    let (above, rest) = list.split_at(at);
    let is_listed = |id: &&ConversationId| listed.contains(id);
    if below { rest.iter().skip(1).find(is_listed).copied() } else { above.iter().rev().find(is_listed).copied() }
}

#[cfg(test)]
mod tests {
    use super::{Filter, next};
    use crate::domain::{channel::Channel, conversation::ConversationStatus, ids::ConversationId, listing::Whose};

    #[test]
    fn goes_on_where_a_conversation_left_the_list() {
        let [a, b, c, d] = [1, 2, 3, 4].map(ConversationId::from_u128);
        let before = [a, b, c, d];
        assert_eq!(next(&before, &[a, c, d], b, true), Some(c));
        assert_eq!(next(&before, &[a, c, d], b, false), Some(a));
        // Another one went, too, and one came.
        assert_eq!(next(&before, &[ConversationId::from_u128(9), a, d], b, true), Some(d));
        assert_eq!(next(&before, &[a, b, c], d, true), None, "the end is the end, and not the top");
        assert_eq!(next(&before, &before, a, false), None);
    }

    #[test]
    fn names_only_what_differs_from_the_default() {
        let open = Filter { status: Some(ConversationStatus::Open), ..Filter::default() };
        assert_eq!(open.href(None), "/inbox");
        let all = Filter { channel: Some(Channel::Whatsapp), ..Filter::default() };
        assert_eq!(all.href(None), "/inbox?channel=whatsapp&status=all");
        assert_eq!(Filter { waiting: true, ..open }.href(None), "/inbox?status=unanswered");
        let combined = Filter { assignee: Some(Whose::Mine), unread: true, ..open };
        assert_eq!(combined.href(None), "/inbox?assignee=mine&unread=1");
    }
}
