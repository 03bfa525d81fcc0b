//! `integrations/whatsapp/…`: connections to WhatsApp Business numbers.

use leptos::prelude::*;
use uuid::Uuid;

use super::wire::Wire;
use crate::{
    domain::integration::{ConversationsFate, Integration, NewIntegration, OnFailedTest, TestReport},
    error::ApiError,
};

/// The integrations of the workspace, or of one chatbot.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/list", protocol = Wire)]
pub async fn list_integrations(#[server(default)] chatbot_id: Option<Uuid>) -> Result<Vec<Integration>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::integration::list(&state, &actor, chatbot_id).await?)
}

#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/get", protocol = Wire)]
pub async fn get_integration(id: Uuid) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::integration::get(&state, &actor, id).await?)
}

/// Connects a number. The connection test runs first; `on_failed_test` says what its failure means.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/create", protocol = Wire)]
pub async fn create_integration(
    #[server(flatten)] integration: NewIntegration,
    #[server(default)] on_failed_test: Option<OnFailedTest>,
) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::integration::create(&state, &actor, integration, on_failed_test.unwrap_or(OnFailedTest::Save)).await?)
}

/// Makes a number in the built-in WhatsApp simulator and connects it.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/use_sandbox", protocol = Wire)]
pub async fn use_sandbox(chatbot_id: Uuid) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::integration::use_sandbox(&state, &actor, chatbot_id).await?)
}

/// Disconnects a number and forgets its secrets. Its conversations stay readable, or go with it.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/delete", protocol = Wire)]
pub async fn delete_integration(id: Uuid, conversations: ConversationsFate) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::integration::delete(&state, &actor, id, conversations).await?)
}

/// Checks token and number with Meta. Sends no message and changes nothing there.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/test", protocol = Wire)]
pub async fn test_integration(id: Uuid) -> Result<TestReport, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::integration::test(&state, &actor, id).await?)
}
