//! A real message to a person's own number: the last check of a connection, only ever on request.

use super::{find_open, subscription::refusal, testing::heed};
use crate::{
    domain::{
        contact::Recipient,
        content::Content,
        ids::{IntegrationId, MessageId},
        integration::clean_pasted,
    },
    error::{ApiError, ErrorCode},
    server::{
        base::clock::mint_id,
        channel::whatsapp::graph::SenderNumber,
        error::Result,
        service::{Services, actor::Actor},
    },
};

const TEXT: &str = "This is a test message from Parlance. Your WhatsApp number is connected.";

/// Sends a test message to a phone number in international spelling. It belongs to no conversation.
///
/// # Errors
/// `invalid` for what is no phone number, and Meta's refusal with its code and the fix.
pub async fn send_test(state: &Services, actor: &Actor, id: IntegrationId, to: &str) -> Result<()> {
    let (row, opened) = find_open(state, actor, id).await?;
    let wa_id = phone_digits(to)?;
    let Some(sender) = SenderNumber::of(opened.access()) else {
        return Err(ApiError::conflict("The integration has no access token.").action("Replace the token.").into());
    };
    if let Err(wait) = state.trial_rate.take(id, state.now()) {
        let message =
            format!("A test message was sent a moment ago. The next may go in {} s.", wait.div_euclid(1000) + 1);
        return Err(ApiError::new(ErrorCode::RateLimited, message).action("Wait, then try again.").into());
    }
    let to = Recipient { wa_id: Some(wa_id), user_id: None };
    let sent =
        state.channels.whatsapp.send(sender, &to, &Content::text(TEXT), &mint_id::<MessageId>().to_string()).await;
    if let Err(error) = sent {
        heed(state, actor, &row, &error, true).await?;
        return Err(refusal(&row, &error, "A test message was not sent").into());
    }
    tracing::info!(integration_id = %id, "A test message was sent");
    Ok(())
}

/// The digits of a number with its country code: 8 to 15 of them (E.164).
fn phone_digits(text: &str) -> std::result::Result<String, ApiError> {
    let text = clean_pasted(text);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_phone = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/'));
    if is_phone && (8..=15).contains(&digits.len()) && !digits.starts_with('0') {
        return Ok(digits);
    }
    Err(ApiError::invalid("to", "This is not a phone number with its country code.")
        .action("Write it like +49 151 0000001."))
}

#[cfg(test)]
mod tests {
    use super::phone_digits;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for text in ["+49 151 0000001", "49-151-0000001", " (49) 151/000.0001 "] {
            assert_eq!(phone_digits(text).unwrap(), "491510000001");
        }
        for text in ["", "0151 0000001", "1234567", "+49 151 call me", "1234567890123456"] {
            assert!(phone_digits(text).is_err(), "{text}");
        }
    }
}
