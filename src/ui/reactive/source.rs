//! Where a value is: the one type of signal, memo and store that Leptos' own are compiled for.

use std::{any::Any, sync::Arc};

use leptos::{prelude as base, prelude::*};

/// A value of any type. A reader holds it for the duration of the read, so nothing is locked meanwhile.
pub(super) type Value = Arc<dyn Any + Send + Sync>;

/// Makes a value at each look.
pub(super) type Derive = dyn Fn() -> Value + Send + Sync;

/// What a memo computes, given the value before, and whether it is another one.
pub(super) type Compute = dyn Fn(Option<Value>) -> (Value, bool) + Send + Sync;

/// Where a value is read.
#[derive(Clone, Copy)]
pub(super) enum Source {
    Cell(base::RwSignal<Value>),
    Memo(base::Memo<Value>),
    Derived(base::StoredValue<Arc<Derive>>),
    Fixed(base::StoredValue<Value>),
}

impl Source {
    pub(super) fn cell(value: Value) -> Self {
        Self::Cell(base::RwSignal::new(value))
    }

    pub(super) fn memo(compute: Box<Compute>) -> Self {
        Self::Memo(base::Memo::new_owning(compute))
    }

    pub(super) fn derived(derive: Arc<Derive>) -> Self {
        Self::Derived(base::StoredValue::new(derive))
    }

    pub(super) fn fixed(value: Value) -> Self {
        Self::Fixed(base::StoredValue::new(value))
    }
}

/// Something that has a value.
pub(crate) trait Shows {
    /// The value, as long as there is one; the reader runs again when it changes if `tracked`.
    fn look(&self, tracked: bool) -> Option<Value>;
}

impl Shows for Source {
    fn look(&self, tracked: bool) -> Option<Value> {
        match self {
            Self::Cell(cell) if tracked => cell.try_get(),
            Self::Cell(cell) => cell.try_get_untracked(),
            Self::Memo(memo) if tracked => memo.try_get(),
            Self::Memo(memo) => memo.try_get_untracked(),
            Self::Derived(derive) => {
                let derive = derive.try_get_value()?;
                Some(if tracked { derive() } else { untrack(|| derive()) })
            }
            Self::Fixed(value) => value.try_get_value(),
        }
    }
}

impl Shows for base::ArcRwSignal<Value> {
    fn look(&self, tracked: bool) -> Option<Value> {
        if tracked { self.try_get() } else { self.try_get_untracked() }
    }
}

impl Shows for base::ArcMemo<Value> {
    fn look(&self, tracked: bool) -> Option<Value> {
        if tracked { self.try_get() } else { self.try_get_untracked() }
    }
}

impl Shows for base::StoredValue<Value> {
    fn look(&self, _: bool) -> Option<Value> {
        self.try_get_value()
    }
}

/// Changes the value in a place.
type Change<'a> = &'a mut dyn FnMut(&mut Value);

/// Something whose value can be changed.
pub(super) trait Lends {
    /// Lends it to `change`, and tells those who read it if they are to be `told`. Without a value nothing happens.
    fn lend(&self, told: bool, change: Change<'_>);
}

impl Lends for Source {
    fn lend(&self, told: bool, change: Change<'_>) {
        match self {
            Self::Cell(cell) if told => cell.try_update(change),
            Self::Cell(cell) => cell.try_update_untracked(change),
            Self::Memo(_) | Self::Derived(_) | Self::Fixed(_) => None,
        };
    }
}

impl Lends for base::StoredValue<Value> {
    fn lend(&self, _: bool, change: Change<'_>) {
        self.try_update_value(change);
    }
}

/// [`Compute`] for values of one type.
pub(super) fn compute<T: PartialEq + Send + Sync + 'static>(
    compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static,
) -> Box<Compute> {
    Box::new(move |before| {
        let now = compute(before.as_ref().and_then(|before| before.downcast_ref()));
        match before {
            Some(before) if before.downcast_ref() == Some(&now) => (before, false),
            _ => (Arc::new(now), true),
        }
    })
}

/// Looks at a value whose type only the caller knows.
pub(super) fn seen<T: 'static, U>(at: &dyn Shows, tracked: bool, look: impl FnOnce(&T) -> U) -> Option<U> {
    at.look(tracked)?.downcast_ref().map(look)
}

/// A copy of such a value.
pub(super) fn copy<T: Clone + 'static>(at: &dyn Shows, tracked: bool) -> Option<T> {
    seen(at, tracked, T::clone)
}

/// Changes such a value. What somebody still looks at stays as it is for them.
pub(super) fn changed<T: Clone + Send + Sync + 'static, U>(
    at: &dyn Lends,
    told: bool,
    change: impl FnOnce(&mut T) -> U,
) -> Option<U> {
    let (mut change, mut outcome) = (Some(change), None);
    at.lend(told, &mut |value| {
        if let (Some(value), Some(change)) = (own(value), change.take()) {
            outcome = Some(change(value));
        }
    });
    outcome
}

/// Puts another value in the place of one; gives it back where there is none.
pub(super) fn replaced<T: Send + Sync + 'static>(at: &dyn Lends, told: bool, value: T) -> Option<T> {
    let mut value = Some(value);
    at.lend(told, &mut |now| {
        if let Some(value) = value.take() {
            *now = Arc::new(value);
        }
    });
    value
}

/// The value, moved out of its only owner or cloned.
fn own<T: Clone + Send + Sync + 'static>(value: &mut Value) -> Option<&mut T> {
    if Arc::get_mut(value).is_none() {
        let copy = value.downcast_ref::<T>()?.clone();
        *value = Arc::new(copy);
    }
    Arc::get_mut(value)?.downcast_mut()
}

/// A reader must not outlive the scope that a value belongs to.
#[cold]
#[cfg_attr(debug_assertions, track_caller)]
#[expect(clippy::panic, reason = "as Leptos itself does: it is a mistake in the program")]
pub(super) fn gone() -> ! {
    panic!("what is read here belongs to a scope that has ended")
}
