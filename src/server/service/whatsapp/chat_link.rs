//! The link by which people write to a number, and its QR code.

use crate::{
    domain::{
        ids::IntegrationId,
        integration::{ChatLink, Provider},
    },
    server::{
        base::qr,
        error::Result,
        service::{Services, actor::Actor, integration::find},
    },
};

/// How to write to the number; none while Meta has not told which it is, and for numbers of the simulator.
pub async fn chat_link(state: &Services, actor: &Actor, id: IntegrationId) -> Result<Option<ChatLink>> {
    let row = find(state, actor, id).await?;
    if row.provider == Provider::Sandbox {
        return Ok(None);
    }
    Ok(row.address.as_deref().and_then(link_to))
}

fn link_to(number: &str) -> Option<ChatLink> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let link = format!("https://wa.me/{digits}");
    let qr = qr::draw(&link).filter(|_| !digits.is_empty())?;
    Some(ChatLink { link, qr })
}

#[cfg(test)]
mod tests {
    use super::link_to;

    #[test]
    fn draws_the_link_of_the_number() {
        let chat = link_to("+1 555-010-0001").unwrap();
        assert_eq!(chat.link, "https://wa.me/15550100001");
        // Version 2 has 25 modules; four light ones lie around them.
        assert_eq!(chat.qr.size, 33);
        // The finder pattern in the corner: seven dark modules in its first row.
        assert!(chat.qr.path.starts_with("M4 4h7v1h-7z"), "{}", chat.qr.path);
        assert_eq!(link_to(""), None);
    }
}
