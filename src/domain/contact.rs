//! Customers and how a channel knows them.

pub mod record;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::{digits::digit, ids::ContactId, visible::shown_name, words::words};

words! {
    /// How a channel names a customer.
    pub enum IdentityKind {
        /// A phone number in the provider's spelling, digits only.
        WaId = "wa_id",
        /// A business-scoped user id (BSUID), valid for one business account.
        UserId = "user_id",
        ParentUserId = "parent_user_id",
        /// A visitor of a website.
        VisitorId = "visitor_id",
    }
}

/// The customer that a message is sent to: the identity that they last wrote from in the conversation. If both fields are set,
/// the phone number is used. Both are empty for a visitor of a website.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipient {
    /// The phone number in the provider's spelling, digits only.
    pub wa_id: Option<String>,
    /// The business-scoped user id, of the account that the conversation came in by.
    pub user_id: Option<String>,
}

/// What is known of the customer of a conversation, as people may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactView {
    pub id: ContactId,
    /// The name to show: profile name, else masked number, else a word for nobody.
    pub name: String,
    /// The user name, when the customer adopted one.
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
    let digits: Vec<u8> = phone.chars().filter_map(digit).collect();
    let count = digits.len();
    if count < 8 {
        return "•".repeat(count.max(4));
    }
    let masked =
        digits.iter().enumerate().map(|(i, d)| if i < 2 || i + 3 >= count { char::from(b'0' + d) } else { '•' });
    std::iter::once('+').chain(masked).collect()
}

/// This number of consecutive digits identifies a phone number.
const TELLING: usize = 7;

/// Whether a text has as many digits as make a phone number, whatever is between them.
#[must_use]
pub fn holds_number(text: &str) -> bool {
    text.chars().filter_map(digit).count() >= TELLING
}

/// Hides the digits of known numbers in a text of others, however they are written (digits of any script, anything between
/// them, with or without country code), and leaves its words as they are.
#[must_use]
pub fn mask_known<'a>(text: &str, numbers: impl IntoIterator<Item = &'a str>) -> String {
    let (places, written): (Vec<usize>, Vec<u8>) =
        text.chars().enumerate().filter_map(|(at, c)| digit(c).map(|d| (at, d))).unzip();
    let mut hidden: HashSet<usize> = HashSet::new();
    for number in numbers {
        let known: Vec<u8> = number.chars().filter_map(digit).collect();
        for (run, at) in written.windows(TELLING).zip(places.windows(TELLING)) {
            if known.windows(TELLING).any(|part| part == run) {
                hidden.extend(at);
            }
        }
    }
    text.chars().enumerate().map(|(at, c)| if hidden.contains(&at) { '•' } else { c }).collect()
}

/// A name that a customer gave themselves, as people may see it; `numbers` are those that they are known by. A name that is
/// nothing but a phone number is masked whether it is known or not. None when nothing of it can be seen.
#[must_use]
pub fn shown_contact_name<'a>(name: &str, numbers: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let name = shown_name(name)?;
    let is_number = holds_number(&name) && !name.chars().any(|c| c.is_alphabetic() && digit(c).is_none());
    Some(if is_number { mask_phone(&name) } else { mask_known(&name, numbers) })
}

/// What a customer is called of whom nothing is known but an id: its last six signs tell two of them apart.
#[must_use]
pub fn name_by_id(id: &str) -> String {
    let mut signs: Vec<char> = id.chars().filter(char::is_ascii_alphanumeric).rev().take(6).collect();
    signs.reverse();
    if signs.is_empty() { "Customer".to_owned() } else { format!("Customer · {}", signs.iter().collect::<String>()) }
}

#[cfg(test)]
mod tests {
    use super::{mask_known, mask_phone, name_by_id, shown_contact_name};

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

    #[test]
    fn hides_a_known_number_however_it_is_written() {
        let number = "4915123456789";
        for (name, expected) in [
            ("Shop 4915123456789", "Shop •••••••••••••"),
            ("Shop +49 (0) 151/234 567-89", "Shop +49 (0) •••/••• •••-••"),
            ("Shop 0151.23456789!", "Shop 0•••.••••••••!"),
            ("00 49 151 23456789 Ada", "00 •• ••• •••••••• Ada"),
            ("Ada ٤٩١٥١٢٣٤٥٦٧٨٩", "Ada •••••••••••••"),
            ("Ada ۱۵۱۲۳۴۵۶۷۸۹", "Ada •••••••••••"),
            ("दुकान १५१२३४५६७८९", "दुकान •••••••••••"),
            ("Shop ０１５１２３４５６７８９", "Shop ０•••••••••••"),
            ("Shop 𝟏𝟓𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "Shop •••••••••••"),
            ("Shop ①⑤①②③④⑤⑥⑦⑧⑨", "Shop •••••••••••"),
            ("Shop 1x5x1x2x3x4x5x6x7x8x9", "Shop •x•x•x•x•x•x•x•x•x•x•"),
            // Its beginning gives it away too, for the end is shown anyway.
            ("Shop 49151234567", "Shop •••••••••••"),
            ("4915123456789 or 4915123456789 Ada", "••••••••••••• or ••••••••••••• Ada"),
            // Other digits stay.
            ("Shop 24 since 1987", "Shop 24 since 1987"),
            ("Room 123456", "Room 123456"),
            ("Call 0800 7654321 Ada", "Call 0800 7654321 Ada"),
        ] {
            assert_eq!(mask_known(name, [number]), expected);
            assert_eq!(shown_contact_name(name, [number]).as_deref(), Some(expected));
        }
        assert_eq!(
            mask_known("Shop 15550100001, 491510000001", ["15550100001", "491510000001"]),
            "Shop •••••••••••, ••••••••••••"
        );
        assert_eq!(mask_known("Shop 15550100001", []), "Shop 15550100001");
    }

    #[test]
    fn a_name_that_is_a_number_is_masked_as_one() {
        for name in
            ["+49 151 2345 6789", "٤٩١٥١٢٣٤٥٦٧٨٩", "\u{202d}4915123456789\u{202c}", "４９１５１２３４５６７８９"]
        {
            assert_eq!(shown_contact_name(name, None).as_deref(), Some("+49••••••••789"), "{name:?}");
        }
        assert_eq!(shown_contact_name("\u{200b}", None), None);
    }

    #[test]
    fn ids_tell_nameless_customers_apart() {
        assert_eq!(name_by_id("US.13491208655302741918"), "Customer · 741918");
        assert_eq!((name_by_id("a.b"), name_by_id("")), ("Customer · ab".to_owned(), "Customer".to_owned()));
    }
}
