//! What is left to do at Meta when a number is disconnected.

use super::asker;
use crate::{
    domain::integration::{Removal, Unsubscribed},
    server::{
        service::{Services, credentials::Credentials},
        store::integration::{self, IntegrationRow},
    },
    texts::retold,
};

/// Ends the subscription where nobody else needs it, and says what only a person can do.
pub(in crate::server::service) async fn leave(
    state: &Services,
    row: &IntegrationRow,
    opened: Option<&Credentials>,
) -> Removal {
    let mut remaining = Vec::new();
    let unsubscribed = match unsubscribe(state, row, opened).await {
        Ok(true) => Unsubscribed::Done,
        Ok(false) => {
            remaining.push(
                "The app stays subscribed to the WhatsApp account, because other numbers here use it.".to_owned(),
            );
            Unsubscribed::Left
        }
        Err(reason) => {
            remaining.push(format!(
                "Meta could not be told to stop sending ({reason}). Remove the app from the WhatsApp account in Meta's Business settings → Apps."
            ));
            Unsubscribed::Failed
        }
    };
    if unsubscribed != Unsubscribed::Left {
        remaining.push(
            "Remove the callback URL under WhatsApp → Configuration in Meta's console, unless other numbers use it."
                .to_owned(),
        );
    }
    remaining.push(
        "Revoke the access token in Meta's Business settings → System users, unless something else uses it.".to_owned(),
    );
    Removal { unsubscribed, remaining: remaining.iter().map(|left| retold(left)).collect() }
}

/// Whether the subscription was ended; `false` when others use it.
async fn unsubscribe(
    state: &Services,
    row: &IntegrationRow,
    opened: Option<&Credentials>,
) -> std::result::Result<bool, String> {
    let Some(asker) = opened.and_then(|o| asker(state, o)) else {
        return Err("the access token could not be read".to_owned());
    };
    let shared = async {
        let mut conn = state.store.read().await?;
        integration::account_is_shared(&mut conn, row.id, &row.account_key).await
    };
    // When in doubt, leave it: somebody else's messages may depend on it.
    if shared.await.unwrap_or(true) {
        return Ok(false);
    }
    match state.channels.whatsapp.unsubscribe(asker, &row.account_key).await {
        Ok(()) => Ok(true),
        Err(error) => {
            tracing::info!(
                integration_id = %row.id, problem = error.problem(), code = error.code, trace_id = error.trace_id,
                "A subscription could not be ended"
            );
            Err(error.message().trim_end_matches('.').to_owned())
        }
    }
}
