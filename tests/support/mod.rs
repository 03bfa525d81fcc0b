//! What the bench and the drills share: signed webhooks, a Graph double, the server as a child process.
//!
//! It knows the product only from outside: HTTP, command line, signals. Nothing in here may panic, since it also runs
//! outside of tests.

pub(crate) mod graph;
pub(crate) mod http;
pub(crate) mod server;
pub(crate) mod webhook;

/// Any failure of a tool; whoever runs it reads the text.
pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
