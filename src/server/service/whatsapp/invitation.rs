//! The link by which people write to a number, and its QR code.

use crate::{
    domain::{
        ids::IntegrationId,
        integration::{Invitation, Provider},
    },
    server::{
        base::qr,
        error::Result,
        service::{Services, actor::Actor, integration::find},
    },
};

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
    let qr = qr::draw(&link).filter(|_| !digits.is_empty())?;
    Some(Invitation { link, qr })
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
