//! Ids in tables: as the UUIDs they are.

use sqlx::{Database, Decode, Encode, Type, encode::IsNull, error::BoxDynError};
use uuid::Uuid;

use crate::domain::ids::{
    ChatbotId, ContactFieldId, ContactId, ConversationId, CustomerId, DeadLetterId, DeliveryId, IntegrationId,
    InvitationId, KnowledgeItemId, LabelId, LeaseId, MessageId, NoteId, TokenId, UserId, WorkspaceId,
};

macro_rules! stored {
    ($($id:ty),+ $(,)?) => {$(
        impl<DB: Database> Type<DB> for $id
        where
            Uuid: Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                Uuid::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                Uuid::compatible(info)
            }
        }

        impl<'q, DB: Database> Encode<'q, DB> for $id
        where
            Uuid: Encode<'q, DB>,
        {
            fn encode_by_ref(&self, buffer: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                Uuid::from(*self).encode(buffer)
            }
        }

        impl<'r, DB: Database> Decode<'r, DB> for $id
        where
            Uuid: Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Uuid::decode(value).map(Self::from)
            }
        }
    )+};
}

stored!(
    WorkspaceId,
    UserId,
    TokenId,
    InvitationId,
    ChatbotId,
    KnowledgeItemId,
    IntegrationId,
    ContactId,
    ContactFieldId,
    ConversationId,
    MessageId,
    LabelId,
    NoteId,
    DeliveryId,
    DeadLetterId,
    LeaseId,
    // In the simulator's own file.
    CustomerId,
);
