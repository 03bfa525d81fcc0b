//! The call to WhatsApp, and what its outcome means for the message.

use super::Job;
use crate::{
    domain::{Millis, integration::Trouble, message::MessageState},
    server::{
        base::clock::mint_id,
        channel::whatsapp::{errors::Class, graph::GraphError, outgoing::Recipient},
        pipeline::Pipeline,
        service::credentials::{self, Credentials},
        store::queue::Ending,
    },
};

/// How a send ended, and whether the whole channel has to stop.
#[derive(Clone)]
pub(super) struct Outcome {
    pub(super) ending: Ending,
    pub(super) stop: Option<Trouble>,
    /// Meta is to be asked at once how the number is doing.
    pub(super) look: bool,
    /// No connection came about: it waits, as long as the customer's window is open.
    pub(super) unreachable: bool,
    pub(super) phone_number_id: Option<String>,
}

pub(super) async fn send(state: &Pipeline, job: &mut Job) -> Outcome {
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
    job.unsent.forget();
    let sent = state.graph.send(account, &to, &job.message.content, &job.message.id.to_string()).await;
    if sent.as_ref().err().is_none_or(|error| error.network.is_none()) {
        state.reach.found(job.message.workspace_id, job.integration_id);
    }
    match sent {
        Ok(wamid) => Outcome {
            ending: Ending {
                state: MessageState::Accepted,
                external_message_id: Some(wamid),
                http_status: Some(200),
                ..blank(state.now())
            },
            stop: None,
            look: false,
            unreachable: false,
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
fn not_sent(state: &Pipeline, reason: &str) -> Outcome {
    let ending = Ending { error: Some(reason.to_owned()), counts: false, ..blank(state.now() + 5000) };
    Outcome { ending, stop: None, look: false, unreachable: false, phone_number_id: None }
}

fn judge(state: &Pipeline, job: &Job, credentials: &Credentials, error: &GraphError) -> Outcome {
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
    } else if class == Class::Unreachable {
        // Nothing has left, and it is no fault of the message: no number of tries is too many.
        let pause = state.reach.lost(job.message.workspace_id, job.integration_id, now);
        Ending { next_attempt_at: now + jitter(pause), counts: false, ..words }
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
    let (look, unreachable) = (error.concerns_channel(), class == Class::Unreachable);
    Outcome { ending, stop, look, unreachable, phone_number_id: Some(credentials.phone_number_id.clone()) }
}

/// A fifth more or less, so that what failed together does not come back together.
fn jitter(pause: Millis) -> Millis {
    let [a, b, ..] = *mint_id().as_bytes().last_chunk::<4>().unwrap_or(&[0; 4]);
    let random = i64::from(u16::from_be_bytes([a, b]));
    pause + pause * (random - 32_768) / 163_840
}
