//! Sending by the port: what Meta's answer means for the message.

use super::{
    errors::Class,
    graph::{Graph, GraphError, SenderNumber},
};
use crate::{
    domain::{contact::Recipient, content::Content, integration::Provider},
    server::channel::{Access, SendError, Verdict},
};

/// Two tries are enough for an error of Meta's that names no reason (contract, section 7.1).
const GENERIC: i64 = 135_000;
const GENERIC_TRIES: i64 = 2;

impl<'a> SenderNumber<'a> {
    /// None without an access token, or when only a newer version knows whose it is: then it goes to nobody.
    #[must_use]
    pub fn of(access: Access<'a>) -> Option<Self> {
        let token = access.keys.access_token.as_ref().filter(|_| access.provider != Provider::Newer)?;
        Some(Self {
            provider: access.provider,
            phone_number_id: access.external_key,
            token,
            proof: access.keys.proof.as_ref(),
        })
    }
}

/// The wamid, when Meta took it. `attempt` is the attempt number, from 1.
///
/// # Errors
/// With what to do about it.
pub async fn send(
    graph: &Graph,
    access: Access<'_>,
    to: &Recipient,
    content: &Content,
    callback_data: &str,
    attempt: i64,
) -> Result<String, SendError> {
    let Some(sender) = SenderNumber::of(access) else { return Err(SendError::locked()) };
    graph.send(sender, to, content, callback_data).await.map_err(|error| judge(&error, attempt))
}

/// Whether Meta took a read receipt, with the sign that an answer is being written.
pub async fn acknowledge(graph: &Graph, access: Access<'_>, wamid: &str, typing: bool) -> bool {
    let Some(sender) = SenderNumber::of(access) else { return false };
    match graph.mark_read(sender, wamid, typing).await {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(code = error.code, "No read receipt was sent");
            false
        }
    }
}

fn judge(error: &GraphError, attempt: i64) -> SendError {
    let class = error.class;
    let tries = if error.code == Some(GENERIC) { GENERIC_TRIES } else { class.tries() };
    let verdict = match class {
        Class::Ambiguous => Verdict::Unknown,
        Class::Unreachable => Verdict::Unreachable,
        _ if class.stops_channel() => Verdict::Stopped(error.trouble()),
        _ if attempt < tries => {
            Verdict::Retry { pause: class.pause(attempt), at_least: error.wait.unwrap_or(0), all: class == Class::Rate }
        }
        _ => Verdict::Failed,
    };
    SendError {
        verdict,
        problem: error.problem(),
        message: error.message(),
        code: error.code,
        http_status: error.http_status,
        trace_id: error.trace_id.clone(),
        answered: error.network.is_none(),
        concerns_all: error.concerns_channel(),
    }
}
