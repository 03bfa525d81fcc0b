//! The audit log: who did what that people may have to answer for. It is derived from what was told; no secret and no word of a
//! customer is in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    Millis,
    event::{AccessChange, DomainEvent, Erasable, LabelChange},
    ids::{TokenId, UserId},
    principal::PrincipalKind,
    words::words,
};

words! {
    /// What was done.
    pub enum AuditAction {
        IntegrationCreated = "integration_created",
        IntegrationChanged = "integration_changed",
        IntegrationSwitched = "integration_switched",
        IntegrationDeleted = "integration_deleted",
        DeliveryRead = "delivery_read",
        DeadLettersReplayed = "dead_letters_replayed",
        ChatbotCreated = "chatbot_created",
        ChatbotChanged = "chatbot_changed",
        ChatbotSwitched = "chatbot_switched",
        ChatbotDeleted = "chatbot_deleted",
        ConversationErased = "conversation_erased",
        ContactErased = "contact_erased",
        ContactChanged = "contact_changed",
        ContactBlocked = "contact_blocked",
        ContactUnblocked = "contact_unblocked",
        NumberRevealed = "number_revealed",
        ContactsExported = "contacts_exported",
        AuditLogExported = "audit_log_exported",
        ContactFieldChanged = "contact_field_changed",
        ContactFieldRemoved = "contact_field_removed",
        WebsiteHistoryErased = "website_history_erased",
        LabelCreated = "label_created",
        LabelChanged = "label_changed",
        LabelDeleted = "label_deleted",
        PersonAdded = "person_added",
        RoleChanged = "role_changed",
        PersonDisabled = "person_disabled",
        PersonEnabled = "person_enabled",
        PersonRemoved = "person_removed",
        PasswordChanged = "password_changed",
        TokenMade = "token_made",
        TokenRevoked = "token_revoked",
        SignedIn = "signed_in",
        SignedOut = "signed_out",
        SignedOutElsewhere = "signed_out_elsewhere",
        SecondFactorChanged = "second_factor_changed",
        RecoveryCodesRenewed = "recovery_codes_renewed",
        RecoveryCodeUsed = "recovery_code_used",
        InvitationMade = "invitation_made",
        InvitationWithdrawn = "invitation_withdrawn",
        WorkspaceChanged = "workspace_changed"; else Newer
    }
}

words! {
    /// What it was done to.
    pub enum AuditSubject {
        Integration = "integration",
        Delivery = "delivery",
        Chatbot = "chatbot",
        Conversation = "conversation",
        Contact = "contact",
        Label = "label",
        ContactField = "contact_field",
        Person = "person",
        Token = "token",
        Invitation = "invitation",
        Workspace = "workspace"; else Newer
    }
}

/// More about what was done, as names and values: `{"from": "agent", "to": "admin"}`.
pub type AuditDetail = BTreeMap<String, String>;

/// What an event says to the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    pub action: AuditAction,
    pub subject: AuditSubject,
    pub subject_id: Uuid,
    pub detail: AuditDetail,
}

/// An entry, as it may be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: Uuid,
    pub at: Millis,
    /// What kind of somebody it was.
    pub actor: PrincipalKind,
    /// Which person, and what they are called.
    pub user_id: Option<UserId>,
    pub user_name: Option<String>,
    /// The API token that they used; none: they had signed in.
    pub token_id: Option<TokenId>,
    pub action: AuditAction,
    pub subject: AuditSubject,
    pub subject_id: Uuid,
    /// What it is called now, where it is still there and has a name.
    #[serde(default)]
    pub subject_name: Option<String>,
    pub detail: AuditDetail,
}

/// A page of the audit log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    pub rows: Vec<AuditEntry>,
    /// To ask for the next page with; none after the last.
    pub next: Option<String>,
}

