//! Who waits for a person, told to people who look elsewhere: in the page's title always; by a sound and the browser's
//! notification as each person chooses, for this browser.
//!
//! Nothing is asked for or played unless somebody clicked for it. What one page of a browser has told, no other tells again.

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(feature = "hydrate")]
mod real;

use std::{fmt::Write as _, time::Duration};

use leptos::{ev, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[cfg(not(feature = "hydrate"))]
use absent as device;
#[cfg(feature = "hydrate")]
use real as device;
#[cfg(feature = "hydrate")]
pub(crate) use real::lock;

use super::{
    live::use_live,
    prelude::*,
    state::{data::load, guard::guarded, unsaved::use_unsaved},
};
use crate::{
    api::conversations::waiting_customers,
    domain::{Millis, conversation::WaitingCustomer, ids::ConversationId},
    texts::inbox,
};

/// Where this browser keeps what its person chose: a letter for each thing.
const CHOSEN: &str = "parlance.alerts";
/// Where its pages keep whom they have told of.
const TOLD: &str = "parlance.told";
/// Where they keep how many wait, for those of them that hear nothing just now.
const COUNT: &str = "parlance.waiting";
/// A page that nobody looks at lets one that somebody looks at hear first.
const COURTESY: Duration = Duration::from_millis(400);
/// Who began to wait so long before the last one told of is no news: they come up because others have gone.
const LATE: Millis = 10_000;
/// The most notifications at once.
const AT_ONCE: usize = 3;

/// What people can choose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alert {
    Sound,
    Notification,
    /// The customer's words in the notification.
    Words,
}

impl Alert {
    const fn letter(self) -> char {
        match self {
            Self::Sound => 's',
            Self::Notification => 'n',
            Self::Words => 'w',
        }
    }
}

/// How many customers wait, and how to be told.
#[derive(Clone, Copy)]
pub(crate) struct Alerts {
    count: RwSignal<i64>,
    chosen: RwSignal<String>,
    trouble: RwSignal<&'static str>,
}

/// Provides [`Alerts`], with nobody waiting, to all pages.
pub(crate) fn provide_alerts() -> Alerts {
    let alerts = Alerts { count: RwSignal::new(0), chosen: RwSignal::new(String::new()), trouble: RwSignal::new("") };
    provide_context(alerts);
    alerts
}

pub(crate) fn use_alerts() -> Alerts {
    use_context::<Alerts>().unwrap_or_else(provide_alerts)
}

/// Follows who waits, as long as the caller's scope lives.
pub(crate) fn follow_waiting() {
    let (alerts, live) = (use_alerts(), use_live());
    let waiting = load(move || live.waiting(), |_| guarded(waiting_customers()));
    let navigate = StoredValue::new(use_navigate());
    let unsaved = use_unsaved();
    let go = move |id: ConversationId| {
        unsaved.go(move || {
            navigate.try_with_value(|navigate| navigate(&format!("/inbox/{id}"), NavigateOptions::default()));
        });
    };
    effect(move || {
        alerts.chosen.set(device::recall(CHOSEN).unwrap_or_default());
        let heard = window_event_listener(ev::storage, move |event| {
            if event.key().as_deref() == Some(COUNT) {
                alerts.count.set(event.new_value().and_then(|count| count.parse().ok()).unwrap_or_default());
            }
        });
        on_cleanup(move || heard.remove());
    });
    effect(move || {
        waiting.with(|loaded| {
            if let Some(Ok(waiting)) = loaded {
                alerts.count.set(waiting.count);
                device::keep(COUNT, &waiting.count.to_string());
                alerts.hear(waiting.newest.clone(), go);
            }
        });
    });
    on_cleanup(move || {
        alerts.count.try_set(0);
    });
}

impl Alerts {
    /// How many wait; 1000 are as many or more.
    pub(crate) fn count(self) -> i64 {
        self.count.get()
    }

    pub(crate) fn has(self, alert: Alert) -> bool {
        self.chosen.with(|chosen| chosen.contains(alert.letter()))
    }

