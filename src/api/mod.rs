//! Server functions: the operations of Parlance, for its own pages and for programs.
//!
//! Each one says who may call it, passes its input to a service and maps the outcome; nothing else.
//! Paths are `/api/v1/{resource}/{verb}`, input and output JSON, errors [`crate::error::ApiError`].

pub mod account;
pub mod audit;
pub mod chatbots;
pub mod contacts;
pub mod conversations;
pub mod invitations;
pub mod knowledge;
pub mod labels;
pub mod messages;
pub mod notes;
pub mod people;
pub(crate) mod reader;
pub mod sandbox;
pub mod session;
pub mod setup;
pub mod tokens;
pub mod whatsapp;
pub mod wire;
pub mod workspaces;
