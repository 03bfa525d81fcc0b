//! Items that cannot be stored become dead letters, as do items of the deployment-wide path without an owner.

use crate::{
    domain::{
        event::DomainEvent,
        ids::{DeliveryId, IntegrationId, WorkspaceId},
    },
    server::{
        base::clock::mint_id,
        channel::item::Item,
        error::Result,
        pipeline::Pipeline,
        store::dead_letter,
        writer::{Pending, Priority},
    },
};

/// Makes an item a dead letter; when that cannot be stored with what it holds, without: the delivery still has it.
pub(super) async fn bury(
    state: &Pipeline,
    delivery_id: DeliveryId,
    owner: Option<(WorkspaceId, IntegrationId)>,
    item: &Item,
    reason: &str,
) -> Result<()> {
    let payload = match &item.raw {
        // The whole of a delivery that is no JSON, as it came.
        serde_json::Value::String(text) if item.place.is_empty() => text.clone(),
        raw => raw.to_string(),
    };
    let letter = submit_dead_letter(state, delivery_id, owner, &item.place, reason, &payload);
    match letter.committed().await {
        Err(error) if !error.is_passing() => {
            tracing::error!(delivery_id = %delivery_id, place = item.place, error = ?error, "A dead letter could not be stored as it is");
            let bare = submit_dead_letter(state, delivery_id, owner, &item.place, "it could not be stored", "");
            Ok(bare.committed().await?)
        }
        stored => Ok(stored?),
    }
}

pub(super) fn submit_dead_letter(
    state: &Pipeline,
    delivery_id: DeliveryId,
    owner: Option<(WorkspaceId, IntegrationId)>,
    place: &str,
    reason: &str,
    payload: &str,
) -> Pending<()> {
    let (workspace_id, integration_id) = owner.unzip();
    let letter = dead_letter::NewDeadLetter {
        id: mint_id(),
        workspace_id,
        integration_id,
        delivery_id,
        item: place.to_owned(),
        reason: reason.to_owned(),
        payload: payload.replace('\0', ""),
    };
    tracing::warn!(delivery_id = %delivery_id, place, reason, "An item became a dead letter");
    state.writer.submit(Priority::Pipeline, delivery_id, (letter, state.now()), |conn, (letter, now)| {
        Box::pin(async move {
            dead_letter::insert(conn, letter, *now).await?;
            // The card and the event log say so at once.
            if let (Some(workspace_id), Some(id)) = (letter.workspace_id, letter.integration_id) {
                conn.tell(workspace_id, DomainEvent::IntegrationChanged { id }, *now);
            }
            Ok(())
        })
    })
}

/// An item of the deployment-wide path that has no owner now. It is kept with the number that it names, and processed again
/// when the provider has confirmed whose number it is; until then nobody sees it.
pub(super) fn submit_unclaimed(state: &Pipeline, delivery_id: DeliveryId, item: &Item) -> Pending<()> {
    let letter = dead_letter::NewDeadLetter {
        id: mint_id(),
        workspace_id: None,
        integration_id: None,
        delivery_id,
        item: item.place.clone(),
        reason: "no integration has this number, or none that Meta has confirmed of late".to_owned(),
        payload: item.raw.to_string().replace('\0', ""),
    };
    tracing::warn!(delivery_id = %delivery_id, place = item.place, "An item on the deployment-wide path is nobody's");
    let input = (letter, item.external_key.clone(), item.account_id.clone(), state.now());
    state.writer.submit(Priority::Pipeline, delivery_id, input, |conn, (letter, number, account, now)| {
        Box::pin(async move {
            dead_letter::insert(conn, letter, *now).await?;
            let (number, account) = (number.as_deref(), account.as_deref());
            dead_letter::note_number(conn, letter.delivery_id, &letter.item, number, account).await
        })
    })
}
