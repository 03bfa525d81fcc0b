//! The three panes of the inbox. On narrow screens one of them at a time; the address says which.

use leptos_meta::Title;

use super::{conversation_list::ConversationList, keys::listen_to_keys, place::provide_place};
use crate::{
    error::ApiError,
    texts::inbox,
    ui::{
        browser,
        chunks::{
            aside::{Part, show},
            thread,
        },
        components::{EmptyState, ErrorPanel},
        prelude::*,
    },
};

#[component]
pub(crate) fn InboxPage() -> impl IntoView {
    let place = provide_place();
    let shortcuts = RwSignal::new(false);
    listen_to_keys(place, shortcuts);
    // The dialog stays once somebody has wanted it: it closes by itself.
    let keys = Memo::new(move |before: Option<&bool>| before == Some(&true) || shortcuts.get());
    // On a phone the thread gives way to the list: back to where one was in it.
    let before = StoredValue::new(None);
    effect(move || {
        let now = place.open.get();
        if let (Some(id), None) = (before.get_value(), now) {
            request_animation_frame(move || browser::refocus(&format!("[href^='/inbox/{id}']")));
        }
        before.set_value(now);
    });
    let pane = move || match (place.open.get(), place.details.get()) {
        (None, _) if place.mistyped.get() => "thread",
        (None, _) => "list",
        (Some(_), false) => "thread",
        (Some(_), true) => "details",
    };
    view! {
        <Title text=inbox::title() />
        // For every pane: on a phone only one of them is there at a time.
        <h1 class="visually-hidden">{inbox::title()}</h1>
        <div class="inbox" data-pane=pane>
            <ConversationList shortcuts=shortcuts />
            {move || match place.open.get() {
                Some(id) => thread::open(id),
                None if place.mistyped.get() => view! {
                    <div class="thread thread--empty"><ErrorPanel error=ApiError::not_found(inbox::the_conversation()) /></div>
                },
                None => view! {
                    <div class="thread thread--empty">
                        <EmptyState icon="inbox" title=inbox::choose() text=inbox::choose_text() />
                    </div>
                },
            }}
        </div>
        {move || keys.get().then(|| show(Part::Keys(shortcuts)))}
    }
}
