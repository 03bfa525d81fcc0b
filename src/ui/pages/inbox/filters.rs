//! What the list shows: links, so that each view has an address.

use super::place::{Filter, use_place};
use crate::{
    domain::{channel::Channel, conversation::ConversationStatus},
    ui::prelude::*,
};

const STATUSES: [(Option<ConversationStatus>, &str); 3] =
    [(Some(ConversationStatus::Open), "Open"), (Some(ConversationStatus::Resolved), "Resolved"), (None, "All")];
const CHANNELS: [(Option<Channel>, &str); 3] =
    [(None, "Every channel"), (Some(Channel::Whatsapp), "WhatsApp"), (Some(Channel::Web), "Web")];

#[component]
pub(super) fn Filters() -> impl IntoView {
    let statuses = STATUSES
        .into_iter()
        .map(|(status, label)| view! { <FilterLink label=label change=move |f: Filter| Filter { status, ..f } /> })
        .collect_view();
    let channels = CHANNELS
        .into_iter()
        .map(|(channel, label)| view! { <FilterLink label=label change=move |f: Filter| Filter { channel, ..f } /> })
        .collect_view();
    view! {
        <nav class="filters" aria-label="Filter conversations">
            <div class="filters__group">{statuses}</div>
            <div class="filters__group">{channels}</div>
        </nav>
    }
}

#[component]
fn FilterLink(
    label: &'static str,
    /// The filter with this one set.
    change: impl Fn(Filter) -> Filter + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let place = use_place();
    let href = move || change(place.filter.get()).href(place.open.get());
    let current = move || (change(place.filter.get()) == place.filter.get()).then_some("true");
    view! { <a class="chip" href=href aria-current=current>{label}</a> }
}
