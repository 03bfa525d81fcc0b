//! The product from outside: what the bench and the kill drill share to run it, to write to it and to play Meta.
//!
//! It knows HTTP, the command line, signals and where a database lies, and nothing of what is inside. What only one of
//! the two needs stays with that one: a drill's verdict, a bench's load. Nothing in here may panic, since it also runs
//! outside of tests.

pub(crate) mod api;
pub(crate) mod database;
pub(crate) mod product;
pub(crate) mod server;
pub(crate) mod webhook;

#[path = "../double/mod.rs"]
#[expect(dead_code, reason = "neither of the two makes calls fail")]
pub(crate) mod double;

pub(crate) use self::double::{Result, http, random};
