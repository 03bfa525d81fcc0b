//! Switching an integration on and off.
//!
//! An inactive one still takes webhooks and stores what they hold; it owes no answers, and nothing is claimed
//! for sending any more. When it is switched on, only fresh messages are answered: nobody wants yesterday's answer.

use super::{find, get};
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{IntegrationId, WorkspaceId},
        integration::Integration,
    },
    server::{
        error::Result,
        service::{Services, actor::Actor, credentials},
        store::{Conn, StoreResult, episode, integration},
        writer::Priority,
    },
};

/// Answers withdrawn in one transaction.
const CHUNK: i64 = 500;

/// What the switching transaction needs.
struct Switch {
    workspace_id: WorkspaceId,
    id: IntegrationId,
    active: bool,
    fresh_since: Millis,
    now: Millis,
}

/// Switches an integration on or off.
pub async fn set_active(state: &Services, actor: &Actor, id: IntegrationId, active: bool) -> Result<Integration> {
    find(state, actor, id).await?;
    let now = state.now();
    if active {
        withdraw_stale(state, Some(id)).await?;
    }
    let input =
        Switch { workspace_id: actor.workspace_id, id, active, fresh_since: now - state.config.answer_freshness, now };
    state.transact(actor, id, input, |conn, input| Box::pin(switch(conn, input))).await?;
    credentials::renewed(state, id).await;
    get(state, actor, id).await
}

async fn switch(conn: &mut Conn, s: &Switch) -> StoreResult<()> {
    if !integration::set_active(conn, s.workspace_id, s.id, s.active, s.now).await? {
        return Ok(());
    }
    if s.active {
        integration::release_held(conn, Some(s.id), s.fresh_since, s.now).await?;
    } else {
        integration::hold_answers(conn, s.workspace_id, s.id).await?;
    }
    conn.tell(s.workspace_id, DomainEvent::IntegrationSwitched { id: s.id, active: s.active }, s.now);
    Ok(())
}

/// Withdraws the bot's answers that waited too long in inactive integrations: of one, or of all; with all, also whatever
/// is still queued of deleted ones.
pub(super) async fn withdraw_stale(state: &Services, id: Option<IntegrationId>) -> Result<()> {
    let now = state.now();
    loop {
        let input = (id, now - state.config.answer_freshness, now);
        let withdrawn = state
            .writer
            .write(Priority::Bulk, id.unwrap_or_default(), input, |conn, (id, before, now)| {
                Box::pin(withdraw(conn, *id, *before, *now))
            })
            .await?;
        if withdrawn < CHUNK.unsigned_abs() {
            return Ok(());
        }
    }
}

async fn withdraw(conn: &mut Conn, id: Option<IntegrationId>, before: Millis, now: Millis) -> StoreResult<u64> {
    let mut withdrawn = integration::cancel_stale_answers(conn, id, before, now, CHUNK).await?;
    if id.is_none() {
        withdrawn.extend(integration::cancel_of_deleted(conn, now, CHUNK).await?);
    }
    for message in &withdrawn {
        let (ws, conversation_id) = (message.workspace_id, message.conversation_id);
        episode::taken_back(conn, (ws, conversation_id)).await?;
        conn.tell(ws, DomainEvent::MessageProgressed { conversation_id }, now);
    }
    Ok(withdrawn.len() as u64)
}
