//! One open connection: what it waits for, and until when.
//!
//! Everything is an atomic that requests write in passing; nobody sets a timer. [`super::watch`] looks at all connections
//! several times a second, which costs less than a timer for each of them, let alone for each request.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering},
    },
    task::Context,
    time::{Duration, Instant},
};

use futures::task::AtomicWaker;
use tokio::sync::Notify;

use crate::server::base::limits::Limits;

/// A moment in milliseconds since serving began.
pub(super) type Moment = u64;

/// No deadline.
const NEVER: Moment = Moment::MAX;

/// The time since serving began: monotonic, whatever the clock on the wall does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn now(self) -> Moment {
        millis(self.0.elapsed())
    }
}

fn millis(span: Duration) -> Moment {
    u64::try_from(span.as_millis()).unwrap_or(NEVER)
}

/// The phase of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Phase {
    /// Open, and no byte came yet.
    Fresh = 0,
    /// A header is coming in.
    Header = 1,
    /// A request is being read, worked on or answered.
    Request = 2,
    /// Between two requests.
    Idle = 3,
}

/// One open connection.
#[derive(Debug)]
pub(super) struct Line {
    watch: Stopwatch,
    pub(super) limits: Limits,
    /// In the order in which they were opened.
    number: u64,
    /// Who it counts for: the peer, IPv6 by its network.
    pub(super) address: IpAddr,
    /// Whether the address had proven itself when this was last looked at.
    pub(super) known: AtomicBool,
    phase: AtomicU8,
    since: AtomicU64,
    deadline: AtomicU64,
    body_deadline: AtomicU64,
    body_late: AtomicBool,
    body: AtomicWaker,
    closing: Notify,
}

impl Line {
    pub(super) fn open(watch: Stopwatch, number: u64, limits: Limits, address: IpAddr, known: bool) -> Self {
        let now = watch.now();
        Self {
            watch,
            number,
            limits,
            address,
            known: AtomicBool::new(known),
            phase: AtomicU8::new(Phase::Fresh as u8),
            since: AtomicU64::new(now),
            deadline: AtomicU64::new(now + millis(limits.first_byte)),
            body_deadline: AtomicU64::new(NEVER),
            body_late: AtomicBool::new(false),
            body: AtomicWaker::new(),
            closing: Notify::new(),
        }
    }

    fn is_in(&self, phase: Phase) -> bool {
        self.phase.load(Ordering::Relaxed) == phase as u8
    }

    fn enter(&self, phase: Phase, limit: Duration) {
        let now = self.watch.now();
        self.since.store(now, Ordering::Relaxed);
        self.deadline.store(now.saturating_add(millis(limit)), Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Bytes came in.
    pub(super) fn read(&self) {
        if self.is_in(Phase::Fresh) || self.is_in(Phase::Idle) {
            self.enter(Phase::Header, self.limits.header);
        }
    }

    /// Bytes went out: the end of an answer may take a while after it was handed over.
    pub(super) fn wrote(&self) {
        if self.is_in(Phase::Idle) {
            self.enter(Phase::Idle, self.limits.idle);
        }
    }

    /// A request begins; it ends when what this gives is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Running {
        self.enter(Phase::Request, self.limits.answer);
        self.body_late.store(false, Ordering::Relaxed);
        Running(Arc::clone(self))
    }

    /// Since when it waits for the other side, if no request is in progress; of the same moment, the older comes first.
    pub(super) fn waits_since(&self) -> Option<(Moment, u64)> {
        (!self.is_in(Phase::Request)).then(|| (self.since.load(Ordering::Relaxed), self.number))
    }

    /// Whether a deadline has passed, which it says once; wakes the task that waits for a body that did not come.
    pub(super) fn is_late(&self, now: Moment) -> bool {
        if self.body_deadline.load(Ordering::Relaxed) <= now {
            self.body_deadline.store(NEVER, Ordering::Relaxed);
            self.body_late.store(true, Ordering::Release);
            self.body.wake();
        }
        let late = self.deadline.load(Ordering::Relaxed) <= now;
        if late {
            self.deadline.store(NEVER, Ordering::Relaxed);
        }
        late
    }

    /// Whether it is in a phase that should not take long. Browsers open connections that they may never use, and leave them.
    pub(super) fn is_slow(&self) -> bool {
        self.is_in(Phase::Header) || self.is_in(Phase::Request)
    }

    /// Asks the connection to end at once.
    pub(super) fn close(&self) {
        self.closing.notify_one();
    }

    /// Waits until [`Self::close`] was called.
    pub(super) async fn closed(&self) {
        self.closing.notified().await;
    }

    /// A piece of the body is waited for; whether it should have come by now. `began` is when the first was.
    pub(super) fn body_waits(&self, cx: &Context<'_>, began: &mut Option<Moment>, time: BodyTime) -> bool {
        self.body.register(cx.waker());
        if self.body_late.load(Ordering::Acquire) {
            return true;
        }
        let now = self.watch.now();
        let pause = if began.is_none() { time.first } else { time.pause };
        let end = began.get_or_insert(now).saturating_add(millis(time.all));
        self.body_deadline.store(now.saturating_add(millis(pause)).min(end), Ordering::Relaxed);
        now >= end
    }

    /// A piece of the body came, or its end.
    pub(super) fn body_came(&self) {
        self.body_deadline.store(NEVER, Ordering::Relaxed);
    }
}

/// How long a body may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyTime {
    pub(super) first: Duration,
    pub(super) pause: Duration,
    pub(super) all: Duration,
}

