//! Contacts: who writes, and what people note of them. Numbers leave here masked, and so do those within what customers call
//! themselves; only [`reveal`] and the export give whole ones. What colleagues note of a contact is shown as they wrote it, like
//! their notes on a conversation: hiding the customer's digits in it would tell whoever writes there which they are.

mod change;
mod export;
mod field;
mod search;
mod view;

pub use self::{
    change::{set_blocked, set_consent, update},
    export::{Export, export},
    field::{delete_field, list_fields, save_field},
    search::list,
};

use super::{Services, actor::Actor};
use crate::{
    domain::{
        channel::Channel,
        contact::{
            IdentityKind,
            record::{CONVERSATIONS_MAX, Contact, ContactConversation, CustomValue, IdentityView},
        },
        event::DomainEvent,
        ids::{ContactId, WorkspaceId},
    },
    error::ApiError,
    server::{
        error::Result,
        store::{
            Conn, StoreResult,
            contact::record::{self, RecordRow},
        },
    },
};

pub(super) fn missing() -> ApiError {
    ApiError::not_found("The contact")
}

/// Everything about a contact.
pub async fn get(state: &Services, actor: &Actor, id: ContactId) -> Result<Contact> {
    let mut conn = state.store.read().await?;
    let ws = actor.workspace_id;
    let known = read(&mut conn, ws, id).await?.ok_or_else(missing)?;
    let values = record::list_values(&mut conn, ws, id).await?;
    let conversations = record::list_conversations(&mut conn, ws, id, CONVERSATIONS_MAX).await?;
    Ok(Contact {
        id,
        name: known.shown(),
        named: known.row.named,
        username: known.username(),
        phone: known.phone(),
        identities: known.identities.iter().map(|(kind, value, since)| identity_view(kind, value, *since)).collect(),
        custom: values.into_iter().map(|(key, value)| CustomValue { key, value }).collect(),
        consent: known.row.consent,
        consent_at: known.row.consent_at,
        consent_source: known.row.consent_source.clone(),
        consent_proof: known.row.consent_proof.clone(),
        blocked_at: known.row.blocked_at,
        conversations: conversations
            .into_iter()
            .map(|row| ContactConversation {
                id: row.id,
                channel: row.channel,
                status: row.status,
                chatbot_name: row.chatbot_name,
                last_message_at: row.last_message_at,
            })
            .collect(),
        created_at: known.row.created_at,
    })
}

fn identity_view(kind: &str, value: &str, since: i64) -> IdentityView {
    let kind = IdentityKind::from_word(kind);
    IdentityView { kind, shown: view::masked_identity(kind, value), since }
}

/// A contact with all names that channels have for them.
struct Full {
    row: RecordRow,
    identities: Vec<(String, String, i64)>,
}

async fn read(conn: &mut Conn, ws: WorkspaceId, id: ContactId) -> StoreResult<Option<Full>> {
    let Some(row) = record::find(conn, ws, id).await? else { return Ok(None) };
    let identities = record::list_identities(conn, ws, id).await?;
    Ok(Some(Full { row, identities }))
}

impl Full {
    fn numbers(&self) -> Vec<&str> {
        view::numbers(&self.row, self.identities.iter().map(|(kind, value, _)| (kind.as_str(), value.as_str())))
    }

    fn first(&self) -> Option<(&str, &str)> {
        self.identities.first().map(|(kind, value, _)| (kind.as_str(), value.as_str()))
    }

    fn shown(&self) -> String {
        view::shown(&self.row, self.first(), self.numbers())
    }

    fn username(&self) -> Option<String> {
        view::username(&self.row, self.numbers())
    }

    fn phone(&self) -> Option<String> {
        view::phone(&self.row)
    }
}

/// The whole numbers of a contact. It is on record who saw them.
pub async fn reveal(state: &Services, actor: &Actor, id: ContactId) -> Result<Vec<String>> {
    let input = (actor.workspace_id, id, state.now());
    let found = state
        .transact(actor, id, input, |conn, (ws, id, now)| {
            Box::pin(async move {
                let Some(known) = read(conn, *ws, *id).await? else { return Ok(None) };
                let numbers: Vec<String> = known.numbers().into_iter().map(|number| format!("+{number}")).collect();
                if !numbers.is_empty() {
                    conn.tell(*ws, DomainEvent::NumberRevealed { id: *id }, *now);
                }
                Ok(Some(numbers))
            })
        })
        .await?;
    Ok(found.ok_or_else(missing)?)
}

/// The channel that a contact of this kind of identity comes by.
const fn channel_of(kind: Option<IdentityKind>) -> Channel {
    match kind {
        Some(IdentityKind::VisitorId) => Channel::Web,
        _ => Channel::Whatsapp,
    }
}
