//! Check 1: what was entered, before anybody is asked.

use secrecy::ExposeSecret;

use super::run::{Fault, Run};
use crate::{
    domain::integration::{Check, Remedy, check_app_id, check_meta_id, check_secret},
    texts::{Language, in_language, words},
};

/// Which entries can be used.
#[expect(clippy::struct_excessive_bools, reason = "one for each entry")]
pub(super) struct Entries {
    pub(super) token: bool,
    pub(super) number: bool,
    pub(super) account: bool,
    pub(super) app_secret: bool,
    /// Entered and well formed.
    pub(super) app_id: bool,
}

pub(super) fn check(run: &Run<'_>) -> Entries {
    let s = run.subject;
    let token = check_secret(s.access_token.expose_secret());
    let secret = check_secret(s.app_secret.expose_secret());
    let number = check_meta_id(&s.phone_number_id);
    let account = check_meta_id(&s.business_account_id);
    let app_id = s.app_id.as_deref().map(check_app_id);
    let equal = number.is_ok() && s.phone_number_id == s.business_account_id;
    let faults = [
        ("Access token", "token_format", token.err(), Remedy::ReplaceToken),
        ("Phone number ID", "number_format", number.err(), Remedy::FixIds),
        ("WhatsApp Business Account ID", "account_format", account.err(), Remedy::FixIds),
        ("App ID", "app_id_format", app_id.and_then(Result::err), Remedy::FixIds),
        ("App secret", "app_secret_format", secret.err(), Remedy::ReplaceSecret),
    ];
    match faults.into_iter().find_map(|(what, problem, reason, remedy)| reason.map(|r| (what, problem, r, remedy))) {
        Some((what, problem, fault, remedy)) => {
            let reason = in_language(Language::English, || words::paste_fault(fault));
            run.fail(Check::Format, Fault::new(problem, format!("{what}: {reason}"), "Correct this entry.", remedy));
        }
        None if equal => run.fail(
            Check::Format,
            Fault::new(
                "ids_equal",
                "Phone number ID and WhatsApp Business Account ID are the same.",
                "They are two different numbers, right beside each other in Meta's console. Copy both again.",
                Remedy::FixIds,
            ),
        ),
        None => run.ok(Check::Format, "The entries look right."),
    }
    Entries {
        token: token.is_ok(),
        number: number.is_ok() && !equal,
        account: account.is_ok() && !equal,
        app_secret: secret.is_ok(),
        app_id: app_id.is_some_and(|judged| judged.is_ok()),
    }
}
