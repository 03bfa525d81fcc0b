//! The event log of an integration: what came in, what was dropped and why, and how to replay it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Services, actor::Actor};
use crate::{
    domain::{
        channel::Channel,
        event::DomainEvent,
        ids::{DeadLetterId, DeliveryId, IntegrationId, WorkspaceId},
        integration::{DeadLetter, DeadLetterPage, Delivery, DeliveryBody, DeliveryPage, Drop, Holding, Replay},
    },
    error::ApiError,
    server::{
        channel::{
            self,
            item::{Item, ItemKind},
        },
        error::Result,
        store::{
            Conn, StoreResult, dead_letter,
            delivery::{self, LogRow},
            integration::{self, IntegrationRow},
        },
    },
    texts::retold,
};

const PAGE: i64 = 25;
/// Longer bodies are not parsed for a list.
const LISTED_MAX: i64 = 64 << 10;
/// The most of a body that is shown.
const SHOWN_MAX: usize = 1 << 20;
/// Dead letters replayed in one call.
const REPLAY_MAX: i64 = 1000;
/// Dead letters replayed in one transaction.
const CHUNK: usize = 50;

async fn find(conn: &mut Conn, actor: &Actor, id: IntegrationId) -> Result<IntegrationRow> {
    let row = integration::find(conn, actor.workspace_id, id).await?;
    // Nothing is delivered for a website, and of a newer version's channel this one knows nothing.
    let row = row.filter(|row| row.channel.capabilities().sends && row.channel != Channel::Newer);
    Ok(row.ok_or_else(|| ApiError::not_found("The integration"))?)
}

/// The last deliveries.
pub async fn deliveries(
    state: &Services,
    actor: &Actor,
    id: IntegrationId,
    before: Option<DeliveryId>,
) -> Result<DeliveryPage> {
    let ws = actor.workspace_id;
    let mut conn = state.store.read().await?;
    let own = find(&mut conn, actor, id).await?;
    let before = before.unwrap_or(DeliveryId::max());
    let mut rows = delivery::list_of_integration(&mut conn, ws, id, before, LISTED_MAX, PAGE + 1).await?;
    let backlog = delivery::is_backlog_beyond(&mut conn, before).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let ends = rows.last().zip(rows.first()).map(|(oldest, newest)| (oldest.id, newest.id));
    let letters = match ends {
        Some(ends) => dead_letter::list_of_deliveries(&mut conn, ws, id, ends).await?,
        None => Vec::new(),
    };
    let mut drops: BTreeMap<DeliveryId, Vec<Drop>> = BTreeMap::new();
    for letter in letters {
        let drop = Drop { dead_letter_id: letter.id, item: letter.item, reason: retold(&letter.reason) };
        drops.entry(letter.delivery_id).or_default().push(drop);
    }
    let ignored = dead_letter::list_counts(&mut conn, ws, id).await?;
    Ok(DeliveryPage {
        next: ends.filter(|_| more).map(|(oldest, _)| oldest),
        backlog,
        rows: rows.into_iter().map(|row| view(&own, row, &mut drops)).collect(),
        ignored: ignored.into_iter().map(|(what, count)| Holding { what, count }).collect(),
    })
}

fn view(own: &IntegrationRow, row: LogRow, drops: &mut BTreeMap<DeliveryId, Vec<Drop>>) -> Delivery {
    let drops = drops.remove(&row.id).unwrap_or_default();
    let holds = row.body.as_deref().map(|body| holdings(own, body, row.shared));
    // Of a delivery for several workspaces, only what is one's own is counted.
    let (items, dropped) = match (&holds, row.shared) {
        (_, false) => (row.items, row.dropped),
        (Some(holds), true) => (holds.iter().map(|h| h.count).sum(), i64::try_from(drops.len()).unwrap_or(0)),
        (None, true) => (0, i64::try_from(drops.len()).unwrap_or(0)),
    };
    Delivery {
        id: row.id,
        received_at: row.received_at,
        size: row.size,
        state: row.state,
        items,
        dropped,
        holds,
        drops,
    }
}

/// What a body holds, by kind.
fn holdings(own: &IntegrationRow, body: &[u8], shared: bool) -> Vec<Holding> {
    let Ok(items) = channel::parse(own.channel, body) else {
        return vec![Holding { what: "unreadable".to_owned(), count: 1 }];
    };
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    for item in items.iter().filter(|item| !shared || concerns(own, item)) {
        let what = match &item.kind {
            ItemKind::Message(message) => format!("message:{}", message.type_name),
            ItemKind::Status(report) => format!("status:{}", report.status),
            ItemKind::Echo(echo) => format!("echo:{}", echo.message.type_name),
            ItemKind::Handover(_) => "handover".to_owned(),
            ItemKind::Unknown(what) => what.clone(),
            ItemKind::Poison(_) => "unreadable".to_owned(),
        };
        *counts.entry(what).or_default() += 1;
    }
    counts.into_iter().map(|(what, count)| Holding { what, count }).collect()
}

