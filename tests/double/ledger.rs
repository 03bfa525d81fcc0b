//! What is noted of the calls.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use parlance::server::channel::whatsapp::wire::messages::{Message, Part};
use serde::Serialize;

/// A message that reached Meta.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sent {
    pub(crate) phone_number_id: String,
    /// The digits of a phone number, or a BSUID.
    pub(crate) to: String,
    /// Of a text.
    pub(crate) body: String,
    /// The product's own id of the message.
    pub(crate) callback_data: String,
    pub(crate) wamid: String,
}

impl Sent {
    pub(super) fn new(phone_number_id: &str, message: &Message<'_>, wamid: String) -> Self {
        let to = message.to.as_deref().or(message.recipient.as_deref()).unwrap_or_default();
        Self {
            phone_number_id: phone_number_id.to_owned(),
            to: to.trim_start_matches('+').to_owned(),
            body: match &message.part {
                Part::Text { text } => text.body.clone().into_owned(),
                Part::Location { .. } => String::new(),
            },
            callback_data: message.biz_opaque_callback_data.clone().into_owned(),
            wamid,
        }
    }
}

/// Tasks that wait for what comes.
pub(crate) trait Ledger: Send + Sync + 'static {
    /// A call: method, path with query, and `Authorization`.
    fn call(&self, _method: &str, _target: &str, _authorization: &str) {}

    /// A message has come in whole and is taken. Nobody has an answer yet: whatever happens to the caller now, it did reach
    /// Meta.
    fn message(&self, sent: &Sent, arrived: Instant);

    /// A message of a customer was marked as read, maybe with somebody who types.
    fn receipt(&self, _wamid: &str, _typing: bool, _arrived: Instant) {}

    /// The time of a taken message's call is over, and its answer goes out.
    fn answered(&self) {}
}

/// Everything, in the order of arrival.
#[derive(Default)]
pub(crate) struct Journal(Mutex<Noted>);

#[derive(Default)]
pub(crate) struct Noted {
    pub(crate) sent: Vec<Sent>,
    pub(crate) read: Vec<String>,
    pub(crate) typing: Vec<String>,
    pub(crate) tokens: Vec<String>,
    pub(crate) calls: Vec<String>,
}

impl Journal {
    pub(crate) fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for Journal {
    fn call(&self, method: &str, target: &str, authorization: &str) {
        let mut noted = self.noted();
        noted.calls.push(format!("{method} {target}"));
        noted.tokens.push(authorization.to_owned());
    }

    fn message(&self, sent: &Sent, _arrived: Instant) {
        self.noted().sent.push(sent.clone());
    }

    fn receipt(&self, wamid: &str, typing: bool, _arrived: Instant) {
        let mut noted = self.noted();
        noted.read.push(wamid.to_owned());
        if typing {
            noted.typing.push(wamid.to_owned());
        }
    }
}
