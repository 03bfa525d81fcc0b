//! Signals, memos and what is derived from them.

use std::{marker::PhantomData, sync::Arc};

use leptos::prelude::{self as base, Set as _};

use super::source::{Compute, Lends as _, Shows, Source, Value, changed, compute, copy, gone, replaced, seen};

/// A value that can be read and written; its readers run again when it changes.
pub(crate) struct RwSignal<T>(Source, PhantomData<fn() -> T>);

/// What is computed from others, and changes only when it is another value than before.
pub(crate) struct Memo<T>(Source, PhantomData<fn() -> T>);

/// What can be read, wherever it comes from.
pub(crate) struct Signal<T>(Source, PhantomData<fn() -> T>);

/// An [`RwSignal`] that lives as long as somebody holds it.
pub(crate) struct ArcRwSignal<T>(base::ArcRwSignal<Value>, PhantomData<fn() -> T>);

/// A [`Memo`] that lives as long as somebody holds it.
pub(crate) struct ArcMemo<T>(base::ArcMemo<Value>, PhantomData<fn() -> T>);

/// What can be read: tracked, so that the reader runs again when it changes, or not. With `try`, the scope that it belongs
/// to may have ended.
pub(crate) trait Readable {
    type Value: 'static;

    fn shows(&self) -> &dyn Shows;

    #[cfg_attr(debug_assertions, track_caller)]
    fn with<U>(&self, look: impl FnOnce(&Self::Value) -> U) -> U {
        seen(self.shows(), true, look).unwrap_or_else(|| gone())
    }

    #[cfg_attr(debug_assertions, track_caller)]
    fn with_untracked<U>(&self, look: impl FnOnce(&Self::Value) -> U) -> U {
        self.try_with_untracked(look).unwrap_or_else(|| gone())
    }

    fn try_with_untracked<U>(&self, look: impl FnOnce(&Self::Value) -> U) -> Option<U> {
        seen(self.shows(), false, look)
    }

    #[cfg_attr(debug_assertions, track_caller)]
    fn get(&self) -> Self::Value
    where
        Self::Value: Clone,
    {
        copy(self.shows(), true).unwrap_or_else(|| gone())
    }

    #[cfg_attr(debug_assertions, track_caller)]
    fn get_untracked(&self) -> Self::Value
    where
        Self::Value: Clone,
    {
        self.try_get_untracked().unwrap_or_else(|| gone())
    }

    fn try_get_untracked(&self) -> Option<Self::Value>
    where
        Self::Value: Clone,
    {
        copy(self.shows(), false)
    }

    fn track(&self) {
        self.shows().look(true);
    }

    fn is_disposed(&self) -> bool {
        self.shows().look(false).is_none()
    }
}

macro_rules! readable {
    ($($signal:ident),+) => { $(
        impl<T: 'static> Readable for $signal<T> {
            type Value = T;

            fn shows(&self) -> &dyn Shows {
                &self.0
            }
        }
    )+ };
}

readable!(RwSignal, Memo, Signal, ArcRwSignal, ArcMemo);

macro_rules! copied {
    ($($signal:ident),+) => { $(
        impl<T> Copy for $signal<T> {}

        impl<T> Clone for $signal<T> {
            fn clone(&self) -> Self {
                *self
            }
        }
    )+ };
}

copied!(RwSignal, Memo, Signal);

impl<T: Send + Sync + 'static> RwSignal<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Source::cell(Arc::new(value)), PhantomData)
    }

    pub(crate) fn set(self, value: T) {
        self.try_set(value);
    }

    /// Gives the value back if there is no such signal any more.
    pub(crate) fn try_set(self, value: T) -> Option<T> {
        replaced(&self.0, true, value)
    }

    /// Runs its readers again, although it has not changed.
    pub(crate) fn notify(self) {
        self.0.lend(true, &mut |_| ());
    }
}

impl<T: Clone + Send + Sync + 'static> RwSignal<T> {
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    pub(crate) fn try_update<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        changed(&self.0, true, change)
    }

    pub(crate) fn update_untracked(self, change: impl FnOnce(&mut T)) {
        self.try_update_untracked(change);
    }

    pub(crate) fn try_update_untracked<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U> {
        changed(&self.0, false, change)
    }
}

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// `derive` gets the value before, if there is one.
    pub(crate) fn new(derive: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        Self(Source::memo(compute(derive)), PhantomData)
    }
}

impl<T: Send + Sync + 'static> Signal<T> {
    /// Made at each look.
    pub(crate) fn derive(derive: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self(Source::derived(Arc::new(move || Arc::new(derive()) as Value)), PhantomData)
    }

    /// What never changes.
    pub(crate) fn stored(value: T) -> Self {
        Self(Source::fixed(Arc::new(value)), PhantomData)
    }
}

impl<T: Default + Send + Sync + 'static> Default for Signal<T> {
    fn default() -> Self {
        Self::stored(T::default())
    }
}

impl<T> From<RwSignal<T>> for Signal<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self(signal.0, PhantomData)
    }
}

impl<T> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self(memo.0, PhantomData)
    }
}

impl<T: Send + Sync + 'static> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl From<&str> for Signal<String> {
    fn from(value: &str) -> Self {
        Self::stored(value.to_owned())
    }
}

impl<T> Clone for ArcRwSignal<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T: Send + Sync + 'static> ArcRwSignal<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(base::ArcRwSignal::new(Arc::new(value)), PhantomData)
    }

    pub(crate) fn set(&self, value: T) {
        self.0.set(Arc::new(value));
    }
}

impl<T> From<ArcRwSignal<T>> for RwSignal<T> {
    fn from(signal: ArcRwSignal<T>) -> Self {
        Self(Source::Cell(signal.0.into()), PhantomData)
    }
}

impl<T> Clone for ArcMemo<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<T: PartialEq + Send + Sync + 'static> ArcMemo<T> {
    /// `derive` gets the value before, if there is one.
    pub(crate) fn new(derive: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        Self(arc_memo(compute(derive)), PhantomData)
    }
}

fn arc_memo(compute: Box<Compute>) -> base::ArcMemo<Value> {
    base::ArcMemo::new_owning(compute)
}
