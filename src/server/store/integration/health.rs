//! What checks find out about an integration, and when the next one is due.

use sqlx::FromRow;

use crate::{
    domain::{
        Millis,
        ids::{IntegrationId, WorkspaceId},
        integration::{Ability, COUNT_MAX, Quality, RemovalPreview, Trouble},
    },
    server::store::{Conn, Dialect, StoreResult, channels::provided_channels, on},
};

/// The columns about how an integration is doing.
#[derive(Clone, Debug, Default, FromRow)]
pub struct HealthRow {
    pub error_remedy: Option<String>,
    pub quality: Option<String>,
    pub messaging_limit: Option<String>,
    pub ability: Option<String>,
    pub token_expires_at: Option<Millis>,
    pub checked_at: Option<Millis>,
    pub rejected_since: i64,
    /// Since when no connection to the provider can be made.
    pub unreachable_since: Option<Millis>,
    /// When the provider last confirmed what `app_proven` says.
    pub proven_at: Option<Millis>,
}

/// What a check found out. Absent values change nothing that is known.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    pub address: Option<String>,
    pub display_name: Option<String>,
    pub quality: Option<Quality>,
    pub messaging_limit: Option<String>,
    pub ability: Option<Ability>,
    /// When the token ends, if that is known: `Some(None)` is never.
    pub token_expires_at: Option<Option<Millis>>,
    /// Whether the token is of the deployment-wide app and opens number and account.
    pub app_proven: Option<bool>,
    /// Why the integration cannot work.
    pub trouble: Option<Trouble>,
    /// The provider gave no verdict: an error that was known before stays.
    pub inconclusive: bool,
}

/// Stores what a check found; an error it no longer found is gone, unless it was noted after `spare_after`.
///
/// `false` when nothing that people see has changed.
pub async fn set_findings(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    f: &Findings,
    spare_after: Millis,
    (now, next): (Millis, Millis),
) -> StoreResult<bool> {
    let before = seen(conn, workspace_id, id).await?;
    let trouble = f.trouble.as_ref();
    let sql = "update integrations set address = coalesce($3, address),
               display_name = coalesce($4, display_name), quality = coalesce($5, quality),
               messaging_limit = coalesce($6, messaging_limit), ability = coalesce($7, ability),
               token_expires_at = case when $8 then $9 else token_expires_at end,
               error_reason = case when $10 or ($11 and error_at > $12) then error_reason else $13 end,
               error_action = case when $10 or ($11 and error_at > $12) then error_action else $14 end,
               error_remedy = case when $10 or ($11 and error_at > $12) then error_remedy else $15 end,
               error_at = case when $10 or ($11 and error_at > $12) then error_at when $11 then null
                          else coalesce(error_at, $16) end,
               checked_at = $16, check_due_at = $17
               where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(&mut *conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&f.address)
        .bind(&f.display_name).bind(f.quality.map(Quality::as_str)).bind(&f.messaging_limit)
        .bind(f.ability.map(Ability::as_str)).bind(f.token_expires_at.is_some()).bind(f.token_expires_at.flatten())
        .bind(f.inconclusive).bind(trouble.is_none()).bind(spare_after)
        .bind(trouble.map(|t| t.reason.as_str())).bind(trouble.map(|t| t.action.as_str()))
        .bind(trouble.and_then(|t| t.remedy).map(|r| r.as_str())).bind(now).bind(next).execute(c).await.map(drop))?;
    note_proof(conn, workspace_id, id, f.app_proven, now).await?;
    Ok(before != seen(conn, workspace_id, id).await?)
}

/// Notes what is proven about the deployment-wide app, if that is known. Whatever was: of an integration that is stopped or
/// switched off nothing is.
async fn note_proof(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    proven: Option<bool>,
    now: Millis,
) -> StoreResult<()> {
    let renew = "update integrations set app_proven = true, proven_at = $3
                 where workspace_id = $1 and id = $2 and active and error_reason is null and deleted_at is null";
    let end = "update integrations set app_proven = false, proven_at = null
               where workspace_id = $1 and id = $2 and app_proven and ($3 or not active or error_reason is not null)";
    if proven == Some(true) {
        on!(&mut *conn, c => sqlx::query(renew).bind(workspace_id).bind(id).bind(now).execute(c).await.map(drop))?;
    }
    let refuted = proven == Some(false);
    on!(conn, c => sqlx::query(end).bind(workspace_id).bind(id).bind(refuted).execute(c).await.map(drop))?;
    Ok(())
}

