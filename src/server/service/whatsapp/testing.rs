//! The connection test: what it looks at, where its steps go, and what follows from it.

use secrecy::SecretString;
use uuid::Uuid;

use super::{
    entry::{Entered, Fields},
    find_open, settings, upkeep,
};
use crate::{
    domain::{
        Millis,
        event::DomainEvent,
        ids::{IntegrationId, WorkspaceId},
        integration::{CannotReach, Check, IntegrationFields, Provider, StepStatus, TestReport, TestStep},
        principal::Principal,
    },
    error::{ApiError, ErrorCode},
    server::{
        base::clock::mint_id,
        channel::whatsapp::{
            connection::{self, Facts, Saved, Subject},
            graph::{AppAsker, GraphError},
            wire::text_of,
        },
        error::Result,
        service::{
            Services,
            actor::Actor,
            credentials::{self, Credentials},
        },
        store::{
            Conn, StoreResult,
            integration::{self, Findings, IntegrationRow},
        },
        writer::Priority,
    },
    texts::retold,
};

/// The interval of health checks, plus or minus a fifth.
const CHECK_EVERY: Millis = 15 * 60 * 1000;

/// What a test saw.
pub(super) struct Probe {
    pub(super) report: TestReport,
    pub(super) findings: Findings,
}

/// Who follows the steps of a test live.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) workspace_id: WorkspaceId,
    pub(super) run_id: Uuid,
}

/// Tests a saved integration and stores what it found; with other values, or without an id, it only tells.
pub async fn test(
    state: &Services,
    actor: &Actor,
    id: Option<IntegrationId>,
    overrides: IntegrationFields,
    run_id: Option<Uuid>,
) -> Result<TestReport> {
    let run = run_id.map(|run_id| Run { workspace_id: actor.workspace_id, run_id });
    let fields = Fields::clean(&overrides);
    let Some(id) = id else {
        return Ok(retold_report(probe(state, &Entered::nothing().with(&fields), None, run).await.report));
    };
    let (row, opened) = find_open(state, actor, id).await?;
    let fields = fields.changes(&row, &opened);
    let mut saved = saved(state, &row, &opened).await?;
    if fields.touch_connection() {
        // What has come, or was rejected, came under the saved values.
        saved.rejected_since = if fields.app_secret.is_some() { 0 } else { saved.rejected_since };
        saved.last_webhook_at = saved.last_webhook_at.filter(|_| fields.phone_number_id.is_none());
        let entered = Entered::of_saved(&row, &opened).with(&fields);
        return Ok(retold_report(probe(state, &entered, Some(saved), run).await.report));
    }
    let probe = probe(state, &Entered::of_saved(&row, &opened), Some(saved), run).await;
    write_down(state, actor, &row, probe.findings, Millis::MAX).await?;
    Ok(retold_report(probe.report))
}

/// Stores what was found. An error noted after `spare_after` stays, even if it was not found again.
pub(super) async fn write_down(
    state: &Services,
    by: impl Into<Principal>,
    row: &IntegrationRow,
    findings: Findings,
    spare_after: Millis,
) -> Result<()> {
    let now = state.now();
    let proven = findings.app_proven == Some(true);
    let input = (row.clone(), findings, spare_after, (now, next_check(now)));
    let changed = state
        .transact(by, row.id, input, |conn, (row, findings, spare_after, times)| {
            Box::pin(store(conn, row, findings, *spare_after, *times))
        })
        .await?;
    if proven {
        upkeep::release_unclaimed(state).await?;
    }
    if changed {
        credentials::renewed(state, row.id).await;
    }
    Ok(())
}

/// The findings, unless they are about another connection than the one that is saved by now: nothing that was proven of old
/// credentials holds for new ones.
async fn store(
    conn: &mut Conn,
    row: &IntegrationRow,
    findings: &Findings,
    spare_after: Millis,
    times: (Millis, Millis),
) -> StoreResult<bool> {
    let connection = |r: &IntegrationRow| {
        let secrets = (r.access_token.clone(), r.app_secret.clone());
        (r.external_key.clone(), r.account_key.clone(), r.settings.clone(), secrets)
    };
    let now = integration::find(conn, row.workspace_id, row.id).await?;
    if now.is_none_or(|now| connection(&now) != connection(row)) {
        return Ok(false);
    }
    let changed = integration::set_findings(conn, row.workspace_id, row.id, findings, spare_after, times).await?;
    if changed {
        conn.tell(row.workspace_id, DomainEvent::IntegrationChanged { id: row.id }, times.0);
    }
    Ok(changed)
}

