//! Data that pages load from the server: rendered there, and handed over to the browser with the page.

use std::{
    any::Any,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, OnceLock},
};

use leptos::{
    prelude::{Get, Resource, Track},
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    api::reader::read,
    error::{ApiError, ApiResult},
    ui::prelude::{ArcMemo, Memo, Readable, Signal},
};

/// What the server answered, of whatever type. Leptos' machinery of loading, waiting and handing over is large and would
/// come along once for each type: so it knows this one only, and [`Data`] knows what is inside.
#[derive(Clone)]
pub(crate) struct Loaded(Arc<Payload>);

struct Payload {
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
        let payload = Payload { json: String::new(), value: OnceLock::new() };
        payload.value.get_or_init(|| Box::new(value));
        Self(Arc::new(payload))
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
pub(crate) struct PageJson;

impl Encoder<Loaded> for PageJson {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(loaded: &Loaded) -> Result<String, serde_json::Error> {
        loaded.0.value.get().map_or_else(|| Ok(loaded.0.json.clone()), |value| value.to_json())
    }
}

impl Decoder<Loaded> for PageJson {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(json: &str) -> Result<Loaded, serde_json::Error> {
        Ok(Loaded(Arc::new(Payload { json: json.to_owned(), value: OnceLock::new() })))
    }
}

/// Something that a page loads; read it inside a `Suspense` or `Transition`.
pub(crate) struct Data<T> {
    loaded: Resource<Loaded, PageJson>,
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
fn start(
    source: Box<dyn Fn() + Send + Sync>,
    fetch: Box<dyn Fn() -> Loading + Send + Sync>,
) -> Resource<Loaded, PageJson> {
    // Counts the changes: a resource fetches again when its source is another value than before.
    let changes = ArcMemo::new(move |before: Option<&u32>| {
        source();
        before.map_or(0, |n| n.wrapping_add(1))
    });
    Resource::new_with_options(move || changes.get(), move |_| fetch(), false)
}

/// What a page derives from loaded [`Data`]: in the browser it changes only when it is another value than before.
///
/// `derive` gets the value before, if there is one.
///
/// The server computes it again for each reader. A memo there can keep what it computed before the data was there: the
/// loader ends on another thread while the memo computes, and the end of the computation overwrites the mark that it is
/// out of date (`update_if_necessary` of reactive_graph 0.2.16). The page would then lack what the browser expects in it.
pub(crate) fn derived<T: Clone + PartialEq + Send + Sync + 'static>(
    derive: impl Fn(Option<&T>) -> T + Send + Sync + 'static,
) -> Signal<T> {
    if cfg!(feature = "ssr") { Signal::derive(move || derive(None)) } else { Memo::new(derive).into() }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Barrier},
        thread,
    };

    use leptos::prelude::{ArcRwSignal, Get, Owner, Set};

    use super::derived;
    use crate::ui::prelude::Readable as _;

    #[test]
    fn what_changes_while_the_server_computes_is_seen_by_the_next_reader() {
        let owner = Owner::new();
        owner.set();
        let (loaded, read, changed) = (ArcRwSignal::new(0), Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let shown = derived({
            let (loaded, read, changed) = (loaded.clone(), read.clone(), changed.clone());
            move |_: Option<&i32>| {
                let value = loaded.get();
                if value == 0 {
                    read.wait();
                    changed.wait();
                }
                value
            }
        });
        let loader = thread::spawn(move || {
            read.wait();
            loaded.set(1);
            changed.wait();
        });
        assert_eq!(shown.get_untracked(), 0, "the reader who came too early");
        loader.join().unwrap();
        assert_eq!(shown.get_untracked(), 1);
    }
}
