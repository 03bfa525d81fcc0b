//! The composition root: command line, start and stop, all routes and layers.

pub mod background;
mod catalogue;
pub mod cli;
pub mod layers;
pub mod router;
pub mod serve;
pub mod serving;
pub mod state;
