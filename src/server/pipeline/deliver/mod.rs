//! Sending: claim due messages from the queue, send them, store the results. Direct sends enter at [`Deliver::handle`].
//!
//! The Graph API has no idempotency key. A message is marked `sending` before anything is sent, under a lease longer than
//! the call may take. If the call's end is not known (the process died, the connection broke off), the message becomes
//! `unknown` and is never repeated by itself: only a report with our own id can settle it.

mod call;
mod requeue;
mod result;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use tokio::sync::Notify;

use self::{
    call::{SendOutcome, send},
    result::write_down,
};
pub use self::{
    requeue::RequeueGuard,
    result::{Accepted, store_accepted},
};
use super::{Claim, Pipeline, Stage};
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{IntegrationId, LeaseId},
    },
    server::{
        error::Result,
        store::{
            Conn, StoreResult,
            outbound::{self, OutboundMessage},
            queue::{self, ClaimRequest, DueMessage, SendClass},
        },
        writer::{Pending, Priority, signals::Signals},
    },
};

/// Whose turn it is to send: a claim begins behind the last integration that the one before it came to, so that however
/// many are busy, each has its turn.
pub struct RoundRobin {
    /// Of each class.
    after: Mutex<[IntegrationId; SendClass::ALL.len()]>,
    /// Integrations looked at in one claim.
    at_once: AtomicI64,
}

impl Default for RoundRobin {
    fn default() -> Self {
        Self { after: Mutex::default(), at_once: AtomicI64::new(500) }
    }
}

impl RoundRobin {
    /// Looks at up to this number in one claim.
    #[cfg(test)]
    pub fn look_at(&self, integrations: i64) {
        self.at_once.store(integrations, Ordering::Relaxed);
    }

    fn after(&self, class: SendClass) -> IntegrationId {
        let after = self.after.lock().unwrap_or_else(PoisonError::into_inner);
        after.get(class as usize).copied().unwrap_or_default()
    }

    fn came_to(&self, class: SendClass, integration_id: IntegrationId) {
        let mut after = self.after.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = after.get_mut(class as usize) {
            *place = integration_id;
        }
    }
}

/// Sends in progress that were queued.
const AT_ONCE: u16 = 320;

pub struct Deliver;

/// A message marked `sending`.
pub struct Job {
    pub lease: LeaseId,
    pub integration_id: IntegrationId,
    pub message: OutboundMessage,
    /// The attempt number, from 1.
    pub attempt: i64,
    pub started_at: Millis,
    /// Requeues the message if this job ends before anything was sent.
    pub guard: RequeueGuard,
}

impl Stage for Deliver {
    type Job = Job;
    const NAME: &'static str = "deliver";
    const AT_ONCE: usize = AT_ONCE as usize;

    fn signal(signals: &Signals) -> &Notify {
        &signals.deliver
    }

    async fn claim(state: &Pipeline, limit: usize) -> Result<Claim<Job>> {
        let now = state.now();
        let lease_until = now + state.config.send_lease();
        let (chosen, wake_in) = choose(state, limit, now).await?;
        let due: Vec<DueMessage> = chosen.iter().map(|(_, due)| *due).collect();
        let mut messages = outbound::list(&mut state.store.read().await?, &due).await?;
        let claims: Vec<_> = chosen
            .into_iter()
            .filter_map(|(integration_id, due)| Some((integration_id, due, messages.remove(&due.id)?)))
            .map(|(integration_id, due, message)| {
                let request = ClaimRequest { due, lease: state.node.mint_lease(), now, lease_until };
                let guard = RequeueGuard::new(state, integration_id, request.lease, &message);
                (guard, integration_id, request.lease, message, state.groups.claims.submit(integration_id, request))
            })
            .collect();
        let mut jobs = Vec::with_capacity(claims.len());
        for (mut guard, integration_id, lease, message, pending) in claims {
            match pending.committed().await {
                Ok(Some(attempt)) => {
                    jobs.push(Job { lease, integration_id, message, attempt, started_at: now, guard });
                }
                // It may have been withdrawn.
                Ok(None) => {
                    guard.disarm();
                }
                // Those beside it are marked as sending already, and go on. So may this one be, when the answer was lost.
                Err(error) => {
                    tracing::warn!(error = ?error, "A message could not be claimed");
                    if !error.is_doubtful() {
                        guard.disarm();
                    }
                }
            }
        }
        if !jobs.is_empty() {
            state.faults.point("deliver.claimed").await;
        }
        Ok(Claim { jobs, wake_in })
    }

