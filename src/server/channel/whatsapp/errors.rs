//! Meta's error codes, sorted by what follows from them (contract, section 7.1), with words for people.

mod catalogue;

use crate::domain::{Millis, integration::Remedy};

/// What is said while no connection to Meta comes about.
pub const UNREACHABLE: &str = "Meta cannot be reached from this server.";

/// What an error asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Try again soon, with growing pauses.
    Transient,
    /// Our host cannot reach Meta at all: nothing left us, so trying again is safe.
    Unreachable,
    /// The whole number is too fast.
    Rate,
    /// Too many messages to this one customer.
    PairRate,
    /// Maintenance: a minute or more.
    Upgrade,
    /// The request may have been carried out: never repeat it blindly.
    Ambiguous,
    /// Not before a person has looked.
    Hold,
    /// Token or rights: the whole channel stops.
    Credentials,
    /// The account itself: the whole channel stops.
    Account,
    /// This request can never work.
    Request,
    /// This customer cannot be reached now.
    Recipient,
}

impl Class {
    /// Whether the whole integration must stop.
    #[must_use]
    pub const fn stops_channel(self) -> bool {
        matches!(self, Self::Credentials | Self::Account)
    }

    /// How often a message is tried in all. What could not be reached is not counted.
    #[must_use]
    pub const fn tries(self) -> i64 {
        match self {
            Self::Transient | Self::PairRate | Self::Upgrade => 6,
            Self::Rate => 10,
            _ => 1,
        }
    }

    /// The pause before the next attempt, after this number of attempts (before jitter).
    #[must_use]
    pub fn pause(self, tries: i64) -> Millis {
        let n = u32::try_from(tries.clamp(1, 12) - 1).unwrap_or(0);
        match self {
            Self::PairRate => 1000 * 4_i64.pow(n.min(6)),
            Self::Upgrade => 60_000 * i64::from(n + 1),
            Self::Rate => (4000_i64 << n).min(600_000),
            _ => (2000_i64 << n).min(300_000),
        }
    }
}

/// The class of an error answer: by its code, and for unknown codes by the HTTP status.
#[must_use]
pub fn classify(code: Option<i64>, http_status: u16, is_transient: bool) -> Class {
    if let Some(entry) = code.and_then(|code| catalogue::find(code, None)) {
        return entry.class;
    }
    if is_transient || matches!(http_status, 429 | 500..=599) { Class::Transient } else { Class::Request }
}

/// Whether an error of this code says something about the whole channel, whatever becomes of the message that met it: then
/// Meta is asked at once how number and account are doing.
#[must_use]
pub fn concerns_channel(code: i64) -> bool {
    catalogue::concerns_all(code)
}

/// What people read of a failure that Meta reported by webhook: in our words where the code is known, with Meta's own behind
/// them; else in Meta's, be it only the title.
#[must_use]
pub fn reported(code: Option<i64>, details: Option<&str>, title: Option<&str>) -> String {
    let details = details.map(str::trim).filter(|d| !d.is_empty());
    let title = title.map(str::trim).filter(|t| !t.is_empty());
    match (code.and_then(|code| catalogue::find(code, None)), details.or(title)) {
        (Some(entry), _) => match details.filter(|d| Some(*d) != title) {
            Some(details) => format!("{} Meta says: {details}", entry.explanation.message),
            None => entry.explanation.message.to_owned(),
        },
        (None, Some(words)) => format!("WhatsApp could not deliver it. Meta says: {words}"),
        (None, None) => "WhatsApp could not deliver it, and Meta did not say why.".to_owned(),
    }
}

/// The next step after a failure that is known by its code alone.
#[must_use]
pub fn next_step(code: i64) -> &'static str {
    match catalogue::find(code, None) {
        Some(entry) => entry.explanation.action,
        None => "Look the code up in Meta's list of error codes for the Cloud API, or send it again later.",
    }
}

/// What happened, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The stable name of it.
    pub problem: &'static str,
    pub message: &'static str,
    pub action: &'static str,
    /// What the app itself can do about it.
    pub remedy: Option<Remedy>,
}

/// Words for people on an error.
#[must_use]
pub fn explain(code: Option<i64>, subcode: Option<i64>, class: Class) -> Explanation {
    match code.and_then(|code| catalogue::find(code, subcode)) {
        Some(entry) => entry.explanation,
        None => of_class(class),
    }
}

/// What can be said when only the kind of the error is known.
const fn of_class(class: Class) -> Explanation {
    let (problem, message, action, remedy) = match class {
        Class::Transient | Class::Upgrade => (
            "meta_trouble",
            "Meta has a passing problem.",
            "Nothing to do: it is tried again by itself.",
            Some(Remedy::Wait),
        ),
        Class::Unreachable => {
            ("network_refused", UNREACHABLE, "Check the server's network, DNS and proxy.", Some(Remedy::CheckNetwork))
        }
        Class::Rate | Class::PairRate => (
            "too_fast",
            "Too many messages in a short time.",
            "Nothing to do: it goes on by itself.",
            Some(Remedy::Wait),
        ),
        Class::Ambiguous => (
            "unknown_fate",
            "The connection broke off: the message may or may not have been sent.",
            "Ask the customer, or send it again.",
            None,
        ),
        Class::Hold => (
            "held_back",
            "Meta holds this message back.",
            "Look at the account in WhatsApp Manager before you try again.",
            Some(Remedy::OpenMeta),
        ),
        Class::Credentials => (
            "token_invalid",
            "Meta does not accept the credentials.",
            "Make a new access token in Meta's console and replace the old one with it.",
            Some(Remedy::ReplaceToken),
        ),
        Class::Account => (
            "account_blocked",
            "The WhatsApp account cannot send.",
            "Look at the account in WhatsApp Manager.",
            Some(Remedy::OpenMeta),
        ),
        Class::Request | Class::Recipient => {
            ("refused", "Meta refused it.", "Look at Meta's own words in the details.", None)
        }
    };
    Explanation { problem, message, action, remedy }
}

