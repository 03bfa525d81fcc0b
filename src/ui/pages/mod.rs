//! The pages, one module each.

pub(crate) mod chatbots;
pub(crate) mod contacts;
pub(crate) mod inbox;
pub(crate) mod join;
pub(crate) mod labels;
pub(crate) mod not_found;
pub(crate) mod sandbox;
pub(crate) mod set_up;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub mod widget;
