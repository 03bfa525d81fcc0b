//! What the list shows: links, so that each view has an address.

use super::{
    listed::Listed,
    place::{Filter, use_place},
    tabs::Tabs,
};
use crate::{
    domain::{channel::Channel, conversation::ConversationStatus},
    texts::{Words, inbox},
    ui::{
        alerts::{shown_count, use_alerts},
        prelude::*,
    },
};

/// With whether only those are listed in which a customer waits for a person.
const STATUSES: [(Option<ConversationStatus>, bool, Words); 5] = [
    (Some(ConversationStatus::Open), false, inbox::open),
    (Some(ConversationStatus::Open), true, inbox::unanswered),
    (Some(ConversationStatus::Snoozed), false, inbox::snoozed),
    (Some(ConversationStatus::Resolved), false, inbox::resolved),
    (None, false, inbox::every_status),
];
const CHANNELS: [(Option<Channel>, Words); 3] =
    [(None, inbox::every_channel), (Some(Channel::Whatsapp), inbox::whatsapp), (Some(Channel::Web), inbox::web)];

#[component]
pub(super) fn Filters(listed: Listed) -> impl IntoView {
    let alerts = use_alerts();
    let statuses = STATUSES
        .into_iter()
        .map(|(status, waiting, label)| {
            let count = move || Some(alerts.count()).filter(|count| waiting && *count > 0).map(shown_count);
            view! { <FilterLink label=label() count=Signal::derive(count) change=move |f: Filter| Filter { status, waiting, ..f } /> }
        })
        .collect_view();
    let channels = CHANNELS
        .into_iter()
        .map(|(channel, label)| view! { <FilterLink label=label() change=move |f: Filter| Filter { channel, ..f } /> })
        .collect_view();
    view! {
        <nav class="filters" aria-label=inbox::filter()>
            <Tabs listed=listed />
            <div class="filters__group">{statuses}</div>
            <div class="filters__group">
                {channels}
                <FilterSwitch />
            </div>
        </nav>
    }
}

#[component]
pub(super) fn FilterLink(
    label: &'static str,
    /// How many there are.
    #[prop(optional, into)]
    count: Signal<Option<String>>,
    /// The filter with this one set.
    change: impl Fn(Filter) -> Filter + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let place = use_place();
    let href = move || change(place.filter.get()).href(place.open.get());
    let current = move || (change(place.filter.get()) == place.filter.get()).then_some("true");
    view! {
        <a class="chip" href=href aria-current=current>
            {label}
            {move || count.get().map(|count| view! { <span class="chip__count">{count}</span> })}
        </a>
    }
}

/// What can be added to any filter and taken away again.
#[component]
fn FilterSwitch() -> impl IntoView {
    let place = use_place();
    let href = move || {
        let filter = place.filter.get();
        Filter { unread: !filter.unread, ..filter }.href(place.open.get())
    };
    view! {
        <a class="chip" href=href aria-current=move || place.filter.get().unread.then_some("true")>{inbox::only_unread()}</a>
    }
}
