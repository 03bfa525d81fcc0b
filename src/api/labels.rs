//! `labels/…`: what people sort conversations by.

use leptos::prelude::*;

use super::wire::Wire;
use crate::{
    domain::{
        ids::LabelId,
        label::{Colour, Label},
    },
    error::ApiError,
};

/// The labels of the workspace, by name.
#[server(prefix = "/api/v1", endpoint = "labels/list", protocol = Wire)]
pub async fn list_labels() -> Result<Vec<Label>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ReadConversations)?;
    Ok(service::label::list(&state, &actor).await?)
}

/// Makes a label. Two names that differ only in case are one.
#[server(prefix = "/api/v1", endpoint = "labels/create", protocol = Wire)]
pub async fn create_label(name: String, colour: Colour) -> Result<Label, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageLabels)?;
    Ok(service::label::create(&state, &actor, &name, colour).await?)
}

#[server(prefix = "/api/v1", endpoint = "labels/update", protocol = Wire)]
pub async fn update_label(id: LabelId, name: String, colour: Colour) -> Result<Label, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageLabels)?;
    Ok(service::label::update(&state, &actor, id, &name, colour).await?)
}

/// Deletes a label; it comes off all conversations.
#[server(prefix = "/api/v1", endpoint = "labels/delete", protocol = Wire)]
pub async fn delete_label(id: LabelId) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageLabels)?;
    Ok(service::label::delete(&state, &actor, id).await?)
}
