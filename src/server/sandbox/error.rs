//! What can go wrong in the simulator, for its callers in the server. Graph answers have their own error: [`super::graph`].

use reqwest::StatusCode;

/// Why the simulator could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("there is no such simulated number in this workspace")]
    UnknownNumber,
    #[error("a customer's name has 1 to 100 characters")]
    InvalidName,
    #[error("a message has 1 to 4096 characters")]
    InvalidText,
    #[error("the callback was not saved: {0}")]
    Callback(#[from] CallbackError),
    #[error("the simulator's database failed")]
    Database(#[from] sqlx::Error),
    #[error(
        "the simulator's database {0} belongs to another version of Parlance: move it away, and the simulator begins afresh"
    )]
    Foreign(String, #[source] sqlx::migrate::MigrateError),
    #[error("the simulator's database file could not be made")]
    File(#[from] std::io::Error),
    #[error("the simulator's HTTP client could not be made")]
    Client(#[source] reqwest::Error),
    #[error("the machine gave no random numbers")]
    Random(#[from] getrandom::Error),
    #[error("a webhook could not be written as JSON")]
    Json(#[from] serde_json::Error),
}

/// Why a callback did not pass the handshake (contract, section 1.1).
#[derive(Debug, thiserror::Error)]
pub enum CallbackError {
    #[error("it is not an http or https URL")]
    NotAUrl,
    #[error("it could not be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("it answered {0} where 200 was due")]
    Refused(StatusCode),
    #[error("it did not answer with the challenge")]
    WrongChallenge,
}

pub(super) type SandboxResult<T> = Result<T, SandboxError>;
