//! Which tasks a commit of this node wakes.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::{
    domain::{event::DomainEvent, principal::Principal},
    server::store::event::Told,
};

/// Wake-up calls, sent right after a commit.
#[derive(Default)]
pub struct Signals {
    pub ingest: Notify,
    pub answer: Notify,
    pub deliver: Notify,
    pub health: Notify,
    /// A node has joined. Notified on its own only: most events are about something else.
    pub nodes: Notify,
}

impl Signals {
    /// For news from other nodes, which do not say what it is.
    pub fn wake_all(&self) {
        self.ingest.notify_one();
        self.answer.notify_one();
        self.deliver.notify_one();
        self.health.notify_one();
    }
}

/// Stages of the pipeline that have something to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stages {
    ingest: bool,
    answer: bool,
    deliver: bool,
}

impl Stages {
    /// Whom a commit wakes in which this was told. What the pipeline does itself wakes nobody here: its stages ring once for a
    /// whole round of theirs, and each earlier call would make the next stage take less at once.
    ///
    /// A change of an integration is missing: its author forgets the credentials first (`service/credentials.rs`), and
    /// rings then.
    pub(super) fn woken_by(told: &[Told]) -> Self {
        let mut stages = Self::default();
        for told in told.iter().filter(|told| told.by != Principal::System) {
            match told.event {
                DomainEvent::MessageReceived { .. } => stages.answer = true,
                DomainEvent::MessageSent { .. } => stages.deliver = true,
                DomainEvent::LettersReplayed { .. } => stages.ingest = true,
                _ => {}
            }
        }
        stages
    }
}

impl Signals {
    /// Wakes the stages that have something to do.
    pub(super) fn wake(&self, stages: Stages) {
        let bells = [(stages.ingest, &self.ingest), (stages.answer, &self.answer), (stages.deliver, &self.deliver)];
        bells.into_iter().filter(|(woken, _)| *woken).for_each(|(_, bell)| bell.notify_one());
    }
}

/// Notified after commits that told events: the tasks that publish them look soon.
#[derive(Default)]
pub struct Commits {
    bell: Notify,
    signals: Arc<Signals>,
}

impl Commits {
    /// The stages' own calls.
    pub(super) const fn signals(&self) -> &Arc<Signals> {
        &self.signals
    }

    /// Something was committed.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Waits until something was.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::Stages;
    use crate::{
        domain::{
            event::DomainEvent,
            ids::{ChatbotId, ConversationId, IntegrationId, UserId, WorkspaceId},
            principal::Principal,
        },
        server::store::event::Told,
    };

    #[test]
    fn what_others_than_the_pipeline_do_wakes_its_stages() {
        let conversation_id = ConversationId::nil();
        let received = || DomainEvent::MessageReceived { conversation_id };
        let sent = || DomainEvent::MessageSent { conversation_id };
        let nothing = Stages::default();
        for (by, event, woken) in [
            (Principal::Customer, received(), Stages { answer: true, ..nothing }),
            (Principal::System, received(), nothing),
            (Principal::signed_in(UserId::nil()), sent(), Stages { deliver: true, ..nothing }),
            (Principal::System, sent(), nothing),
            (Principal::CommandLine, DomainEvent::ChatbotSwitched { id: ChatbotId::nil(), active: true }, nothing),
            (
                Principal::signed_in(UserId::nil()),
                DomainEvent::LettersReplayed { integration_id: IntegrationId::nil(), count: 1 },
                Stages { ingest: true, ..nothing },
            ),
        ] {
            let told = Told { workspace_id: WorkspaceId::nil(), event, at: 0, by };
            assert_eq!(Stages::woken_by(std::slice::from_ref(&told)), woken, "{told:?}");
        }
    }
}
