//! What every page and component begins with: Leptos' prelude, with a `view!` whose outcome is always of one type.
//!
//! Everything that Leptos does with a view it compiles once for each type of view. With one type it is there once. So it is
//! with signals: [`super::reactive`] has those of one type.

pub(crate) use leptos::prelude::*;

pub(crate) use super::reactive::{
    ArcMemo, ArcRwSignal, Callback, Memo, Readable, RwSignal, Signal, StoredValue, provide_context, use_context,
};

/// Leptos' `view!`, with its type erased: an [`AnyView`].
macro_rules! view {
    ($($tokens:tt)*) => { ::leptos::prelude::IntoAny::into_any(::leptos::view! { $($tokens)* }) };
}
pub(crate) use view;

/// Runs `run` in the browser: now, and whenever a signal that it read changes.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    start(Box::new(run));
}

/// Apart, so that it is compiled once and not for each effect.
fn start(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| run());
}
