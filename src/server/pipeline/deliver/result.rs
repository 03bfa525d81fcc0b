//! The end of a send, written down.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{Job, SendOutcome};
use crate::{
    domain::{
        Millis,
        conversation::WINDOW,
        event::DomainEvent,
        ids::{ConversationId, IntegrationId},
        message::MessageState,
    },
    server::{
        pipeline::{Pipeline, status},
        store::{
            Conn, StoreError, StoreResult, conversation, integration,
            message::ExternalKey,
            queue::{self, SendResult},
            status as status_store,
        },
        writer::Priority,
    },
};

/// How long the end of a send is kept for a database that is unavailable.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it waits between two tries.
const PAUSE: Duration = Duration::from_millis(500);
const TOO_LATE: &str = "Meta could not be reached until the customer's 24 hours were over. Nothing was sent: wait for the \
                        customer to write, or send an approved template.";

struct End {
    attempt: queue::OpenAttempt,
    conversation_id: ConversationId,
    integration_id: IntegrationId,
    outcome: SendOutcome,
    now: Millis,
}

/// A send that the provider accepted. Nearly all are, so they are written in batches.
pub struct Accepted {
    message: queue::Accepted,
    conversation_id: ConversationId,
    external_key: String,
}

/// Writes down how a send ended. While the database is unavailable it waits: nobody else knows what is known here, and without it
/// people would have to be asked whether to send again. Beyond its lease the message is `unknown` until then.
pub(super) async fn write_down(state: &Pipeline, job: &Job, outcome: &SendOutcome) -> StoreResult<()> {
    let (now, since) = (state.now(), Instant::now());
    loop {
        match store(state, job, outcome, now).await {
            Err(StoreError::Unavailable(_) | StoreError::Unheard(_) | StoreError::Contended(_))
                if since.elapsed() < PATIENCE && !state.life.shutdown.is_cancelled() => {}
            stored => return stored,
        }
        state.faults.point("deliver.waits").await;
        tokio::select! {
            () = sleep(PAUSE) => {}
            () = state.life.shutdown.cancelled() => {}
        }
    }
}

async fn store(state: &Pipeline, job: &Job, outcome: &SendOutcome, now: Millis) -> StoreResult<()> {
    let m = &job.message;
    if let SendOutcome {
        result: SendResult { state: MessageState::Accepted, external_message_id: Some(wamid), .. },
        external_key: Some(external_key),
        ..
    } = outcome
    {
        let message = queue::Accepted {
            workspace_id: m.workspace_id,
            id: m.id,
            lease: job.lease,
            external_message_id: wamid.clone(),
            started_at: job.started_at,
            now,
        };
        let accepted = Accepted { message, conversation_id: m.conversation_id, external_key: external_key.clone() };
        state.groups.accepted.write(job.integration_id, accepted).await?;
        state.activity.outbound(m.workspace_id, job.integration_id, now);
        return Ok(());
    }
    let attempt =
        queue::OpenAttempt { workspace_id: m.workspace_id, id: m.id, lease: job.lease, started_at: job.started_at };
    let (conversation_id, integration_id, outcome) = (m.conversation_id, job.integration_id, outcome.clone());
    let input = End { attempt, conversation_id, integration_id, outcome, now };
    state
        .writer
        .write(Priority::Pipeline, job.integration_id, input, |conn, input| Box::pin(store_result(conn, input)))
        .await
}

/// Writes down that messages were taken, and joins the reports that came before their ids were known.
pub async fn store_accepted(conn: &mut Conn, accepted: &[Accepted]) -> StoreResult<Vec<()>> {
    let Some(now) = accepted.iter().map(|a| a.message.now).max() else { return Ok(Vec::new()) };
    let messages: Vec<queue::Accepted> = accepted.iter().map(|a| a.message.clone()).collect();
    queue::accept_many(conn, &messages).await?;
    let keys: Vec<ExternalKey> = accepted
        .iter()
        .map(|a| (a.message.workspace_id, a.external_key.clone(), a.message.external_message_id.clone()))
        .collect();
    for (workspace_id, external_key, wamid) in status_store::list_parked(conn, &keys).await? {
        status::join_parked(conn, workspace_id, &external_key, &wamid, now).await?;
    }
    let changed = accepted.iter().map(|a| (a.message.workspace_id, a.conversation_id));
    for (workspace_id, conversation_id) in changed {
        conn.tell(workspace_id, DomainEvent::MessageProgressed { conversation_id }, now);
    }
    Ok(vec![(); accepted.len()])
}

/// The end of a send, with all that follows from it, in one transaction: what is claimed or answered after it sees that the
/// channel is stopped.
async fn store_result(conn: &mut Conn, e: &End) -> StoreResult<()> {
    let t = &e.attempt;
    let SendOutcome { result, stop, look, unreachable, .. } = &e.outcome;
    let ended = queue::finish(conn, t, result, e.now).await?;
    let mut failed = ended && result.state == MessageState::Failed;
    if ended && result.state == MessageState::Queued {
        queue::cancel_if_barred(conn, t.workspace_id, t.id, e.now).await?;
        if *unreachable {
            let opened_before = e.now - WINDOW;
            failed = queue::fail_if_window_closed(conn, t.workspace_id, t.id, opened_before, TOO_LATE, e.now).await?;
        }
    }
    if failed {
        conversation::answer_failed(conn, t.workspace_id, e.conversation_id, t.id).await?;
    }
    if let Some(trouble) = stop {
        integration::set_error(conn, t.workspace_id, e.integration_id, trouble, e.now).await?;
        conn.tell(t.workspace_id, DomainEvent::IntegrationChanged { id: e.integration_id }, e.now);
    } else if *look {
        integration::request_check(conn, t.workspace_id, e.integration_id, e.now).await?;
    }
    conn.tell(t.workspace_id, DomainEvent::MessageProgressed { conversation_id: e.conversation_id }, e.now);
    Ok(())
}
