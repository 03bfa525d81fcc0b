//! The phones of the simulator, for signed-in people of their workspace.

use super::{Services, actor::Actor, validate};
use crate::{
    domain::{
        content::Content,
        ids::CustomerId,
        sandbox::{SandboxCustomer, SandboxOverview, SandboxThread},
    },
    error::ApiError,
    server::{
        error::Result,
        sandbox::{Sandbox, SandboxError},
    },
};

fn sandbox(state: &Services) -> std::result::Result<&Sandbox, ApiError> {
    state.sandbox.as_ref().ok_or_else(|| {
        ApiError::conflict("The WhatsApp simulator is off.").action("Start the server with PARLANCE_SANDBOX=on.")
    })
}

pub async fn overview(state: &Services, actor: &Actor) -> Result<SandboxOverview> {
    Ok(sandbox(state)?.overview(actor.workspace_id).await?)
}

pub async fn thread(state: &Services, actor: &Actor, customer_id: CustomerId) -> Result<SandboxThread> {
    let found = sandbox(state)?.thread(actor.workspace_id, customer_id).await?;
    Ok(found.ok_or_else(|| ApiError::not_found("The customer"))?)
}

pub async fn add_customer(
    state: &Services,
    actor: &Actor,
    external_key: &str,
    name: &str,
    hide_phone: bool,
) -> Result<SandboxCustomer> {
    let name = validate::required("name", name, 60)?;
    match sandbox(state)?.add_customer(actor.workspace_id, external_key, &name, hide_phone).await {
        Err(SandboxError::UnknownNumber) => Err(ApiError::not_found("The simulated number").into()),
        added => Ok(added?),
    }
}

pub async fn send(
    state: &Services,
    actor: &Actor,
    customer_id: CustomerId,
    content: &Content,
) -> Result<SandboxThread> {
    let sent = sandbox(state)?.send_as_customer(actor.workspace_id, customer_id, content).await;
    let found = match sent {
        Err(SandboxError::InvalidText) => {
            let refused =
                ApiError::invalid("text", "A phone cannot send that: it is empty, too long or of another kind.");
            return Err(refused.into());
        }
        sent => sent?,
    };
    Ok(found.ok_or_else(|| ApiError::not_found("The customer"))?)
}