/// What follows when Meta refuses something that a person asked for: what stops sends stops the channel, and what hints at
/// trouble makes Meta be asked at once.
pub(super) async fn heed(
    state: &Services,
    by: impl Into<Principal>,
    row: &IntegrationRow,
    error: &GraphError,
    stops: bool,
) -> Result<()> {
    if error.is_inconclusive() || !error.concerns_channel() {
        return Ok(());
    }
    let trouble = (stops && error.class.stops_channel()).then(|| error.trouble());
    let input = (row.workspace_id, row.id, trouble, state.now());
    state
        .transact(by, row.id, input, |conn, (ws, id, trouble, now)| {
            Box::pin(async move {
                match trouble {
                    Some(trouble) => integration::set_error(conn, *ws, *id, trouble, *now).await?,
                    None => integration::request_check(conn, *ws, *id, *now).await?,
                }
                conn.tell(*ws, DomainEvent::IntegrationChanged { id: *id }, *now);
                Ok(())
            })
        })
        .await?;
    credentials::renewed(state, row.id).await;
    Ok(())
}

/// When an integration is checked again.
pub(super) fn next_check(now: Millis) -> Millis {
    let [a, b, ..] = *mint_id::<Uuid>().as_bytes().last_chunk::<4>().unwrap_or(&[0; 4]);
    let random = i64::from(u16::from_be_bytes([a, b]));
    now + CHECK_EVERY + CHECK_EVERY * (random - 32_768) / 163_840
}

/// Runs the test. Its steps go out live as they are done.
pub(super) async fn probe(state: &Services, entered: &Entered, saved: Option<Saved>, run: Option<Run>) -> Probe {
    let subject = subject(state, entered, saved);
    let tell = |step: &TestStep| {
        if let Some(run) = run {
            tell(state, run, step);
        }
    };
    let (outcome, proven) =
        tokio::join!(connection::test(&state.channels.whatsapp, &subject, &tell), prove(state, entered));
    for step in outcome.report.steps.iter().filter(|s| s.status == StepStatus::Failed) {
        let meta = step.meta.as_ref();
        tracing::info!(
            phone_number_id = entered.phone_number_id,
            step = step.key.as_str(),
            problem = step.problem,
            code = meta.map(|m| m.code),
            trace_id = meta.and_then(|m| m.trace_id.as_deref()),
            "A connection test failed"
        );
    }
    Probe { findings: findings(outcome.facts, proven), report: outcome.report }
}

pub(super) fn subject(state: &Services, entered: &Entered, saved: Option<Saved>) -> Subject {
    Subject {
        provider: entered.provider,
        phone_number_id: entered.phone_number_id.clone(),
        business_account_id: entered.business_account_id.clone(),
        access_token: entered.access_token.clone(),
        app_id: entered.app_id.clone(),
        app_secret: entered.app_secret.clone(),
        saved,
        patience: state.config.check_timeout,
        now: state.now(),
    }
}

/// Publishes a step as an event. The response of the test has it too, so a lost one does no harm.
fn tell(state: &Services, run: Run, step: &TestStep) {
    let event = DomainEvent::TestStepDone { run_id: run.run_id, step: Box::new(retold_step(step.clone())) };
    let input = (run.workspace_id, event, state.now());
    drop(state.writer.submit(Priority::Interactive, run.run_id, input, |conn, (ws, event, now)| {
        conn.tell(*ws, event.clone(), *now);
        Box::pin(std::future::ready(Ok(())))
    }));
}

/// In the language of the person who started the test.
pub(super) fn retold_report(report: TestReport) -> TestReport {
    TestReport { steps: report.steps.into_iter().map(retold_step).collect(), ..report }
}

fn retold_step(step: TestStep) -> TestStep {
    TestStep { message: retold(&step.message), action: step.action.as_deref().map(retold), ..step }
}

