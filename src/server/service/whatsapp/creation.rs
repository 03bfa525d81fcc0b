//! Connecting a number: for the first time, or again after it was disconnected.

use secrecy::SecretString;
use uuid::Uuid;

use super::{
    entry::{self, Entered},
    testing::{self, Probe, Run},
    update::move_conversations,
};
use crate::{
    domain::{
        channel::Channel,
        event::DomainEvent,
        ids::{ChatbotId, IntegrationId},
        integration::{ConversationsFate, Integration, NewIntegration, OnFailedTest, Provider, StepStatus},
    },
    error::ApiError,
    server::{
        base::{clock::mint_id, secrets::random_hex},
        channel::whatsapp::settings::WhatsappSettings,
        error::Result,
        service::{
            Services,
            actor::Actor,
            credentials::{self, place},
            integration::{delete, get},
        },
        store::{
            Conn, StoreResult, chatbot,
            integration::{self, Findings, HealthRow, IntegrationRow, Settings},
        },
    },
};

/// Connects a number with credentials from Meta's console.
pub async fn create(
    state: &Services,
    actor: &Actor,
    new: NewIntegration,
    on_failed_test: OnFailedTest,
    run_id: Option<Uuid>,
) -> Result<Integration> {
    let new = entry::check_new(new)?;
    add(state, actor, new, Provider::Cloud, on_failed_test, run_id).await
}

/// Makes a number in the simulator and connects it as if it were Meta's.
pub async fn use_sandbox(state: &Services, actor: &Actor, chatbot_id: ChatbotId) -> Result<Integration> {
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
        // Half a sandbox helps nobody: the next attempt makes a new one.
        sandbox.forget(&number).await?;
    }
    connected
}

async fn connect_sandbox(state: &Services, actor: &Actor, new: NewIntegration) -> Result<Integration> {
    let number = new.phone_number_id.clone();
    let added = add(state, actor, new, Provider::Sandbox, OnFailedTest::Refuse, None).await?;
    let callback = testing::sandbox_callback(state, added.id);
    if let (Some(sandbox), Some(verify_token)) = (&state.sandbox, &added.verify_token)
        && let Err(error) = sandbox.set_callback(&number, &callback, verify_token).await
    {
        delete(state, actor, added.id, ConversationsFate::Erase).await?;
        return Err(error.into());
    }
    Ok(added)
}

async fn add(
    state: &Services,
    actor: &Actor,
    new: NewIntegration,
    provider: Provider,
    on_failed_test: OnFailedTest,
    run_id: Option<Uuid>,
) -> Result<Integration> {
    let old = {
        let mut conn = state.store.read().await?;
        if chatbot::find_profile(&mut conn, actor.workspace_id, new.chatbot_id).await?.is_none() {
            return Err(no_such_chatbot().into());
        }
        if let Some(name) =
            integration::name_of_key(&mut conn, actor.workspace_id, (Channel::Whatsapp, &new.phone_number_id)).await?
        {
            return Err(taken(&name).into());
        }
        integration::find_deleted(&mut conn, actor.workspace_id, (Channel::Whatsapp, &new.phone_number_id), provider)
            .await?
    };
    let run = run_id.map(|run_id| Run { workspace_id: actor.workspace_id, run_id });
    let probe = testing::probe(state, &Entered::of_new(&new, provider), None, run).await;
    if probe.report.status == StepStatus::Failed && on_failed_test == OnFailedTest::Refuse {
        return Err(testing::refusal(&probe.report).into());
    }
    let row = row(state, actor, &new, provider, old.unwrap_or_else(mint_id))?;
    let id = row.id;
    let (ws, chatbot_id) = (row.workspace_id, row.chatbot_id);
    save(state, actor, row, old.is_some(), probe).await?;
    if old.is_some() {
        // It may answer with another chatbot than before.
        move_conversations(state, ws, id, chatbot_id).await?;
    }
    get(state, actor, id).await
}

