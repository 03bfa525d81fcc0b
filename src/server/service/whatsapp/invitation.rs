//! The link by which people write to a number, and its QR code. Drawn here, so that no browser has to know how.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel};

use crate::{
    domain::{
        ids::IntegrationId,
        integration::{Invitation, Provider, QrCode},
    },
    server::{
        error::Result,
        service::{Services, actor::Actor, integration::find},
    },
};

/// Light modules around the code: cameras need them.
const QUIET: usize = 4;

/// How to write to the number; none while Meta has not told which it is, and for numbers of the simulator.
pub async fn invitation(state: &Services, actor: &Actor, id: IntegrationId) -> Result<Option<Invitation>> {
    let row = find(state, actor, id).await?;
    if row.provider == Provider::Sandbox {
        return Ok(None);
    }
    Ok(row.address.as_deref().and_then(invite))
}

fn invite(number: &str) -> Option<Invitation> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let link = format!("https://wa.me/{digits}");
    let qr = draw(&link).filter(|_| !digits.is_empty())?;
    Some(Invitation { link, qr })
}

/// Each row as runs of dark modules. None only for texts that are longer than any code.
fn draw(text: &str) -> Option<QrCode> {
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

#[cfg(test)]
mod tests {
    use super::invite;

    #[test]
    fn draws_the_link_of_the_number() {
        let invitation = invite("+1 555-010-0001").unwrap();
        assert_eq!(invitation.link, "https://wa.me/15550100001");
        // Version 2 has 25 modules; four light ones lie around them.
        assert_eq!(invitation.qr.size, 33);
        // The finder pattern in the corner: seven dark modules in its first row.
        assert!(invitation.qr.path.starts_with("M4 4h7v1h-7z"), "{}", invitation.qr.path);
        assert_eq!(invite(""), None);
    }
}
