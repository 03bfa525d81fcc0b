//! Data that pages load from the server: rendered there, and handed over to the browser with the page.

use std::{
    any::Any,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use leptos::{
    prelude::{ArcMemo, Get, GetUntracked, Resource, Track},
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    api::reader::read,
    error::{ApiError, ApiResult},
};

/// What the server answered, of whatever type. Leptos' machinery of loading, waiting and handing over is large and would
/// come along once for each type: so it knows this one only, and [`Data`] knows what is inside.
#[derive(Clone)]
pub(crate) struct Loaded(Arc<Outcome>);

struct Outcome {
    /// As it came with the page; read by the first who asks.
    json: String,
    value: OnceLock<Box<dyn Value>>,
}

/// An [`ApiResult`] of some type.
trait Value: Any + Send + Sync {
    fn to_json(&self) -> Result<String, serde_json::Error>;
}

impl<T: Serialize + Send + Sync + 'static> Value for ApiResult<T> {
    fn to_json(&self) -> Result<String, serde_json::Error> {
        // Only the server hands over.
        if cfg!(feature = "ssr") { serde_json::to_string(self) } else { Ok(String::new()) }
    }
}

impl Loaded {
    fn new(value: impl Value) -> Self {
        let outcome = Outcome { json: String::new(), value: OnceLock::new() };
        outcome.value.get_or_init(|| Box::new(value));
        Self(Arc::new(outcome))
    }

    fn value<T: Serialize + DeserializeOwned + Send + Sync + 'static>(&self) -> Option<&ApiResult<T>> {
        let value = self.0.value.get_or_init(|| {
            // Fails only when page and program are not of one version.
            let value = read(self.0.json.as_bytes());
            Box::new(value.unwrap_or_else(|_| ApiResult::<T>::Err(ApiError::internal())))
        });
        let value: &dyn Any = value.as_ref();
        value.downcast_ref()
    }
}

/// How data travels with the page: as JSON, which the answers of server functions are too. One reader serves both.
pub(crate) struct Wire;

impl Encoder<Loaded> for Wire {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(loaded: &Loaded) -> Result<String, serde_json::Error> {
        loaded.0.value.get().map_or_else(|| Ok(loaded.0.json.clone()), |value| value.to_json())
    }
}

impl Decoder<Loaded> for Wire {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(json: &str) -> Result<Loaded, serde_json::Error> {
        Ok(Loaded(Arc::new(Outcome { json: json.to_owned(), value: OnceLock::new() })))
    }
}

/// Something that a page loads; read it inside a `Suspense` or `Transition`.
pub(crate) struct Data<T> {
    loaded: Resource<Loaded, Wire>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Data<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Data<T> {}

impl<T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static> Data<T> {
    /// What the server answered; `None` while it is not known.
    pub(crate) fn get(self) -> Option<ApiResult<T>> {
        self.loaded.get()?.value().cloned()
    }

    pub(crate) fn get_untracked(self) -> Option<ApiResult<T>> {
        self.loaded.get_untracked()?.value().cloned()
    }

    /// Looks at what the server answered, without a copy.
    pub(crate) fn with<U>(self, look: impl FnOnce(Option<&ApiResult<T>>) -> U) -> U {
        look(self.loaded.get().as_ref().and_then(Loaded::value))
    }

    pub(crate) fn track(self) {
        self.loaded.track();
    }

    /// Loads it again.
    pub(crate) fn refetch(self) {
        self.loaded.refetch();
    }
}

type Loading = Pin<Box<dyn Future<Output = Loaded> + Send>>;

/// Loads something, and again whenever what `source` says changes.
pub(crate) fn load<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Data<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + Send + Sync + 'static,
    F: Future<Output = ApiResult<T>> + Send + 'static,
{
    let source = ArcMemo::new(move |_| source());
    let loaded = start(
        Box::new({
            let source = source.clone();
            move || source.track()
        }),
        Box::new(move || {
            let outcome = fetch(source.get_untracked());
            Box::pin(async move { Loaded::new(outcome.await) })
        }),
    );
    Data { loaded, of: PhantomData }
}

/// The part of [`load`] that is the same for all.
fn start(source: Box<dyn Fn() + Send + Sync>, fetch: Box<dyn Fn() -> Loading + Send + Sync>) -> Resource<Loaded, Wire> {
    // Counts the changes: a resource fetches again when its source is another value than before.
    let changes = ArcMemo::new(move |before: Option<&u32>| {
        source();
        before.map_or(0, |n| n.wrapping_add(1))
    });
    Resource::new_with_options(move || changes.get(), move |_| fetch(), false)
}
