//! Queued messages that are due: claim, send, write down how it ended.
//!
//! The Graph API has no idempotency key. A message is marked `sending` before anything leaves, under a lease longer than
//! the call may take. If the call's end is not known (the process died, the connection broke off), the message becomes
//! `unknown` and is never repeated by itself: only a report with our own id can settle it.

use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    Claim, Signals, Stage, status,
    writer::{Pending, Priority},
};
use crate::{
    domain::{Millis, integration::Trouble, live::LiveEvent, message::MessageState},
    server::{
        clock::mint_id,
        error::Result,
        service::credentials::{self, Credentials},
        state::AppState,
        store::{
            Conn, StoreResult, event, integration,
            letter::{self, Letter},
            message::ExternalKey,
            queue::{self, DueMessage, Ending, Take},
            status as status_store,
        },
        whatsapp::{
            errors::Class,
            graph::{GraphError, Recipient},
        },
    },
};

/// Integrations looked at in one claim.
const INTEGRATIONS: i64 = 500;

pub struct Deliver;

/// A message marked `sending`.
pub struct Job {
    pub lease: Uuid,
    pub integration_id: Uuid,
    pub message: Letter,
    /// The how-manieth try this is.
    pub attempt: i64,
    pub started_at: Millis,
}

impl Stage for Deliver {
    type Job = Job;
    const NAME: &'static str = "deliver";
    const AT_ONCE: usize = 320;

    fn signal(signals: &Signals) -> &Notify {
        &signals.deliver
    }

    async fn claim(state: &AppState, limit: usize) -> Result<Claim<Job>> {
        let now = state.now();
        let lease_until = now + state.config.send_lease();
        let (chosen, wake_in) = choose(state, limit, now).await?;
        let due: Vec<DueMessage> = chosen.iter().map(|(_, due)| *due).collect();
        let mut letters = letter::list(&mut state.store.read().await?, &due).await?;
        let claims: Vec<_> = chosen
            .into_iter()
            .filter_map(|(integration_id, due)| Some((integration_id, due, letters.remove(&due.id)?)))
            .map(|(integration_id, due, message)| {
                let take = Take { due, lease: mint_id(), now, lease_until };
                (integration_id, take.lease, message, state.groups.claims.submit(integration_id, take))
            })
            .collect();
        let mut jobs = Vec::with_capacity(claims.len());
        for (integration_id, lease, message, pending) in claims {
            match pending.committed().await {
                Ok(Some(attempt)) => jobs.push(Job { lease, integration_id, message, attempt, started_at: now }),
                Ok(None) => {}
                // Those beside it are marked as sending already: dropped here, they would end as `unknown` for nothing.
                Err(error) => tracing::warn!(error = ?error, "A message could not be claimed; it stays queued"),
            }
        }
        if !jobs.is_empty() {
            state.faults.point("deliver.claimed").await;
        }
        Ok(Claim { jobs, wake_in })
    }

    async fn handle(state: &AppState, job: Job) {
        let outcome = send(state, &job).await;
        state.faults.point("deliver.sent").await;
        let stopped = matches!(outcome, Outcome { stop: Some(_), .. });
        if let Err(error) = write_down(state, &job, outcome).await {
            // The lease runs out and the message becomes `unknown`: late, but true.
            tracing::error!(message_id = %job.message.id, error = ?error, "The end of a send could not be stored");
        }
        if stopped {
            state.credentials.forget(job.integration_id).await;
            state.signals.health.notify_one();
        }
        state.faults.point("deliver.finished").await;
        state.live.ring();
        state.signals.deliver.notify_one();
    }
}

