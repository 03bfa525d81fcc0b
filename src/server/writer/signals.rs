//! Who is woken by a commit of this node.

use tokio::sync::Notify;

/// Wake-up calls, rung right after a commit.
#[derive(Default)]
pub struct Signals {
    pub ingest: Notify,
    pub answer: Notify,
    pub deliver: Notify,
    pub health: Notify,
    /// A node has come. Rung by itself only: it is not what most news are about.
    pub nodes: Notify,
}

impl Signals {
    /// For news from other nodes, which do not say what it is.
    pub fn wake_all(&self) {
        self.ingest.notify_one();
        self.answer.notify_one();
        self.deliver.notify_one();
        self.health.notify_one();
    }
}

/// Rung after commits that told events: whoever passes them on looks soon.
#[derive(Default)]
pub struct Commits(Notify);

impl Commits {
    /// Something was committed.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits until something was.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}
