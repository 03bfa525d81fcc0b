//! The one error that crosses the wire, for programs and for people.
//!
//! Shape: `{"code","message","action"?,"field"?,"meta"?:{"code","trace_id"?},"request_id"?}`.
//! It never holds a secret, a stack or the text of a database or network error.

use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

use crate::{
    domain::integration::ProviderError,
    texts::{errors, retold},
};

/// What kind of trouble it is. The wire names are stable; the HTTP status follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// 400: the input cannot be right.
    Invalid,
    /// 401: nobody is signed in, or the token is not valid.
    Unauthenticated,
    /// 403: signed in, but not allowed.
    Forbidden,
    /// 404: not there, or not in this workspace.
    NotFound,
    /// 409: at odds with what is already stored.
    Conflict,
    /// 422: the provider refused it; `meta` says how.
    RefusedByMeta,
    /// 429: too many attempts.
    RateLimited,
    /// 503: the database, the provider or the network is unavailable; try again.
    Unavailable,
    /// 500: a bug or a broken machine; the log has the request id.
    Internal,
}

impl ErrorCode {
    /// The HTTP status that goes with the code.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::RefusedByMeta => 422,
            Self::RateLimited => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

/// An error as a person or program outside sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    pub code: ErrorCode,
    /// What happened, in words for people.
    pub message: String,
    /// The next step for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The input field that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<ProviderError>,
    /// The same id stands in the server's log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), action: None, field: None, meta: None, request_id: None }
    }

    /// Input that cannot be right, and the field it stands in.
    #[must_use]
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), ..Self::new(ErrorCode::Invalid, message) }
    }

    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(ErrorCode::Unauthenticated, errors::unauthenticated()).action(errors::unauthenticated_action())
    }

    #[must_use]
    pub fn forbidden() -> Self {
        Self::new(ErrorCode::Forbidden, errors::forbidden()).action(errors::forbidden_action())
    }

    /// `what` is a noun phrase: "The chatbot".
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, errors::not_found(&retold(what))).action(errors::not_found_action())
    }

    #[must_use]
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::Conflict, message)
    }

    #[must_use]
    pub fn unavailable() -> Self {
        Self::new(ErrorCode::Unavailable, errors::unavailable()).action(errors::unavailable_action())
    }

    #[must_use]
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, errors::internal()).action(errors::internal_action())
    }

    /// The same in the language of the request: it may come from where nobody knew that.
    #[must_use]
    pub fn retold(self) -> Self {
        Self { message: retold(&self.message), action: self.action.as_deref().map(retold), ..self }
    }

    /// Adds the next step for the person.
    #[must_use]
    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Args(reason)
            | ServerFnErrorErr::MissingArg(reason)
            | ServerFnErrorErr::Deserialization(reason) => {
                Self::new(ErrorCode::Invalid, errors::unreadable(&reason)).action(errors::unreadable_action())
            }
            ServerFnErrorErr::Request(_) => {
                Self::new(ErrorCode::Unavailable, errors::unreachable()).action(errors::unreachable_action())
            }
            _ => Self::internal(),
        }
    }
}
