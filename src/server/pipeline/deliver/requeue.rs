//! A guard for messages that are, or may be, marked as `sending` while nothing has been sent.
//!
//! The mark is made before the call, so between the two there is a moment when it promises more than is true. When the
//! answer to the marking commit is lost, or the way to the call ends in between, this process still knows that nothing has
//! left: the message goes back into the queue as soon as the database is there again, instead of ending as `unknown`.

use tokio::runtime::Handle;

use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{ConversationId, IntegrationId, LeaseId, MessageId, WorkspaceId},
    },
    server::{
        pipeline::{Pipeline, again::until_written},
        store::{Conn, StoreResult, outbound::OutboundMessage, queue},
        writer::Priority,
    },
};

/// Requeues the message when dropped, if it is marked with that lease.
pub struct RequeueGuard {
    state: Pipeline,
    /// None when disarmed.
    mark: Option<Mark>,
}

#[derive(Clone, Copy)]
struct Mark {
    workspace_id: WorkspaceId,
    id: MessageId,
    conversation_id: ConversationId,
    integration_id: IntegrationId,
    lease: LeaseId,
}

impl RequeueGuard {
    /// For a message that is about to be marked.
    pub fn new(state: &Pipeline, integration_id: IntegrationId, lease: LeaseId, message: &OutboundMessage) -> Self {
        let OutboundMessage { workspace_id, id, conversation_id, .. } = *message;
        Self { state: state.clone(), mark: Some(Mark { workspace_id, id, conversation_id, integration_id, lease }) }
    }

    /// The message is not marked, or is about to be sent.
    pub fn disarm(&mut self) {
        self.mark = None;
    }
}

impl Drop for RequeueGuard {
    fn drop(&mut self) {
        let Some(mark) = self.mark.take().filter(|_| !self.state.faults.is_dead()) else { return };
        let state = self.state.clone();
        if let Ok(here) = Handle::try_current() {
            state.life.tasks.clone().spawn_on(put_back(state, mark), &here);
        }
    }
}

async fn put_back(state: Pipeline, mark: Mark) {
    let (key, now) = (mark.integration_id, state.now());
    let put = until_written(&state, Priority::Pipeline, key, (mark, now), |conn, (mark, now)| {
        Box::pin(store(conn, *mark, *now))
    });
    match put.await {
        Ok(true) => {
            tracing::info!(message_id = %mark.id, "A message that was marked for nothing went back into the queue");
            state.signals.deliver.notify_one();
        }
        Ok(false) => {}
        Err(error) => {
            tracing::warn!(message_id = %mark.id, error = ?error, "A message that was marked for nothing becomes unknown");
        }
    }
}

async fn store(conn: &mut Conn, mark: Mark, now: Millis) -> StoreResult<bool> {
    let Mark { workspace_id, id, conversation_id, lease, .. } = mark;
    if !queue::put_back(conn, workspace_id, id, lease, now).await? {
        return Ok(false);
    }
    queue::cancel_if_barred(conn, workspace_id, id, now).await?;
    conn.tell(workspace_id, DomainEvent::MessageProgressed { conversation_id }, now);
    Ok(true)
}
