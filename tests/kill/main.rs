//! The kill drill: SIGKILL at random moments under load, restart, and then the books have to balance.
//!
//! The real binary, real HTTP on both sides. What plays Meta lives in this process and so outlives every kill: it
//! repeats each POST until it gets a 200, and its Graph API writes down whatever reaches it.
//!
//! `PARLANCE_KILLS` says how often (`make test-long`: a hundred times). A failure prints its seed: give it back as
//! `PARLANCE_KILL_SEED` to draw the same lots again.

#[cfg(test)]
mod database;
#[cfg(test)]
mod drill;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod live;
#[cfg(test)]
mod meta;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod random;
#[cfg(test)]
mod server;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
#[cfg(test)]
mod traffic;
#[cfg(test)]
mod verdict;
