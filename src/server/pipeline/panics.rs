//! A panic is a bug, and costs only whoever ran into it: caught here, it is an error like any other.

use std::{any::Any, future::Future, panic::AssertUnwindSafe};

use futures::FutureExt;

use crate::server::error::{Error, Result};

/// What a panic said.
pub fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic without words")
}

/// Runs something to its end, which may be a panic.
///
/// # Errors
/// Its own, or that it panicked. What it was changing may be half done, so it may only hold what is thrown away then.
pub async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|panic| Err(Error::Panicked(words(&*panic).to_owned())))
}
