//! The keys of the inbox. Single letters work while nothing is being typed; Alt+J and Alt+K work always.

use leptos::ev;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::place::Place;
use crate::ui::{browser, prelude::*};

pub(super) fn listen_to_keys(place: Place, shortcuts: RwSignal<bool>) {
    let navigate = StoredValue::new(use_navigate());
    let step = move |below: bool| {
        if let Some(id) = place.neighbour(below) {
            let href = place.filter.get_untracked().href(Some(id));
            navigate
                .try_with_value(|navigate| navigate(&href, NavigateOptions { scroll: false, ..Default::default() }));
        }
    };
    effect(move || {
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() {
                return;
            }
            // With Alt the letter may come out as another sign (on a Mac), so the key's place counts there.
            let key = match event.code().as_str() {
                "KeyJ" if event.alt_key() => "j".to_owned(),
                "KeyK" if event.alt_key() => "k".to_owned(),
                _ if event.alt_key() || browser::is_typing() => return,
                _ => event.key(),
            };
            // A key that is held goes from conversation to conversation, but does nothing else again and again.
            if event.repeat() && !matches!(key.as_str(), "j" | "k") {
                return;
            }
            match key.as_str() {
                "j" => step(true),
                "k" => step(false),
                "r" => {
                    browser::press("#reply-mode");
                    browser::focus("#composer");
                }
                "n" => {
                    browser::press("#note-mode");
                    browser::focus("#note");
                }
                "h" => browser::press("#snooze"),
                "a" => browser::press("#assign"),
                "e" => browser::press("#resolve button"),
                "?" => shortcuts.set(true),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || handle.remove());
    });
}
