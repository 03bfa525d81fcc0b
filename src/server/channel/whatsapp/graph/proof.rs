//! `appsecret_proof` proves that the user of a token also has the secret of its app. An app may insist on it (“Require app
//! secret”).

use std::sync::OnceLock;

use secrecy::{ExposeSecret, SecretString};

use super::GraphError;
use crate::server::channel::whatsapp::signature;

/// The proof that goes with a token, made once for many calls.
///
/// Meta checks it before anything but the token, and refuses a wrong one even where none is needed. So when it is
/// refused, nothing was done, and calls go on without it: a wrong app secret must not stop what works without.
pub struct AppProof {
    digits: SecretString,
    refusal: OnceLock<GraphError>,
}

impl AppProof {
    #[must_use]
    pub fn new(app_secret: &SecretString, token: &SecretString) -> Self {
        let digits = signature::digits(app_secret.expose_secret().as_bytes(), token.expose_secret().as_bytes());
        Self { digits: digits.into(), refusal: OnceLock::new() }
    }

    /// Meta's no: the secret is not that of the token's app.
    #[must_use]
    pub fn refusal(&self) -> Option<&GraphError> {
        self.refusal.get()
    }

    /// Adds the proof to an address, unless Meta has refused it. Whether it did.
    pub(super) fn add_to(&self, url: &mut String) -> bool {
        if self.refusal.get().is_some() {
            return false;
        }
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str("appsecret_proof=");
        url.push_str(self.digits.expose_secret());
        true
    }

    /// Whether the answer to a call with the proof is that it is wrong. Then no other call carries it.
    pub(super) fn is_refused_by<T>(&self, answer: &Result<T, GraphError>) -> bool {
        let Some(error) = answer.as_ref().err().filter(|error| error.is_bad_proof()) else { return false };
        if self.refusal.set(error.clone()).is_ok() {
            tracing::warn!(
                trace_id = error.trace_id,
                "Meta refuses a proof made with the app secret; calls go on without"
            );
        }
        true
    }
}