/// Whether an item of the deployment-wide path is this integration's: the same rule as that of routing.
fn concerns(own: &IntegrationRow, item: &Item) -> bool {
    match (&item.external_key, &item.account_id) {
        (Some(number), account) => {
            *number == own.external_key && account.as_ref().is_none_or(|id| *id == own.account_key)
        }
        (None, Some(account)) => *account == own.account_key,
        (None, None) => false,
    }
}

/// A delivery as it came; of one for several workspaces, what is one's own.
pub async fn body(state: &Services, actor: &Actor, id: IntegrationId, delivery_id: DeliveryId) -> Result<DeliveryBody> {
    let mut conn = state.store.read().await?;
    let own = find(&mut conn, actor, id).await?;
    let row = delivery::find_of_integration(&mut conn, actor.workspace_id, id, delivery_id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("The delivery"))?;
    drop(conn);
    // Nothing of it is shown before it is on record who asked.
    let input = (actor.workspace_id, id, delivery_id, state.now());
    let recorded = state.transact(actor, id, input, |conn, (ws, integration_id, delivery_id, now)| {
        let read = DomainEvent::DeliveryRead { integration_id: *integration_id, delivery_id: *delivery_id };
        conn.tell(*ws, read, *now);
        Box::pin(std::future::ready(Ok(())))
    });
    recorded.await?;
    let bytes = row.body.unwrap_or_default();
    let text = if row.shared {
        let items = channel::parse(own.channel, &bytes).unwrap_or_default();
        let raw: Vec<Value> = items.into_iter().filter(|item| concerns(&own, item)).map(|item| item.raw).collect();
        serde_json::to_string_pretty(&raw).unwrap_or_default()
    } else {
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let truncated = text.len() > SHOWN_MAX;
    let end = (0..=SHOWN_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Ok(DeliveryBody { body: text.get(..end).unwrap_or_default().to_owned(), truncated })
}

/// What could not be stored.
pub async fn dead_letters(
    state: &Services,
    actor: &Actor,
    id: IntegrationId,
    before: Option<DeadLetterId>,
) -> Result<DeadLetterPage> {
    let mut conn = state.store.read().await?;
    find(&mut conn, actor, id).await?;
    let before = before.unwrap_or(DeadLetterId::max());
    let mut rows = dead_letter::list(&mut conn, actor.workspace_id, id, before, PAGE + 1).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(|row| row.id);
    let rows = rows
        .into_iter()
        .map(|row| DeadLetter {
            id: row.id,
            delivery_id: row.delivery_id,
            item: row.item,
            reason: retold(&row.reason),
            created_at: row.created_at,
            replayable: row.kept,
        })
        .collect();
    Ok(DeadLetterPage { rows, next })
}

/// Replays one dead letter, or all of them.
///
/// The whole delivery goes back to ingest, which stores each item once: what went well before stays as it is, and what
/// still cannot be stored becomes a dead letter again.
pub async fn replay(
    state: &Services,
    actor: &Actor,
    id: IntegrationId,
    dead_letter_id: Option<DeadLetterId>,
) -> Result<Replay> {
    let ws = actor.workspace_id;
    let letters = {
        let mut conn = state.store.read().await?;
        find(&mut conn, actor, id).await?;
        match dead_letter_id {
            Some(letter) => {
                let found = dead_letter::find(&mut conn, ws, id, letter).await?;
                vec![found.ok_or_else(|| ApiError::not_found("The dead letter"))?]
            }
            None => dead_letter::list(&mut conn, ws, id, DeadLetterId::max(), REPLAY_MAX).await?,
        }
    };
    let (kept, gone): (Vec<_>, Vec<_>) = letters.into_iter().partition(|letter| letter.kept);
    if dead_letter_id.is_some() && kept.is_empty() {
        return Err(ApiError::conflict("The delivery of this dead letter is no longer kept.")
            .action("Deliveries are kept for 30 days. Ask the customer to write again.")
            .into());
    }
    let mut replayed = 0;
    for chunk in kept.chunks(CHUNK) {
        let pairs: Vec<(DeadLetterId, DeliveryId)> =
            chunk.iter().map(|letter| (letter.id, letter.delivery_id)).collect();
        let input = (ws, id, pairs, state.now());
        replayed += state
            .transact(actor, id, input, |conn, (ws, id, pairs, now)| {
                Box::pin(async move {
                    let count = put_back(conn, *ws, pairs).await?;
                    if count > 0 {
                        conn.tell(*ws, DomainEvent::LettersReplayed { integration_id: *id, count }, *now);
                    }
                    Ok(count)
                })
            })
            .await?;
    }
    Ok(Replay { replayed, gone: i64::try_from(gone.len()).unwrap_or(0) })
}

/// Deletes the dead letters and requeues their deliveries, in one transaction. One that is being processed right now
/// keeps its letter.
async fn put_back(conn: &mut Conn, ws: WorkspaceId, pairs: &[(DeadLetterId, DeliveryId)]) -> StoreResult<i64> {
    let mut count = 0;
    for (letter, delivery_id) in pairs {
        if delivery::work_off_again(conn, *delivery_id).await? && dead_letter::delete(conn, ws, *letter).await? {
            count += 1;
        }
    }
    Ok(count)
}
