//! The rows of a list. A row stays the same elements as long as its key is there.

use crate::ui::prelude::*;

struct Item {
    key: String,
    view: Box<dyn FnOnce() -> AnyView + Send>,
}

/// Leptos' `<For>`, which compiles its way of comparing lists once for each list: here all lists share one.
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
    rows(Box::new(move || {
        let item = |value: T| {
            let (key, children) = (key(&value), children.clone());
            Item { key, view: Box::new(move || children(value).into_any()) }
        };
        each().into_iter().map(item).collect()
    }))
}

fn rows(items: Box<dyn Fn() -> Vec<Item> + Send>) -> AnyView {
    view! { <For each=items key=|item: &Item| item.key.clone() let:item>{(item.view)()}</For> }
}
