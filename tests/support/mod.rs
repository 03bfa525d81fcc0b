//! The product from outside: what the bench and the kill drill share to run it, to write to it and to play Meta.
//!
//! It knows HTTP, the command line, signals and where a database lies, and nothing of what is inside. What only one of
//! the two needs stays with that one: a drill's verdict, a bench's load. Nothing in here may panic, since it also runs
//! outside of tests.

pub(crate) mod api;
pub(crate) mod database;
pub(crate) mod graph;
pub(crate) mod http;
pub(crate) mod product;
pub(crate) mod random;
pub(crate) mod server;
pub(crate) mod webhook;

/// Any failure of a tool; whoever runs it reads the text.
pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;
