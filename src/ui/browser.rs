//! The few things that only a browser can do, each with a harmless stand-in on the server.
//!
//! Nothing here may run while a view is being built: call it from effects and event handlers only.

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(feature = "hydrate")]
mod real;

#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::*;
#[cfg(feature = "hydrate")]
pub(crate) use real::*;
