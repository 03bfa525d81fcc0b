//! What only WhatsApp has: numbers are connected with credentials from Meta's console, tested, subscribed and kept up.

mod chat_link;
mod creation;
mod departure;
mod entry;
mod subscription;
mod testing;
mod trial;
mod update;
mod upkeep;

pub use self::{
    chat_link::chat_link,
    creation::{create, use_sandbox},
    subscription::subscribe,
    testing::test,
    trial::send_test,
    update::update,
};
pub(super) use self::{
    departure::leave,
    upkeep::{release_unclaimed, watch},
};

use super::{
    Services,
    actor::Actor,
    credentials::{self, Credentials},
    integration::find,
};
use crate::{
    domain::{ids::IntegrationId, integration::Provider},
    error::ApiError,
    server::{
        channel::whatsapp::{
            graph::{Asker, SenderNumber},
            settings::WhatsappSettings,
        },
        error::Result,
        store::integration::IntegrationRow,
    },
};

/// An integration to call for, with its secrets opened.
///
/// # Errors
/// `conflict` for one of a newer version: whose its token is, this one does not know.
async fn find_open(state: &Services, actor: &Actor, id: IntegrationId) -> Result<(IntegrationRow, Credentials)> {
    let row = find(state, actor, id).await?;
    if row.provider == Provider::Newer {
        return Err(ApiError::conflict("Only a newer version of Parlance knows this kind of integration.")
            .action("Update this server, then try again.")
            .into());
    }
    let opened = credentials::open(state, &row)?;
    Ok((row, opened))
}

/// What WhatsApp wants to know of an integration besides its keys.
pub(super) fn settings(row: &IntegrationRow) -> WhatsappSettings {
    row.settings.read()
}

/// To ask Meta with; none without an access token.
fn asker<'a>(state: &Services, opened: &'a Credentials) -> Option<Asker<'a>> {
    let SenderNumber { provider, token, proof, .. } = SenderNumber::of(opened.access())?;
    Some(Asker { provider, token, proof, patience: state.config.check_timeout })
}
