//! Sending through a channel: the sender, the recipient and the result, the same for every channel.

use secrecy::SecretString;

use super::Prepared;
use crate::domain::{
    Millis,
    channel::Channel,
    integration::{Provider, Trouble},
};

/// The secrets that an integration calls with, opened.
#[derive(Default)]
pub struct Keys {
    pub access_token: Option<SecretString>,
    pub app_secret: Option<SecretString>,
    /// What goes with the access token on each call, made once.
    pub proof: Option<Prepared>,
}

impl Keys {
    #[must_use]
    pub fn new(access_token: Option<SecretString>, app_secret: Option<SecretString>) -> Self {
        let proof = access_token.as_ref().zip(app_secret.as_ref()).map(|(token, secret)| Prepared::new(secret, token));
        Self { access_token, app_secret, proof }
    }
}

/// An integration as its channel calls for it.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    pub channel: Channel,
    pub provider: Provider,
    pub external_key: &'a str,
    pub keys: &'a Keys,
}

/// What to do with a message that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Retry after a pause, to which jitter is still to be added, and not before the time that the provider asks for. `all`:
    /// nothing else may be sent through this integration until then.
    Retry { pause: Millis, at_least: Millis, all: bool },
    /// Nothing was tried, since something is missing here: it waits.
    Waits,
    /// No connection came about, so nothing was sent: it waits, and no number of tries is too many.
    Unreachable,
    /// It may have been carried out: never repeat it blindly.
    Unknown,
    /// It will not be taken.
    Failed,
    /// Nothing can be sent through this integration until a person has dealt with it. What is queued waits.
    Stopped(Trouble),
}

/// A message that was not taken, and why.
#[derive(Clone, Debug)]
pub struct SendError {
    pub verdict: Verdict,
    /// The stable name of it.
    pub problem: &'static str,
    /// For people: what happened, with the provider's own words.
    pub message: String,
    pub code: Option<i64>,
    pub http_status: Option<u16>,
    pub trace_id: Option<String>,
    /// The provider itself has answered.
    pub answered: bool,
    /// It says something about the whole integration: the provider is asked at once how that is doing.
    pub concerns_all: bool,
}

impl SendError {
    /// Nothing can be called without a token.
    #[must_use]
    pub fn locked() -> Self {
        Self {
            verdict: Verdict::Waits,
            problem: "no_access_token",
            message: "The integration has no access token.".to_owned(),
            code: None,
            http_status: None,
            trace_id: None,
            answered: false,
            concerns_all: false,
        }
    }
}
