//! What a component calls when something happens.

use std::sync::Arc;

use super::StoredValue;

/// Something to do with an `In`, which every closure of a component can hold.
pub(crate) struct Callback<In: 'static>(StoredValue<Arc<dyn Fn(In) + Send + Sync>>);

impl<In> Copy for Callback<In> {}

impl<In> Clone for Callback<In> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<In> Callback<In> {
    pub(crate) fn new(run: impl Fn(In) + Send + Sync + 'static) -> Self {
        Self(StoredValue::new(Arc::new(run)))
    }

    #[cfg_attr(debug_assertions, track_caller)]
    pub(crate) fn run(self, with: In) {
        (self.0.get_value())(with);
    }
}

impl<F: Fn() + Send + Sync + 'static> From<F> for Callback<()> {
    fn from(run: F) -> Self {
        Self::new(move |()| run())
    }
}