#[cfg(test)]
mod tests {
    use super::{Class, catalogue, classify, concerns_channel, explain, next_step, reported};

    #[test]
    fn sorts_codes_and_falls_back_to_the_status() {
        for (code, status, class) in [
            (Some(190), 401, Class::Credentials),
            (Some(250), 403, Class::Credentials),
            (Some(131_056), 400, Class::PairRate),
            (Some(130_429), 429, Class::Rate),
            (Some(131_047), 400, Class::Recipient),
            (Some(131_031), 403, Class::Account),
            (Some(131_000), 500, Class::Transient),
            (Some(999_999), 503, Class::Transient),
            (Some(999_999), 400, Class::Request),
            (None, 502, Class::Transient),
        ] {
            assert_eq!(classify(code, status, false), class, "{code:?} {status}");
        }
        assert_eq!(classify(Some(999_999), 400, true), Class::Transient);
    }

    #[test]
    fn pauses_grow() {
        assert_eq!([1, 2, 3].map(|n| Class::PairRate.pause(n)), [1000, 4000, 16_000]);
        assert_eq!([1, 2, 9].map(|n| Class::Transient.pause(n)), [2000, 4000, 300_000]);
    }

    /// Every code of the contract's section 7.1, class by class.
    #[test]
    fn knows_every_code_of_the_contract() {
        use Class::{Account, Credentials, Hold, PairRate, Rate, Recipient, Request, Transient, Upgrade};
        let classes: &[(Class, &[i64])] = &[
            (Transient, &[1, 2, 17, 341, 131_000, 131_016, 133_004, 135_000]),
            (Rate, &[4, 80_007, 130_429]),
            (PairRate, &[131_056]),
            (Upgrade, &[131_057, 2_494_100]),
            (Hold, &[131_048, 131_064, 131_049, 133_016, 133_008, 133_009, 368]),
            (Credentials, &[0, 3, 10, 190, 200, 299, 131_005, 104]),
            (Account, &[131_031, 131_042, 131_044, 131_045, 131_037, 133_010, 130_403, 131_063]),
            (
                Request,
                &[
                    100, 33, 131_008, 131_009, 131_021, 131_051, 131_053, 131_055, 131_062, 132_000, 132_001, 132_005,
                    132_007, 132_008, 132_012, 132_015, 132_016, 132_018, 132_068, 132_069, 137_000, 803, 2500, 101,
                    131_020, 131_041, 131_059, 131_200, 134_100, 138_000, 138_024, 139_000, 139_100, 147_001,
                    2_593_107, 2_388_001, 133_005, 133_006, 133_015, 141_006, 141_010, 141_014,
                ],
            ),
            (Recipient, &[131_026, 131_030, 130_472, 130_497, 131_050, 131_047]),
        ];
        for (class, codes) in classes {
            for code in *codes {
                assert!(catalogue::find(*code, None).is_some(), "{code} is not in the catalogue");
                assert_eq!(classify(Some(*code), 400, false), *class, "{code}");
            }
        }
    }

    #[test]
    fn tells_what_is_a_matter_of_the_channel() {
        for code in [0, 10, 190, 368, 803, 130_403, 131_031, 131_042, 131_048, 131_064, 133_006, 133_010, 141_006] {
            assert!(concerns_channel(code), "{code}");
        }
        for code in
            [1, 4, 100, 130_429, 130_472, 130_497, 131_026, 131_047, 131_049, 131_056, 132_015, 138_024, 999_999]
        {
            assert!(!concerns_channel(code), "{code}");
        }
    }

    #[test]
    fn a_report_is_told_in_words() {
        let payment = "There is a problem with the payment method of the account.";
        for (code, details, title, told) in [
            (Some(131_042), None, Some("Business eligibility payment issue"), payment.to_owned()),
            (Some(131_042), Some("Payment issue"), Some("Payment issue"), payment.to_owned()),
            (Some(131_042), Some("No card"), Some("Payment issue"), format!("{payment} Meta says: No card")),
            (Some(131_042), None, None, payment.to_owned()),
            (Some(999_999), None, Some("Odd"), "WhatsApp could not deliver it. Meta says: Odd".to_owned()),
            (Some(999_999), Some("Why"), Some("Odd"), "WhatsApp could not deliver it. Meta says: Why".to_owned()),
            (None, Some(" "), None, "WhatsApp could not deliver it, and Meta did not say why.".to_owned()),
        ] {
            assert_eq!(reported(code, details, title), told, "{code:?}");
        }
        assert!(next_step(131_042).contains("payment settings"));
        assert!(next_step(999_999).contains("list of error codes"));
    }

    #[test]
    fn every_entry_says_what_and_what_next() {
        for entry in catalogue::all() {
            let e = entry.explanation;
            for text in [e.message, e.action] {
                assert!(text.len() > 10 && text.ends_with('.') && !text.contains('!'), "{e:?}");
            }
            assert!(e.problem.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{}", e.problem);
        }
        let words = |code, subcode| explain(Some(code), subcode, Class::Credentials).problem;
        assert_eq!(
            (words(190, Some(463)), words(190, None), words(100, Some(33))),
            ("token_expired", "token_invalid", "no_such_object")
        );
    }
}
