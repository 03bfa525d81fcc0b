//! One piece of work at a time: what a button starts, whether it is busy, and how it failed.

use std::pin::Pin;

use leptos::task::spawn_local;

use super::guard::guarded;
use crate::{
    error::{ApiError, ApiResult},
    ui::prelude::*,
};

/// What is left to do when the work is done.
type Finish = Box<dyn FnOnce()>;

/// The state of one kind of work that a person can start: busy or not, and its last error.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

impl Work {
    pub(crate) fn new() -> Self {
        Self { busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    pub(crate) fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    pub(crate) fn error(self) -> RwSignal<Option<ApiError>> {
        self.error
    }

    pub(crate) fn forget_error(self) {
        self.error.set(None);
    }

    /// What is wrong with the field of that name.
    pub(crate) fn field_error(self, field: &'static str) -> Signal<Option<String>> {
        let error = self.error;
        Signal::derive(move || {
            error.with(|e| e.as_ref().filter(|e| e.field.as_deref() == Some(field)).map(|e| e.message.clone()))
        })
    }

    /// The error, unless it belongs to one of these fields (which show it themselves).
    pub(crate) fn error_beside(self, fields: &'static [&'static str]) -> Signal<Option<ApiError>> {
        let error = self.error;
        Signal::derive(move || error.get().filter(|e| e.field.as_deref().is_none_or(|f| !fields.contains(&f))))
    }

    /// Starts the work unless it is already in progress; `done` gets what it made.
    ///
    /// The page may be gone when the answer comes, so everything afterwards is allowed to fail.
    pub(crate) fn run<T: 'static>(
        self,
        call: impl Future<Output = ApiResult<T>> + Send + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        // Boxed, so that what follows is compiled once and not for each kind of work.
        self.start(Box::pin(async move {
            let value = guarded(call).await?;
            Ok(Box::new(move || done(value)) as Finish)
        }));
    }

    fn start(self, call: Pin<Box<dyn Future<Output = ApiResult<Finish>>>>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let outcome = call.await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match outcome {
                Ok(finish) => finish(),
                Err(error) => {
                    self.error.try_set(Some(error));
                }
            }
        });
    }
}
