//! Disconnecting a number: its secrets go at once, its queue is withdrawn, its conversations stay or go.

use uuid::Uuid;

use super::find;
use crate::{
    domain::{
        integration::{ConversationsFate, Provider},
        live::LiveEvent,
    },
    error::ApiError,
    server::{
        auth::Actor,
        error::Result,
        pipeline::writer::Priority,
        state::AppState,
        store::{contact, conversation, event, integration, message, queue},
    },
};

/// Conversations erased in one transaction: few, so that live traffic is not held up.
const CHUNK: i64 = 20;

/// Deletes an integration. Its callback goes on answering 200 for a week, storing nothing.
pub async fn delete(state: &AppState, actor: &Actor, id: Uuid, conversations: ConversationsFate) -> Result<()> {
    let row = find(state, actor, id).await?;
    let ws = actor.workspace_id;
    let deleted = state
        .writer
        .write(Priority::Interactive, id, (ws, id, state.now()), |conn, (ws, id, now)| {
            Box::pin(async move {
                let deleted = integration::delete(conn, *ws, *id, *now).await?;
                if deleted {
                    queue::cancel_integration(conn, *ws, *id, *now).await?;
                    event::append(conn, *ws, &LiveEvent::Integration { id: *id }, *now).await?;
                }
                Ok(deleted)
            })
        })
        .await?;
    state.credentials.forget(id).await;
    if !deleted {
        return Err(ApiError::not_found("The integration").into());
    }
    if let (Provider::Sandbox, Some(sandbox)) = (row.provider, &state.sandbox) {
        sandbox.forget(&row.phone_number_id).await?;
    }
    if conversations == ConversationsFate::Erase {
        erase(state, ws, id).await?;
    }
    state.live.ring();
    Ok(())
}

async fn erase(state: &AppState, ws: Uuid, id: Uuid) -> Result<()> {
    loop {
        let erased = state
            .writer
            .write(Priority::Bulk, id, (ws, id, state.now()), |conn, (ws, id, now)| {
                Box::pin(async move {
                    let ids = conversation::ids_of_integration(conn, *ws, *id, CHUNK).await?;
                    for conversation_id in &ids {
                        message::delete_of_conversation(conn, *ws, *conversation_id).await?;
                        conversation::delete(conn, *ws, *conversation_id).await?;
                        event::append(conn, *ws, &LiveEvent::Conversation { id: *conversation_id }, *now).await?;
                    }
                    contact::delete_orphans(conn, *ws, CHUNK * 2).await?;
                    Ok(ids.len())
                })
            })
            .await?;
        if erased == 0 {
            return Ok(());
        }
    }
}
