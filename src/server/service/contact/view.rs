//! How contacts are shown: no whole number in any of it.

use super::channel_of;
use crate::{
    domain::contact::{IdentityKind, mask_phone, record::ContactSummary, shown_contact_name},
    server::{service::conversation::Known, store::contact::record::RecordRow},
};

/// The whole numbers of a contact, without repeating one.
pub(super) fn numbers<'a>(row: &'a RecordRow, identities: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<&'a str> {
    let of_channels = identities.filter(|(kind, _)| *kind == IdentityKind::WaId.as_str()).map(|(_, value)| value);
    let mut numbers: Vec<&str> = row.phone.as_deref().into_iter().chain(of_channels).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The name of a contact; `identity` is what a channel calls them, for those of whom nothing else is known.
pub(super) fn shown(row: &RecordRow, identity: Option<(&str, &str)>, numbers: Vec<&str>) -> String {
    if let Some(name) = row.name.as_deref().and_then(|name| shown_contact_name(name, numbers)) {
        return name;
    }
    let kind = identity.and_then(|(kind, _)| IdentityKind::from_word(kind));
    let session_id = identity.map_or("", |(_, value)| value);
    Known { name: None, username: row.username.as_deref(), phone: row.phone.as_deref(), session_id }
        .shown(channel_of(kind))
}

pub(super) fn username(row: &RecordRow, numbers: Vec<&str>) -> Option<String> {
    row.username.as_deref().and_then(|name| shown_contact_name(name, numbers))
}

pub(super) fn phone(row: &RecordRow) -> Option<String> {
    row.phone.as_deref().map(mask_phone)
}

/// An identity with enough of it to tell two apart.
pub(super) fn masked_identity(kind: Option<IdentityKind>, value: &str) -> String {
    match kind {
        Some(IdentityKind::WaId) => mask_phone(value),
        _ => {
            let mut end: Vec<char> = value.chars().rev().take(6).collect();
            end.reverse();
            format!("••••{}", end.into_iter().collect::<String>())
        }
    }
}

/// A contact in a list; `identities` are all that channels call them.
pub(super) fn summary(row: &RecordRow, identities: &[(&str, &str)]) -> ContactSummary {
    let numbers = numbers(row, identities.iter().copied());
    let first = identities.first().copied();
    ContactSummary {
        id: row.id,
        name: shown(row, first, numbers.clone()),
        username: username(row, numbers),
        phone: phone(row),
        blocked: row.blocked_at.is_some(),
        consent: row.consent,
        created_at: row.created_at,
    }
}
