//! From a verified body to a durable row. A 200 to the provider means that this has returned.

use std::borrow::Borrow;

use super::{Pipeline, bodies::BodyReservation};
use crate::{
    domain::{
        channel::Channel,
        ids::{IntegrationId, WorkspaceId},
    },
    server::{
        base::clock::mint_id,
        store::{StoreResult, delivery::NewDelivery},
    },
};

/// The longest body: providers send up to 3 MB.
pub const BODY_MAX: usize = 4 << 20;

/// A body that waits to be written.
pub struct Arrived {
    delivery: NewDelivery,
    /// Moved into the writer's queue: if the sender disconnects, the body stays reserved there.
    #[expect(dead_code, reason = "held, not read: it frees the memory's place when it goes")]
    reservation: BodyReservation,
}

impl Borrow<NewDelivery> for Arrived {
    fn borrow(&self) -> &NewDelivery {
        &self.delivery
    }
}

/// Stores a delivery of a channel and wakes ingest. `owner` is the workspace and integration; none on the deployment-wide
/// path. `reservation` is the memory budget that the body occupies.
///
/// # Errors
/// When it is not durable: then the provider must not get a 200.
pub async fn accept(
    state: &Pipeline,
    channel: Channel,
    owner: Option<(WorkspaceId, IntegrationId)>,
    body: Vec<u8>,
    reservation: BodyReservation,
) -> StoreResult<()> {
    let (workspace_id, integration_id) = owner.unzip();
    let delivery = NewDelivery { id: mint_id(), workspace_id, integration_id, channel, body, received_at: state.now() };
    let written = state.groups.deliveries.write(delivery.id, Arrived { delivery, reservation }).await;
    state.readiness.note(&written, state.now());
    written?;
    state.signals.ingest.notify_one();
    Ok(())
}
