//! Why a Graph call failed: what Meta said, or what happened on the way to it.

use std::error::Error as _;

use reqwest::StatusCode;
use serde_json::Value;

use crate::{
    domain::{
        Millis,
        integration::{ProviderError, Remedy, Trouble},
    },
    server::channel::whatsapp::{
        errors::{Class, Explanation, classify, concerns_channel, explain},
        wire::{number_of, text_of},
    },
};

/// What Meta is quoted with at most.
const DETAILS_MAX: usize = 500;
/// Words this long in Meta's texts are tokens, not language or ids.
const WORD_MAX: usize = 40;

const BAD_PROOF: Explanation = Explanation {
    problem: "app_secret_wrong",
    message: "The app secret is not that of the app that the token was made for.",
    action: "Copy the app secret again from App settings → Basic in Meta's console.",
    remedy: Some(Remedy::ReplaceSecret),
};

const NUMBER_LOST: Explanation = Explanation {
    problem: "number_lost",
    message: "The access token no longer opens the number: it was taken off the account, or the token lost its right to it.",
    action: "Assign the WhatsApp account to the System User again in Meta's Business settings, or correct the phone number \
             id, then test the connection.",
    remedy: Some(Remedy::FixIds),
};

/// Shorter runs of digits in Meta's words are codes, not ids.
const ID_MIN: usize = 8;

/// Trouble between us and Meta: it says nothing about the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// The name of the host could not be looked up.
    Name,
    /// Nobody listens there, or a firewall is in between.
    Refused,
    /// No trust in the certificate, or no common TLS.
    Tls,
    Timeout,
    /// The connection broke off.
    Cut,
    /// Somebody answered who is not Meta: a proxy's page, a portal.
    NotMeta,
}

impl Network {
    /// The stable name, a sentence and the next step.
    #[must_use]
    pub const fn explain(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Name => (
                "network_dns",
                "The name of Meta's server could not be looked up.",
                "Check the DNS settings of this server.",
            ),
            Self::Refused => (
                "network_refused",
                "No connection to Meta came about.",
                "Check the network and firewall of this server: it must reach graph.facebook.com by https.",
            ),
            Self::Tls => (
                "network_tls",
                "The connection to Meta is not trusted: its certificate was refused.",
                "Look for a proxy that opens TLS connections, and check the clock of this server.",
            ),
            Self::Timeout => (
                "network_timeout",
                "Meta did not answer in time.",
                "Try again. If it stays, check the network and proxy of this server.",
            ),
            Self::Cut => ("network_cut", "The connection to Meta broke off.", "Try again in a moment."),
            Self::NotMeta => (
                "network_not_meta",
                "Somebody else answered in Meta's place: the answer is not one of the Graph API.",
                "Look for a proxy or portal between this server and graph.facebook.com, and check PARLANCE_GRAPH_URL.",
            ),
        }
    }
}

/// A call that did not do what it should.
#[derive(Clone, Debug)]
pub struct GraphError {
    pub class: Class,
    pub http_status: Option<u16>,
    pub code: Option<i64>,
    pub subcode: Option<i64>,
    /// Meta's own words on it; none when it never answered.
    pub details: Option<String>,
    pub trace_id: Option<String>,
    /// How long Meta asks to wait.
    pub wait: Option<Millis>,
    /// What stood between us and Meta; none when Meta itself answered.
    pub network: Option<Network>,
    /// The ids that Meta names, when it says that an object is not there (or not for this token).
    pub(super) missing: Option<Vec<String>>,
    /// That object is the number itself.
    pub(super) lost_number: bool,
}

impl GraphError {
    pub(super) fn new(class: Class) -> Self {
        Self {
            class,
            http_status: None,
            code: None,
            subcode: None,
            details: None,
            trace_id: None,
            wait: None,
            network: None,
            missing: None,
            lost_number: false,
        }
    }

    pub(super) fn transport(error: &reqwest::Error) -> Self {
        // Only a connection that never came about is certain to have carried nothing.
        let class = if error.is_connect() || error.is_builder() { Class::Unreachable } else { Class::Ambiguous };
        let network = network_of(error);
        // An address may carry ids and tokens; the log gets the kind of the failure only.
        tracing::debug!(?network, connect = error.is_connect(), body = error.is_body(), "A Graph call broke off");
        Self { network: Some(network), ..Self::new(class) }
    }

