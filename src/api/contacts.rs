//! `contacts/…`: the customers behind conversations.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{conversation::Erased, ids::ContactId},
    error::ApiError,
};

/// Erases a contact with every conversation on every channel for good, and what is kept of them in event logs.
#[server(prefix = "/api/v1", endpoint = "contacts/erase", protocol = Wire)]
pub async fn erase_contact(id: ContactId) -> Result<Erased, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::Erase)?;
    Ok(service::erasure::erase_contact(&state, &actor, id).await?)
}
