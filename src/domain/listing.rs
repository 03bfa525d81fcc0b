//! What the inbox lists: all filters, which combine.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::{
    channel::Channel,
    conversation::ConversationStatus,
    ids::{LabelId, UserId},
    words::UnknownWord,
};

/// Which conversations are listed; by default all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    #[serde(default)]
    pub channel: Option<Channel>,
    #[serde(default)]
    pub status: Option<ConversationStatus>,
    /// Only where a customer waits for a person, the longest wait first.
    #[serde(default)]
    pub waiting: bool,
    /// Whose they are.
    #[serde(default)]
    pub assignee: Option<Whose>,
    #[serde(default)]
    pub label: Option<LabelId>,
    /// Only those with something unread.
    #[serde(default)]
    pub unread: bool,
}

/// Whose conversations: `mine`, `none` for nobody's, or the id of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Whose {
    Mine,
    Nobody,
    Person(UserId),
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mine => f.write_str("mine"),
            Self::Nobody => f.write_str("none"),
            Self::Person(id) => id.fmt(f),
        }
    }
}

impl FromStr for Whose {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        match word {
            "mine" => Ok(Self::Mine),
            "none" => Ok(Self::Nobody),
            _ => word.parse().map(Self::Person).map_err(|_| UnknownWord(word.to_owned())),
        }
    }
}

impl TryFrom<String> for Whose {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, UnknownWord> {
        word.parse()
    }
}

impl From<Whose> for String {
    fn from(whose: Whose) -> Self {
        whose.to_string()
    }
}

/// The most conversations that are counted: more are as many as anybody needs to know.
pub const COUNT_MAX: i64 = 1001;

/// How many conversations a filter lets through, whosever they are; 1001 stands for more than 1000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The caller's.
    pub mine: i64,
    /// Nobody's.
    pub unassigned: i64,
    pub all: i64,
}

/// Somebody of the team whom a conversation can be assigned to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colleague {
    pub id: UserId,
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::{Listing, Whose};
    use crate::domain::ids::UserId;

    #[test]
    fn whose_travels_as_a_word() {
        for whose in [Whose::Mine, Whose::Nobody, Whose::Person(UserId::from_u128(7))] {
            assert_eq!(whose.to_string().parse(), Ok(whose));
            let json = serde_json::to_string(&Listing { assignee: Some(whose), ..Listing::default() }).unwrap();
            assert_eq!(serde_json::from_str::<Listing>(&json).unwrap().assignee, Some(whose));
        }
        assert!("yours".parse::<Whose>().is_err());
    }
}