    /// An answer that is not Meta's: a proxy's page, or half of one.
    pub(super) fn unreadable(status: StatusCode) -> Self {
        let class = if status.is_success() { Class::Ambiguous } else { classify(None, status.as_u16(), false) };
        Self { http_status: Some(status.as_u16()), network: Some(Network::NotMeta), ..Self::new(class) }
    }

    /// Meta's no. `secrets` are taken out of its words: it quotes tokens that it cannot read.
    pub(super) fn refused(status: StatusCode, answer: &Value, wait: Option<Millis>, secrets: &[&str]) -> Self {
        let Some(error) = answer.get("error").filter(|e| e.is_object()) else { return Self::unreadable(status) };
        let code = number_of(error, "code");
        let transient = error.get("is_transient").and_then(Value::as_bool).unwrap_or(false);
        let subcode = number_of(error, "error_subcode");
        let message = text_of(error, "message");
        let details = error.get("error_data").and_then(|d| text_of(d, "details"));
        let is_missing = matches!((code, subcode), (Some(100), Some(33)) | (Some(33 | 803), _));
        let missing = is_missing.then(|| [&message, &details].into_iter().flatten().flat_map(|t| ids_in(t)).collect());
        let details = details.or(message);
        Self {
            http_status: Some(status.as_u16()),
            code,
            subcode,
            missing,
            details: details.map(|d| quotable(&d, secrets)),
            trace_id: text_of(error, "fbtrace_id").map(|t| t.chars().take(100).collect()),
            wait,
            ..Self::new(classify(code, status.as_u16(), transient))
        }
    }

    /// Meta says that the object is not there, or not for this token.
    pub(super) fn no_such_object() -> Self {
        Self { http_status: Some(200), code: Some(100), subcode: Some(33), ..Self::new(Class::Request) }
    }

    /// The answer to a call on a number: whether what is missing is the number itself, or something that the request names.
    /// Where Meta names nothing it is the number, the only object in the address. Then the token has lost it, which is no
    /// fault of the message, and would be the end of every other one, too.
    pub(super) fn on_number(self, phone_number_id: &str) -> Self {
        match &self.missing {
            Some(ids) if ids.is_empty() || ids.iter().any(|id| id == phone_number_id) => {
                Self { class: Class::Credentials, lost_number: true, ..self }
            }
            _ => self,
        }
    }

    fn explain(&self) -> Explanation {
        // Their codes say nothing: only the words do.
        if self.is_bad_proof() {
            BAD_PROOF
        } else if self.lost_number {
            NUMBER_LOST
        } else {
            explain(self.code, self.subcode, self.class)
        }
    }

    /// Whether this is about more than one message: then Meta is asked at once how the number is doing.
    #[must_use]
    pub fn concerns_channel(&self) -> bool {
        self.class.stops_channel() || self.code.is_some_and(concerns_channel)
    }

    /// Words for people: what happened, with Meta's details.
    #[must_use]
    pub fn message(&self) -> String {
        let explained = self.explain().message;
        match &self.details {
            Some(details) => format!("{explained} Meta says: {details}"),
            None => explained.to_owned(),
        }
    }

    /// The next step for people.
    #[must_use]
    pub fn action(&self) -> &'static str {
        self.explain().action
    }

    /// What the app can do about it.
    #[must_use]
    pub fn remedy(&self) -> Option<Remedy> {
        self.explain().remedy
    }

    /// The stable name of what is wrong.
    #[must_use]
    pub fn problem(&self) -> &'static str {
        match self.network {
            Some(network) => network.explain().0,
            None => self.explain().problem,
        }
    }

    /// Why an integration stops for it.
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        Trouble { reason: self.message(), action: self.action().to_owned(), remedy: self.remedy() }
    }

    /// Meta's code and trace id, when it answered.
    #[must_use]
    pub fn meta(&self) -> Option<ProviderError> {
        self.code.map(|code| ProviderError { code, trace_id: self.trace_id.clone() })
    }

    /// Meta did not get as far as judging what was asked: the network, or a passing trouble of its own.
    #[must_use]
    pub const fn is_inconclusive(&self) -> bool {
        self.network.is_some()
            || matches!(
                self.class,
                Class::Unreachable | Class::Ambiguous | Class::Transient | Class::Rate | Class::Upgrade
            )
    }

    /// The object has no such field: another version of the API, or an object of another kind.
    #[must_use]
    pub fn is_unknown_field(&self) -> bool {
        self.code == Some(100) && self.details.as_deref().is_some_and(|d| d.contains("nonexisting field"))
    }

    /// The proof made with the app secret is not that of the token's app; or there is none, and the app insists on it.
    #[must_use]
    pub fn is_bad_proof(&self) -> bool {
        self.code == Some(100) && self.details.as_deref().is_some_and(|d| d.contains("appsecret_proof"))
    }
}

