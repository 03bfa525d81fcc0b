//! What pages share: the session, the clock, and the ways to call the server and say how it went.

pub(crate) mod at_end;
pub(crate) mod clock;
pub(crate) mod data;
pub(crate) mod guard;
pub(crate) mod hydrated;
pub(crate) mod outbox;
pub(crate) mod session;
pub(crate) mod toasts;
pub(crate) mod unsaved;
pub(crate) mod work;
pub(crate) mod zone;
