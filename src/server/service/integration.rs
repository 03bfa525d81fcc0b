//! Connections to WhatsApp numbers.

mod removal;
mod testing;

pub use removal::delete;
pub use testing::test;

use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use self::testing::{Probe, probe};
use super::{credentials::place, validate};
use crate::{
    domain::{
        chatbot::NAME_MAX,
        contact::mask_phone,
        integration::{
            Integration, IntegrationStatus, NewIntegration, OnFailedTest, Provider, SecretHint, StepStatus, TokenHint,
            check_meta_id, clean_pasted,
        },
        live::LiveEvent,
        role::Permission,
    },
    error::{ApiError, ErrorCode},
    server::{
        auth::Actor,
        clock::mint_id,
        error::Result,
        pipeline::writer::Priority,
        secrets::random_hex,
        state::AppState,
        store::{chatbot, event, integration, integration::IntegrationRow},
    },
};

pub async fn list(state: &AppState, actor: &Actor, chatbot_id: Option<Uuid>) -> Result<Vec<Integration>> {
    let rows = integration::list(&mut state.store.read().await?, actor.workspace_id).await?;
    let wanted = rows.iter().filter(|row| chatbot_id.is_none_or(|id| row.chatbot_id == id));
    wanted.map(|row| view(state, actor, row)).collect()
}

pub async fn get(state: &AppState, actor: &Actor, id: Uuid) -> Result<Integration> {
    view(state, actor, &find(state, actor, id).await?)
}

async fn find(state: &AppState, actor: &Actor, id: Uuid) -> Result<IntegrationRow> {
    let row = integration::find(&mut state.store.read().await?, actor.workspace_id, id).await?;
    Ok(row.ok_or_else(|| ApiError::not_found("The integration"))?)
}

/// An integration as it may be seen: no secret is in it.
fn view(state: &AppState, actor: &Actor, row: &IntegrationRow) -> Result<Integration> {
    let may_manage = actor.role.may(Permission::ManageIntegrations);
    let verify_token = match &row.verify_token {
        Some(sealed) if may_manage => {
            Some(state.sealer.unseal(sealed, &place(row.id, "verify_token"))?.expose_secret().to_owned())
        }
        _ => None,
    };
    Ok(Integration {
        id: row.id,
        chatbot_id: row.chatbot_id,
        chatbot_name: row.chatbot_name.clone().unwrap_or_default(),
        name: row.name.clone(),
        provider: row.provider,
        phone_number_id: row.phone_number_id.clone(),
        business_account_id: row.business_account_id.clone(),
        app_id: row.app_id.clone(),
        active: row.active,
        status: status(row),
        status_reason: row.error_reason.clone(),
        status_action: row.error_action.clone(),
        callback_url: state.config.callback_url(row.id),
        verify_token,
        access_token: TokenHint { last4: row.access_token_last4.clone(), set_at: row.access_token_set_at },
        app_secret: SecretHint { set_at: row.app_secret_set_at },
        display_phone_number: row.display_phone_number.as_deref().map(mask_phone),
        verified_name: row.verified_name.clone(),
        last_webhook_at: row.last_webhook_at,
        last_inbound_at: row.last_inbound_at,
        last_outbound_at: row.last_outbound_at,
        rejected_count: row.rejected_count,
        rejected_at: row.rejected_at,
        created_at: row.created_at,
    })
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

/// Connects a number with credentials from Meta's console.
pub async fn create(
    state: &AppState,
    actor: &Actor,
    new: NewIntegration,
    on_failed_test: OnFailedTest,
) -> Result<Integration> {
    let new = check(new)?;
    add(state, actor, new, Provider::Cloud, on_failed_test).await
}

/// Makes a number in the simulator and connects it as if it were Meta's.
pub async fn use_sandbox(state: &AppState, actor: &Actor, chatbot_id: Uuid) -> Result<Integration> {
    let Some(sandbox) = &state.sandbox else {
        return Err(ApiError::conflict("The WhatsApp simulator is off.")
            .action("Start the server with PARLANCE_SANDBOX=on.")
            .into());
    };
    let bot = chatbot::find_profile(&mut state.store.read().await?, actor.workspace_id, chatbot_id).await?;
    let bot = bot.ok_or_else(|| ApiError::not_found("The chatbot"))?;
    let made = sandbox.provision(actor.workspace_id, &bot.name).await?;
    let number = made.phone_number_id.clone();
    let new = NewIntegration {
        chatbot_id,
        name: "WhatsApp sandbox".to_owned(),
        phone_number_id: made.phone_number_id,
        business_account_id: made.business_account_id,
        access_token: made.access_token,
        app_id: Some(made.app_id),
        app_secret: made.app_secret,
        verify_token: None,
    };
    let connected = connect_sandbox(state, actor, new).await;
    if connected.is_err() {
        // Half a sandbox helps nobody: the next try makes a new one.
        sandbox.forget(&number).await?;
    }
    connected
}

async fn connect_sandbox(state: &AppState, actor: &Actor, new: NewIntegration) -> Result<Integration> {
    let number = new.phone_number_id.clone();
    let added = add(state, actor, new, Provider::Sandbox, OnFailedTest::Refuse).await?;
    let callback = format!("{}/api/whatsapp/webhook/{}", state.graph.listener(), added.id);
    if let (Some(sandbox), Some(verify_token)) = (&state.sandbox, &added.verify_token)
        && let Err(error) = sandbox.set_callback(&number, &callback, verify_token).await
    {
        delete(state, actor, added.id, crate::domain::integration::ConversationsFate::Erase).await?;
        return Err(error.into());
    }
    Ok(added)
}

/// Judges what was entered and takes away what came along by pasting.
fn check(new: NewIntegration) -> std::result::Result<NewIntegration, ApiError> {
    let id = |field: &str, value: &str| {
        let value = clean_pasted(value);
        check_meta_id(&value).map_err(|reason| ApiError::invalid(field, reason))?;
        Ok::<_, ApiError>(value)
    };
    let secret = |field: &str, value: &str| {
        let value = clean_pasted(value);
        if value.is_empty() {
            return Err(ApiError::invalid(field, "This is needed.").action("Copy it from Meta's console."));
        }
        if value.len() > 2000 || value.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(ApiError::invalid(field, "There is a space or line break in it.")
                .action("Copy it again, in one piece."));
        }
        Ok(value)
    };
    let checked = NewIntegration {
        chatbot_id: new.chatbot_id,
        name: validate::required("name", &new.name, NAME_MAX)?,
        phone_number_id: id("phone_number_id", &new.phone_number_id)?,
        business_account_id: id("business_account_id", &new.business_account_id)?,
        access_token: secret("access_token", &new.access_token)?,
        app_id: new.app_id.filter(|v| !clean_pasted(v).is_empty()).map(|v| id("app_id", &v)).transpose()?,
        app_secret: secret("app_secret", &new.app_secret)?,
        verify_token: new.verify_token.map(|t| clean_pasted(&t)).filter(|t| !t.is_empty()),
    };
    if checked.phone_number_id == checked.business_account_id {
        return Err(ApiError::invalid("business_account_id", "This is the same as the phone number id.")
            .action("The WhatsApp Business Account ID is another number, right beside it in Meta's console."));
    }
    Ok(checked)
}

