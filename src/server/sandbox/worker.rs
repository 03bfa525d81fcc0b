//! The worker that delivers the outbox: a loop around one step. It knows nothing of what the webhooks say.

use std::time::Duration;

use futures::{TryStreamExt, stream};
use tokio_util::sync::CancellationToken;

use super::{
    Sandbox, customer,
    error::{SandboxError, SandboxResult},
    outbox,
    outbox::DueWebhook,
};
use crate::domain::Millis;

/// How many customers' webhooks are in progress at a time.
const AT_A_TIME: usize = 8;

/// The safety net under missed wake-ups, and the pause after a failure of the database.
const POLL: Duration = Duration::from_secs(1);

impl Sandbox {
    /// Delivers the outbox until `shutdown` fires. What is in progress then is sent again after the next start: Meta, too,
    /// delivers at least once.
    pub async fn run(self, shutdown: CancellationToken) {
        loop {
            let pause = tokio::select! {
                biased;
                () = shutdown.cancelled() => return,
                pause = self.work() => pause,
            };
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = self.inner.wake.notified() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// One step of the worker: delivers what is due at that time, of every customer at most one webhook, and ends typing
    /// that has shown for long enough. Whether it did something.
    ///
    /// # Errors
    /// When the database fails. A callback that refuses is no error but a retry.
    pub async fn step(&self, now_ms: Millis) -> Result<bool, SandboxError> {
        // Two steps at once would send the same head of a lane twice.
        let _alone = self.inner.stepping.lock().await;
        let (due, changed) = {
            let mut tx = self.begin().await?;
            let given_up = outbox::give_up(&mut tx, now_ms).await?;
            let typing_ended = customer::end_typing(&mut tx, now_ms).await?;
            let due = outbox::list_due(&mut tx, now_ms).await?;
            tx.commit().await?;
            (due, given_up || typing_ended)
        };
        if changed {
            self.bump();
        }
        let worked = changed || !due.is_empty();
        stream::iter(due.into_iter().map(Ok))
            .try_for_each_concurrent(AT_A_TIME, |webhook| async move { self.deliver(&webhook, now_ms).await })
            .await?;
        Ok(worked)
    }

    async fn deliver(&self, webhook: &DueWebhook, now: Millis) -> SandboxResult<()> {
        let taken = self.post(webhook).await;
        let mut tx = self.begin().await?;
        if taken {
            outbox::taken(&mut tx, webhook).await?;
        } else {
            outbox::refused(&mut tx, webhook, now).await?;
        }
        tx.commit().await?;
        if taken && webhook.wamid.is_some() {
            self.bump();
        }
        Ok(())
    }

    /// Steps until there is nothing to do, and tells how long that may stay so.
    async fn work(&self) -> Duration {
        loop {
            match self.step(self.now()).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::error!(?error, "the sandbox could not deliver its webhooks");
                    return POLL;
                }
            }
        }
        match self.next_moment().await {
            Ok(Some(at)) => {
                let wait = u64::try_from(at - self.now()).unwrap_or(0);
                Duration::from_millis(wait).clamp(Duration::from_millis(1), POLL)
            }
            Ok(None) => POLL,
            Err(error) => {
                tracing::error!(?error, "the sandbox does not know what is next");
                POLL
            }
        }
    }

    async fn next_moment(&self) -> SandboxResult<Option<Millis>> {
        outbox::next_moment(&mut *self.connection().await?).await
    }
}
