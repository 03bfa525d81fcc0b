//! Messages that are to leave: claim what is due of the queue, send, write down how it ended. What goes straight out comes
//! in by [`Deliver::handle`].
//!
//! The Graph API has no idempotency key. A message is marked `sending` before anything leaves, under a lease longer than
//! the call may take. If the call's end is not known (the process died, the connection broke off), the message becomes
//! `unknown` and is never repeated by itself: only a report with our own id can settle it.

mod call;
mod ending;
mod unsent;

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use tokio::sync::Notify;

use self::{
    call::{Outcome, send},
    ending::write_down,
};
pub use self::{
    ending::{Accepted, store_accepted},
    unsent::Unsent,
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
            letter::{self, Letter},
            queue::{self, DueMessage, SendClass, Take},
        },
        writer::{Pending, Priority, signals::Signals},
    },
};

/// Whose turn it is to send: a claim begins behind the last integration that the one before it came to, so that however
/// many are busy, each has its turn.
pub struct Rounds {
    /// Of each class.
    after: Mutex<[IntegrationId; SendClass::ALL.len()]>,
    /// Integrations looked at in one claim.
    at_once: AtomicI64,
}

impl Default for Rounds {
    fn default() -> Self {
        Self { after: Mutex::default(), at_once: AtomicI64::new(500) }
    }
}

impl Rounds {
    /// Looks at so many in one claim.
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

/// Sends under way that were queued.
const AT_ONCE: u16 = 320;

pub struct Deliver;

/// A message marked `sending`.
pub struct Job {
    pub lease: LeaseId,
    pub integration_id: IntegrationId,
    pub message: Letter,
    /// The how-manieth try this is.
    pub attempt: i64,
    pub started_at: Millis,
    /// Puts it back into the queue, should its way end before it leaves.
    pub unsent: Unsent,
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
        let mut letters = letter::list(&mut state.store.read().await?, &due).await?;
        let claims: Vec<_> = chosen
            .into_iter()
            .filter_map(|(integration_id, due)| Some((integration_id, due, letters.remove(&due.id)?)))
            .map(|(integration_id, due, message)| {
                let take = Take { due, lease: state.node.mint_lease(), now, lease_until };
                let unsent = Unsent::new(state, integration_id, take.lease, &message);
                (unsent, integration_id, take.lease, message, state.groups.claims.submit(integration_id, take))
            })
            .collect();
        let mut jobs = Vec::with_capacity(claims.len());
        for (mut unsent, integration_id, lease, message, pending) in claims {
            match pending.committed().await {
                Ok(Some(attempt)) => {
                    jobs.push(Job { lease, integration_id, message, attempt, started_at: now, unsent });
                }
                // It may have been withdrawn.
                Ok(None) => {
                    unsent.forget();
                }
                // Those beside it are marked as sending already, and go on. So may this one be, when the answer was lost.
                Err(error) => {
                    tracing::warn!(error = ?error, "A message could not be claimed");
                    if !error.is_doubtful() {
                        unsent.forget();
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
            Ok(()) => job.unsent.forget(),
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
    let at_once = state.rounds.at_once.load(Ordering::Relaxed);
    let integrations = queue::list_due_integrations(conn, class, state.rounds.after(class), now, at_once).await?;
    let mut left = limit.saturating_sub(left_to_others(class)).saturating_sub(choice.chosen.len());
    let share = left.div_ceil(integrations.len().max(1)).max(1);
    let mut rooms = Vec::with_capacity(integrations.len());
    for integration_id in &integrations {
        if left == 0 {
            choice.soon(20);
            break;
        }
        state.rounds.came_to(class, *integration_id);
        let spare = state.number_rate.available_beyond(class.leaves(), integration_id, now);
        let room = share.min(left).min(spare as usize);
        if room == 0 {
            choice.soon(20);
            continue;
        }
        left -= room;
        rooms.push((*integration_id, i64::try_from(room).unwrap_or(1)));
    }
    let due = queue::list_due(conn, class, &rooms, now).await?;
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

/// How many of the sends under way a class leaves to those before it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a few hundred")]
fn left_to_others(class: SendClass) -> usize {
    (class.leaves() * f64::from(AT_ONCE)) as usize
}

/// Marks messages as `sending`: the how-manieth try each is, none for those that may not go out. What never may is withdrawn:
/// a take-over or a deletion that was under way while it came into the queue has not seen it.
pub async fn store_claims(conn: &mut Conn, takes: &[Take]) -> StoreResult<Vec<Option<i64>>> {
    let claimed = queue::claim_many(conn, takes).await?;
    for (take, _) in takes.iter().zip(&claimed).filter(|(_, attempt)| attempt.is_none()) {
        let DueMessage { workspace_id, id, conversation_id } = take.due;
        if queue::cancel_if_barred(conn, workspace_id, id, take.now).await? {
            conn.tell(workspace_id, DomainEvent::MessageProgressed { conversation_id }, take.now);
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
