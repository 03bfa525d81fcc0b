//! A chatbot's connection to a WhatsApp Business number.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Millis, meta::MetaError, words::words};

words! {
    /// Whose Graph API an integration talks to. Fixes the base URL: it is never typed, or tokens could be stolen.
    pub enum Provider {
        Cloud = "cloud",
        Sandbox = "sandbox",
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

impl IntegrationStatus {
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NotConnected => "Not connected",
            Self::Waiting => "Waiting for the first message",
            Self::Connected => "Connected",
            Self::Inactive => "Inactive",
            Self::Error => "Error",
        }
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
    pub id: Uuid,
    pub chatbot_id: Uuid,
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
    /// Where Meta's app must send its webhooks.
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
    pub created_at: Millis,
}

words! {
    pub enum StepStatus {
        Ok = "ok",
        Warning = "warning",
        Failed = "failed",
        Skipped = "skipped",
    }
}

/// One check of a connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestStep {
    /// Stable name: `token`, `number`, …
    pub key: String,
    pub status: StepStatus,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<MetaError>,
}

/// The outcome of a connection test: the worst of its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestReport {
    pub status: StepStatus,
    pub steps: Vec<TestStep>,
}

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
    /// What `create` does when the connection test fails.
    pub enum OnFailedTest {
        Refuse = "refuse",
        Save = "save",
    }
}

/// What a person enters to connect a number.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct NewIntegration {
    pub chatbot_id: Uuid,
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

/// Takes the spaces, quotes, tabs and newlines away that come along when a value is copied.
#[must_use]
pub fn clean_pasted(value: &str) -> String {
    value
        .trim_matches(|c: char| {
            c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '“' | '”' | '\u{200b}' | '\u{feff}')
        })
        .to_owned()
}

/// Judges an id copied from Meta's console; `Err` says what is wrong with it.
///
/// # Errors
/// When it is empty, not made of digits, or looks like a phone number.
pub fn check_meta_id(value: &str) -> Result<(), &'static str> {
    if value.is_empty() {
        return Err("This is needed. Copy it from WhatsApp → API Setup in Meta's console.");
    }
    if value.starts_with('+') {
        return Err("This looks like a phone number. The id stands right below the number in Meta's console.");
    }
    if !value.chars().all(|c| c.is_ascii_digit()) {
        return Err("An id consists of digits only.");
    }
    if value.len() < 5 || value.len() > 32 {
        return Err("An id has about 15 digits.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{check_meta_id, clean_pasted};

    #[test]
    fn forgives_what_comes_along_when_pasting() {
        assert_eq!(clean_pasted(" \t\"EAAG123\"\r\n"), "EAAG123");
        assert_eq!(clean_pasted("\u{feff}“abc”"), "abc");
    }

    #[test]
    fn tells_ids_from_phone_numbers() {
        assert!(check_meta_id("316000000000001").is_ok());
        assert!(check_meta_id("+15550100001").is_err_and(|e| e.contains("phone number")));
        assert!(check_meta_id("").is_err());
        assert!(check_meta_id("31600000000000x").is_err());
    }
}
