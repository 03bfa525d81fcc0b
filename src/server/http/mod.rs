//! Plain HTTP routes: what is not a page and not a server function.

mod context;
mod delivery;
pub mod downloads;
pub mod events;
pub mod health;
pub mod notice;
pub mod streams;
pub mod whatsapp;
pub mod widget;

pub use self::context::Web;
