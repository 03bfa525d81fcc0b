//! When something waiting is tried again: counted down second by second once the page is alive.

use std::time::Duration;

use super::{Moment, MomentStyle};
use crate::{
    domain::Millis,
    texts::shell,
    ui::{browser, prelude::*},
};

#[component]
pub(crate) fn Countdown(at: Millis) -> impl IntoView {
    let now = RwSignal::new(None::<Millis>);
    effect(move || {
        now.set(Some(browser::now()));
        let tick = move || {
            now.try_set(Some(browser::now()));
        };
        if let Ok(handle) = set_interval_with_handle(tick, Duration::from_secs(1)) {
            on_cleanup(move || handle.clear());
        }
    });
    let left = Memo::new(move |_| now.get().map(|now| (at - now + 999).div_euclid(1000)));
    view! {
        // A number that changes each second is for the eye: read out, it would drown the conversation.
        <span class="numeric" aria-hidden="true">{move || left.get().map(words)}</span>
        <span class:visually-hidden=move || left.with(Option::is_some)>{shell::next_try()} " " <Moment at=at style=MomentStyle::Time /> "."</span>
    }
}

fn words(seconds: Millis) -> String {
    match seconds {
        ..=0 => shell::retrying().to_owned(),
        1..120 => shell::retrying_seconds(&seconds),
        _ => shell::retrying_minutes(&((seconds + 30) / 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn counts_down() {
        let said = [600, 120, 119, 12, 0, -5].map(words);
        let expected = ["in 10 min.", "in 2 min.", "in 119 s.", "in 12 s.", "now…", "now…"];
        assert_eq!(said, expected.map(|e| format!("Retrying {e}")));
    }
}
