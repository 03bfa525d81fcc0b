//! Parlance: a self-hosted chatbot platform for WhatsApp and the website, in one binary.
//!
//! | module | what | may import |
//! |---|---|---|
//! | [`domain`] | pure types and rules, shared by server and browser | nothing of ours |
//! | [`error`] | the only error that crosses the wire | `domain` |
//! | [`api`] | server functions, one file per resource | `domain`, `error`; `server` inside function bodies |
//! | [`ui`] | pages and components | `domain`, `error`, `api` |
//! | `server` | everything that needs a server: storage, pipeline, HTTP | see ARCHITECTURE.md |

#![recursion_limit = "512"]

pub mod api;
pub mod domain;
pub mod error;
pub mod ui;

#[cfg(feature = "ssr")]
pub mod server;

// What tests share with programs outside of the crate names it as they do.
#[cfg(test)]
extern crate self as parlance;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;

/// Takes over the page that the server rendered. Called once by the loader script; fails when the page's code does not come.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen(wasm_bindgen_futures = leptos::__reexports::wasm_bindgen_futures)]
pub async fn hydrate() -> Result<(), wasm_bindgen::JsValue> {
    console_error_panic_hook::set_once();
    ui::take_over().await.map_err(|error| error.to_string().into())
}
