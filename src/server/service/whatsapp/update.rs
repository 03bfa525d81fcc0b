//! Changing an integration. New credentials are tested before they replace working ones.

use secrecy::ExposeSecret;
use uuid::Uuid;

use super::{
    creation::{no_such_chatbot, taken},
    entry::{Entered, Fields, last4},
    find_open, settings,
    testing::{self, Run},
};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        conversation::WINDOW,
        event::DomainEvent,
        ids::{ChatbotId, IntegrationId, WorkspaceId},
        integration::{Check, Integration, IntegrationFields, Provider, StepStatus, TestReport, TestStep},
    },
    error::{ApiError, ErrorCode},
    server::{
        channel::whatsapp::connection::Saved,
        error::Result,
        service::{
            Services,
            actor::Actor,
            credentials::{self, place},
            integration::{get, missing},
        },
        store::{
            Conn, StoreResult, chatbot,
            integration::{self, Change, Findings, IntegrationRow, Secrets, Settings},
            queue,
        },
        writer::Priority,
    },
};

/// Conversations that get another chatbot in one transaction.
const CHUNK: i64 = 500;

/// What a failed test speaks against: the rest (subscription, callback) is not what was changed.
const DECISIVE: [Check; 7] =
    [Check::Format, Check::Network, Check::AppSecret, Check::Token, Check::Number, Check::Account, Check::Belonging];

/// Changes what was given. The old credentials stay in force when the new ones fail, unless the person insists.
pub async fn update(
    state: &Services,
    actor: &Actor,
    id: IntegrationId,
    given: IntegrationFields,
    insists: bool,
    run_id: Option<Uuid>,
) -> Result<Integration> {
    let (row, opened) = find_open(state, actor, id).await?;
    let fields = Fields::clean(&given).judge(&row)?.changes(&row, &opened);
    if row.provider == Provider::Sandbox && (fields.touch_connection() || fields.verify_token.is_some()) {
        return Err(ApiError::conflict("This is a number of the simulator: its ids and secrets are the simulator's.")
            .action("Change its name or chatbot only, or connect a number of your own.")
            .into());
    }
    let mut findings = None;
    if fields.touch_connection() {
        free(state, &row, &fields).await?;
        let entered = Entered::of_saved(&row, &opened).with(&fields);
        let run = run_id.map(|run_id| Run { workspace_id: actor.workspace_id, run_id });
        let saved = testing::saved(state, &row, &opened).await?;
        let saved = connection_facts(saved, &fields);
        let probe = testing::probe(state, &entered, Some(saved), run).await;
        if !insists && let Some(error) = decisive(&probe.report) {
            return Err(error.into());
        }
        // What was proven of other credentials is proven no more.
        findings = Some(Findings { app_proven: Some(probe.findings.app_proven == Some(true)), ..probe.findings });
    }
    let chatbot_id = fields.chatbot_id;
    save(state, actor, &row, fields, findings).await?;
    if let Some(chatbot_id) = chatbot_id {
        move_conversations(state, row.workspace_id, id, chatbot_id).await?;
    }
    get(state, actor, id).await
}

/// What came under other values says nothing about the new ones.
fn connection_facts(saved: Saved, fields: &Fields) -> Saved {
    let rejected_since = if fields.app_secret.is_some() { 0 } else { saved.rejected_since };
    Saved { rejected_since, ..saved }
}

fn decisive(report: &TestReport) -> Option<ApiError> {
    // Meta did not get to judge the token or the number: not tested is not passed.
    let silent = |s: &&TestStep| {
        matches!(s.key, Check::Token | Check::Number) && s.status == StepStatus::Skipped && s.problem.is_some()
    };
    if let Some(step) = report.steps.iter().find(silent) {
        let error = ApiError::new(ErrorCode::Unavailable, step.message.as_str());
        return Some(ApiError { action: step.action.clone(), meta: step.meta.clone(), ..error });
    }
    let steps = report.steps.iter().filter(|s| s.status == StepStatus::Failed && DECISIVE.contains(&s.key));
    let steps: Vec<_> = steps.cloned().collect();
    (!steps.is_empty()).then(|| testing::refusal(&TestReport::of(steps)))
}

