//! `sandbox/…`: the phones of the WhatsApp simulator.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        content::Kind,
        ids::CustomerId,
        sandbox::{SandboxCustomer, SandboxOverview, SandboxThread},
    },
    error::ApiError,
};

/// The workspace's simulated numbers and customers.
#[server(prefix = "/api/v1", endpoint = "sandbox/overview", protocol = Wire)]
pub async fn get_sandbox_overview() -> Result<SandboxOverview, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::UseSandbox)?;
    Ok(service::sandbox::overview(&state, &actor).await?)
}

#[server(prefix = "/api/v1", endpoint = "sandbox/thread", protocol = Wire)]
pub async fn get_sandbox_thread(customer_id: CustomerId) -> Result<SandboxThread, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::UseSandbox)?;
    Ok(service::sandbox::thread(&state, &actor, customer_id).await?)
}

/// Adds a customer to a simulated number; `hide_phone` makes one who is known by BSUID only.
#[server(prefix = "/api/v1", endpoint = "sandbox/add_customer", protocol = Wire)]
pub async fn add_sandbox_customer(
    phone_number_id: String,
    name: String,
    #[server(default)] hide_phone: bool,
) -> Result<SandboxCustomer, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::UseSandbox)?;
    Ok(service::sandbox::add_customer(&state, &actor, &phone_number_id, &name, hide_phone).await?)
}

/// Writes to the business as that customer: a text, or what `kind` is.
#[server(prefix = "/api/v1", endpoint = "sandbox/send", protocol = Wire)]
pub async fn send_as_customer(
    customer_id: CustomerId,
    #[server(default)] text: String,
    #[server(default)] kind: Option<Kind>,
) -> Result<SandboxThread, ApiError> {
    use crate::{
        domain::{content::Content, role::Permission},
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::UseSandbox)?;
    Ok(service::sandbox::send(&state, &actor, customer_id, &Content::new(text, kind)).await?)
}
