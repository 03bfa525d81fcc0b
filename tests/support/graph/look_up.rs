//! What a connection test asks for, in the form that it has at Meta: all is well. And two refusals.

use crate::support::product::phone_number_id;

/// The answer about something with this id, or about a part of it, in an account of so many numbers. None about what the
/// double does not know.
pub(super) fn answer(id: &str, what: Option<&str>, numbers: usize) -> Option<String> {
    Some(match what.unwrap_or(id) {
        "debug_token" => {
            "{\"data\":{\"is_valid\":true,\"app_id\":\"1\",\"expires_at\":0,\"type\":\"SYSTEM_USER\",\"scopes\":\
            [\"whatsapp_business_messaging\",\"whatsapp_business_management\"]}}"
                .to_owned()
        }
        "subscribed_apps" => {
            "{\"data\":[{\"whatsapp_business_api_data\":{\"id\":\"1\",\"name\":\"Shop\"}}]}".to_owned()
        }
        "subscriptions" => "{\"data\":[]}".to_owned(),
        "phone_numbers" => {
            let numbers: Vec<_> = (1..=numbers).map(|n| format!("{{\"id\":\"{}\"}}", phone_number_id(n))).collect();
            format!("{{\"data\":[{}]}}", numbers.join(","))
        }
        id if what.is_none() => format!(
            "{{\"id\":\"{id}\",\"name\":\"Shop\",\"display_phone_number\":\"+1 555-010-0001\",\"verified_name\":\"Shop\",\
             \"quality_rating\":\"GREEN\",\"status\":\"CONNECTED\",\"code_verification_status\":\"VERIFIED\",\
             \"platform_type\":\"CLOUD_API\",\"account_mode\":\"LIVE\",\"account_review_status\":\"APPROVED\"}}"
        ),
        _ => return None,
    })
}

/// What Meta says of a path that it does not know.
pub(super) fn unknown() -> String {
    "{\"error\":{\"message\":\"Unknown path components\",\"type\":\"OAuthException\",\"code\":2500}}".to_owned()
}

/// What Meta says of a proof that was made with another secret or for another token.
pub(super) fn bad_proof() -> String {
    "{\"error\":{\"message\":\"Invalid appsecret_proof provided in the API argument\",\"type\":\"GraphMethodException\",\
     \"code\":100}}"
        .to_owned()
}