impl DomainEvent {
    /// What the audit log is told of it; none where nobody has to answer for it, as with all that happens to a
    /// message.
    #[must_use]
    pub fn audit(&self) -> Option<AuditNote> {
        use AuditAction as Action;
        use AuditSubject::{Chatbot, Delivery, Integration};
        Some(match self {
            Self::IntegrationEdited { fields, .. }
            | Self::ChatbotChanged { fields, .. }
            | Self::ContactChanged { fields, .. }
                if fields.is_empty() =>
            {
                return None;
            }
            Self::WorkspaceChanged { name: None, second_factor_needed: None, .. } => return None,
            Self::IntegrationCreated { id, name } => {
                note(Action::IntegrationCreated, Integration, *id).with("name", name)
            }
            Self::IntegrationEdited { id, fields } => {
                note(Action::IntegrationChanged, Integration, *id).with("fields", fields.join(", "))
            }
            Self::IntegrationSwitched { id, active } => {
                note(Action::IntegrationSwitched, Integration, *id).with("active", active)
            }
            Self::IntegrationDeleted { id, name } => {
                note(Action::IntegrationDeleted, Integration, *id).with("name", name)
            }
            Self::DeliveryRead { integration_id, delivery_id } => {
                note(Action::DeliveryRead, Delivery, *delivery_id).with("integration_id", integration_id)
            }
            Self::LettersReplayed { integration_id, count } => {
                note(Action::DeadLettersReplayed, Integration, *integration_id).with("count", count)
            }
            Self::ChatbotCreated { id, name } => note(Action::ChatbotCreated, Chatbot, *id).with("name", name),
            Self::ChatbotChanged { id, fields } => {
                note(Action::ChatbotChanged, Chatbot, *id).with("fields", fields.join(", "))
            }
            Self::ChatbotSwitched { id, active } => note(Action::ChatbotSwitched, Chatbot, *id).with("website", active),
            Self::ChatbotDeleted { id, name } => note(Action::ChatbotDeleted, Chatbot, *id).with("name", name),
            Self::ErasureOrdered { of } => match of {
                Erasable::Conversation(id) => note(Action::ConversationErased, AuditSubject::Conversation, *id),
                Erasable::Contact(id) => note(Action::ContactErased, AuditSubject::Contact, *id),
                Erasable::WebsiteHistory(id) => note(Action::WebsiteHistoryErased, Chatbot, *id),
            },
            Self::LabelChanged { id, name, what } => {
                let action = match what {
                    LabelChange::Created => Action::LabelCreated,
                    LabelChange::Changed => Action::LabelChanged,
                    LabelChange::Deleted => Action::LabelDeleted,
                };
                note(action, AuditSubject::Label, *id).with("name", name)
            }
            Self::ContactChanged { id, fields } => {
                note(Action::ContactChanged, AuditSubject::Contact, *id).with("fields", fields.join(", "))
            }
            Self::ContactBlocked { id, blocked: true } => note(Action::ContactBlocked, AuditSubject::Contact, *id),
            Self::ContactBlocked { id, blocked: false } => note(Action::ContactUnblocked, AuditSubject::Contact, *id),
            Self::NumberRevealed { id } => note(Action::NumberRevealed, AuditSubject::Contact, *id),
            Self::ContactsExported { workspace_id } => {
                note(Action::ContactsExported, AuditSubject::Workspace, *workspace_id)
            }
            Self::AuditLogExported { workspace_id } => {
                note(Action::AuditLogExported, AuditSubject::Workspace, *workspace_id)
            }
            Self::ContactFieldChanged { id, label, removed } => {
                let action = if *removed { Action::ContactFieldRemoved } else { Action::ContactFieldChanged };
                note(action, AuditSubject::ContactField, *id).with("label", label)
            }
            Self::AccessChanged { user_id, what } => of_access(user_id, *what),
            Self::SignedIn { user_id } => note(Action::SignedIn, AuditSubject::Person, *user_id),
            Self::InvitationChanged { id, email, role: Some(role) } => {
                note(Action::InvitationMade, AuditSubject::Invitation, *id).with("email", email).with("role", role)
            }
            Self::InvitationChanged { id, email, role: None } => {
                note(Action::InvitationWithdrawn, AuditSubject::Invitation, *id).with("email", email)
            }
            Self::WorkspaceChanged { id, name, second_factor_needed } => {
                note(Action::WorkspaceChanged, AuditSubject::Workspace, *id)
                    .with_some("name", name.as_ref())
                    .with_some("second_factor_needed", second_factor_needed.as_ref())
            }
            Self::MessageReceived { .. }
            | Self::MessageSent { .. }
            | Self::MessageProgressed { .. }
            | Self::NoteWritten { .. }
            | Self::ConversationChanged { .. }
            | Self::ConversationRead { .. }
            | Self::ConversationErased { .. }
            | Self::IntegrationChanged { .. }
            | Self::IntegrationUsed { .. }
            | Self::TestStepDone { .. }
            | Self::KnowledgeChanged { .. } => return None,
        })
    }
}

fn of_access(user_id: &UserId, what: AccessChange) -> AuditNote {
    use AuditAction as Action;
    let person = |action| note(action, AuditSubject::Person, *user_id);
    let token = |action, id: TokenId| note(action, AuditSubject::Token, id).with("user_id", user_id);
    match what {
        AccessChange::Added { role } => person(Action::PersonAdded).with("role", role),
        AccessChange::Joined { role, invited_by } => {
            person(Action::PersonAdded).with("role", role).with("invited_by_id", invited_by)
        }
        AccessChange::Role { from, to } => person(Action::RoleChanged).with("from", from).with("to", to),
        AccessChange::Disabled => person(Action::PersonDisabled),
        AccessChange::Enabled => person(Action::PersonEnabled),
        AccessChange::Removed => person(Action::PersonRemoved),
        AccessChange::Password => person(Action::PasswordChanged),
        AccessChange::TokenMade { token_id } => token(Action::TokenMade, token_id),
        AccessChange::TokenRevoked { token_id } => token(Action::TokenRevoked, token_id),
        AccessChange::SignedOut => person(Action::SignedOut),
        AccessChange::SignedOutElsewhere => person(Action::SignedOutElsewhere),
        AccessChange::RecoveryCodesRenewed => person(Action::RecoveryCodesRenewed),
        AccessChange::RecoveryCodeUsed => person(Action::RecoveryCodeUsed),
        AccessChange::SecondFactor { on } => person(Action::SecondFactorChanged).with("on", on),
    }
}

fn note(action: AuditAction, subject: AuditSubject, subject_id: impl Into<Uuid>) -> AuditNote {
    AuditNote { action, subject, subject_id: subject_id.into(), detail: AuditDetail::new() }
}

impl AuditNote {
    fn with_some(self, name: &str, value: Option<&impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value.to_string()),
            None => self,
        }
    }

    fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.detail.insert(name.to_owned(), value.to_string());
        self
    }
}