    async fn handle(state: &Pipeline, mut job: Job) {
        let outcome = send(state, &mut job).await;
        state.faults.point("deliver.sent").await;
        match write_down(state, &job, &outcome).await {
            Ok(()) => job.guard.disarm(),
            // The lease runs out and the message becomes `unknown`: late, but true. One that never left goes back.
            Err(error) => {
                tracing::error!(message_id = %job.message.id, error = ?error, "The end of a send could not be stored");
            }
        }
        if outcome.stop.is_some() {
            state.credentials.forget(job.integration_id).await;
        }
        if outcome.look {
            state.signals.health.notify_one();
        }
        state.faults.point("deliver.finished").await;
        state.signals.deliver.notify_one();
    }
}

/// What is to be sent now, and when to look again.
#[derive(Default)]
struct Choice {
    chosen: Vec<(IntegrationId, DueMessage)>,
    /// Customers who get too much have to wait.
    throttled: Vec<Pending<()>>,
    wake_in: Option<Millis>,
}

impl Choice {
    fn soon(&mut self, wait: Millis) {
        self.wake_in = Some(self.wake_in.map_or(wait, |w| w.min(wait)));
    }
}

/// What may be sent now, class by class.
async fn choose(
    state: &Pipeline,
    limit: usize,
    now: Millis,
) -> Result<(Vec<(IntegrationId, DueMessage)>, Option<Millis>)> {
    let mut conn = state.store.read().await?;
    let mut choice = Choice::default();
    for class in queue::waiting(&mut conn).await? {
        choose_of(state, &mut conn, *class, limit, now, &mut choice).await?;
    }
    // The writer may take its time.
    drop(conn);
    for postponed in choice.throttled {
        if let Err(error) = postponed.committed().await {
            tracing::warn!(error = ?error, "A message could not be postponed; it is looked at again at once");
        }
    }
    Ok((choice.chosen, choice.wake_in))
}

/// What of a class may be sent: a fair share of each integration, within the rates of the number and of the customer, and
/// without what is left to classes before it.
async fn choose_of(
    state: &Pipeline,
    conn: &mut Conn,
    class: SendClass,
    limit: usize,
    now: Millis,
    choice: &mut Choice,
) -> Result<()> {
    let at_once = state.round_robin.at_once.load(Ordering::Relaxed);
    let integrations = queue::list_due_integrations(conn, class, state.round_robin.after(class), now, at_once).await?;
    let mut left = limit.saturating_sub(left_to_others(class)).saturating_sub(choice.chosen.len());
    let share = left.div_ceil(integrations.len().max(1)).max(1);
    let mut limits = Vec::with_capacity(integrations.len());
    for integration_id in &integrations {
        if left == 0 {
            choice.soon(20);
            break;
        }
        state.round_robin.came_to(class, *integration_id);
        let spare = state.number_rate.available_beyond(class.leaves(), integration_id, now);
        let count = share.min(left).min(spare as usize);
        if count == 0 {
            choice.soon(20);
            continue;
        }
        left -= count;
        limits.push((*integration_id, i64::try_from(count).unwrap_or(1)));
    }
    let due = queue::list_due(conn, class, &limits, now).await?;
    for (integration_id, due) in due {
        if let Err(wait) = state.number_rate.take(integration_id, now) {
            choice.soon(wait);
        } else if let Err(wait) = state.pair_rate.take(due.conversation_id, now) {
            state.number_rate.give_back(integration_id, now);
            choice.throttled.push(postpone(state, integration_id, due, now + wait));
        } else {
            choice.chosen.push((integration_id, due));
        }
    }
    Ok(())
}

/// How many of the sends in progress a class leaves to those before it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a few hundred")]
fn left_to_others(class: SendClass) -> usize {
    (class.leaves() * f64::from(AT_ONCE)) as usize
}

/// Marks messages as `sending` and returns each one's attempt number, or none if it may not be sent. A message that may never
/// be sent is withdrawn: a concurrent take-over or deletion did not see it in the queue.
pub async fn store_claims(conn: &mut Conn, requests: &[ClaimRequest]) -> StoreResult<Vec<Option<i64>>> {
    let claimed = queue::claim_many(conn, requests).await?;
    for (request, _) in requests.iter().zip(&claimed).filter(|(_, attempt)| attempt.is_none()) {
        let DueMessage { workspace_id, id, conversation_id } = request.due;
        if queue::cancel_if_barred(conn, workspace_id, id, request.now).await? {
            conn.tell(workspace_id, DomainEvent::MessageProgressed { conversation_id }, request.now);
        }
    }
    Ok(claimed)
}

/// A customer who gets too much has to wait; nobody else does.
fn postpone(state: &Pipeline, integration_id: IntegrationId, due: DueMessage, until: Millis) -> Pending<()> {
    state.writer.submit(Priority::Pipeline, integration_id, (due, until), |conn, (due, until)| {
        Box::pin(queue::postpone(conn, *due, *until))
    })
}
