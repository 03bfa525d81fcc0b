//! Everything that needs a server: storage, the message path, HTTP.
//!
//! The modules are layers, and each uses only what is below it; ARCHITECTURE.md draws them, and a test enforces it.
//! What a layer needs to run is in a small struct of its own ([`service::Services`], [`pipeline::Pipeline`], [`http::Web`],
//! [`app::state::AppState`]), each holding the one below and lending it by `Deref`: a holder of the top one can call
//! what needs a part of it, and no module can reach up.

pub mod app;
pub mod auth;
pub mod base;
pub mod channel;
pub mod engine;
pub mod error;
pub mod http;
pub mod live;
pub mod pipeline;
pub mod sandbox;
pub mod service;
pub mod store;
pub mod writer;
