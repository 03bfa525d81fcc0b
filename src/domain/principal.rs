//! Principals: on whose behalf a unit of work runs. What is told in it carries this along.

use super::{
    ids::{TokenId, UserId},
    words::words,
};

/// On whose behalf something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Principal {
    /// The server itself: the message path and background upkeep.
    #[default]
    System,
    /// A user, or a program of theirs.
    Person { user_id: UserId, via: Via },
    /// Somebody who writes to the business.
    Customer,
    /// An operator: a person who may start the program on the server.
    CommandLine,
}

/// By what a person has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    Session,
    /// An API token, by its id.
    Token(TokenId),
}

words! {
    /// What kind of somebody acted.
    pub enum PrincipalKind {
        System = "system",
        Person = "person",
        Customer = "customer",
        CommandLine = "command_line"; else Newer
    }
}

impl Principal {
    /// A person who has signed in.
    #[must_use]
    pub const fn signed_in(user_id: UserId) -> Self {
        Self::Person { user_id, via: Via::Session }
    }

    #[must_use]
    pub const fn kind(self) -> PrincipalKind {
        match self {
            Self::System => PrincipalKind::System,
            Self::Person { .. } => PrincipalKind::Person,
            Self::Customer => PrincipalKind::Customer,
            Self::CommandLine => PrincipalKind::CommandLine,
        }
    }

    #[must_use]
    pub const fn user_id(self) -> Option<UserId> {
        match self {
            Self::Person { user_id, .. } => Some(user_id),
            Self::System | Self::Customer | Self::CommandLine => None,
        }
    }

    /// The API token that was used, if one was.
    #[must_use]
    pub const fn token_id(self) -> Option<TokenId> {
        match self {
            Self::Person { via: Via::Token(id), .. } => Some(id),
            _ => None,
        }
    }
}
