//! Meta's Cloud API: its signatures, its words, its errors, its calls. Knows nothing of storage or of the product.

pub mod connection;
pub mod copies;
pub mod errors;
pub mod graph;
pub mod json;
pub mod outgoing;
pub mod parse;
pub mod send;
pub mod settings;
pub mod signature;
pub mod wire;
