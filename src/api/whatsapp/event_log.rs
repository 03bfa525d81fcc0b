//! `integrations/whatsapp/{deliveries,…}`: the event log of an integration. It answers “verified, but no messages”.

use leptos::prelude::*;

use crate::{
    api::wire::Wire,
    domain::{
        ids::{DeadLetterId, DeliveryId, IntegrationId},
        integration::{DeadLetterPage, DeliveryBody, DeliveryPage, Replay},
    },
    error::ApiError,
};

/// The last webhooks that were accepted, newest first: when, how large, what they held, what was dropped and why.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/deliveries", protocol = Wire)]
pub async fn list_deliveries(
    id: IntegrationId,
    #[server(default)] before: Option<DeliveryId>,
) -> Result<DeliveryPage, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::event_log::deliveries(&state, &actor, id, before).await?)
}

/// A webhook as it came. Owners only: it holds whole phone numbers and texts.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/delivery_body", protocol = Wire)]
pub async fn get_delivery_body(id: IntegrationId, delivery_id: DeliveryId) -> Result<DeliveryBody, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadRawDeliveries)?;
    Ok(service::event_log::body(&state, &actor, id, delivery_id).await?)
}

/// What could not be stored, newest first.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/dead_letters", protocol = Wire)]
pub async fn list_dead_letters(
    id: IntegrationId,
    #[server(default)] before: Option<DeadLetterId>,
) -> Result<DeadLetterPage, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::event_log::dead_letters(&state, &actor, id, before).await?)
}

/// Works a dead letter off again, or all of them. What was stored already is not stored twice.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/replay", protocol = Wire)]
pub async fn replay_dead_letters(
    id: IntegrationId,
    #[server(default)] dead_letter_id: Option<DeadLetterId>,
) -> Result<Replay, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::event_log::replay(&state, &actor, id, dead_letter_id).await?)
}