async fn add(
    state: &AppState,
    actor: &Actor,
    new: NewIntegration,
    provider: Provider,
    on_failed_test: OnFailedTest,
) -> Result<Integration> {
    {
        let mut conn = state.store.read().await?;
        if chatbot::find_profile(&mut conn, actor.workspace_id, new.chatbot_id).await?.is_none() {
            return Err(ApiError::invalid("chatbot_id", "This chatbot does not exist.")
                .action("Choose one of your chatbots.")
                .into());
        }
        if let Some(name) = integration::name_of_number(&mut conn, actor.workspace_id, &new.phone_number_id).await? {
            return Err(taken(&name).into());
        }
    }
    let token = SecretString::from(new.access_token.clone());
    let probe = probe(state, provider, &new.phone_number_id, &token, new.app_id.as_deref()).await;
    if probe.report.status == StepStatus::Failed && on_failed_test == OnFailedTest::Refuse {
        return Err(refusal(&probe).into());
    }
    let row = row(state, actor, &new, provider, probe)?;
    let id = row.id;
    insert(state, row).await?;
    get(state, actor, id).await
}

fn taken(name: &str) -> ApiError {
    ApiError {
        field: Some("phone_number_id".to_owned()),
        ..ApiError::conflict(format!("This number is already connected as “{name}”."))
    }
    .action("Open that integration, or delete it first.")
}

fn refusal(probe: &Probe) -> ApiError {
    let failed = probe.report.steps.iter().find(|s| s.status == StepStatus::Failed);
    let message = failed.map_or("The connection test failed.", |s| s.message.as_str());
    let mut error = ApiError::new(ErrorCode::RefusedByMeta, message);
    error.action = failed.and_then(|s| s.action.clone());
    error.meta = failed.and_then(|s| s.meta.clone());
    error
}

fn row(
    state: &AppState,
    actor: &Actor,
    new: &NewIntegration,
    provider: Provider,
    probe: Probe,
) -> Result<IntegrationRow> {
    let id = mint_id();
    let now = state.now();
    let seal = |secret: &str, column: &str| state.sealer.seal(secret, &place(id, column)).map(Some);
    let verify_token = match &new.verify_token {
        Some(token) => token.clone(),
        None => random_hex(20)?,
    };
    let last4: Vec<char> = new.access_token.chars().rev().take(4).collect();
    let (error_reason, error_action) = probe.findings.error.unzip();
    Ok(IntegrationRow {
        workspace_id: actor.workspace_id,
        id,
        chatbot_id: new.chatbot_id,
        chatbot_name: None,
        name: new.name.clone(),
        provider,
        phone_number_id: new.phone_number_id.clone(),
        business_account_id: new.business_account_id.clone(),
        app_id: new.app_id.clone(),
        access_token: seal(&new.access_token, "access_token")?,
        access_token_last4: last4.into_iter().rev().collect(),
        access_token_set_at: now,
        app_secret: seal(&new.app_secret, "app_secret")?,
        app_secret_digest: Some(state.sealer.digest("app_secret", &new.app_secret)),
        app_secret_set_at: now,
        verify_token: seal(&verify_token, "verify_token")?,
        app_proven: probe.app_proven,
        active: true,
        error_reason,
        error_action,
        display_phone_number: probe.findings.display_phone_number,
        verified_name: probe.findings.verified_name,
        last_webhook_at: None,
        last_inbound_at: None,
        last_outbound_at: None,
        rejected_count: 0,
        rejected_at: None,
        created_at: now,
        deleted_at: None,
    })
}

async fn insert(state: &AppState, row: IntegrationRow) -> Result<()> {
    let inserted = state
        .writer
        .write(Priority::Interactive, row.workspace_id, row, |conn, row| {
            Box::pin(async move {
                // Two people may connect the same number at the same moment.
                if let Some(name) = integration::name_of_number(conn, row.workspace_id, &row.phone_number_id).await? {
                    return Ok(Err(name));
                }
                integration::insert(conn, row).await?;
                event::append(conn, row.workspace_id, &LiveEvent::Integration { id: row.id }, row.created_at).await?;
                Ok(Ok(()))
            })
        })
        .await?;
    inserted.map_err(|name| taken(&name))?;
    state.live.ring();
    Ok(())
}
