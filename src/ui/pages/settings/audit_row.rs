//! A line of the audit log: what was done to what, by whom, when.

use crate::{
    domain::{
        audit::{AuditDetail, AuditEntry},
        principal::PrincipalKind,
        role::Role,
    },
    texts::{audit, words},
    ui::{
        components::{Moment, MomentStyle},
        prelude::*,
    },
};

#[component]
pub(super) fn AuditLine(entry: AuditEntry) -> impl IntoView {
    let who = match entry.actor {
        PrincipalKind::Person => entry.user_name.clone().unwrap_or_else(|| audit::somebody().to_owned()),
        PrincipalKind::System => audit::the_server().to_owned(),
        PrincipalKind::CommandLine => audit::the_operator().to_owned(),
        PrincipalKind::Customer => audit::a_customer().to_owned(),
        PrincipalKind::Newer => audit::somebody().to_owned(),
    };
    // Whoever does something to themselves is named once.
    let subject = entry.subject_name.filter(|name| Some(name) != entry.user_name.as_ref());
    let detail = told(&entry.detail);
    view! {
        <li class="row">
            <div class="row__words">
                <p class="row__title">
                    {words::audit_action(entry.action)}
                    {subject.map(|name| view! { ": " <span dir="auto">{name}</span> })}
                </p>
                <p class="card__small">
                    <span dir="auto">{who}</span>
                    {entry.token_id.map(|_| view! { " " {audit::by_token()} })}
                    {(!detail.is_empty()).then(|| view! { " · " <span dir="auto">{detail}</span> })}
                </p>
            </div>
            <span class="card__small"><Moment at=entry.at style=MomentStyle::Full /></span>
        </li>
    }
}

/// The details, in the reader's words where they are words of ours.
fn told(detail: &AuditDetail) -> String {
    let role = |word: &str| Role::from_word(word).map_or_else(|| word.to_owned(), |role| words::role(role).to_owned());
    if let (Some(from), Some(to)) = (detail.get("from"), detail.get("to")) {
        return audit::from_to(&role(from), &role(to));
    }
    let values = detail.iter().filter(|(key, _)| !key.ends_with("_id")).map(|(key, value)| {
        match (key.as_str(), value.as_str()) {
            ("role", word) => role(word),
            (_, "true") => audit::switched_on().to_owned(),
            (_, "false") => audit::switched_off().to_owned(),
            ("fields", fields) => fields.replace('_', " "),
            (_, value) => value.to_owned(),
        }
    });
    values.collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn details_are_told_in_words() {
        let of = |pairs: &[(&str, &str)]| {
            told(&pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
        };
        assert_eq!(of(&[("from", "agent"), ("to", "admin")]), "Agent → Admin");
        assert_eq!(of(&[("email", "ada@example.com"), ("role", "owner")]), "ada@example.com · Owner");
        assert_eq!(of(&[("on", "true")]), "on");
        assert_eq!(of(&[("fields", "access_token, name"), ("user_id", "0")]), "access token, name");
        assert_eq!(of(&[]), "");
    }
}