    /// Why something that was chosen does not work, and what to do; empty when it does.
    pub(crate) fn trouble(self) -> &'static str {
        self.trouble.get()
    }

    /// Somebody clicked. What needs the browser's leave is asked for now.
    pub(crate) fn choose(self, alert: Alert, on: bool) {
        self.trouble.set("");
        if on && alert == Alert::Sound {
            device::chime();
        }
        if !on || alert != Alert::Notification {
            return self.keep(alert, on);
        }
        spawn_local(async move {
            let may = device::ask().await;
            if self.trouble.is_disposed() {
                return;
            }
            self.keep(alert, may == Some(true));
            self.trouble.set(match may {
                Some(true) => "",
                Some(false) => inbox::blocked(),
                None => inbox::unsupported(),
            });
        });
    }

    fn keep(self, alert: Alert, on: bool) {
        self.chosen.update(|chosen| {
            chosen.retain(|letter| letter != alert.letter());
            if on {
                chosen.push(alert.letter());
            }
            device::keep(CHOSEN, chosen);
        });
        // What did not take is shown as it is.
        self.chosen.notify();
    }

    /// Tells of those who have begun to wait, unless somebody looks at a page of this browser.
    fn hear(self, newest: Vec<WaitingCustomer>, go: impl Fn(ConversationId) + Copy + 'static) {
        if device::is_watched() {
            return device::keep(TOLD, &note(&newest));
        }
        set_timeout(move || self.tell(&newest, go), COURTESY);
    }

    fn tell(self, newest: &[WaitingCustomer], go: impl Fn(ConversationId) + Copy + 'static) {
        let told = device::recall(TOLD);
        device::keep(TOLD, &note(newest));
        let (Some(told), Some(chosen)) = (told, self.chosen.try_get_untracked()) else { return };
        let news = news(&told, newest);
        if news.is_empty() || device::is_watched() {
            return;
        }
        if chosen.contains(Alert::Sound.letter()) {
            device::chime();
        }
        if chosen.contains(Alert::Notification.letter()) {
            for customer in news.into_iter().take(AT_ONCE) {
                let words = chosen.contains(Alert::Words.letter()).then_some(customer.preview.as_str());
                let (id, title) = (customer.id, inbox::waits_for_answer(&customer.name));
                device::notify(&title, words.unwrap_or(inbox::click_to_open()), &id.to_string(), move || go(id));
            }
        }
    }
}

/// How many wait, as short as a title and a filter want it.
pub(crate) fn shown_count(count: i64) -> String {
    if count > 99 { "99+".to_owned() } else { count.to_string() }
}

/// Those who wait, as pages note that they have told of them.
fn note(waiting: &[WaitingCustomer]) -> String {
    let mut note = String::new();
    for customer in waiting {
        let _ = write!(note, "{}.{} ", customer.id, customer.since);
    }
    note
}

/// Those of whom nobody was told yet.
fn news<'a>(told: &str, waiting: &'a [WaitingCustomer]) -> Vec<&'a WaitingCustomer> {
    let known = || told.split(' ').filter_map(|entry| entry.split_once('.'));
    let last = known().filter_map(|(_, since)| since.parse::<Millis>().ok()).max();
    waiting
        .iter()
        .filter(|c| last.is_none_or(|last| c.since + LATE > last))
        .filter(|c| known().all(|(id, since)| c.id.to_string() != id || c.since.to_string() != since))
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{news, note};
    use crate::domain::{conversation::WaitingCustomer, ids::ConversationId};

    fn waiting(entries: &[(u128, i64)]) -> Vec<WaitingCustomer> {
        let customer = |(id, since): &(u128, i64)| WaitingCustomer {
            id: ConversationId::from_u128(*id),
            name: "Ada".to_owned(),
            preview: String::new(),
            since: *since,
        };
        entries.iter().map(customer).collect()
    }

    #[test]
    fn each_wait_is_told_once() {
        let before = note(&waiting(&[(3, 50_000), (2, 40_000)]));
        for (now, expected) in [
            (vec![(3, 50_000), (2, 40_000)], vec![]),
            (vec![(4, 60_000), (3, 50_000)], vec![4]),
            // Answered, and waiting once more.
            (vec![(2, 60_000), (3, 50_000)], vec![2]),
            // Two transactions that overtook each other.
            (vec![(3, 50_000), (4, 49_999)], vec![4]),
            // Others have gone, so an old one is among the newest again.
            (vec![(2, 40_000), (1, 10_000)], vec![]),
        ] {
            let now = waiting(&now);
            let told: Vec<u128> = news(&before, &now).iter().map(|c| Uuid::from(c.id).as_u128()).collect();
            assert_eq!(told, expected);
        }
        assert_eq!(news("", &waiting(&[(1, 10)])).len(), 1, "nobody waited before");
    }
}
