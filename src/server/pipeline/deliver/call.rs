//! The call to the channel's provider, and what its outcome means for the message.

use uuid::Uuid;

use super::Job;
use crate::{
    domain::{Millis, integration::Trouble, message::MessageState},
    server::{
        base::clock::mint_id,
        channel::{SendError, Verdict},
        pipeline::Pipeline,
        service::credentials,
        store::queue::SendResult,
    },
};

/// When what was not tried is looked at again.
const WAIT: Millis = 5000;

/// How a send ended, and whether the whole channel has to stop.
#[derive(Clone)]
pub(super) struct SendOutcome {
    pub(super) result: SendResult,
    pub(super) stop: Option<Trouble>,
    /// The provider is to be asked at once how the integration is doing.
    pub(super) look: bool,
    /// No connection came about: it waits, as long as the customer's window is open.
    pub(super) unreachable: bool,
    pub(super) external_key: Option<String>,
}

pub(super) async fn send(state: &Pipeline, job: &mut Job) -> SendOutcome {
    let credentials = match credentials::of(state, job.message.workspace_id, job.integration_id).await {
        Ok(Some(credentials)) if credentials.may_send => credentials,
        Ok(_) => return not_sent(state, "The integration cannot send just now."),
        Err(error) => {
            tracing::error!(error = ?error, "Credentials could not be read");
            return not_sent(state, "The credentials could not be read.");
        }
    };
    job.guard.disarm();
    let id = job.message.id.to_string();
    let sent = state.channels.send(credentials.access(), &job.message.to, &job.message.content, &id, job.attempt).await;
    if sent.as_ref().err().is_none_or(|error| error.answered) {
        state.reach.found(job.message.workspace_id, job.integration_id);
    }
    let external_key = Some(credentials.external_key.clone());
    match sent {
        Ok(external_id) => SendOutcome {
            result: SendResult {
                state: MessageState::Accepted,
                external_message_id: Some(external_id),
                http_status: Some(200),
                ..blank(state.now())
            },
            stop: None,
            look: false,
            unreachable: false,
            external_key,
        },
        Err(error) => SendOutcome { external_key, ..judge(state, job, error) },
    }
}

const fn blank(at: Millis) -> SendResult {
    SendResult {
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
fn not_sent(state: &Pipeline, reason: &str) -> SendOutcome {
    let result = SendResult { error: Some(reason.to_owned()), counts: false, ..blank(state.now() + WAIT) };
    SendOutcome { result, stop: None, look: false, unreachable: false, external_key: None }
}

fn judge(state: &Pipeline, job: &Job, error: SendError) -> SendOutcome {
    let now = state.now();
    tracing::warn!(
        message_id = %job.message.id, integration_id = %job.integration_id, problem = error.problem,
        http_status = error.http_status, code = error.code, trace_id = error.trace_id, attempt = job.attempt,
        "A message was not sent"
    );
    let words = SendResult {
        error: Some(error.message),
        error_code: error.code,
        http_status: error.http_status.map(i64::from),
        trace_id: error.trace_id,
        ..blank(now)
    };
    let unreachable = error.verdict == Verdict::Unreachable;
    let (result, stop) = match error.verdict {
        Verdict::Unknown => {
            (SendResult { state: MessageState::Unknown, next_attempt_at: now + state.config.grace(), ..words }, None)
        }
        Verdict::Stopped(trouble) => (SendResult { counts: false, ..words }, Some(trouble)),
        // Nothing has left, and it is no fault of the message.
        Verdict::Unreachable => {
            let pause = state.reach.lost(job.message.workspace_id, job.integration_id, now);
            (SendResult { next_attempt_at: now + jitter(pause), counts: false, ..words }, None)
        }
        Verdict::Retry { pause, at_least, all } => {
            let pause = jitter(pause).max(at_least);
            if all {
                state.number_rate.pause(job.integration_id, now, pause);
            }
            (SendResult { next_attempt_at: now + pause, ..words }, None)
        }
        Verdict::Waits => (SendResult { counts: false, next_attempt_at: now + WAIT, ..words }, None),
        Verdict::Failed => (SendResult { state: MessageState::Failed, ..words }, None),
    };
    SendOutcome { result, stop, look: error.concerns_all, unreachable, external_key: None }
}

/// A fifth more or less, so that what failed together does not come back together.
fn jitter(pause: Millis) -> Millis {
    let [a, b, ..] = *mint_id::<Uuid>().as_bytes().last_chunk::<4>().unwrap_or(&[0; 4]);
    let random = i64::from(u16::from_be_bytes([a, b]));
    pause + pause * (random - 32_768) / 163_840
}
