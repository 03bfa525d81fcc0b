//! How customers, and the person who sets a number up, come to write to it.

use serde::{Deserialize, Serialize};

use crate::domain::qr::QrCode;

/// A link that opens WhatsApp with the number, and the same for a phone's camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChatLink {
    /// `https://wa.me/…`
    pub link: String,
    pub qr: QrCode,
}
