//! Use cases: the only code that combines storage, channels, engines and live events.

pub mod account;
pub mod activity;
pub mod actor;
pub mod audit;
pub mod chatbot;
pub mod contact;
mod context;
pub mod conversation;
pub mod credentials;
pub mod download;
pub mod erasure;
pub mod event_log;
pub mod integration;
pub mod invitation;
pub mod keys;
pub mod knowledge;
pub mod label;
pub mod message;
pub mod note;
pub mod passwords;
pub mod people;
pub mod reach;
pub mod readiness;
pub mod routing;
pub mod sandbox;
pub mod second_factor;
pub mod setup;
pub mod sign_ins;
pub mod team;
pub mod tokens;
pub mod validate;
pub mod visitor;
pub mod whatsapp;

pub use self::context::{Foundation, Services};
