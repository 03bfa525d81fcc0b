//! Where one is in the inbox, as the address says it.

use leptos::prelude::*;
use leptos_router::{
    hooks::{use_params_map, use_query_map},
    params::ParamsMap,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{channel::Channel, conversation::ConversationStatus};

/// Which conversations are listed. The default is what has to be done: the open ones of every channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Filter {
    pub(super) channel: Option<Channel>,
    /// None lists all.
    pub(super) status: Option<ConversationStatus>,
    /// Only where a customer waits for a person, the longest wait first; all of them are open.
    pub(super) waiting: bool,
}

/// The address's word for them.
const UNANSWERED: &str = "unanswered";

impl Filter {
    fn from_query(query: &ParamsMap) -> Self {
        let waiting = query.get_str("status") == Some(UNANSWERED);
        let status = match query.get_str("status") {
            Some("all") => None,
            Some(word) => Some(ConversationStatus::from_word(word).unwrap_or(ConversationStatus::Open)),
            None => Some(ConversationStatus::Open),
        };
        Self { channel: query.get_str("channel").and_then(Channel::from_word), status, waiting }
    }

    /// The address of a conversation (or of none) in this list.
    pub(super) fn href(self, conversation: Option<Uuid>) -> String {
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
        href
    }
}

/// The state of the inbox, shared by its parts.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) filter: Memo<Filter>,
    /// The open conversation.
    pub(super) open: Memo<Option<Uuid>>,
    /// Whether an id stands in the address that cannot be one.
    pub(super) mistyped: Memo<bool>,
    /// Whether the details are shown where there is no room for them beside the thread.
    pub(super) details: Memo<bool>,
    /// The listed conversations in their order, for going to the next one by key.
    pub(super) order: RwSignal<Vec<Uuid>>,
}

pub(super) fn provide_place() -> Place {
    let params = use_params_map();
    let query = use_query_map();
    let place = Place {
        filter: Memo::new(move |_| query.with(Filter::from_query)),
        open: Memo::new(move |_| params.with(|p| p.get_str("id").and_then(|id| id.parse().ok()))),
        mistyped: Memo::new(move |_| params.with(|p| p.get_str("id").is_some_and(|id| id.parse::<Uuid>().is_err()))),
        details: Memo::new(move |_| query.with(|q| q.get_str("details").is_some())),
        order: RwSignal::new(Vec::new()),
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

    /// The conversation that many steps below the open one.
    pub(super) fn neighbour(self, step: isize) -> Option<Uuid> {
        let open = self.open.get_untracked();
        self.order.with_untracked(|order| match order.iter().position(|id| Some(*id) == open) {
            Some(at) => order.get(at.checked_add_signed(step)?).copied(),
            None => order.first().copied(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use crate::domain::{channel::Channel, conversation::ConversationStatus};

    #[test]
    fn names_only_what_differs_from_the_default() {
        let open = Filter { channel: None, status: Some(ConversationStatus::Open), waiting: false };
        assert_eq!(open.href(None), "/inbox");
        let all = Filter { channel: Some(Channel::Whatsapp), status: None, waiting: false };
        assert_eq!(all.href(None), "/inbox?channel=whatsapp&status=all");
        assert_eq!(Filter { waiting: true, ..open }.href(None), "/inbox?status=unanswered");
    }
}
