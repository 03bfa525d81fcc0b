//! What people enter to connect, change and disconnect a number.

use serde::{Deserialize, Serialize};

use crate::domain::{ids::ChatbotId, words::words};

words! {
    /// What happens to the conversations of a deleted integration.
    pub enum ConversationsFate {
        /// They stay, as read-only history.
        Keep = "keep",
        /// They go, with all their data.
        Erase = "erase",
    }
}

words! {
    /// What a failed connection test means for saving.
    pub enum OnFailedTest {
        /// Nothing is saved; what was saved before stays in force.
        Refuse = "refuse",
        Save = "save",
    }
}

/// What a person enters to connect a number.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct NewIntegration {
    pub chatbot_id: ChatbotId,
    pub name: String,
    pub phone_number_id: String,
    pub business_account_id: String,
    pub access_token: String,
    #[serde(default)]
    pub app_id: Option<String>,
    pub app_secret: String,
    /// Made by the server when missing.
    #[serde(default)]
    pub verify_token: Option<String>,
}

impl std::fmt::Debug for NewIntegration {
    /// Without the secrets: this may end up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewIntegration")
            .field("chatbot_id", &self.chatbot_id)
            .field("name", &self.name)
            .field("phone_number_id", &self.phone_number_id)
            .finish_non_exhaustive()
    }
}

/// Some of an integration's fields: what an update changes, or what a test looks at instead of the saved values.
///
/// A missing field means the saved value. So does an empty secret; an empty app id removes it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IntegrationFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chatbot_id: Option<ChatbotId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone_number_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub business_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_secret: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verify_token: Option<String>,
}

impl std::fmt::Debug for IntegrationFields {
    /// Without the secrets: this may end up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntegrationFields").field("phone_number_id", &self.phone_number_id).finish_non_exhaustive()
    }
}

/// What deleting an integration would take along, for the question before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovalPreview {
    pub conversations: i64,
    pub messages: i64,
    /// Messages that have not been sent yet: they are withdrawn.
    pub queued: i64,
    /// Deliveries that have not been processed yet: they are dropped.
    pub waiting: i64,
}

words! {
    /// What became of the app's subscription at its provider when an integration was deleted.
    pub enum Unsubscribed {
        Done = "done",
        /// Other numbers may need it, so it was left.
        Left = "left",
        /// The provider refused or was away.
        Failed = "failed",
    }
}

/// How a deletion ended, and what a person may still do at the provider's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removal {
    pub unsubscribed: Unsubscribed,
    /// Sentences, in the order in which to do them. Empty: nothing.
    pub remaining: Vec<String>,
}