#[derive(PartialEq, Eq, FromRow)]
struct Seen {
    address: Option<String>,
    display_name: Option<String>,
    quality: Option<String>,
    messaging_limit: Option<String>,
    ability: Option<String>,
    token_expires_at: Option<Millis>,
    error_reason: Option<String>,
    error_action: Option<String>,
}

async fn seen(conn: &mut Conn, workspace_id: WorkspaceId, id: IntegrationId) -> StoreResult<Option<Seen>> {
    let sql = "select address, display_name, quality, messaging_limit, ability, token_expires_at,
               error_reason, error_action from integrations where workspace_id = $1 and id = $2";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_optional(c).await)?)
}

/// Stops an integration: nothing is sent until a check or a change mends it, and nothing comes to it on the deployment-wide
/// path. The next check is due at once.
pub async fn set_error(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    trouble: &Trouble,
    now: Millis,
) -> StoreResult<()> {
    let sql = "update integrations set error_reason = $3, error_action = $4, error_remedy = $5, error_at = $6,
               app_proven = false, proven_at = null, check_due_at = $6, updated_at = $6 where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(&trouble.reason).bind(&trouble.action)
        .bind(trouble.remedy.map(|r| r.as_str())).bind(now).execute(c).await.map(drop))?;
    Ok(())
}

/// Checks that hints may ask for at once; after that one comes free each [`HINT_EVERY`].
const HINTS_AT_ONCE: i64 = 5;
const HINT_EVERY: Millis = 60_000;

/// Makes the next check due, because something hints at trouble: at once, unless hints have asked for many of late. Each
/// costs calls to the provider, which limits them per account and hour, and every message may fail with a hint.
pub async fn request_check(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    now: Millis,
) -> StoreResult<()> {
    // A bucket in one column: the moment at which it is full again.
    let sql = "update integrations set
               check_due_at = case when hinted_until - $4 > $3 then hinted_until - $4 else $3 end,
               hinted_until = case when hinted_until > $3 then hinted_until else $3 end + $5
               where workspace_id = $1 and id = $2 and deleted_at is null
               and check_due_at > case when hinted_until - $4 > $3 then hinted_until - $4 else $3 end";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(now).bind(HINT_EVERY * (HINTS_AT_ONCE - 1))
        .bind(HINT_EVERY).execute(c).await.map(drop))?;
    Ok(())
}

/// Notes since when the provider cannot be reached for an integration, or that it can. `false` when that was known.
pub async fn note_reach(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    unreachable_since: Option<Millis>,
) -> StoreResult<bool> {
    let sql = "update integrations set unreachable_since = $3 where workspace_id = $1 and id = $2
               and (unreachable_since is null) = $4";
    let rows = on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(unreachable_since)
        .bind(unreachable_since.is_some()).execute(c).await.map(|r| r.rows_affected()))?;
    Ok(rows > 0)
}

/// The codes of what failed last, since a time, newest first.
pub async fn list_failures(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    since: Millis,
) -> StoreResult<Vec<i64>> {
    let sql = "select error_code from messages where workspace_id = $1 and integration_id = $2 and state = 'failed'
               and updated_at >= $3 and error_code is not null order by updated_at desc limit 100";
    Ok(on!(conn, c => sqlx::query_scalar(sql).bind(workspace_id).bind(id).bind(since).fetch_all(c).await)?)
}

/// Moves the next check.
pub async fn postpone_check(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    until: Millis,
) -> StoreResult<()> {
    let sql = "update integrations set check_due_at = $3 where workspace_id = $1 and id = $2 and deleted_at is null";
    on!(conn, c => sqlx::query(sql).bind(workspace_id).bind(id).bind(until).execute(c).await.map(drop))?;
    Ok(())
}

