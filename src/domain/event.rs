//! What happened, as those hear of it who were not there. It is told inside of the transaction that makes it true; what open pages
//! are told is derived from it.

use uuid::Uuid;

use super::{
    ids::{ChatbotId, ConversationId, IntegrationId, UserId},
    integration::TestStep,
    live::LiveEvent,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DomainEvent {
    /// A customer wrote.
    MessageReceived {
        conversation_id: ConversationId,
    },
    /// A message for the customer was stored: the bot's, a person's, or one that somebody else sent.
    MessageSent {
        conversation_id: ConversationId,
    },
    /// A message came further, failed or was withdrawn.
    MessageProgressed {
        conversation_id: ConversationId,
    },
    /// Who answers, its status or its contact changed.
    ConversationChanged {
        id: ConversationId,
    },
    ConversationRead {
        id: ConversationId,
    },
    ConversationErased {
        id: ConversationId,
    },
    IntegrationCreated {
        id: IntegrationId,
    },
    IntegrationChanged {
        id: IntegrationId,
    },
    IntegrationDeleted {
        id: IntegrationId,
    },
    /// A message came in or went out by it; told about once a second while that goes on.
    IntegrationUsed {
        id: IntegrationId,
    },
    /// A step of a connection test is done.
    TestStepDone {
        run_id: Uuid,
        step: Box<TestStep>,
    },
    ChatbotCreated {
        id: ChatbotId,
    },
    ChatbotChanged {
        id: ChatbotId,
    },
    ChatbotDeleted {
        id: ChatbotId,
    },
    KnowledgeChanged {
        chatbot_id: ChatbotId,
    },
    /// What a person may do changed, or a way in of theirs ended.
    AccessChanged {
        user_id: UserId,
    },
}

impl DomainEvent {
    /// What open pages are told of it.
    #[must_use]
    pub fn into_live(self) -> LiveEvent {
        match self {
            Self::MessageReceived { conversation_id: id }
            | Self::MessageSent { conversation_id: id }
            | Self::MessageProgressed { conversation_id: id }
            | Self::ConversationChanged { id }
            | Self::ConversationErased { id } => LiveEvent::conversation(id),
            Self::ConversationRead { id } => LiveEvent::Read { ids: vec![id] },
            Self::IntegrationCreated { id } | Self::IntegrationChanged { id } | Self::IntegrationDeleted { id } => {
                LiveEvent::Integration { id }
            }
            Self::IntegrationUsed { id } => LiveEvent::IntegrationUsed { id },
            Self::TestStepDone { run_id, step } => LiveEvent::TestStep { run_id, step },
            Self::ChatbotCreated { id }
            | Self::ChatbotChanged { id }
            | Self::ChatbotDeleted { id }
            | Self::KnowledgeChanged { chatbot_id: id } => LiveEvent::Chatbot { id },
            Self::AccessChanged { user_id: id } => LiveEvent::Person { id },
        }
    }
}
