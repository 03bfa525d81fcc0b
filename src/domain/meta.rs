//! What Meta says about its errors.

use serde::{Deserialize, Serialize};

/// Meta's own words on an error, kept for support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetaError {
    pub code: i64,
    /// `fbtrace_id`: what Meta's support asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
}
