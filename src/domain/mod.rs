//! Pure types and rules, shared by server and browser: no I/O, no clock, no Leptos, no sqlx.

pub mod audit;
pub mod bearing;
pub mod channel;
pub mod chatbot;
pub mod contact;
pub mod content;
pub mod conversation;
pub mod digits;
pub mod event;
pub mod ids;
pub mod integration;
pub mod label;
pub mod listing;
pub mod live;
pub mod message;
pub mod order;
pub mod people;
pub mod principal;
pub mod qr;
pub mod role;
pub mod sandbox;
pub mod session;
pub mod sheet;
pub mod text;
pub mod visible;
pub mod words;

/// A moment: Unix milliseconds, UTC.
pub type Millis = i64;
