//! QR codes.

use serde::{Deserialize, Serialize};

/// A QR code as a drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QrCode {
    /// Its width and height, the quiet zone around it included.
    pub size: u32,
    /// The dark modules as the path of an SVG, one unit each.
    pub path: String,
}
