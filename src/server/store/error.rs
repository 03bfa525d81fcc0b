//! What can go wrong with the database, sorted by what a caller can do about it.

use std::sync::Arc;

use sqlx::migrate::MigrateError;

pub type StoreResult<T> = Result<T, StoreError>;

/// A failed database operation. Cheap to clone: one failed batch answers many callers.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is unavailable, full, locked or shutting down. Trying later may help.
    #[error("the database is not available")]
    Unavailable(#[source] Arc<sqlx::Error>),
    /// The database went away in the middle of a commit: nobody knows whether it took it.
    #[error("the database went away in the middle of a commit")]
    Unheard(#[source] Arc<sqlx::Error>),
    /// Two transactions stood in each other's way. Trying at once helps.
    #[error("the transaction has to be repeated")]
    Contended(#[source] Arc<sqlx::Error>),
    /// A unique or foreign key forbids it.
    #[error("a constraint of the database forbids it")]
    Conflict(#[source] Arc<sqlx::Error>),
    /// Anything else: a bug or a damaged row.
    #[error("the database refused a statement")]
    Refused(#[source] Arc<sqlx::Error>),
    /// Its tables are not those that this version makes.
    #[error(
        "the database belongs to another version of Parlance (its migration {0} is not one of this version's). If that was a newer \
         one, start it with that version again; one from before 1.0 cannot be taken over: move it away, or name another one with \
         PARLANCE_DATA_DIR or PARLANCE_DATABASE_URL, and begin afresh"
    )]
    Foreign(i64),
    /// The queue of writes is full: the disk cannot keep up.
    #[error("too many writes are waiting")]
    Overloaded,
    /// What was to write panicked: a bug.
    #[error("a write panicked")]
    Panicked,
    /// The writer has stopped.
    #[error("the server is shutting down")]
    Closed,
}

impl StoreError {
    /// For writes that may meet what another transaction has just made or erased: repeated, they find it as it is now.
    #[must_use]
    pub fn contended(self) -> Self {
        match self {
            Self::Conflict(error) => Self::Contended(error),
            error => error,
        }
    }

    /// Whether it says nothing about what was to be read or written: the database is unavailable or busy, and trying later helps.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Unheard(_) | Self::Overloaded | Self::Closed | Self::Contended(_))
    }

    /// Whether what was to be written may have been written all the same.
    #[must_use]
    pub const fn is_doubtful(&self) -> bool {
        matches!(self, Self::Unheard(_) | Self::Closed)
    }

    /// The same error, of a commit: without an answer of the database it is not known what became of it. (What SQLite says
    /// is certain.)
    #[must_use]
    pub(super) fn of_commit(self) -> Self {
        match self {
            Self::Unavailable(error) if !is_answer(&error) => Self::Unheard(error),
            error => error,
        }
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => Self::Foreign(version),
            error => sqlx::Error::from(error).into(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let class = classify(&error);
        let error = Arc::new(error);
        match class {
            Class::Unavailable => Self::Unavailable(error),
            Class::Contended => Self::Contended(error),
            Class::Conflict => Self::Conflict(error),
            Class::Refused => Self::Refused(error),
        }
    }
}

/// Whether the database has said itself that it did not do it. One that is shutting down may have.
fn is_answer(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(e) if !e.code().is_some_and(|code| code.len() == 5 && code.starts_with("57P")))
}

enum Class {
    Unavailable,
    Contended,
    Conflict,
    Refused,
}

fn classify(error: &sqlx::Error) -> Class {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => Class::Unavailable,
        sqlx::Error::Database(e) => {
            if e.is_unique_violation() || e.is_foreign_key_violation() {
                return Class::Conflict;
            }
            e.code().map_or(Class::Refused, |code| classify_code(&code))
        }
        _ => Class::Refused,
    }
}

/// SQLite gives its extended result code as a decimal number, PostgreSQL a five-letter SQLSTATE.
fn classify_code(code: &str) -> Class {
    if code.len() == 5 {
        // 57014: it took longer than a statement may. 25P03: the transaction stood still for too long.
        return match code {
            "40001" | "40P01" => Class::Contended,
            _ if code.starts_with("08")
                || code.starts_with("53")
                || code.starts_with("57P")
                || matches!(code, "25006" | "25P03" | "57014") =>
            {
                Class::Unavailable
            }
            _ => Class::Refused,
        };
    }
    // The primary code is the low byte: BUSY 5, LOCKED 6, NOMEM 7, READONLY 8, IOERR 10, FULL 13, CANTOPEN 14.
    match code.parse::<u32>().map(|n| n & 0xff) {
        Ok(5 | 6 | 7 | 8 | 10 | 13 | 14) => Class::Unavailable,
        _ => Class::Refused,
    }
}
