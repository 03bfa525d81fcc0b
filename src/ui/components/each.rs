//! The rows of a list. A row stays the same elements as long as its key is there: it is moved only if it has to be, and
//! what changes in one row is no work for the others.

use std::{any::Any, collections::HashMap, mem, sync::Arc};

use crate::ui::prelude::*;

/// What a row keeps while the list changes around it; its type is known to its creator.
type Keeps = Arc<dyn Any + Send + Sync>;

struct Item {
    key: String,
    keeps: Keeps,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A row that is shown.
#[derive(Clone)]
struct Shown {
    place: usize,
    /// How often it was recreated, because it had to change places.
    round: u32,
    keeps: Keeps,
}

/// The rows that are shown, by their keys.
type Before = HashMap<String, Shown>;

/// Makes the rows that are to be shown, from those that are.
type Make = Box<dyn Fn(&Before) -> Vec<Item> + Send>;

/// Rows whose content follows from their key. It takes the place of Leptos' `<For>`, which compiles its way of comparing
/// lists once for each list: here all lists share one.
#[component]
pub(crate) fn Each<T, E, K, C, V>(
    each: E,
    /// What tells a row from the others.
    key: K,
    children: C,
) -> impl IntoView
where
    T: Send + 'static,
    E: Fn() -> Vec<T> + Send + 'static,
    K: Fn(&T) -> String + Send + 'static,
    C: Fn(T) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
{
    rows(Box::new(move |_: &Before| {
        let item = |value: T| {
            let (key, children) = (key(&value), children.clone());
            Item { key, keeps: Arc::new(()), view: Box::new(move || children(value).into_any()) }
        };
        each().into_iter().map(item).collect()
    }))
}

/// Rows whose content changes while they stay: each gets a signal of its own, which tells only of it.
#[component]
pub(crate) fn EachLive<T, E, K, C, V>(
    each: E,
    /// What tells a row from the others, and stays when its content changes.
    key: K,
    children: C,
) -> impl IntoView
where
    T: PartialEq + Send + Sync + 'static,
    E: Fn() -> Vec<T> + Send + 'static,
    K: Fn(&T) -> String + Send + 'static,
    C: Fn(ArcRwSignal<T>) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
{
    rows(Box::new(move |before: &Before| {
        let item = |value: T| {
            let (key, children) = (key(&value), children.clone());
            let known = before.get(&key).and_then(|shown| shown.keeps.downcast_ref::<ArcRwSignal<T>>()).cloned();
            let row = match known {
                Some(row) => {
                    if row.with_untracked(|known| *known != value) {
                        row.set(value);
                    }
                    row
                }
                None => ArcRwSignal::new(value),
            };
            Item { key, keeps: Arc::new(row.clone()), view: Box::new(move || children(row).into_any()) }
        };
        each().into_iter().map(item).collect()
    }))
}

fn rows(make: Make) -> AnyView {
    let shown = StoredValue::new(Before::new());
    let items = move || {
        let mut before = shown.try_update_value(mem::take).unwrap_or_default();
        let items = make(&before);
        let places: Vec<Option<usize>> = items.iter().map(|i| before.get(&i.key).map(|b| b.place)).collect();
        let stay = staying(&places);
        let rounds: Vec<(u32, Item)> = items
            .into_iter()
            .zip(stay)
            .map(|(item, stays)| (before.remove(&item.key).map_or(0, |b| b.round + u32::from(!stays)), item))
            .collect();
        let keep = |(place, (round, item)): (usize, &(u32, Item))| {
            (item.key.clone(), Shown { place, round: *round, keeps: item.keeps.clone() })
        };
        shown.try_set_value(rounds.iter().enumerate().map(keep).collect());
        rounds
    };
    view! { <For each=items key=|row: &(u32, Item)| (row.1.key.clone(), row.0) let:row>{(row.1.view)()}</For> }
}

/// Which rows can stay where they are, given the places that they have now: as many as possible, and those in the order in
/// which they are to be. (Leptos would move every row that another one has overtaken. A row that jumps is recreated, so
/// that there is one change to the page.)
fn staying(places: &[Option<usize>]) -> Vec<bool> {
    // The longest increasing row of numbers: `ends` holds, for each length, where the one with the smallest end ends.
    let (mut ends, mut links) = (Vec::<usize>::new(), vec![None; places.len()]);
    let place = |at: usize| places.get(at).copied().flatten();
    for (at, now) in places.iter().enumerate() {
        let Some(now) = now else { continue };
        let length = ends.partition_point(|end| place(*end) < Some(*now));
        if let Some(link) = links.get_mut(at) {
            *link = length.checked_sub(1).and_then(|shorter| ends.get(shorter)).copied();
        }
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stay = vec![false; places.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        if let Some(stays) = stay.get_mut(at) {
            *stays = true;
        }
        next = links.get(at).copied().flatten();
    }
    stay
}

#[cfg(test)]
mod tests {
    use super::staying;

    /// Which of the rows `now` stay, when they were `before`.
    fn stays(before: &str, now: &str) -> String {
        let places: Vec<_> = now.chars().map(|row| before.find(row)).collect();
        now.chars().zip(staying(&places)).filter(|(_, stays)| *stays).map(|(row, _)| row).collect()
    }

    #[test]
    fn only_what_jumps_is_made_anew() {
        for (before, now, stay) in [
            ("", "abc", ""),
            ("abc", "abc", "abc"),
            ("abcd", "dabc", "abc"),
            ("abcd", "bcda", "bcd"),
            ("abcd", "xabcd", "abcd"),
            ("abcd", "ad", "ad"),
            ("abcdef", "fbacde", "acde"),
            ("abcd", "abdc", "abc"),
            ("abcd", "xy", ""),
            ("abcd", "", ""),
        ] {
            let found = stays(before, now);
            assert_eq!(found.len(), stay.len(), "{before} to {now}: {found}");
            let places: Vec<_> = found.chars().map(|row| before.find(row)).collect();
            assert!(places.is_sorted(), "{before} to {now}: {found}");
        }
    }
}
