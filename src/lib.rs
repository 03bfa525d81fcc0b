//! Parlance: a self-hosted chatbot platform for WhatsApp and the website, in one binary.
//!
//! | module | what | may import |
//! |---|---|---|
//! | [`domain`] | pure types and rules, shared by server and browser | nothing of ours |
//! | [`error`] | the only error that crosses the wire | `domain`, `texts` |
//! | [`api`] | server functions, one file per resource | `domain`, `error`; `server` inside function bodies |
//! | [`texts`] | every word that people see, in each language | `domain` |
//! | [`ui`] | pages and components | `domain`, `error`, `texts`, `api` |
//! | `server` | everything that needs a server: storage, pipeline, HTTP | see ARCHITECTURE.md |

#![recursion_limit = "512"]

pub mod api;
pub mod domain;
pub mod error;
pub mod texts;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;

// What tests share with programs outside of the crate names it as they do.
#[cfg(test)]
extern crate self as parlance;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;

/// Takes over the page that the server rendered, with the catalogue of its language. Called once by the loader script; fails when the page's code does not come.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen(wasm_bindgen_futures = leptos::__reexports::wasm_bindgen_futures)]
pub async fn hydrate(catalogue: String) -> Result<(), wasm_bindgen::JsValue> {
    console_error_panic_hook::set_once();
    texts::load(&catalogue);
    ui::take_over().await.map_err(|error| error.to_string().into())
}
