//! What every part of a server may use, and what knows nothing of the product.

pub mod address;
pub mod assets;
pub mod clock;
pub mod config;
pub mod files;
pub mod known;
pub mod limiter;
pub mod limits;
pub mod outgoing;
pub mod panics;
pub mod qr;
pub mod secrets;
pub mod strangers;
pub mod telemetry;
pub mod turns;
pub mod watch;
