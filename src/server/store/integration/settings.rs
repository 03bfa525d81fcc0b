//! What a channel wants to know of an integration besides its keys.

use serde::{Serialize, de::DeserializeOwned};

/// JSON, for which each channel has a type of its own. Nothing secret is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings(String);

impl Settings {
    #[must_use]
    pub fn of(settings: &impl Serialize) -> Self {
        serde_json::to_string(settings).map_or_else(|_| Self::default(), Self)
    }

    /// As the channel's type. What cannot be read is as if nothing had been set.
    #[must_use]
    pub fn read<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_str(&self.0).unwrap_or_default()
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self("{}".to_owned())
    }
}

impl From<String> for Settings {
    fn from(json: String) -> Self {
        Self(json)
    }
}
