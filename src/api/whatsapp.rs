//! `integrations/whatsapp/…`: connections to WhatsApp Business numbers. Their event log is in [`event_log`].

pub mod event_log;

use leptos::prelude::*;
use uuid::Uuid;

use super::wire::Wire;
use crate::{
    domain::{
        ids::{ChatbotId, IntegrationId},
        integration::{
            ChatLink, ConversationsFate, Integration, IntegrationFields, NewIntegration, OnFailedTest, Removal,
            RemovalPreview, TestReport,
        },
    },
    error::ApiError,
};

/// The integrations of the workspace, or of one chatbot.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/list", protocol = Wire)]
pub async fn list_integrations(#[server(default)] chatbot_id: Option<ChatbotId>) -> Result<Vec<Integration>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::integration::list(&state, &actor, chatbot_id).await?)
}

#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/get", protocol = Wire)]
pub async fn get_integration(id: IntegrationId) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ViewSetup)?;
    Ok(service::integration::get(&state, &actor, id).await?)
}

/// Connects a number. The connection test runs first (its steps are told live under `run_id`); `on_failed_test` says
/// what its failure means. A number that was connected before finds its conversations and its callback again.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/create", protocol = Wire)]
pub async fn create_integration(
    #[server(flatten)] integration: NewIntegration,
    #[server(default)] on_failed_test: Option<OnFailedTest>,
    #[server(default)] run_id: Option<Uuid>,
) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    let on_failed_test = on_failed_test.unwrap_or(OnFailedTest::Save);
    Ok(service::whatsapp::create(&state, &actor, integration, on_failed_test, run_id).await?)
}

/// Changes fields of an integration; missing ones and empty secrets stay. Changed credentials are tested first: if they
/// fail, the old ones stay in force and the answer says why, unless `force` is set (or `on_failed_test` is `save`).
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/update", protocol = Wire)]
pub async fn update_integration(
    id: IntegrationId,
    #[server(flatten)] fields: IntegrationFields,
    #[server(default)] force: Option<bool>,
    #[server(default)] on_failed_test: Option<OnFailedTest>,
    #[server(default)] run_id: Option<Uuid>,
) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    let insists = force == Some(true) || on_failed_test == Some(OnFailedTest::Save);
    Ok(service::whatsapp::update(&state, &actor, id, fields, insists, run_id).await?)
}

/// Switches an integration on or off. An inactive one stores what arrives, and sends nothing.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/set_active", protocol = Wire)]
pub async fn set_integration_active(id: IntegrationId, active: bool) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::integration::set_active(&state, &actor, id, active).await?)
}

/// Makes a number in the built-in WhatsApp simulator and connects it.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/use_sandbox", protocol = Wire)]
pub async fn use_sandbox(chatbot_id: ChatbotId) -> Result<Integration, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::whatsapp::use_sandbox(&state, &actor, chatbot_id).await?)
}

/// What deleting the integration would take along, for the question before it.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/delete_preview", protocol = Wire)]
pub async fn preview_integration_removal(id: IntegrationId) -> Result<RemovalPreview, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::integration::preview_removal(&state, &actor, id).await?)
}

/// Disconnects a number and forgets its secrets. Its conversations stay readable, or go with it. The answer says what
/// remains to be done at Meta.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/delete", protocol = Wire)]
pub async fn delete_integration(id: IntegrationId, conversations: ConversationsFate) -> Result<Removal, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::integration::delete(&state, &actor, id, conversations).await?)
}

/// Tests a connection: a saved one (with `id`; fields given replace saved values), or what is being entered (without).
/// Sends no message and changes nothing at Meta. Steps are told live under `run_id` as they finish.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/test", protocol = Wire)]
pub async fn test_integration(
    #[server(default)] id: Option<IntegrationId>,
    #[server(flatten)] overrides: IntegrationFields,
    #[server(default)] run_id: Option<Uuid>,
) -> Result<TestReport, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::whatsapp::test(&state, &actor, id, overrides, run_id).await?)
}

/// Sends a real message to a person's own number, to see it arrive. Only ever on request.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/send_test", protocol = Wire)]
pub async fn send_test_message(id: IntegrationId, to: String) -> Result<(), ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::whatsapp::send_test(&state, &actor, id, &to).await?)
}

/// Subscribes the app to the WhatsApp account, and with a known app id points its webhooks here; then tests.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/subscribe", protocol = Wire)]
pub async fn subscribe_integration(
    id: IntegrationId,
    #[server(default)] run_id: Option<Uuid>,
) -> Result<TestReport, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::whatsapp::subscribe(&state, &actor, id, run_id).await?)
}

/// How to write to the number: a link to WhatsApp and its QR code. None while the number is not known, and for numbers of
/// the simulator.
#[server(prefix = "/api/v1", endpoint = "integrations/whatsapp/chat_link", protocol = Wire)]
pub async fn get_chat_link(id: IntegrationId) -> Result<Option<ChatLink>, ApiError> {
    use crate::{
        domain::role::Permission,
        server::{auth::authorise, service},
    };
    let (state, actor) = authorise(Permission::ManageIntegrations)?;
    Ok(service::whatsapp::chat_link(&state, &actor, id).await?)
}
