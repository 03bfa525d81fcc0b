//! A contact as a record: what people note of a customer, beside what the channel says of them.

use serde::{Deserialize, Serialize};

use super::IdentityKind;
use crate::domain::{
    Millis,
    channel::Channel,
    conversation::ConversationStatus,
    ids::{ContactFieldId, ContactId, ConversationId},
    words::words,
};

/// The columns that a file of contacts always has, before those of custom fields.
pub const COLUMNS: [&str; 10] = [
    "id",
    "name",
    "username",
    "phone",
    "consent",
    "consent_at",
    "consent_source",
    "consent_proof",
    "blocked",
    "created_at",
];

words! {
    /// Whether a customer agreed to be written to.
    pub enum Consent {
        Unknown = "unknown",
        OptedIn = "opted_in",
        OptedOut = "opted_out";
        else Newer
    }
}

words! {
    /// Some of the contacts.
    pub enum ContactFilter {
        Blocked = "blocked",
        OptedOut = "opted_out",
    }
}

words! {
    /// What a custom field holds.
    pub enum FieldKind {
        Text = "text",
        /// Digits, with a point and a minus where they are wanted.
        Number = "number",
        /// A day as `2026-11-29`.
        Date = "date",
        /// One of a list.
        Choice = "choice";
        else Newer
    }
}

/// A contact in a list. A number is masked, in the name too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactSummary {
    pub id: ContactId,
    pub name: String,
    pub username: Option<String>,
    pub phone: Option<String>,
    pub blocked: bool,
    pub consent: Consent,
    pub created_at: Millis,
}

/// A page of contacts: newest first, or in the order of what was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactPage {
    pub rows: Vec<ContactSummary>,
    /// To ask for the next page with; none after the last.
    pub next: Option<String>,
}

/// How a channel knows a contact, masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityView {
    #[serde(default)]
    pub kind: Option<IdentityKind>,
    pub shown: String,
    pub since: Millis,
}

/// The value of a custom field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomValue {
    /// The field's key.
    pub key: String,
    /// Empty: there is none.
    pub value: String,
}

/// A conversation of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactConversation {
    pub id: ConversationId,
    pub channel: Channel,
    pub status: ConversationStatus,
    pub chatbot_name: Option<String>,
    pub last_message_at: Millis,
}

/// Everything about a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub id: ContactId,
    pub name: String,
    /// The name is one that people gave; else it is what the channel says, or stands for somebody without a name.
    pub named: bool,
    pub username: Option<String>,
    pub phone: Option<String>,
    pub identities: Vec<IdentityView>,
    /// Only fields with a value.
    pub custom: Vec<CustomValue>,
    pub consent: Consent,
    pub consent_at: Option<Millis>,
    /// Where the consent comes from, such as the form on a website.
    pub consent_source: String,
    /// What shows it, such as the address of a scan.
    pub consent_proof: String,
    pub blocked_at: Option<Millis>,
    /// Newest first; at most [`CONVERSATIONS_MAX`].
    pub conversations: Vec<ContactConversation>,
    pub created_at: Millis,
}

/// No more conversations of a contact are listed.
pub const CONVERSATIONS_MAX: i64 = 50;

/// A custom field that a workspace has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactField {
    pub id: ContactFieldId,
    /// What programs and files call it: lower case letters, digits and underscores. It never changes.
    pub key: String,
    pub label: String,
    pub kind: FieldKind,
    /// Of a choice.
    pub choices: Vec<String>,
}

/// A custom field as it is made or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewContactField {
    /// None makes a new one.
    pub id: Option<ContactFieldId>,
    /// Of a new one; made of the label when missing.
    pub key: Option<String>,
    pub label: String,
    /// Of a new one; text when missing.
    pub kind: Option<FieldKind>,
    pub choices: Vec<String>,
}

/// The most custom fields of a workspace.
pub const FIELDS_MAX: usize = 50;
/// The most choices of a field.
pub const CHOICES_MAX: usize = 100;
/// The most letters of a value.
pub const VALUE_MAX: usize = 500;

/// The key that a label makes: its letters and digits of ASCII in lower case, with underscores between. Empty when there are none.
#[must_use]
pub fn key_of(label: &str) -> String {
    let lower = label.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    words.collect::<Vec<_>>().join("_").chars().take(40).collect::<String>().trim_end_matches('_').to_owned()
}

impl ContactField {
    /// A value as the field keeps it; none when it is no value of its kind. Empty stays empty: there is no value then.
    #[must_use]
    pub fn parse(&self, value: &str) -> Option<String> {
        let value = value.trim();
        if value.is_empty() {
            return Some(String::new());
        }
        let fits = match self.kind {
            FieldKind::Text => value.chars().count() <= VALUE_MAX,
            FieldKind::Number => is_number(value),
            FieldKind::Date => is_date(value),
            FieldKind::Choice => self.choices.iter().any(|choice| choice == value),
            FieldKind::Newer => false,
        };
        fits.then(|| value.to_owned())
    }
}

fn is_number(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let some = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    value.len() <= 30 && some(whole) && some(part)
}

fn is_date(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let number = |text: &str, length: usize| {
        (text.len() == length && text.chars().all(|c| c.is_ascii_digit())).then(|| text.parse::<u32>().ok()).flatten()
    };
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 0,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::{ContactField, FieldKind, key_of};
    use crate::domain::ids::ContactFieldId;

    fn field(kind: FieldKind) -> ContactField {
        let choices = vec!["Gold".to_owned(), "Silver".to_owned()];
        ContactField { id: ContactFieldId::nil(), key: "x".to_owned(), label: "X".to_owned(), kind, choices }
    }

    #[test]
    fn values_fit_their_kind() {
        for (kind, good, bad) in [
            (FieldKind::Text, &["x", "=1+1", "٣"][..], &[][..]),
            (FieldKind::Number, &["0", "-3", "12.50"], &["1,5", "1e3", "-", ".5", "5.", "٣", "NaN"]),
            (
                FieldKind::Date,
                &["2026-11-29", "2024-02-29"],
                &["2026-02-29", "29.11.2026", "2026-13-01", "2026-1-1", "2026-00-10"],
            ),
            (FieldKind::Choice, &["Gold"], &["gold", "Bronze"]),
        ] {
            let field = field(kind);
            for value in good {
                assert_eq!(field.parse(&format!(" {value} ")).as_deref(), Some(*value), "{kind}");
            }
            for value in bad {
                assert_eq!(field.parse(value), None, "{kind}: {value}");
            }
            assert_eq!(field.parse("  ").as_deref(), Some(""));
        }
        assert_eq!(field(FieldKind::Text).parse(&"x".repeat(501)), None);
    }

    #[test]
    fn keys_are_made_of_labels() {
        for (label, key) in [("Customer no.", "customer_no"), ("  VIP  ", "vip"), ("Größe 2", "gr_e_2"), ("名前", "")]
        {
            assert_eq!(key_of(label), key);
        }
        assert!(key_of(&"a ".repeat(90)).len() <= 40);
    }
}
