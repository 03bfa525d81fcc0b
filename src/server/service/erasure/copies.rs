//! Copies of what an erased customer wrote, in webhooks as they came and in dead letters. A webhook may hold what others
//! wrote, too, and be the only way back to it: so it is taken apart, and only the items of that customer go.

use super::erase_up_to;
use crate::{
    domain::{
        Millis,
        channel::Channel,
        event::DomainEvent,
        ids::{ConversationId, DeliveryId, IntegrationId, WorkspaceId},
    },
    server::{
        channel::{self, Gone},
        error::Result,
        service::Services,
        store::{
            Conn, StoreResult, contact, conversation,
            erasure::{self, CopyRow, Erasure, NAMES, Reach},
            message, queue,
        },
        writer::Priority,
    },
};

/// Webhooks gone through with one look.
const PAGE: i64 = 500;

/// Goes through all that came in for the workspace: an app's callback may have been that of another integration. Whether that
/// was the end of it: what had come in before the order and is not processed yet will be stored, and has to go then.
pub(super) async fn erase(state: &Services, job: &Erasure) -> Result<bool> {
    let mut is_last = !erasure::is_awaited(&mut state.store.read().await?, job.workspace_id, job.upto).await?;
    let names: Vec<String> = serde_json::from_str(&job.names).unwrap_or_default();
    let places = erasure::places(&mut state.store.read().await?, job.workspace_id).await?;
    let only = job.subject_id.into();
    let only = places.iter().find(|(id, _)| *id == only).map(|(_, number)| number.clone());
    for place in &places {
        let (id, number) = place;
        is_last &= go_through(state, job, place, Concern::Own(only.as_deref()), &names).await?;
        if only.as_ref().is_none_or(|only| only == number) {
            is_last &= go_through(state, job, place, Concern::Shared(number), &names).await?;
            let input = (job.workspace_id, *id, job.upto, names.clone(), state.now());
            state.writer.write(Priority::Bulk, *id, input, |conn, input| Box::pin(forget_letters(conn, input))).await?;
        }
    }
    Ok(is_last)
}

/// Which webhooks, and which of their items.
#[derive(Clone, Copy)]
enum Concern<'a> {
    /// Those on the paths of the workspace's integrations; items of one number, or all.
    Own(Option<&'a str>),
    /// Those on the deployment-wide path, which may hold other workspaces' items too; items of one number only.
    Shared(&'a str),
}

impl Concern<'_> {
    const fn is_shared(self) -> bool {
        matches!(self, Self::Shared(_))
    }

    /// Whether an item of that number is meant; some are of none.
    fn covers(self, number: Option<&str>) -> bool {
        match self {
            Self::Own(None) => true,
            Self::Own(Some(own)) => number.is_none_or(|number| number == own),
            Self::Shared(own) => number == Some(own),
        }
    }
}

async fn forget_letters(
    conn: &mut Conn,
    (ws, id, upto, names, now): &(WorkspaceId, IntegrationId, Millis, Vec<String>, Millis),
) -> StoreResult<()> {
    for name in names {
        erasure::forget_letters(conn, *ws, *id, *upto, name).await?;
    }
    conn.tell(*ws, DomainEvent::IntegrationChanged { id: *id }, *now);
    Ok(())
}

/// An integration and its number.
type Place = (IntegrationId, String);

/// Whether all that held a name could be taken apart: what only a newer version can, it has to do.
async fn go_through(
    state: &Services,
    job: &Erasure,
    place: &Place,
    concern: Concern<'_>,
    names: &[String],
) -> Result<bool> {
    let (shared, id, mut all) = (concern.is_shared(), place.0, true);
    let mut reach = Reach { after: DeliveryId::nil(), upto: job.upto, page: PAGE };
    loop {
        let end = erasure::page_end(&mut state.store.read().await?, job.workspace_id, id, shared, reach).await?;
        let Some(last) = end else { return Ok(all) };
        for some in names.chunks(NAMES) {
            let asked = std::array::from_fn(|n| some.get(n).or(some.first()).cloned().unwrap_or_default());
            let mut within = reach;
            loop {
                let mut conn = state.store.read().await?;
                let found = erasure::copies(&mut conn, job.workspace_id, id, shared, (within, last), &asked).await?;
                // Not held while others of them are asked for.
                drop(conn);
                let Some(newest) = found.last().map(|copy| copy.id) else { break };
                within.after = newest;
                for copy in found {
                    if copy.channel == Channel::Newer {
                        all = false;
                        continue;
                    }
                    put_back(state, job, place, copy, concern, names).await?;
                }
            }
        }
        reach.after = last;
        if state.life.shutdown.is_cancelled() {
            return Ok(all);
        }
    }
}

/// Writes a webhook back without the items of the customer, and erases what has been stored of them since the order.
async fn put_back(
    state: &Services,
    job: &Erasure,
    (lane, number): &Place,
    copy: CopyRow,
    concern: Concern<'_>,
    names: &[String],
) -> Result<()> {
    let channel::Cut { rest, gone } = channel::cut_out(copy.channel, &copy.body, |key| concern.covers(key), names);
    if rest.as_ref().is_some_and(|rest| *rest == copy.body) {
        return Ok(());
    }
    for Gone { external_key, external_id } in gone {
        forget_stored(state, job, (external_key.as_deref().unwrap_or(number), &external_id), names).await?;
    }
    state
        .writer
        .write(Priority::Bulk, *lane, (copy.id, rest), |conn, (id, rest)| {
            Box::pin(async move {
                match rest {
                    Some(rest) => erasure::set_body(conn, *id, rest).await,
                    None => erasure::delete_delivery(conn, *id).await,
                }
            })
        })
        .await?;
    Ok(())
}

/// Erases a conversation up to a message that had come in before the order and was stored after it; all of it, unless the
/// customer has written since.
async fn forget_stored(
    state: &Services,
    job: &Erasure,
    (number, external_id): (&str, &str),
    names: &[String],
) -> Result<()> {
    let ws = job.workspace_id;
    let mut conn = state.store.read().await?;
    let found = message::place_of_external(&mut conn, ws, number, external_id).await?;
    let Some((id, seq, contact_id)) = found else { return Ok(()) };
    // An item may name the customer and be another one's.
    let identities = contact::list_identities(&mut conn, ws, contact_id).await?;
    drop(conn);
    if !identities.iter().any(|(.., value)| names.contains(value)) {
        return Ok(());
    }
    let input = (ws, id, seq, state.now());
    let upto =
        state.writer.write(Priority::Bulk, id, input, |conn, input| Box::pin(end_of_stored(conn, *input))).await?;
    erase_up_to(state, ws, id, Some(upto), Priority::Bulk).await
}

async fn end_of_stored(
    conn: &mut Conn,
    (ws, id, seq, now): (WorkspaceId, ConversationId, i64, Millis),
) -> StoreResult<i64> {
    if message::has_inbound_after(conn, ws, id, seq).await? {
        return Ok(seq);
    }
    queue::cancel_conversation(conn, ws, id, now).await?;
    Ok(conversation::void_answer(conn, ws, id).await?.unwrap_or(seq))
}
