//! The list of conversations, newest first, with its filters.

use std::sync::Arc;

use super::{
    alert_choices::AlertChoices,
    conversation_row::ConversationLink,
    filters::Filters,
    listed::list,
    place::{Filter, use_place},
};
use crate::{
    domain::conversation::{ConversationStatus, ConversationSummary},
    texts::inbox,
    ui::{
        components::{Button, ButtonKind, EachLive, EmptyState, ErrorPanel, Pending, Skeleton},
        prelude::*,
    },
};

#[component]
pub(super) fn ConversationList(shortcuts: RwSignal<bool>) -> impl IntoView {
    let place = use_place();
    let listed = list(place);
    let more = listed.more();
    let rows = move || listed.shown().map(|shown| shown.rows).unwrap_or_default();
    let goes_on = move || listed.shown().is_some_and(|shown| shown.next.is_some());
    let empty = move || {
        let shown = listed.shown().filter(|shown| shown.rows.is_empty() && shown.next.is_none());
        shown.map(|shown| nothing(place.filter.get(), shown.only_filtered))
    };
    view! {
        <section class="list" aria-label=inbox::title()>
            <header class="list__head">
                <p class="list__title" aria-hidden="true">{inbox::title()}</p>
                <AlertChoices />
                <Button
                    label=inbox::shortcuts()
                    icon="keyboard"
                    icon_only=true
                    kind=ButtonKind::Quiet
                    on_press=move || shortcuts.set(true)
                />
            </header>
            <Filters listed=listed />
            <div class="list__scroll">
                <Pending fallback=|| view! { <Skeleton shape="rows" count=7 /> }>
                    {move || listed.error().map(|e| view! { <ErrorPanel error=e on_retry=move || listed.try_again() /> })}
                    {move || empty()}
                    <ul class="list__rows" aria-label=inbox::conversations()>
                        <EachLive each=rows key=key_of let:row>
                            <ConversationLink row=row />
                        </EachLive>
                    </ul>
                    {move || goes_on().then(|| view! {
                        <div class="list__more">
                            <Button label=inbox::load_more() busy=more.busy() on_press=move || listed.load_more() />
                        </div>
                    })}
                    {move || more.error().get().map(|e| view! { <ErrorPanel error=e on_retry=move || listed.load_more() /> })}
                </Pending>
            </div>
        </section>
    }
}

fn key_of(row: &Arc<ConversationSummary>) -> String {
    row.id.to_string()
}

/// Why the list is empty, and the one next step.
fn nothing(filter: Filter, only_filtered: bool) -> AnyView {
    if !only_filtered {
        view! {
            <EmptyState
                icon="inbox"
                title=inbox::none_yet()
                text=inbox::none_yet_text()
            >
                <a class="button" href="/integrations">{inbox::connect()}</a>
            </EmptyState>
        }
    } else {
        let all = Filter::default().href(None);
        let open = Filter { status: Some(ConversationStatus::Open), ..Filter::default() };
        let (title, text) = if filter == (Filter { waiting: true, ..open }) {
            (inbox::nobody_waits(), inbox::nobody_waits_text())
        } else if filter == open {
            (inbox::all_done(), inbox::all_done_text())
        } else {
            (inbox::nothing(), inbox::nothing_text())
        };
        view! {
            <EmptyState icon="tick" title=title text=text>
                <a class="button" href=all>{inbox::show_all()}</a>
            </EmptyState>
        }
    }
}
