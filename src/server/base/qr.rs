//! QR codes, drawn here so that no browser has to know how.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel};

use crate::domain::qr::QrCode;

/// Light modules around the code: cameras need them.
const QUIET: usize = 4;

/// Each row as runs of dark modules. None only for texts that are longer than any code.
#[must_use]
pub fn draw(text: &str) -> Option<QrCode> {
    let code = qrcode::QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let length = run.len();
                // Writing to a string cannot fail.
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += run.len();
        }
    }
    Some(QrCode { size: u32::try_from(width + 2 * QUIET).ok()?, path })
}
