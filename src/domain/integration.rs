//! A chatbot's connection to an account of a channel.

mod change;
mod event_log;
mod health;
mod reach;
mod whatsapp;

use serde::{Deserialize, Serialize};

pub use self::{
    change::{
        ConversationsFate, IntegrationFields, NewIntegration, OnFailedTest, Removal, RemovalPreview, Unsubscribed,
    },
    event_log::{
        DeadLetter, DeadLetterPage, Delivery, DeliveryBody, DeliveryPage, DeliveryState, Drop, Holding, Replay,
    },
    health::{Ability, COUNT_MAX, Health, Quality, Remedy, TOKEN_WARNING, Trouble},
    reach::CannotReach,
    whatsapp::{
        ChatLink, Check, GRAPH_VERSION, NumberChoice, PasteFault, ProviderError, StepStatus, TestReport, TestStep,
        check_app_id, check_meta_id, check_secret, clean_pasted,
    },
};
use super::{
    Millis,
    ids::{ChatbotId, IntegrationId},
    words::words,
};

words! {
    /// Whose servers an integration talks to. Fixes their address: it is never typed, or tokens could be stolen.
    pub enum Provider {
        /// Nobody's: Parlance is the channel.
        Own = "own",
        Cloud = "cloud",
        Sandbox = "sandbox";
        else Newer
    }
}

words! {
    pub enum IntegrationStatus {
        NotConnected = "not_connected",
        /// Saved; no webhook seen yet.
        Waiting = "waiting",
        Connected = "connected",
        /// Switched off by choice.
        Inactive = "inactive",
        /// Stopped; the reason and the action are beside it.
        Error = "error",
    }
}

/// What is shown of an access token: never the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenHint {
    pub last4: String,
    pub set_at: Millis,
}

/// What is shown of an app secret: never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretHint {
    pub set_at: Millis,
}

/// An integration as every API answers it. No answer ever holds a token or secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    pub id: IntegrationId,
    pub chatbot_id: ChatbotId,
    pub chatbot_name: String,
    pub name: String,
    pub provider: Provider,
    pub phone_number_id: String,
    pub business_account_id: String,
    pub app_id: Option<String>,
    pub active: bool,
    pub status: IntegrationStatus,
    /// Why it is in `error`.
    pub status_reason: Option<String>,
    /// What to do about it.
    pub status_action: Option<String>,
    /// The button beside the action.
    pub status_remedy: Option<Remedy>,
    /// Where the provider must send its webhooks.
    pub callback_url: String,
    /// Owners and admins only.
    pub verify_token: Option<String>,
    pub access_token: TokenHint,
    pub app_secret: SecretHint,
    /// The business number, masked.
    pub display_phone_number: Option<String>,
    pub verified_name: Option<String>,
    pub last_webhook_at: Option<Millis>,
    pub last_inbound_at: Option<Millis>,
    pub last_outbound_at: Option<Millis>,
    /// Deliveries with a wrong signature, ever.
    pub rejected_count: i64,
    pub rejected_at: Option<Millis>,
    pub health: Health,
    pub created_at: Millis,
}
