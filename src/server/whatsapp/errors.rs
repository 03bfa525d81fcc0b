//! Meta's error codes, sorted by what follows from them (contract, section 7.1), with words for people.

use crate::domain::Millis;

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

    /// How often a message is tried in all.
    #[must_use]
    pub const fn tries(self) -> i64 {
        match self {
            Self::Transient | Self::PairRate | Self::Upgrade => 6,
            Self::Rate => 10,
            Self::Unreachable => 20,
            _ => 1,
        }
    }

    /// The pause before the next try, after so many (before jitter).
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
    match code {
        Some(1 | 2 | 17 | 341 | 131_000 | 131_016 | 133_004 | 135_000) => Class::Transient,
        Some(4 | 80_007 | 130_429) => Class::Rate,
        Some(131_056) => Class::PairRate,
        Some(131_057 | 2_494_100) => Class::Upgrade,
        Some(131_048 | 131_064 | 131_049 | 133_016 | 133_008 | 133_009 | 368) => Class::Hold,
        Some(0 | 3 | 10 | 104 | 190 | 200..=299 | 131_005) => Class::Credentials,
        Some(131_031 | 130_497 | 131_042 | 131_044 | 131_045 | 131_037 | 133_010 | 130_403 | 131_063) => Class::Account,
        Some(131_026 | 131_030 | 130_472 | 131_050 | 131_047) => Class::Recipient,
        Some(100 | 33 | 131_008 | 131_009 | 131_021 | 131_051 | 131_055 | 131_062 | 132_000..=132_100 | 137_000) => {
            Class::Request
        }
        _ if is_transient || matches!(http_status, 429 | 500..=599) => Class::Transient,
        _ => Class::Request,
    }
}

/// What happened, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub message: &'static str,
    pub action: &'static str,
}

/// Words for people on an error.
#[must_use]
pub fn explain(code: Option<i64>, subcode: Option<i64>, class: Class) -> Explanation {
    let (message, action) = match (code, subcode) {
        (Some(190), Some(463 | 467)) => (
            "The access token has expired.",
            "Make a permanent System User token in Meta's console and connect the number again with it.",
        ),
        (Some(190), _) => (
            "Meta does not accept the access token.",
            "Copy the token again from Meta's console, whole and without quotes.",
        ),
        (Some(100), Some(33)) => (
            "Meta knows no such phone number id, or the token may not see it.",
            "Copy the Phone Number ID (not the number itself) and make sure the token's System User has the WhatsApp account assigned.",
        ),
        (Some(131_047), _) => (
            "More than 24 hours have passed since the customer's last message.",
            "Wait for the customer to write, or send an approved template.",
        ),
        (Some(131_026), _) => (
            "The customer cannot receive this message.",
            "Check that the number is on WhatsApp and runs a current version.",
        ),
        (Some(131_030), _) => (
            "The number is not on the list of allowed test recipients.",
            "Add it in Meta's console under WhatsApp → API Setup.",
        ),
        (Some(131_056), _) => {
            ("Too many messages to this customer in a short time.", "Nothing to do: it goes on by itself.")
        }
        (Some(130_429 | 80_007 | 4), _) => {
            ("Meta's limit for this number is reached.", "Nothing to do: it goes on by itself, more slowly.")
        }
        (Some(131_031), _) => ("Meta has locked the account.", "Open Business Support in Meta's console."),
        (Some(131_042 | 131_044), _) => (
            "There is a problem with the payment method of the account.",
            "Check the payment settings in WhatsApp Manager.",
        ),
        (Some(133_010), _) => {
            ("The number is not registered for the Cloud API.", "Register the number in Meta's console.")
        }
        (Some(10 | 200..=299), _) => (
            "The token lacks a permission.",
            "Give the System User whatsapp_business_messaging and whatsapp_business_management and make a new token.",
        ),
        (Some(131_048), _) => (
            "Meta holds messages back because too many were reported as spam.",
            "Look at the number's quality in WhatsApp Manager.",
        ),
        (Some(131_050), _) => ("The customer does not want such messages.", "Respect it: do not send this kind again."),
        _ => match class {
            Class::Transient | Class::Upgrade => {
                ("Meta has a passing problem.", "Nothing to do: it is tried again by itself.")
            }
            Class::Unreachable => {
                ("Meta cannot be reached from this server.", "Check the server's network, DNS and proxy.")
            }
            Class::Rate | Class::PairRate => {
                ("Too many messages in a short time.", "Nothing to do: it goes on by itself.")
            }
            Class::Ambiguous => (
                "The connection broke off: the message may or may not have been sent.",
                "Ask the customer, or send it again.",
            ),
            Class::Hold => {
                ("Meta holds this message back.", "Look at the account in WhatsApp Manager before you try again.")
            }
            Class::Credentials => (
                "Meta does not accept the credentials.",
                "Make a new access token in Meta's console and connect the number again with it.",
            ),
            Class::Account => ("The WhatsApp account cannot send.", "Look at the account in WhatsApp Manager."),
            Class::Request | Class::Recipient => {
                ("Meta refused the message.", "Look at Meta's own words in the details.")
            }
        },
    };
    Explanation { message, action }
}

#[cfg(test)]
mod tests {
    use super::{Class, classify};

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
}
