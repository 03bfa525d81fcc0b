//! The one-click repair: subscribing the app to the WhatsApp account, and pointing its webhooks here.

use uuid::Uuid;

use super::{
    asker,
    entry::Entered,
    find_open, settings,
    testing::{self, Run},
};
use crate::{
    domain::{
        ids::IntegrationId,
        integration::{Provider, TestReport},
    },
    error::{ApiError, ErrorCode},
    server::{
        channel::whatsapp::{
            graph::{Asker, GraphError},
            wire::text_of,
        },
        error::{Error, Result},
        service::{Services, actor::Actor},
        store::integration::IntegrationRow,
    },
};

/// Meta takes no longer address for an override.
const CALLBACK_MAX: usize = 200;

/// Subscribes, then tests.
pub async fn subscribe(state: &Services, actor: &Actor, id: IntegrationId, run_id: Option<Uuid>) -> Result<TestReport> {
    let (row, opened) = find_open(state, actor, id).await?;
    let (Some(who), Some(verify_token)) = (asker(state, &opened), &opened.verify_token) else {
        return Err(ApiError::conflict("The integration has no access token.").action("Replace the token.").into());
    };
    let refused = async |error: GraphError| {
        // The right to manage may be missing where that to send is there: Meta is asked, and nothing stopped yet.
        testing::heed(state, actor, &row, &error, false).await?;
        Err::<(), Error>(refusal(&row, &error, "The app could not be subscribed").into())
    };
    if let Err(error) = state.channels.whatsapp.subscribe(who, &row.account_key, None).await {
        refused(error).await?;
    }
    // An override is only taken from an app that is subscribed already, and the address is challenged at once.
    if settings(&row).app_id.is_some() && row.provider == Provider::Cloud && state.config.https && !state.config.local {
        let callback = state.config.callback_url(id);
        if callback.len() <= CALLBACK_MAX && is_elsewhere(state, who, &row, &callback).await {
            let own = Some((callback.as_str(), verify_token));
            let set = state.channels.whatsapp.subscribe(who, &row.account_key, own).await;
            if let Err(error) = set {
                refused(error).await?;
            }
        }
    }
    tracing::info!(integration_id = %id, "The app was subscribed to the WhatsApp account");
    let saved = testing::saved(state, &row, &opened).await?;
    let run = run_id.map(|run_id| Run { workspace_id: actor.workspace_id, run_id });
    let probe = testing::probe(state, &Entered::of_saved(&row, &opened), Some(saved), run).await;
    testing::write_down(state, actor, &row, probe.findings, i64::MAX).await?;
    Ok(testing::retold_report(probe.report))
}

/// Whether Meta sends the number's webhooks to some other address. When it does not say, nothing is changed.
async fn is_elsewhere(state: &Services, who: Asker<'_>, row: &IntegrationRow, callback: &str) -> bool {
    let Ok(number) = state.channels.whatsapp.number(who, &row.external_key).await else { return false };
    let Some(configured) = number.get("webhook_configuration") else { return false };
    let in_force = ["phone_number", "whatsapp_business_account", "application"]
        .into_iter()
        .find_map(|level| text_of(configured, level));
    in_force.is_none_or(|url| url.trim_end_matches('/') != callback)
}

pub(super) fn refusal(row: &IntegrationRow, error: &GraphError, what: &str) -> ApiError {
    tracing::info!(
        integration_id = %row.id, problem = error.problem(), code = error.code, trace_id = error.trace_id,
        "{what}"
    );
    let (code, message, action) = match error.network {
        Some(network) => {
            let (_, message, action) = network.explain();
            (ErrorCode::Unavailable, message.to_owned(), action)
        }
        None => (ErrorCode::RefusedByMeta, error.message(), error.action()),
    };
    ApiError { meta: error.meta(), ..ApiError::new(code, message).action(action) }
}
