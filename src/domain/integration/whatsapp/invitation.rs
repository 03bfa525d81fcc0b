//! How customers, and the person who sets a number up, come to write to it.

use serde::{Deserialize, Serialize};

/// A link that opens WhatsApp with the number, and the same for a phone's camera.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// `https://wa.me/…`
    pub link: String,
    pub qr: QrCode,
}

/// A QR code as a drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Its width and height, the quiet zone around it included.
    pub size: u32,
    /// The dark modules as the path of an SVG, one unit each.
    pub path: String,
}
