//! The connection test: token and number, for now. It sends no message and changes nothing at Meta.

use secrecy::SecretString;
use uuid::Uuid;

use super::find;
use crate::{
    domain::{
        integration::{Provider, StepStatus, TestReport, TestStep},
        live::LiveEvent,
    },
    server::{
        auth::Actor,
        error::Result,
        pipeline::writer::Priority,
        service::credentials,
        state::AppState,
        store::{event, integration, integration::Findings},
        whatsapp::{
            errors::Class,
            graph::{Account, GraphError, NumberInfo},
        },
    },
};

/// What a test saw.
pub(super) struct Probe {
    pub report: TestReport,
    pub findings: Findings,
    /// The token belongs to the deployment-wide app.
    pub app_proven: bool,
}

/// Tests a saved integration and writes down what it found.
pub async fn test(state: &AppState, actor: &Actor, id: Uuid) -> Result<TestReport> {
    let row = find(state, actor, id).await?;
    let opened = credentials::open(state, &row)?;
    let token = opened.access_token.unwrap_or_default();
    let probe = probe(state, row.provider, &row.phone_number_id, &token, row.app_id.as_deref()).await;
    let input = (actor.workspace_id, id, probe.findings, probe.app_proven, state.now());
    state
        .writer
        .write(Priority::Interactive, id, input, |conn, (workspace_id, id, findings, proven, now)| {
            Box::pin(async move {
                integration::set_findings(conn, *workspace_id, *id, findings, *now).await?;
                integration::set_proven(conn, *workspace_id, *id, *proven).await?;
                event::append(conn, *workspace_id, &LiveEvent::Integration { id: *id }, *now).await
            })
        })
        .await?;
    state.credentials.forget(id).await;
    state.signals.deliver.notify_one();
    state.live.ring();
    Ok(probe.report)
}

pub(super) async fn probe(
    state: &AppState,
    provider: Provider,
    phone_number_id: &str,
    token: &SecretString,
    app_id: Option<&str>,
) -> Probe {
    let account = Account { provider, phone_number_id, token };
    let (number, app_proven) = tokio::join!(state.graph.number(account), prove(state, provider, token, app_id));
    let steps = judge(&number);
    let status = worst(&steps);
    let findings = match number {
        Ok(info) => Findings {
            display_phone_number: info.display_phone_number,
            verified_name: info.verified_name,
            ..Findings::default()
        },
        // Trouble on the way says nothing about the credentials: the integration is not stopped for it.
        Err(error) if matches!(error.class, Class::Unreachable | Class::Ambiguous | Class::Transient | Class::Rate) => {
            Findings::default()
        }
        Err(error) => Findings { error: Some((error.message(), error.action().to_owned())), ..Findings::default() },
    };
    Probe { report: TestReport { status, steps }, findings, app_proven }
}

/// Whether the token was made for the deployment-wide app. Only then may its webhook path reach the integration.
async fn prove(state: &AppState, provider: Provider, token: &SecretString, app_id: Option<&str>) -> bool {
    let Some(app) = state.config.deployment_app.as_ref().filter(|_| provider == Provider::Cloud) else { return false };
    if app_id.is_some_and(|id| id != app.app_id) {
        return false;
    }
    state.graph.token_belongs_to_app(token, &app.app_id, &app.app_secret).await.unwrap_or(false)
}

/// The token is judged by the same call as the number: only Meta's code tells which of them is wrong.
fn judge(number: &std::result::Result<NumberInfo, GraphError>) -> Vec<TestStep> {
    let step = |key: &str, status, message: String| TestStep {
        key: key.to_owned(),
        status,
        message,
        action: None,
        meta: None,
    };
    let error = match number {
        Ok(info) => {
            let shown = info.verified_name.as_deref().unwrap_or("a number without a verified name");
            return vec![
                step("token", StepStatus::Ok, "Meta accepts the access token.".to_owned()),
                step("number", StepStatus::Ok, format!("The phone number id belongs to {shown}.")),
            ];
        }
        Err(error) => error,
    };
    let failed = |key: &str| TestStep {
        key: key.to_owned(),
        status: StepStatus::Failed,
        message: error.message(),
        action: Some(error.action().to_owned()),
        meta: error.meta(),
    };
    match error.class {
        Class::Credentials => vec![
            failed("token"),
            step("number", StepStatus::Skipped, "The number can be checked when the token is accepted.".to_owned()),
        ],
        Class::Unreachable | Class::Ambiguous | Class::Transient | Class::Rate => vec![
            failed("network"),
            step("token", StepStatus::Skipped, "Meta could not be asked.".to_owned()),
            step("number", StepStatus::Skipped, "Meta could not be asked.".to_owned()),
        ],
        _ => vec![step("token", StepStatus::Ok, "Meta accepts the access token.".to_owned()), failed("number")],
    }
}

fn worst(steps: &[TestStep]) -> StepStatus {
    for status in [StepStatus::Failed, StepStatus::Warning] {
        if steps.iter().any(|s| s.status == status) {
            return status;
        }
    }
    StepStatus::Ok
}
