//! Domain events. Each is told inside of the transaction that makes it true; what open
//! pages are told is derived from it.

use uuid::Uuid;

use super::{
    ids::{
        ChatbotId, ContactFieldId, ContactId, ConversationId, DeliveryId, IntegrationId, InvitationId, LabelId,
        TokenId, UserId, WorkspaceId,
    },
    integration::TestStep,
    live::LiveEvent,
    role::Role,
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
    /// A message progressed, failed or was withdrawn.
    MessageProgressed {
        conversation_id: ConversationId,
    },
    /// Somebody wrote a note to the team.
    NoteWritten {
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
    /// Somebody wants something erased for good: it is, in steps, from then on.
    ErasureOrdered {
        of: Erasable,
    },
    /// People changed these of a contact's entries.
    ContactChanged {
        id: ContactId,
        fields: Vec<&'static str>,
    },
    ContactBlocked {
        id: ContactId,
        blocked: bool,
    },
    /// Somebody saw a contact's whole number.
    NumberRevealed {
        id: ContactId,
    },
    /// Somebody took all contacts out as a file, with whole numbers.
    ContactsExported {
        workspace_id: WorkspaceId,
    },
    /// Somebody took the audit log, or a part of it, out as a file.
    AuditLogExported {
        workspace_id: WorkspaceId,
    },
    /// A field of contacts was made, changed or removed.
    ContactFieldChanged {
        id: ContactFieldId,
        label: String,
        removed: bool,
    },
    IntegrationCreated {
        id: IntegrationId,
        name: String,
    },
    /// What is known of it changed: its health, what it ran into, what came in.
    IntegrationChanged {
        id: IntegrationId,
    },
    /// Somebody changed these of its fields.
    IntegrationEdited {
        id: IntegrationId,
        fields: Vec<&'static str>,
    },
    IntegrationSwitched {
        id: IntegrationId,
        active: bool,
    },
    IntegrationDeleted {
        id: IntegrationId,
        name: String,
    },
    /// Somebody read a delivery as it came, with whole numbers and texts.
    DeliveryRead {
        integration_id: IntegrationId,
        delivery_id: DeliveryId,
    },
    /// Deliveries of this number of dead letters are processed again.
    LettersReplayed {
        integration_id: IntegrationId,
        count: i64,
    },
    /// A message was received or sent through it; told about once a second while that goes on.
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
        name: String,
    },
    /// Somebody changed these of its fields.
    ChatbotChanged {
        id: ChatbotId,
        fields: Vec<&'static str>,
    },
    /// Its chat on websites was opened or closed.
    ChatbotSwitched {
        id: ChatbotId,
        active: bool,
    },
    ChatbotDeleted {
        id: ChatbotId,
        name: String,
    },
    /// Somebody made, changed or deleted a label.
    LabelChanged {
        id: LabelId,
        name: String,
        what: LabelChange,
    },
    KnowledgeChanged {
        chatbot_id: ChatbotId,
    },
    /// What a person may do changed, or a way in of theirs ended.
    AccessChanged {
        user_id: UserId,
        what: AccessChange,
    },
    SignedIn {
        user_id: UserId,
    },
    /// Somebody was asked to come, or the offer was withdrawn (without a role). That they came, `AccessChanged` says.
    InvitationChanged {
        id: InvitationId,
        email: String,
        role: Option<Role>,
    },
    /// Somebody changed the workspace's name, or whether it demands a second factor: what is given of it.
    WorkspaceChanged {
        id: WorkspaceId,
        name: Option<String>,
        second_factor_needed: Option<bool>,
    },
}

/// What may be erased for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasable {
    Conversation(ConversationId),
    Contact(ContactId),
    /// What visitors have said to a chatbot on its website so far.
    WebsiteHistory(ChatbotId),
}

/// What became of a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelChange {
    Created,
    Changed,
    Deleted,
}

/// What changed about how a person is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessChange {
    Added {
        role: Role,
    },
    /// They accepted an invitation.
    Joined {
        role: Role,
        invited_by: UserId,
    },
    Role {
        from: Role,
        to: Role,
    },
    Disabled,
    Enabled,
    Removed,
    /// There is another; other sessions ended with the old one.
    Password,
    TokenMade {
        token_id: TokenId,
    },
    TokenRevoked {
        token_id: TokenId,
    },
    SignedOut,
    /// Out of all sessions, or of all but the one that they asked with.
    SignedOutElsewhere,
    /// Codes of an app are asked for at sign-in from now on, or no more.
    SecondFactor {
        on: bool,
    },
    RecoveryCodesRenewed,
    /// They signed in with a recovery code in place of one of their app.
    RecoveryCodeUsed,
}

impl DomainEvent {
    /// What open pages are told of it; none where they show nothing of the kind.
    #[must_use]
    pub fn into_live(self) -> Option<LiveEvent> {
        Some(match self {
            Self::MessageReceived { conversation_id: id }
            | Self::MessageSent { conversation_id: id }
            | Self::MessageProgressed { conversation_id: id }
            | Self::ConversationChanged { id }
            | Self::ConversationErased { id } => LiveEvent::conversation(id),
            Self::NoteWritten { conversation_id: id } => LiveEvent::Notes { ids: vec![id] },
            Self::ConversationRead { id } => LiveEvent::Read { ids: vec![id] },
            Self::IntegrationCreated { id, .. }
            | Self::IntegrationChanged { id }
            | Self::IntegrationEdited { id, .. }
            | Self::IntegrationSwitched { id, .. }
            | Self::IntegrationDeleted { id, .. }
            | Self::LettersReplayed { integration_id: id, .. } => LiveEvent::Integration { id },
            Self::IntegrationUsed { id } => LiveEvent::IntegrationUsed { id },
            Self::TestStepDone { run_id, step } => LiveEvent::TestStep { run_id, step },
            Self::ChatbotCreated { id, .. }
            | Self::ChatbotChanged { id, .. }
            | Self::ChatbotSwitched { id, .. }
            | Self::ChatbotDeleted { id, .. }
            | Self::KnowledgeChanged { chatbot_id: id } => LiveEvent::Chatbot { id },
            Self::LabelChanged { .. } => LiveEvent::Labels,
            Self::AccessChanged {
                what:
                    AccessChange::TokenMade { .. } | AccessChange::RecoveryCodesRenewed | AccessChange::RecoveryCodeUsed,
                ..
            } => return None,
            Self::AccessChanged { user_id: id, .. } => LiveEvent::Person { id },
            Self::ErasureOrdered { .. }
            | Self::DeliveryRead { .. }
            | Self::SignedIn { .. }
            | Self::InvitationChanged { .. }
            | Self::ContactChanged { .. }
            | Self::ContactBlocked { .. }
            | Self::NumberRevealed { .. }
            | Self::ContactsExported { .. }
            | Self::AuditLogExported { .. }
            | Self::ContactFieldChanged { .. } => return None,
            Self::WorkspaceChanged { .. } => LiveEvent::Workspace,
        })
    }
}