/// What may be sent now: a fair share of each integration, within the rates of the number and of the customer.
async fn choose(state: &AppState, limit: usize, now: Millis) -> Result<(Vec<(Uuid, DueMessage)>, Option<Millis>)> {
    let mut conn = state.store.read().await?;
    if queue::is_empty(&mut conn).await? {
        return Ok((Vec::new(), None));
    }
    let integrations = queue::list_due_integrations(&mut conn, now, INTEGRATIONS).await?;
    let share = limit.div_ceil(integrations.len().max(1)).max(1);
    let mut chosen = Vec::new();
    let mut wake_in: Option<Millis> = None;
    let mut soon = |wait: Millis| wake_in = Some(wake_in.map_or(wait, |w| w.min(wait)));
    // Start somewhere else each time, so that nobody is always last.
    let offset = usize::try_from(now).unwrap_or(0) % integrations.len().max(1);
    let mut left = limit;
    let mut rooms = Vec::with_capacity(integrations.len());
    for (_, integration_id) in integrations.iter().cycle().skip(offset).take(integrations.len()) {
        let room = share.min(left).min(state.number_rate.available(integration_id, now) as usize);
        if room == 0 {
            soon(20);
            continue;
        }
        left -= room;
        rooms.push((*integration_id, i64::try_from(room).unwrap_or(1)));
    }
    let due = queue::list_due(&mut conn, &rooms, now).await?;
    drop(conn);
    let mut throttled = Vec::new();
    for (integration_id, due) in due {
        if let Err(wait) = state.number_rate.take(integration_id, now) {
            soon(wait);
        } else if let Err(wait) = state.pair_rate.take(due.conversation_id, now) {
            throttled.push(postpone(state, integration_id, due, now + wait));
        } else {
            chosen.push((integration_id, due));
        }
    }
    for postponed in throttled {
        if let Err(error) = postponed.committed().await {
            tracing::warn!(error = ?error, "A message could not be postponed; it is looked at again at once");
        }
    }
    Ok((chosen, wake_in))
}

/// A customer who gets too much has to wait; nobody else does.
fn postpone(state: &AppState, integration_id: Uuid, due: DueMessage, until: Millis) -> Pending<()> {
    state.writer.submit(Priority::Pipeline, integration_id, (due, until), |conn, (due, until)| {
        Box::pin(queue::postpone(conn, *due, *until))
    })
}

/// How a send ended, and whether the whole channel has to stop.
struct Outcome {
    ending: Ending,
    stop: Option<Trouble>,
    phone_number_id: Option<String>,
}

async fn send(state: &AppState, job: &Job) -> Outcome {
    let credentials = match credentials::of(state, job.message.workspace_id, job.integration_id).await {
        Ok(Some(credentials)) if credentials.may_send => credentials,
        Ok(_) => return not_sent(state, "The integration cannot send just now."),
        Err(error) => {
            tracing::error!(error = ?error, "Credentials could not be read");
            return not_sent(state, "The credentials could not be read.");
        }
    };
    let Some(account) = credentials.account() else {
        return not_sent(state, "The integration has no access token.");
    };
    let to = Recipient { wa_id: job.message.to.wa_id.clone(), user_id: job.message.to.user_id.clone() };
    let sent = state.graph.send_text(account, &to, &job.message.body, &job.message.id.to_string()).await;
    match sent {
        Ok(wamid) => Outcome {
            ending: Ending {
                state: MessageState::Accepted,
                external_message_id: Some(wamid),
                http_status: Some(200),
                ..blank(state.now())
            },
            stop: None,
            phone_number_id: Some(credentials.phone_number_id.clone()),
        },
        Err(error) => judge(state, job, &credentials, &error),
    }
}

const fn blank(at: Millis) -> Ending {
    Ending {
        state: MessageState::Queued,
        external_message_id: None,
        next_attempt_at: at,
        http_status: None,
        error_code: None,
        error: None,
        trace_id: None,
        counts: true,
    }
}

/// Nothing left us: back into the queue, without using up a try.
fn not_sent(state: &AppState, reason: &str) -> Outcome {
    let ending = Ending { error: Some(reason.to_owned()), counts: false, ..blank(state.now() + 5000) };
    Outcome { ending, stop: None, phone_number_id: None }
}

fn judge(state: &AppState, job: &Job, credentials: &Credentials, error: &GraphError) -> Outcome {
    let now = state.now();
    let class = error.class;
    tracing::warn!(
        message_id = %job.message.id, integration_id = %job.integration_id, class = ?class, http_status = error.http_status,
        code = error.code, trace_id = error.trace_id, attempt = job.attempt, "A message was not sent"
    );
    let words = Ending {
        error: Some(error.message()),
        error_code: error.code,
        http_status: error.http_status.map(i64::from),
        trace_id: error.trace_id.clone(),
        ..blank(now)
    };
    let tries = if error.code == Some(135_000) { 2 } else { class.tries() };
    let ending = if class == Class::Ambiguous {
        Ending { state: MessageState::Unknown, next_attempt_at: now + state.config.grace(), ..words }
    } else if class.stops_channel() {
        Ending { counts: false, ..words }
    } else if job.attempt < tries {
        let pause = jitter(class.pause(job.attempt)).max(error.wait.unwrap_or(0));
        if class == Class::Rate {
            state.number_rate.pause(job.integration_id, now, pause);
        }
        Ending { next_attempt_at: now + pause, ..words }
    } else {
        Ending { state: MessageState::Failed, ..words }
    };
    let stop = class.stops_channel().then(|| error.trouble());
    Outcome { ending, stop, phone_number_id: Some(credentials.phone_number_id.clone()) }
}

