//! Customers and how a channel knows them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::words::words;

words! {
    /// How a channel names a customer.
    pub enum IdentityKind {
        /// A phone number in WhatsApp's spelling, digits only.
        WaId = "wa_id",
        /// A business-scoped user id (BSUID), valid for one WhatsApp Business Account.
        UserId = "user_id",
        ParentUserId = "parent_user_id",
        /// A visitor of a website.
        VisitorId = "visitor_id",
    }
}

/// What is known of the customer of a conversation, as people may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    pub id: Uuid,
    /// The name to show: profile name, else masked number, else a word for nobody.
    pub name: String,
    /// WhatsApp user name, when the customer adopted one.
    pub username: Option<String>,
    /// The masked phone number, when there is one.
    pub phone: Option<String>,
    /// Known by a business-scoped id (and perhaps by nothing else).
    pub has_user_id: bool,
}

/// Hides a phone number but for its country's first digits and its last three.
///
/// `"15550100001"` becomes `"+15••••••001"`. Anything too short is hidden whole.
#[must_use]
pub fn mask_phone(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len();
    if count < 8 {
        return "•".repeat(count.max(4));
    }
    let masked = digits.iter().enumerate().map(|(i, d)| if i < 2 || i + 3 >= count { *d } else { '•' });
    std::iter::once('+').chain(masked).collect()
}

#[cfg(test)]
mod tests {
    use super::mask_phone;

    #[test]
    fn shows_only_the_ends_of_a_number() {
        assert_eq!(mask_phone("15550100001"), "+15••••••001");
        assert_eq!(mask_phone("+49 151 2345678"), "+49•••••••678");
    }

    #[test]
    fn hides_short_numbers_whole() {
        assert_eq!(mask_phone("1234567"), "•••••••");
        assert_eq!(mask_phone(""), "••••");
    }
}