/// A request in progress.
#[derive(Debug)]
pub(super) struct Running(Arc<Line>);

impl Running {
    /// The answer goes on as long as somebody listens.
    pub(super) fn for_ever(&self) {
        self.0.deadline.store(NEVER, Ordering::Relaxed);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.body_came();
        self.0.enter(Phase::Idle, self.0.limits.idle);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::Arc,
        task::{Context, Waker},
        time::Duration,
    };

    use super::{BodyTime, Line, NEVER, Stopwatch};
    use crate::server::base::limits::Limits;

    fn line() -> Arc<Line> {
        Arc::new(Line::open(Stopwatch::start(), 0, Limits::default(), [127, 0, 0, 1].into(), false))
    }

    /// Far beyond any limit of the table, as a moment.
    const LATER: u64 = 24 * 60 * 60 * 1000;

    #[test]
    fn each_phase_has_its_deadline() {
        let line = line();
        assert!(!line.is_late(0) && line.is_late(LATER));
        line.read();
        assert!(!line.is_late(5_000) && line.is_late(LATER) && line.waits_since().is_some());
        let running = line.begin();
        assert!(line.waits_since().is_none() && !line.is_late(200_000) && line.is_late(LATER));
        running.for_ever();
        assert!(!line.is_late(LATER));
        drop(running);
        assert!(line.waits_since().is_some() && !line.is_late(60_000) && line.is_late(LATER));
    }

    #[test]
    fn more_bytes_of_a_header_win_no_time() {
        let line = line();
        line.read();
        let deadline = line.deadline.load(super::Ordering::Relaxed);
        std::iter::repeat_n((), 1000).for_each(|()| line.read());
        assert_eq!(line.deadline.load(super::Ordering::Relaxed), deadline);
    }

    #[test]
    fn a_body_is_late_when_it_pauses_and_in_the_end() {
        let line = line();
        let _running = line.begin();
        let cx = Context::from_waker(Waker::noop());
        let time =
            BodyTime { first: Duration::from_secs(2), pause: Duration::from_secs(10), all: Duration::from_secs(30) };
        let mut began = None;
        assert!(!line.body_waits(&cx, &mut began, time));
        let first = line.body_deadline.load(super::Ordering::Relaxed);
        assert!((2000..3000).contains(&first), "{first}");
        line.body_came();
        assert_eq!(line.body_deadline.load(super::Ordering::Relaxed), NEVER);
        assert!(!line.body_waits(&cx, &mut began, time));
        assert!((10_000..11_000).contains(&line.body_deadline.load(super::Ordering::Relaxed)));
        assert!(!line.is_late(12_000), "the request goes on: somebody is told that the body did not come");
        assert!(line.body_waits(&cx, &mut began, time));
        // However often pieces come.
        let mut long_ago = Some(0);
        line.body_late.store(false, super::Ordering::Relaxed);
        assert!(line.body_waits(&cx, &mut long_ago, BodyTime { all: Duration::ZERO, ..time }));
    }
}
