//! Fault injection points, where tests can stop the program as a power cut would, or make something fail. In a running server
//! they do nothing.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use tokio::sync::Notify;
use uuid::Uuid;

/// At most one injected fault.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<Plan>>);

#[derive(Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "only tests make faults"))]
enum Kind {
    /// The program stops there.
    Stop,
    /// A test is notified that a caller passed, which then continues.
    Watch,
    /// A caller that reaches it never returns; the rest of the program goes on.
    Hang,
    Panic,
}

struct Plan {
    point: &'static str,
    kind: Kind,
    /// Only what concerns this.
    only: Option<Uuid>,
    /// The remaining number of times.
    left: AtomicUsize,
    reached: Notify,
    is_dead: AtomicBool,
}

#[cfg(test)]
impl Faults {
    fn plan(point: &'static str, kind: Kind, left: usize, only: Option<Uuid>) -> Self {
        let (left, reached, is_dead) = (AtomicUsize::new(left), Notify::new(), AtomicBool::new(false));
        Self(Some(Arc::new(Plan { point, kind, only, left, reached, is_dead })))
    }

    /// Stops every caller that reaches that point, for ever.
    #[must_use]
    pub fn stop_at(point: &'static str) -> Self {
        Self::plan(point, Kind::Stop, usize::MAX, None)
    }

    /// Stops the program when it reaches that point because of `only`.
    #[must_use]
    pub fn stop_of(point: &'static str, only: impl Into<Uuid>) -> Self {
        Self::plan(point, Kind::Stop, usize::MAX, Some(only.into()))
    }

    /// Notifies when a caller reaches that point, which then continues.
    #[must_use]
    pub fn watch(point: &'static str) -> Self {
        Self::plan(point, Kind::Watch, usize::MAX, None)
    }

    /// Every caller that reaches that point panics, this number of times.
    #[must_use]
    pub fn panic_at(point: &'static str, times: usize) -> Self {
        Self::plan(point, Kind::Panic, times, None)
    }

    /// Every caller that reaches that point because of `only` panics.
    #[must_use]
    pub fn panic_of(point: &'static str, only: impl Into<Uuid>) -> Self {
        Self::plan(point, Kind::Panic, usize::MAX, Some(only.into()))
    }

    /// Blocks every caller that reaches that point because of `only`, for ever.
    #[must_use]
    pub fn hang_of(point: &'static str, only: impl Into<Uuid>) -> Self {
        Self::plan(point, Kind::Hang, usize::MAX, Some(only.into()))
    }

    /// Removes the fault.
    pub fn mend(&self) {
        if let Some(plan) = &self.0 {
            plan.left.store(0, Ordering::Relaxed);
        }
    }

    /// Waits until a caller has reached the point.
    pub async fn reached(&self) {
        match &self.0 {
            Some(plan) => plan.reached.notified().await,
            None => std::future::pending().await,
        }
    }
}

impl Faults {
    /// Whether the program was stopped: then nothing is cleaned up any more.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.0.as_ref().is_some_and(|plan| plan.is_dead.load(Ordering::Relaxed))
    }

    /// A point between two steps.
    pub async fn point(&self, name: &str) {
        self.point_of(name, Uuid::nil()).await;
    }

    /// The same, for something with an id.
    #[expect(clippy::panic, reason = "a fault that only tests can plan")]
    pub async fn point_of(&self, name: &str, id: impl Into<Uuid>) {
        let Some(plan) = &self.0 else { return };
        let id = id.into();
        if plan.point != name
            || plan.only.is_some_and(|only| only != id)
            || plan.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err()
        {
            return;
        }
        plan.is_dead.store(plan.kind == Kind::Stop, Ordering::Relaxed);
        plan.reached.notify_one();
        match plan.kind {
            Kind::Stop | Kind::Hang => std::future::pending().await,
            Kind::Watch => {}
            Kind::Panic => panic!("a test lets {name} fail"),
        }
    }
}
