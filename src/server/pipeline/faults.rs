//! Places where tests may stop the program dead, as a power cut would. In a running server they do nothing.

use std::sync::Arc;

use tokio::sync::Notify;

/// At most one place where everything stops, or where a test is told that somebody came by.
#[derive(Clone, Default)]
pub struct Faults(Option<Arc<Plan>>);

struct Plan {
    point: &'static str,
    stops: bool,
    reached: Notify,
}

impl Faults {
    /// Stops whoever comes to that point, for ever.
    #[cfg(test)]
    #[must_use]
    pub fn stop_at(point: &'static str) -> Self {
        Self(Some(Arc::new(Plan { point, stops: true, reached: Notify::new() })))
    }

    /// Tells when somebody comes to that point, who then goes on.
    #[cfg(test)]
    #[must_use]
    pub fn watch(point: &'static str) -> Self {
        Self(Some(Arc::new(Plan { point, stops: false, reached: Notify::new() })))
    }

    /// Waits until somebody has come to the point.
    #[cfg(test)]
    pub async fn reached(&self) {
        match &self.0 {
            Some(plan) => plan.reached.notified().await,
            None => std::future::pending().await,
        }
    }

    /// A place between two steps.
    pub async fn point(&self, name: &str) {
        if let Some(plan) = &self.0
            && plan.point == name
        {
            plan.reached.notify_one();
            if plan.stops {
                std::future::pending::<()>().await;
            }
        }
    }
}
