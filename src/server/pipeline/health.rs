//! The health watch: every integration is checked every 15 minutes, and at once when something hints at trouble.
//!
//! The node that advances the time of the next check performs it: one node does it, and a dead one leaves it to the next time.

use tokio::sync::Notify;
use uuid::Uuid;

use super::{Claim, Pipeline, Stage};
use crate::{
    domain::Millis,
    server::{
        error::Result,
        service::integration as service,
        store::integration::{self, DueCheck},
        writer::{Priority, signals::Signals},
    },
};

/// When a check that was started and never finished is due again.
const LEASE: Millis = 120_000;

pub struct Health;

impl Stage for Health {
    type Job = DueCheck;
    const NAME: &'static str = "health";
    /// Each calls the provider twice, and there is no hurry.
    const AT_ONCE: usize = 4;

    fn signal(signals: &Signals) -> &Notify {
        &signals.health
    }

    async fn claim(state: &Pipeline, limit: usize) -> Result<Claim<DueCheck>> {
        let now = state.now();
        if !integration::has_due_checks(&mut state.store.read().await?, now).await? {
            return Ok(Claim { jobs: Vec::new(), wake_in: None });
        }
        let input = (now, i64::try_from(limit).unwrap_or(1));
        let jobs = state
            .writer
            .write(Priority::Bulk, Uuid::nil(), input, |conn, (now, limit)| {
                Box::pin(integration::claim_checks(conn, *now, *now + LEASE, *limit))
            })
            .await?;
        Ok(Claim { jobs, wake_in: None })
    }

    async fn handle(state: &Pipeline, job: DueCheck) {
        if let Err(error) = service::watch(state, job.workspace_id, job.id).await {
            tracing::warn!(integration_id = %job.id, error = ?error, "An integration could not be checked");
        }
    }
}
