//! Meta's Graph API: its version, and what it says about its errors.

use serde::{Deserialize, Serialize};

/// The version of the Graph API that this program is written for (announced on 2026-07-29).
pub const GRAPH_VERSION: &str = "v26.0";

/// Meta's own words on an error, kept for support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderError {
    pub code: i64,
    /// `fbtrace_id`: what Meta's support asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}