/// A fifth more or less, so that what failed together does not come back together.
fn jitter(pause: Millis) -> Millis {
    let [a, b, ..] = *mint_id().as_bytes().last_chunk::<4>().unwrap_or(&[0; 4]);
    let random = i64::from(u16::from_be_bytes([a, b]));
    pause + pause * (random - 32_768) / 163_840
}

struct End {
    attempt: queue::Try,
    conversation_id: Uuid,
    integration_id: Uuid,
    outcome: Outcome,
    now: Millis,
}

/// A send that WhatsApp took: what nearly all of them are, so they are written as sets.
pub struct Accepted {
    message: queue::Accepted,
    conversation_id: Uuid,
    phone_number_id: String,
}

async fn write_down(state: &AppState, job: &Job, outcome: Outcome) -> Result<()> {
    let (now, m) = (state.now(), &job.message);
    if let Outcome {
        ending: Ending { state: MessageState::Accepted, external_message_id: Some(wamid), .. },
        phone_number_id: Some(phone_number_id),
        ..
    } = &outcome
    {
        let message = queue::Accepted {
            workspace_id: m.workspace_id,
            id: m.id,
            lease: job.lease,
            external_message_id: wamid.clone(),
            started_at: job.started_at,
            now,
        };
        let accepted =
            Accepted { message, conversation_id: m.conversation_id, phone_number_id: phone_number_id.clone() };
        state.groups.accepted.write(job.integration_id, accepted).await?;
        state.activity.outbound(m.workspace_id, job.integration_id, now);
        return Ok(());
    }
    let attempt = queue::Try { workspace_id: m.workspace_id, id: m.id, lease: job.lease, started_at: job.started_at };
    let input = End { attempt, conversation_id: m.conversation_id, integration_id: job.integration_id, outcome, now };
    state
        .writer
        .write(Priority::Pipeline, job.integration_id, input, |conn, input| Box::pin(store_ending(conn, input)))
        .await?;
    Ok(())
}

/// Writes down that messages were taken, and joins the reports that came before their ids were known.
pub async fn store_accepted(conn: &mut Conn, accepted: &[Accepted]) -> StoreResult<Vec<()>> {
    let Some(now) = accepted.iter().map(|a| a.message.now).max() else { return Ok(Vec::new()) };
    let messages: Vec<queue::Accepted> = accepted.iter().map(|a| a.message.clone()).collect();
    queue::accept_many(conn, &messages).await?;
    let keys: Vec<ExternalKey> = accepted
        .iter()
        .map(|a| (a.message.workspace_id, a.phone_number_id.clone(), a.message.external_message_id.clone()))
        .collect();
    for (workspace_id, phone_number_id, wamid) in status_store::list_parked(conn, &keys).await? {
        status::join_parked(conn, workspace_id, &phone_number_id, &wamid, now).await?;
    }
    let changed = accepted.iter().map(|a| (a.message.workspace_id, a.conversation_id));
    event::append_conversations(conn, changed, now).await?;
    Ok(vec![(); accepted.len()])
}

/// The end of a send, with all that follows from it, in one transaction: once a channel is stopped, nothing more slips out.
async fn store_ending(conn: &mut Conn, e: &End) -> StoreResult<()> {
    let t = &e.attempt;
    let Outcome { ending, stop, .. } = &e.outcome;
    if queue::finish(conn, t, ending, e.now).await? && ending.state == MessageState::Queued {
        queue::cancel_if_silenced(conn, t.workspace_id, t.id, e.now).await?;
    }
    if let Some(trouble) = stop {
        integration::set_error(conn, t.workspace_id, e.integration_id, trouble, e.now).await?;
        event::append(conn, t.workspace_id, &LiveEvent::Integration { id: e.integration_id }, e.now).await?;
    }
    event::append(conn, t.workspace_id, &LiveEvent::conversation(e.conversation_id), e.now).await
}
