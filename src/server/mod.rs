//! Everything that needs a server: storage, the way of a message, HTTP.
//!
//! Who may import whom is written in ARCHITECTURE.md and kept by a test.

pub mod assets;
pub mod auth;
pub mod background;
pub mod cli;
pub mod clock;
pub mod config;
pub mod engine;
pub mod error;
pub mod files;
pub mod http;
pub mod known;
pub mod layers;
pub mod limiter;
pub mod limits;
pub mod live;
pub mod outgoing;
pub mod pipeline;
pub mod router;
pub mod sandbox;
pub mod secrets;
pub mod serve;
pub mod service;
pub mod serving;
pub mod state;
pub mod store;
pub mod strangers;
pub mod telemetry;
pub mod whatsapp;
