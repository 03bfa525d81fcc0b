//! The few things that only a browser can do, each with a harmless stand-in on the server.
//!
//! Nothing here may run while a view is being built: call it from effects and event handlers only.

#[cfg(not(feature = "hydrate"))]
mod absent;
#[cfg(feature = "hydrate")]
mod focus;
#[cfg(feature = "hydrate")]
mod leaving;
#[cfg(feature = "hydrate")]
mod real;

#[cfg(not(feature = "hydrate"))]
pub(crate) use absent::*;
#[cfg(feature = "hydrate")]
pub(crate) use {
    focus::{begin_dialog, keep_focus, refocus},
    leaving::{go, guard_leaving, leave_after_all, leave_later, previous_page},
    real::*,
};