/// The ids that a text names.
fn ids_in(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() >= ID_MIN).map(ToOwned::to_owned)
}

/// Meta's words without secrets, and no longer than people read.
fn quotable(details: &str, secrets: &[&str]) -> String {
    let mut text = details.replace('\0', "");
    for secret in secrets.iter().filter(|s| !s.is_empty()) {
        text = text.replace(secret, "…");
    }
    let words = text.split(' ').map(|word| if word.len() > WORD_MAX && !word.contains("://") { "…" } else { word });
    words.collect::<Vec<_>>().join(" ").chars().take(DETAILS_MAX).collect()
}

/// reqwest says that a connection failed, not why. The causes are types of other libraries, which it does not give out:
/// only their words tell a name that is unknown from a certificate that is not trusted.
fn network_of(error: &reqwest::Error) -> Network {
    if error.is_timeout() {
        return Network::Timeout;
    }
    if !error.is_connect() {
        return Network::Cut;
    }
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if words.contains("dns error") || words.contains("lookup address") {
            return Network::Name;
        }
        if words.contains("certificate") || words.contains("tls handshake") || words.contains("invalid peer") {
            return Network::Tls;
        }
        cause = error.source();
    }
    Network::Refused
}

#[cfg(test)]
mod tests {
    use reqwest::StatusCode;
    use serde_json::json;

    use super::{Class, GraphError, Network};

    #[test]
    fn quotes_meta_without_secrets() {
        let long = "EAAG".repeat(20);
        let answer = json!({"error": {"code": 190, "message": format!("Malformed access token {long} and EAAG-short"),
                                      "fbtrace_id": "A1"}});
        let error = GraphError::refused(StatusCode::BAD_REQUEST, &answer, None, &["EAAG-short"]);
        assert_eq!(error.details.as_deref(), Some("Malformed access token … and …"));
        assert_eq!(error.meta().unwrap().trace_id.as_deref(), Some("A1"));
        assert!(!error.is_inconclusive());
    }

    #[test]
    fn a_missing_object_is_the_number_or_the_messages_own() {
        let class = |code: i64, subcode: Option<i64>, message: &str, details: Option<&str>| {
            let answer = json!({"error": {"code": code, "error_subcode": subcode, "message": message,
                "error_data": {"messaging_product": "whatsapp", "details": details}}});
            GraphError::refused(StatusCode::BAD_REQUEST, &answer, None, &[]).on_number("316000000000001").class
        };
        let gone = |id: &str| {
            format!(
                "Unsupported post request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions"
            )
        };
        for (code, subcode, message, details, expected) in [
            (100, Some(33), gone("316000000000001"), None, Class::Credentials),
            (100, Some(33), gone("316000000000001"), Some("(#33)"), Class::Credentials),
            (100, Some(33), "(#100) Unsupported post request".to_owned(), None, Class::Credentials),
            (
                803,
                None,
                "(#803) Some of the aliases you requested do not exist: 316000000000001".to_owned(),
                None,
                Class::Credentials,
            ),
            (100, Some(33), gone("1013859600285441"), None, Class::Request),
            (100, Some(33), gone("3160000000000011"), None, Class::Request),
            (
                803,
                None,
                "(#803) Some of the aliases you requested do not exist: 1013859600285441".to_owned(),
                None,
                Class::Request,
            ),
            (100, None, gone("316000000000001"), None, Class::Request),
            (100, Some(2_494_010), "Invalid parameter".to_owned(), Some("316000000000001"), Class::Request),
        ] {
            assert_eq!(class(code, subcode, &message, details), expected, "{code} {subcode:?} {message}");
        }
    }

    #[test]
    fn an_answer_without_an_error_object_is_not_metas() {
        let error = GraphError::refused(StatusCode::NOT_FOUND, &json!({"detail": "Not Found"}), None, &[]);
        assert_eq!((error.network, error.code), (Some(Network::NotMeta), None));
        assert!(error.is_inconclusive());
    }
}
