//! Data that pages load from the server: rendered there, and handed over to the browser with the page.

use leptos::{
    prelude::Resource,
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};

/// How data travels with the page. JSON like Leptos' own codec, but read from bytes as the answers of server functions
/// are: one reader for both keeps some 100 KB of code out of the browser.
pub(crate) struct Wire;

impl<T: Serialize> Encoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        // Only the server hands over.
        if cfg!(feature = "ssr") { serde_json::to_string(value) } else { Ok(String::new()) }
    }
}

impl<T: DeserializeOwned> Decoder<T> for Wire {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Something that a page loads; read it inside a `Suspense` or `Transition`.
pub(crate) type Data<T> = Resource<T, Wire>;

/// Loads something, and again whenever what `source` says changes.
pub(crate) fn load<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Data<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetch, false)
}
