//! Errors inside the server, and how they become the one error that crosses the wire.
//!
//! A failure is logged once, where it becomes an [`ApiError`]; the log has the details, the person gets the next step.

use std::{future::Future, panic::AssertUnwindSafe, sync::LazyLock};

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use futures::FutureExt;

use crate::{
    error::{ApiError, ErrorCode},
    server::{
        base::{
            clock::Clock,
            panics,
            secrets::SecretError,
            strangers::{Deed, Strangers},
        },
        engine::EngineError,
        sandbox::SandboxError,
        store::StoreError,
    },
};

/// The log of an absent database: of the whole process, since errors know of no state.
static AWAY: LazyLock<Strangers> = LazyLock::new(|| Strangers::new(Clock::System));

/// Anything that stops an operation.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Already in the words of the wire: bad input, missing rights, conflicts.
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("a background task failed: {0}")]
    Task(String),
    /// A bug, with what it said.
    #[error("something panicked: {0}")]
    Panicked(String),
}

impl Error {
    /// Whether it is temporary: the database is unavailable or busy.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_passing())
    }
}

pub type Result<T> = std::result::Result<T, Error>;

/// Runs something to its end, which may be a panic: a bug that costs only the caller that hit it, as any other error does.
///
/// # Errors
/// Its own, or that it panicked. What it was changing may be half done, so it may only hold what is thrown away then.
pub async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|panic| Err(Error::Panicked(panics::words(&*panic).to_owned())))
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::Api(error) => error,
            Error::Store(
                e @ (StoreError::Unavailable(_) | StoreError::Unheard(_) | StoreError::Overloaded | StoreError::Closed),
            ) => {
                // Everybody who asks meets it again, and anybody may ask.
                AWAY.note_with(Deed::DatabaseAway, None, || format!("{e:?}"));
                Self::unavailable()
            }
            Error::Store(StoreError::Conflict(e)) => {
                tracing::warn!(error = ?e, "A constraint stopped an operation");
                Self::new(ErrorCode::Conflict, "This is at odds with what is already stored.")
                    .action("Load the page again and look what changed.")
            }
            Error::Secret(e @ SecretError::NoOldKey) => Self::new(ErrorCode::Conflict, e.to_string()),
            other => {
                tracing::error!(error = ?other, "An operation failed");
                Self::internal()
            }
        }
    }
}

/// An [`ApiError`] as an answer, with the status of its code.
pub struct ApiErrorResponse(pub ApiError);

impl IntoResponse for ApiErrorResponse {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0.retold())).into_response()
    }
}

impl From<Error> for ApiErrorResponse {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl From<ApiError> for ApiErrorResponse {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}
