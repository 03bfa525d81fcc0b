//! What things are called by: a type for the ids of each, so that none can be handed over in place of another.
//!
//! They are UUIDs, and travel and are stored as such. One becomes another kind only where somebody says so, by way of the
//! [`Uuid`] that it is. That stays the type of what belongs to no table: a message's id in the browser before it is stored,
//! the run of a test, the lane of a write.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $id:ident,)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $id(Uuid);

        impl $id {
            /// The smallest of all; nothing has it.
            #[must_use]
            pub const fn nil() -> Self {
                Self(Uuid::nil())
            }

            /// The greatest of all; nothing has it.
            #[must_use]
            pub const fn max() -> Self {
                Self(Uuid::max())
            }

            #[must_use]
            pub const fn from_u128(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }
        }

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $id {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $id {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$id> for Uuid {
            fn from(id: $id) -> Self {
                id.0
            }
        }
    )+};
}

ids! {
    WorkspaceId,
    UserId,
    /// Of an API token.
    TokenId,
    /// Of a sign-in session, for its owner: nothing signs in with it.
    SessionId,
    InvitationId,
    ChatbotId,
    KnowledgeItemId,
    IntegrationId,
    ContactId,
    /// Of a custom field.
    ContactFieldId,
    /// Of somebody who writes on a website: what the browser there keeps.
    VisitorId,
    ConversationId,
    MessageId,
    LabelId,
    NoteId,
    DeliveryId,
    DeadLetterId,
    /// Of who works on something: a batch of deliveries, a turn, an attempt to send a message.
    LeaseId,
    /// Of a customer of the simulator.
    CustomerId,
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{ContactId, ConversationId};

    #[test]
    fn they_travel_as_the_uuids_they_are() {
        let uuid = Uuid::from_u128(0x0193_a0c4_7d1e_7aaa_8001_0203_0405_0607);
        let id = ConversationId::from(uuid);
        assert_eq!(id.to_string(), uuid.to_string());
        assert_eq!(id.to_string().parse::<ConversationId>().unwrap(), id);
        assert!("no id".parse::<ConversationId>().is_err());
        assert_eq!(serde_json::to_string(&id).unwrap(), serde_json::to_string(&uuid).unwrap());
        assert_eq!(serde_json::from_str::<ConversationId>(&format!("\"{uuid}\"")).unwrap(), id);
        assert_eq!(Uuid::from(ContactId::from_u128(uuid.as_u128())), uuid);
        assert!(ContactId::nil() < ContactId::from(uuid) && ContactId::from(uuid) < ContactId::max());
    }
}
