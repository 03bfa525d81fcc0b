//! Leptos' signals, whose machinery is compiled once, and not for each type of value that a page keeps.
//!
//! A signal of Leptos is generic code of a few kilobytes, recreated for each type in it; a browser would download all
//! of them. So what is below is of one type, a box of anything, and what pages use only knows what is inside.
//! The names and their meaning are Leptos' own; `ui::prelude` puts these in their place.

mod callback;
mod context;
mod signal;
mod source;
mod stored;

pub(crate) use callback::Callback;
pub(crate) use context::{provide_context, use_context};
pub(crate) use signal::{ArcMemo, ArcRwSignal, Memo, Readable, RwSignal, Signal};
pub(crate) use stored::StoredValue;

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering::Relaxed},
    };

    use leptos::prelude::Owner;

    use super::*;

    /// Runs `test` in a scope, as the parts of a page are.
    fn in_a_scope(test: impl FnOnce()) {
        let owner = Owner::new();
        owner.with(test);
    }

    #[test]
    fn a_memo_is_computed_when_what_it_read_has_changed_and_tells_only_of_another_value() {
        in_a_scope(|| {
            let (number, looks) = (RwSignal::new(1), Arc::new(AtomicU32::new(0)));
            let half = Memo::new(move |_| number.get() / 2);
            let words = Memo::new({
                let looks = looks.clone();
                move |before: Option<&String>| {
                    looks.fetch_add(1, Relaxed);
                    format!("{}, before {before:?}", half.get())
                }
            });
            assert_eq!(words.get_untracked(), "0, before None");
            number.set(2);
            assert_eq!(words.get_untracked(), r#"1, before Some("0, before None")"#);
            number.set(3);
            assert_eq!(half.get_untracked(), 1);
            words.track();
            assert_eq!(looks.load(Relaxed), 2, "3 / 2 is 2 / 2");
            number.update_untracked(|n| *n = 8);
            assert_eq!(half.get_untracked(), 1, "nobody was told");
            number.notify();
            assert_eq!(half.get_untracked(), 4);
        });
    }

    #[test]
    fn a_signal_shows_what_it_is_made_of() {
        in_a_scope(|| {
            let name = RwSignal::new("Nina".to_owned());
            let held = ArcRwSignal::new(1);
            let seen: [Signal<String>; 4] =
                [name.into(), Memo::new(move |_| name.get()).into(), Signal::derive(move || name.get()), "Nina".into()];
            assert!(seen.iter().all(|signal| signal.with(|name| name == "Nina")));
            name.update(|name| name.push('!'));
            assert_eq!(seen.map(|signal| signal.get()), ["Nina!", "Nina!", "Nina!", "Nina"]);
            let number = RwSignal::from(held.clone());
            number.set(2);
            assert_eq!(held.get(), 2);
            held.set(3);
            assert_eq!((number.get(), Signal::<bool>::default().get()), (3, false));
        });
    }

    #[test]
    fn what_belongs_to_a_scope_ends_with_it() {
        let owner = Owner::new();
        let (signal, stored, heard) = owner.with(|| {
            let heard = StoredValue::new(0);
            let callback = Callback::new(move |more: i32| heard.update_value(|now| *now += more));
            callback.run(2);
            callback.run(3);
            (RwSignal::new(1), StoredValue::new(1), heard)
        });
        assert_eq!((heard.get_value(), signal.try_set(2), stored.try_set_value(2)), (5, None, None));
        assert_eq!((signal.try_get_untracked(), stored.try_get_value()), (Some(2), Some(2)));
        owner.cleanup();
        assert!(signal.is_disposed());
        assert_eq!((signal.try_get_untracked(), stored.try_get_value()), (None, None));
        assert_eq!((signal.try_set(3), stored.try_set_value(3)), (Some(3), Some(3)));
        assert_eq!((signal.try_update(|_| ()), stored.try_update_value(|_| ())), (None, None));
    }

    #[test]
    fn a_scope_finds_what_it_or_one_around_it_was_given_last() {
        in_a_scope(|| {
            provide_context(1_i32);
            provide_context("outer");
            let inner = Owner::new();
            inner.with(|| {
                assert_eq!(
                    (use_context::<i32>(), use_context::<&str>(), use_context::<bool>()),
                    (Some(1), Some("outer"), None)
                );
                provide_context(2_i32);
                assert_eq!((use_context::<i32>(), use_context::<&str>()), (Some(2), Some("outer")));
            });
            assert_eq!(use_context::<i32>(), Some(1));
        });
    }
}
