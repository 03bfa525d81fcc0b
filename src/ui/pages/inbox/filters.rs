//! What the list shows: links, so that each view has an address.

use super::place::{Filter, use_place};
use crate::{
    domain::{channel::Channel, conversation::ConversationStatus},
    texts::{Words, inbox},
    ui::{
        alerts::{shown_count, use_alerts},
        prelude::*,
    },
};

/// With whether only those are listed in which a customer waits for a person.
const STATUSES: [(Option<ConversationStatus>, bool, Words); 4] = [
    (Some(ConversationStatus::Open), false, inbox::open),
    (Some(ConversationStatus::Open), true, inbox::unanswered),
    (Some(ConversationStatus::Resolved), false, inbox::resolved),
    (None, false, inbox::all),
];
const CHANNELS: [(Option<Channel>, Words); 3] =
    [(None, inbox::every_channel), (Some(Channel::Whatsapp), inbox::whatsapp), (Some(Channel::Web), inbox::web)];

#[component]
pub(super) fn Filters() -> impl IntoView {
    let statuses = STATUSES
        .into_iter()
        .map(|(status, waiting, label)| {
            view! { <FilterLink label=label() counts=waiting change=move |f: Filter| Filter { status, waiting, ..f } /> }
        })
        .collect_view();
    let channels = CHANNELS
        .into_iter()
        .map(|(channel, label)| view! { <FilterLink label=label() change=move |f: Filter| Filter { channel, ..f } /> })
        .collect_view();
    view! {
        <nav class="filters" aria-label=inbox::filter()>
            <div class="filters__group">{statuses}</div>
            <div class="filters__group">{channels}</div>
        </nav>
    }
}

#[component]
fn FilterLink(
    label: &'static str,
    /// Shows how many customers wait.
    #[prop(optional)]
    counts: bool,
    /// The filter with this one set.
    change: impl Fn(Filter) -> Filter + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let place = use_place();
    let href = move || change(place.filter.get()).href(place.open.get());
    let current = move || (change(place.filter.get()) == place.filter.get()).then_some("true");
    let alerts = use_alerts();
    let count = move || counts.then(|| alerts.count()).filter(|count| *count > 0);
    view! {
        <a class="chip" href=href aria-current=current>
            {label}
            {move || count().map(|count| view! { <span class="chip__count">{shown_count(count)}</span> })}
        </a>
    }
}