pub(super) fn no_such_chatbot() -> ApiError {
    ApiError::invalid("chatbot_id", "This chatbot does not exist.").action("Choose one of your chatbots.")
}

pub(super) fn taken(name: &str) -> ApiError {
    ApiError {
        field: Some("phone_number_id".to_owned()),
        ..ApiError::conflict(format!("This number is already connected as “{name}”."))
    }
    .action("Open that integration, or delete it first.")
}

fn row(
    state: &Services,
    actor: &Actor,
    new: &NewIntegration,
    provider: Provider,
    id: IntegrationId,
) -> Result<IntegrationRow> {
    let now = state.now();
    let seal = |secret: &str, column: &str| state.sealer.seal(secret, &place(id, column)).map(Some);
    let verify_token = match &new.verify_token {
        Some(token) => token.clone(),
        None => random_hex(20)?,
    };
    Ok(IntegrationRow {
        workspace_id: actor.workspace_id,
        id,
        chatbot_id: new.chatbot_id,
        chatbot_name: None,
        name: new.name.clone(),
        channel: Channel::Whatsapp,
        provider,
        external_key: new.phone_number_id.clone(),
        account_key: new.business_account_id.clone(),
        settings: Settings::of(&WhatsappSettings::default().with_app(new.app_id.clone())),
        access_token: seal(&new.access_token, "access_token")?,
        access_token_last4: entry::last4(&SecretString::from(new.access_token.as_str())),
        access_token_set_at: now,
        app_secret: seal(&new.app_secret, "app_secret")?,
        app_secret_digest: Some(state.sealer.digest("app_secret", &new.app_secret)),
        app_secret_set_at: now,
        verify_token: seal(&verify_token, "verify_token")?,
        app_proven: false,
        active: true,
        error_reason: None,
        error_action: None,
        address: None,
        display_name: None,
        last_webhook_at: None,
        last_inbound_at: None,
        last_outbound_at: None,
        rejected_count: 0,
        rejected_at: None,
        created_at: now,
        deleted_at: None,
        health: HealthRow::default(),
    })
}

/// What the saving transaction needs.
struct Save {
    row: IntegrationRow,
    /// The number was connected before: its conversations and callback come back.
    again: bool,
    findings: Findings,
    next_check: i64,
}

async fn save(state: &Services, actor: &Actor, row: IntegrationRow, again: bool, probe: Probe) -> Result<()> {
    let id = row.id;
    let input = Save { row, again, findings: probe.findings, next_check: testing::next_check(state.now()) };
    let saved =
        state.transact(actor, input.row.workspace_id, input, |conn, input| Box::pin(store(conn, input))).await?;
    saved?;
    credentials::renewed(state, id).await;
    Ok(())
}

/// The saving transaction: two people may connect the same number, or delete its chatbot, at the same moment.
async fn store(conn: &mut Conn, s: &Save) -> StoreResult<std::result::Result<(), ApiError>> {
    let row = &s.row;
    if chatbot::find_profile(conn, row.workspace_id, row.chatbot_id).await?.is_none() {
        return Ok(Err(no_such_chatbot()));
    }
    if let Some(name) = integration::name_of_key(conn, row.workspace_id, (Channel::Whatsapp, &row.external_key)).await?
    {
        return Ok(Err(taken(&name)));
    }
    if s.again {
        if !integration::revive(conn, row).await? {
            return Ok(Err(ApiError::conflict("Somebody is changing this number just now.").action("Try again.")));
        }
    } else {
        integration::insert(conn, row).await?;
    }
    let times = (row.created_at, s.next_check);
    integration::set_findings(conn, row.workspace_id, row.id, &s.findings, i64::MAX, times).await?;
    let event = DomainEvent::IntegrationCreated { id: row.id, name: row.name.clone() };
    conn.tell(row.workspace_id, event, row.created_at);
    Ok(Ok(()))
}
