//! Whose turn it is: intake's, or that of all.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// When this number of deliveries had to wait for the rest, intake then has the writer for itself for as long as the rest had it.
const EVEN: u32 = 10;
/// It has it for itself no longer than this.
const RESERVED_MAX: Duration = Duration::from_millis(60);
/// How long after the last delivery more are expected.
const PRESSED: Duration = Duration::from_millis(20);
/// How long the rest waits for more intake, while it is intake's turn.
const BREATH: Duration = Duration::from_millis(2);

/// What a transaction is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Intake,
    All { with_intake: bool },
}

impl Turn {
    /// Whether deliveries are written in it.
    pub(super) fn has_intake(self) -> bool {
        self != (Self::All { with_intake: false })
    }
}

/// Whether deliveries come in: what all lanes know of the one that they come in by.
pub(super) struct Pressure {
    /// When deliveries were last written; none while they are being written.
    written_at: Mutex<Option<Instant>>,
}

impl Pressure {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { written_at: Mutex::new(Some(now.checked_sub(PRESSED).unwrap_or(now))) }
    }

    /// The time since deliveries were last written.
    fn since(&self) -> Duration {
        self.written_at.lock().unwrap_or_else(PoisonError::into_inner).map_or(Duration::ZERO, |at| at.elapsed())
    }

    pub(super) fn note(&self, written_at: Option<Instant>) {
        *self.written_at.lock().unwrap_or_else(PoisonError::into_inner) = written_at;
    }

    /// Whether more are expected: then whatever else is written should be short.
    pub(super) fn is_there(&self) -> bool {
        self.since() < PRESSED
    }
}

/// Shares the writer's time between intake and the rest, so that neither starves the other.
///
/// A batch of the rest takes longer than one of intake. The more deliveries had to wait for one, the faster they come in,
/// and the longer intake then has its transactions for itself, or until nothing has come in for a moment. A flood is taken
/// at once and processed afterwards; at a rate that the pipeline can follow it hardly waits. Where intake has a lane of its
/// own, what is shared is the database's processors, and what waits there tells how fast deliveries come.
pub(super) struct Shares {
    pressure: Arc<Pressure>,
    /// Until when only intake is written.
    reserved_until: Instant,
}

impl Shares {
    pub(super) fn new(pressure: Arc<Pressure>) -> Self {
        Self { pressure, reserved_until: Instant::now() }
    }

    /// A transaction has ended that began then; this number of deliveries wait.
    pub(super) fn spent(&mut self, on: Turn, began: Instant, waiting: usize) {
        if on != Turn::Intake {
            let now = Instant::now();
            let taken = now.saturating_duration_since(began);
            let reserved = taken.saturating_mul(u32::try_from(waiting).unwrap_or(u32::MAX)) / EVEN;
            self.reserved_until = now + reserved.min(RESERVED_MAX);
        }
    }

    /// How long the rest has to wait for more intake; none when it is its turn.
    pub(super) fn breath(&self) -> Option<Duration> {
        let quiet = BREATH.saturating_sub(self.pressure.since());
        let breath = quiet.min(self.reserved_until.saturating_duration_since(Instant::now()));
        (!breath.is_zero()).then_some(breath)
    }

    pub(super) fn turn(&self, has_intake: bool) -> Turn {
        if has_intake && self.breath().is_some() { Turn::Intake } else { Turn::All { with_intake: has_intake } }
    }
}
