//! What an integration with WhatsApp holds besides its keys and secrets.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatsappSettings {
    /// Meta's app, which the credentials are of. With it the app's callback can be looked at, and set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// What a newer version has set.
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl WhatsappSettings {
    /// The same for another app.
    #[must_use]
    pub fn with_app(self, app_id: Option<String>) -> Self {
        Self { app_id, ..self }
    }
}
