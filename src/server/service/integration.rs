//! What every integration has: it is listed, looked at, switched on and off, and removed. How one is made and tested, each
//! channel says in a folder of its own.

mod activation;
mod removal;
mod upkeep;

pub use self::{
    activation::set_active,
    removal::{delete, preview_removal},
    upkeep::{keep_up, watch},
};

use secrecy::ExposeSecret;

use super::{Services, actor::Actor, credentials::place, routing, whatsapp};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        contact::{mask_known, mask_phone},
        ids::{ChatbotId, IntegrationId},
        integration::{
            Ability, Health, Integration, IntegrationStatus, Quality, Remedy, SecretHint, TokenHint, Trouble,
        },
        role::Permission,
    },
    error::ApiError,
    server::{
        error::Result,
        store::integration::{self, Counts, IntegrationRow},
    },
    texts::retold,
};

/// Failed sends are counted this far back.
const FAILED_SINCE: Millis = 24 * 60 * 60 * 1000;

pub async fn list(state: &Services, actor: &Actor, chatbot_id: Option<ChatbotId>) -> Result<Vec<Integration>> {
    let mut conn = state.store.read().await?;
    let rows = integration::list(&mut conn, actor.workspace_id, Channel::Whatsapp).await?;
    let mut views = Vec::with_capacity(rows.len());
    for row in rows.iter().filter(|row| chatbot_id.is_none_or(|id| row.chatbot_id == id)) {
        let since = state.now() - FAILED_SINCE;
        let counts = integration::counts(&mut conn, actor.workspace_id, row.id, since).await?;
        views.push(view(state, actor, row, counts)?);
    }
    Ok(views)
}

pub async fn get(state: &Services, actor: &Actor, id: IntegrationId) -> Result<Integration> {
    let row = find(state, actor, id).await?;
    let mut conn = state.store.read().await?;
    let counts = integration::counts(&mut conn, actor.workspace_id, id, state.now() - FAILED_SINCE).await?;
    view(state, actor, &row, counts)
}

pub(in crate::server::service) async fn find(
    state: &Services,
    actor: &Actor,
    id: IntegrationId,
) -> Result<IntegrationRow> {
    let row = integration::find(&mut state.store.read().await?, actor.workspace_id, id).await?;
    Ok(row.filter(|row| row.channel == Channel::Whatsapp).ok_or_else(missing)?)
}

pub(in crate::server::service) fn missing() -> ApiError {
    ApiError::not_found("The integration")
}

/// An integration as it may be seen: no secret is in it.
fn view(state: &Services, actor: &Actor, row: &IntegrationRow, counts: Counts) -> Result<Integration> {
    let may_manage = actor.may(Permission::ManageIntegrations);
    let verify_token =
        row.verify_token.as_ref().map(|sealed| state.sealer.unseal(sealed, &place(row.id, "verify_token"))).transpose();
    // One whose secrets do not open is shown all the same, with what helps; it hides no other.
    let locked = verify_token.is_err().then(locked_out);
    let verify_token = verify_token.ok().flatten().filter(|_| may_manage).map(|token| token.expose_secret().to_owned());
    let told = |from_row: &Option<String>, from_lock: fn(&Trouble) -> &String| {
        let said = locked.as_ref().map(|trouble| from_lock(trouble).clone()).or_else(|| from_row.clone());
        said.as_deref().map(retold)
    };
    Ok(Integration {
        id: row.id,
        chatbot_id: row.chatbot_id,
        chatbot_name: row.chatbot_name.clone().unwrap_or_default(),
        name: row.name.clone(),
        provider: row.provider,
        phone_number_id: row.external_key.clone(),
        business_account_id: row.account_key.clone(),
        app_id: whatsapp::settings(row).app_id,
        active: row.active,
        status: if locked.is_some() { IntegrationStatus::Error } else { status(row) },
        status_reason: told(&row.error_reason, |trouble| &trouble.reason),
        status_action: told(&row.error_action, |trouble| &trouble.action),
        status_remedy: row.health.error_remedy.as_deref().and_then(Remedy::from_word).filter(|_| locked.is_none()),
        callback_url: state.config.callback_url(row.id),
        verify_token,
        access_token: TokenHint { last4: row.access_token_last4.clone(), set_at: row.access_token_set_at },
        app_secret: SecretHint { set_at: row.app_secret_set_at },
        display_phone_number: row.address.as_deref().map(mask_phone),
        verified_name: row.display_name.as_deref().map(|name| mask_known(name, row.address.as_deref())),
        last_webhook_at: row.last_webhook_at,
        last_inbound_at: row.last_inbound_at,
        last_outbound_at: row.last_outbound_at,
        rejected_count: row.rejected_count,
        rejected_at: row.rejected_at,
        health: health(state, row, counts),
        created_at: row.created_at,
    })
}

/// Its secrets were sealed with another key.
fn locked_out() -> Trouble {
    Trouble {
        reason: "The secrets of this number do not open with this server’s key.".to_owned(),
        action:
            "Start the server with the key that belongs to its database, or disconnect the number and connect it again."
                .to_owned(),
        remedy: None,
    }
}

fn health(state: &Services, row: &IntegrationRow, counts: Counts) -> Health {
    let known = &row.health;
    Health {
        quality: known.quality.as_deref().and_then(Quality::from_word),
        messaging_limit: known.messaging_limit.clone(),
        ability: known.ability.as_deref().and_then(Ability::from_word),
        graph_version: state.config.graph_version.clone(),
        token_expires_at: known.token_expires_at,
        checked_at: known.checked_at,
        unreachable_since: known.unreachable_since,
        kept_back_since: known.proven_at.filter(|at| row.app_proven && *at <= routing::proofs_since(state)),
        queued: counts.queued,
        failed: counts.failed,
        rejected: known.rejected_since,
        dead_letters: counts.dead_letters,
        dead_letter_reason: counts.dead_letter_reason.as_deref().map(retold),
    }
}

fn status(row: &IntegrationRow) -> IntegrationStatus {
    if !row.active {
        IntegrationStatus::Inactive
    } else if row.error_reason.is_some() {
        IntegrationStatus::Error
    } else if row.last_webhook_at.is_some() {
        IntegrationStatus::Connected
    } else {
        IntegrationStatus::Waiting
    }
}