/// An integration whose check is due.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct DueCheck {
    pub workspace_id: WorkspaceId,
    pub id: IntegrationId,
}

/// Whether any check is due: a cheap look before the claim, which needs the writer.
pub async fn has_due_checks(conn: &mut Conn, now: Millis) -> StoreResult<bool> {
    let sql = concat!(
        "select 1 from integrations where deleted_at is null and channel <> 'web' and channel in ",
        provided_channels!(),
        " and provider in ('cloud', 'sandbox') and check_due_at <= $1 limit 1"
    );
    let found: Option<i32> = on!(conn, c => sqlx::query_scalar(sql).bind(now).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Takes due checks, and moves them on so that no other node has them. Those of channels and providers that only a newer version
/// knows are left to it. A node that dies leaves them to the next time.
pub async fn claim_checks(conn: &mut Conn, now: Millis, next: Millis, limit: i64) -> StoreResult<Vec<DueCheck>> {
    let sql = match conn.dialect() {
        Dialect::Sqlite => concat!(
            "update integrations set check_due_at = $2 where (workspace_id, id) in (select workspace_id, id from integrations
               where deleted_at is null and channel <> 'web' and channel in ",
            provided_channels!(),
            " and check_due_at <= $1 and provider in ('cloud', 'sandbox')
               order by check_due_at limit $3)
             returning workspace_id, id"
        ),
        Dialect::Postgres => concat!(
            "with due as materialized (select workspace_id as due_workspace, id as due_id from integrations
               where deleted_at is null and channel <> 'web' and channel in ",
            provided_channels!(),
            " and check_due_at <= $1 and provider in ('cloud', 'sandbox')
               order by check_due_at limit $3 for no key update skip locked)
             update integrations set check_due_at = $2 from due where workspace_id = due_workspace and id = due_id
             returning workspace_id, id"
        ),
    };
    Ok(on!(conn, c => sqlx::query_as(sql).bind(now).bind(next).bind(limit).fetch_all(c).await)?)
}

/// What waits and what failed, counted up to [`COUNT_MAX`].
#[derive(Clone, Debug, Default, FromRow)]
pub struct Counts {
    pub queued: i64,
    pub failed: i64,
    pub dead_letters: i64,
    /// Why the newest of them could not be stored.
    pub dead_letter_reason: Option<String>,
}

/// Counts of an integration; failures since a time.
pub async fn counts(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
    since: Millis,
) -> StoreResult<Counts> {
    let sql = "select
        (select count(*) from (select 1 from messages where workspace_id = $1 and integration_id = $2
         and state = 'queued' limit $4) q) as queued,
        (select count(*) from (select 1 from messages where workspace_id = $1 and integration_id = $2
         and state = 'failed' and updated_at >= $3 limit $4) f) as failed,
        (select count(*) from (select 1 from dead_letters where workspace_id = $1 and integration_id = $2 limit $4) d)
         as dead_letters,
        (select reason from dead_letters where workspace_id = $1 and integration_id = $2 order by id desc limit 1)
         as dead_letter_reason";
    Ok(on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).bind(since).bind(COUNT_MAX).fetch_one(c).await)?)
}

/// What deleting an integration would take along. Of the deliveries that wait, of all integrations, the newest are counted.
pub async fn preview_removal(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: IntegrationId,
) -> StoreResult<RemovalPreview> {
    let sql = "select
        (select count(*) from conversations where workspace_id = $1 and integration_id = $2),
        (select count(*) from messages m join conversations v on v.workspace_id = m.workspace_id
         and v.id = m.conversation_id where v.workspace_id = $1 and v.integration_id = $2),
        (select count(*) from messages where workspace_id = $1 and integration_id = $2 and state = 'queued'),
        (select count(*) from (select workspace_id, integration_id from deliveries where state = 'waiting'
         order by id desc limit 2000) as newest where workspace_id = $1 and integration_id = $2)";
    let (conversations, messages, queued, waiting) =
        on!(conn, c => sqlx::query_as(sql).bind(workspace_id).bind(id).fetch_one(c).await)?;
    Ok(RemovalPreview { conversations, messages, queued, waiting })
}