/// Whether the new number is free, before Meta is asked; the saving transaction looks again.
async fn free(state: &Services, row: &IntegrationRow, fields: &Fields) -> Result<()> {
    let Some(number) = &fields.phone_number_id else { return Ok(()) };
    let name =
        integration::name_of_key(&mut state.store.read().await?, row.workspace_id, (Channel::Whatsapp, number)).await?;
    match name {
        Some(name) => Err(taken(&name).into()),
        None => Ok(()),
    }
}

/// What the saving transaction needs.
struct Save {
    workspace_id: WorkspaceId,
    id: IntegrationId,
    /// The names of the fields that change.
    edited: Vec<&'static str>,
    change: Change,
    findings: Option<Findings>,
    times: (Millis, Millis),
}

async fn save(
    state: &Services,
    actor: &Actor,
    row: &IntegrationRow,
    fields: Fields,
    findings: Option<Findings>,
) -> Result<()> {
    let now = state.now();
    let input = Save {
        workspace_id: row.workspace_id,
        id: row.id,
        edited: fields.names(),
        change: seal(state, row, fields)?,
        findings,
        times: (now, testing::next_check(now)),
    };
    let saved = state.transact(actor, row.id, input, |conn, input| Box::pin(store(conn, input))).await?;
    saved?;
    credentials::renewed(state, row.id).await;
    Ok(())
}

fn seal(state: &Services, row: &IntegrationRow, fields: Fields) -> Result<Change> {
    let seal = |secret: &Option<secrecy::SecretString>, column: &str| {
        secret.as_ref().map(|s| state.sealer.seal(s.expose_secret(), &place(row.id, column))).transpose()
    };
    let secrets = Secrets {
        access_token: seal(&fields.access_token, "access_token")?,
        access_token_last4: fields.access_token.as_ref().map(last4),
        app_secret: seal(&fields.app_secret, "app_secret")?,
        app_secret_digest: fields.app_secret.as_ref().map(|s| state.sealer.digest("app_secret", s.expose_secret())),
        verify_token: seal(&fields.verify_token, "verify_token")?,
    };
    Ok(Change {
        chatbot_id: fields.chatbot_id,
        name: fields.name,
        external_key: fields.phone_number_id,
        account_key: fields.business_account_id,
        settings: fields.app_id.map(|app_id| Settings::of(&settings(row).with_app(app_id))),
        secrets,
    })
}

async fn store(conn: &mut Conn, s: &Save) -> StoreResult<std::result::Result<(), ApiError>> {
    let (ws, id, now) = (s.workspace_id, s.id, s.times.0);
    if let Some(chatbot_id) = s.change.chatbot_id
        && chatbot::find_profile(conn, ws, chatbot_id).await?.is_none()
    {
        return Ok(Err(no_such_chatbot()));
    }
    if let Some(number) = &s.change.external_key {
        if let Some(name) = integration::name_of_key(conn, ws, (Channel::Whatsapp, number)).await? {
            return Ok(Err(taken(&name)));
        }
        // What waits was meant to go out by the other number.
        queue::cancel_integration(conn, ws, id, now).await?;
        integration::void_answers(conn, ws, id).await?;
        integration::close_windows(conn, ws, id, now - WINDOW).await?;
    }
    if !integration::update(conn, ws, id, &s.change, now).await? {
        return Ok(Err(missing()));
    }
    if let Some(findings) = &s.findings {
        integration::set_findings(conn, ws, id, findings, Millis::MAX, s.times).await?;
    }
    conn.tell(ws, DomainEvent::IntegrationEdited { id, fields: s.edited.clone() }, now);
    Ok(Ok(()))
}

/// Its conversations go over to the new chatbot, bit by bit: live traffic goes first.
pub(super) async fn move_conversations(
    state: &Services,
    ws: WorkspaceId,
    id: IntegrationId,
    chatbot_id: ChatbotId,
) -> Result<()> {
    loop {
        let moved = state
            .writer
            .write(Priority::Bulk, id, (ws, id, chatbot_id), |conn, (ws, id, chatbot_id)| {
                Box::pin(integration::move_conversations(conn, *ws, *id, *chatbot_id, CHUNK))
            })
            .await?;
        if moved < CHUNK.unsigned_abs() {
            return Ok(());
        }
    }
}
