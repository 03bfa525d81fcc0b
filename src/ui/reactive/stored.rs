//! Values that a scope keeps, whose change concerns nobody.

use std::{marker::PhantomData, sync::Arc};

use leptos::prelude as base;

use super::source::{Value, changed, copy, gone, replaced, seen};

/// A value that lives as long as the scope that made it.
pub(crate) struct StoredValue<T>(base::StoredValue<Value>, PhantomData<fn() -> T>);

impl<T> Copy for StoredValue<T> {}

impl<T> Clone for StoredValue<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> StoredValue<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(base::StoredValue::new(Arc::new(value)), PhantomData)
    }

    #[cfg_attr(debug_assertions, track_caller)]
    pub(crate) fn with_value<U>(self, look: impl FnOnce(&T) -> U) -> U {
        self.try_with_value(look).unwrap_or_else(|| gone())
    }

    pub(crate) fn try_with_value<U>(self, look: impl FnOnce(&T) -> U) -> Option<U> {
        seen(&self.0, false, look)
    }

    #[cfg_attr(debug_assertions, track_caller)]
    pub(crate) fn get_value(self) -> T
    where
        T: Clone,
    {
        self.try_get_value().unwrap_or_else(|| gone())
    }

    pub(crate) fn try_get_value(self) -> Option<T>
    where
        T: Clone,
    {
        copy(&self.0, false)
    }

    pub(crate) fn set_value(self, value: T) {
        self.try_set_value(value);
    }

    /// Gives the value back if the scope has ended.
    pub(crate) fn try_set_value(self, value: T) -> Option<T> {
        replaced(&self.0, false, value)
    }

    pub(crate) fn update_value(self, change: impl FnOnce(&mut T))
    where
        T: Clone,
    {
        self.try_update_value(change);
    }

    pub(crate) fn try_update_value<U>(self, change: impl FnOnce(&mut T) -> U) -> Option<U>
    where
        T: Clone,
    {
        changed(&self.0, false, change)
    }
}