/// What can be looked at because the integration is saved.
pub(super) async fn saved(state: &Services, row: &IntegrationRow, opened: &Credentials) -> Result<Saved> {
    let own = match row.provider {
        Provider::Sandbox => sandbox_callback(state, row.id),
        Provider::Own | Provider::Cloud | Provider::Newer => state.config.callback_url(row.id),
    };
    let mut callbacks = vec![own, state.config.callback_url(row.id)];
    if let Some(digest) = &row.app_secret_digest {
        // An app has one callback: that of any of its integrations will do.
        let ids = integration::ids_of_app(&mut state.store.read().await?, row.workspace_id, digest).await?;
        callbacks.extend(ids.into_iter().map(|id| state.config.callback_url(id)));
    }
    let app_id = settings(row).app_id;
    if state.config.deployment_app.as_ref().is_some_and(|app| app_id.as_ref().is_none_or(|id| *id == app.app_id)) {
        callbacks.push(format!("{}/api/whatsapp/webhook", state.config.public_url));
    }
    let unreachable = match row.provider {
        Provider::Own | Provider::Sandbox | Provider::Newer => None,
        Provider::Cloud => CannotReach::judge(&state.config.public_url).map(|why| match why {
            CannotReach::Local => {
                "The public address is this very machine, which Meta cannot reach. Set PARLANCE_PUBLIC_URL."
            }
            CannotReach::Private => {
                "The public address is known in your own network only, so Meta cannot reach it. Set PARLANCE_PUBLIC_URL."
            }
            CannotReach::NoHttps => {
                "The public address has no https, and Meta takes nothing else. Set PARLANCE_PUBLIC_URL."
            }
        }),
    };
    Ok(Saved {
        callbacks,
        verify_token: opened.verify_token.clone(),
        unreachable,
        last_webhook_at: row.last_webhook_at,
        rejected_since: row.health.rejected_since,
    })
}

/// Where the simulator sends webhooks: to the listener itself, whatever stands in front of it.
pub(super) fn sandbox_callback(state: &Services, id: IntegrationId) -> String {
    format!("{}/api/whatsapp/webhook/{id}", state.channels.whatsapp.listener())
}

/// Whether the token was made for the deployment-wide app; none when Meta could not say.
pub(super) async fn prove(state: &Services, entered: &Entered) -> Option<bool> {
    let app = state.config.deployment_app.as_ref().filter(|_| entered.provider == Provider::Cloud)?;
    if entered.app_id.as_ref().is_some_and(|id| *id != app.app_id) {
        return Some(false);
    }
    let asker = AppAsker {
        provider: Provider::Cloud,
        app_id: &app.app_id,
        app_secret: &app.app_secret,
        patience: state.config.check_timeout,
    };
    let data = inspect(state, asker, &entered.access_token).await?;
    let valid = data.get("is_valid").and_then(serde_json::Value::as_bool) == Some(true);
    Some(valid && text_of(&data, "app_id").as_deref() == Some(app.app_id.as_str()))
}

async fn inspect(state: &Services, app: AppAsker<'_>, token: &SecretString) -> Option<serde_json::Value> {
    match state.channels.whatsapp.inspect_token(app, token).await {
        Ok(data) => Some(data),
        Err(error) => {
            tracing::warn!(
                problem = error.problem(),
                code = error.code,
                "The deployment-wide app could not be asked about a token"
            );
            None
        }
    }
}

/// What a test learnt, for the database. The deployment-wide path may reach an integration only if its token belongs to
/// that app *and* opens number and account: any tenant of the app has some token of it.
pub(super) fn findings(facts: Facts, token_is_of_app: Option<bool>) -> Findings {
    let app_proven = match (token_is_of_app, facts.opens_number, facts.belongs) {
        (Some(true), Some(true), Some(true)) => Some(true),
        (Some(false), ..) | (_, Some(false), _) | (.., Some(false)) => Some(false),
        _ => None,
    };
    Findings {
        address: facts.display_phone_number,
        display_name: facts.verified_name,
        quality: facts.quality,
        messaging_limit: facts.messaging_limit,
        ability: facts.ability,
        token_expires_at: facts.token_expires_at,
        app_proven,
        trouble: facts.trouble,
        inconclusive: facts.inconclusive,
    }
}

/// The failed step in the words of the wire.
pub(super) fn refusal(report: &TestReport) -> ApiError {
    let failed = report.steps.iter().find(|s| s.status == StepStatus::Failed);
    let key = failed.map(|s| s.key);
    let code = if key == Some(Check::Network) { ErrorCode::Unavailable } else { ErrorCode::RefusedByMeta };
    let mut error = ApiError::new(code, failed.map_or("The connection test failed.", |s| s.message.as_str()));
    error.action = failed.and_then(|s| s.action.clone());
    error.meta = failed.and_then(|s| s.meta.clone());
    error.field = match key {
        Some(Check::Token) => Some("access_token"),
        Some(Check::AppSecret) => Some("app_secret"),
        Some(Check::Number) => Some("phone_number_id"),
        Some(Check::Account | Check::Belonging) => Some("business_account_id"),
        _ => None,
    }
    .map(ToOwned::to_owned);
    error
}
