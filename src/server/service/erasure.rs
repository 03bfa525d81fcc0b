//! Erasing for good: a conversation, a contact, the history of a chatbot's website, and their copies in what came in.
//!
//! An order is a row (`erasures`), written in the transaction that voids answers and withdraws what is queued. It is carried
//! out in small transactions, at once as far as people wait for it, and else by the sweep. What comes after the order stays:
//! a customer who writes meanwhile has started over.

mod copies;

use std::time::Duration;

use tokio::time::timeout;
use uuid::Uuid;

use super::{Services, actor::Actor, conversation as conversations};
use crate::{
    domain::{
        Millis,
        contact::IdentityKind,
        conversation::Erased,
        event::{DomainEvent, Erasable},
        ids::{ChatbotId, ContactId, ConversationId, WorkspaceId},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        store::{
            Conn, StoreResult, chatbot, contact, conversation,
            erasure::{self, Erasure, ErasureKind},
            message, note, queue,
        },
        writer::Priority,
    },
};

/// Messages erased in one transaction: few, so that live traffic is not held up.
const MESSAGES: i64 = 500;
/// Conversations of a website erased beside each other.
const CONVERSATIONS: i64 = 20;
/// How long a person waits for the end of erasing; what is left then goes on by itself.
const PATIENCE: Duration = Duration::from_secs(5);
/// Anything shorter is no name to look for: it would be found everywhere.
const NAME_MIN: usize = 5;

/// Erases one conversation. Its contact goes along if it was the only one.
pub async fn erase_conversation(state: &Services, actor: &Actor, id: ConversationId) -> Result<Erased> {
    let ws = actor.workspace_id;
    let row = conversation::find(&mut state.store.read().await?, ws, id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("The conversation"))?;
    order(state, actor, (row.contact_id, Some(id)), "The conversation").await
}

/// Erases a contact with all their conversations.
pub async fn erase_contact(state: &Services, actor: &Actor, id: ContactId) -> Result<Erased> {
    order(state, actor, (id, None), "The contact").await
}

/// Erases the conversations that visitors have had with a chatbot so far.
pub async fn erase_website(state: &Services, actor: &Actor, id: ChatbotId) -> Result<Erased> {
    let ws = actor.workspace_id;
    let found = chatbot::find_profile(&mut state.store.read().await?, ws, id).await?;
    found.ok_or_else(|| ApiError::not_found("The chatbot"))?;
    let now = state.now();
    let subject_id = id.into();
    let job = Erasure {
        workspace_id: ws,
        id: subject_id,
        kind: ErasureKind::Website,
        subject_id,
        upto: now,
        names: String::new(),
    };
    state
        .transact(actor, id, (job.clone(), id, now), |conn, (job, id, now)| {
            conn.tell(job.workspace_id, DomainEvent::ErasureOrdered { of: Erasable::WebsiteHistory(*id) }, *now);
            Box::pin(erasure::insert(conn, job, *now))
        })
        .await?;
    Ok(as_far_as_possible(state, &[job]).await)
}

/// What is ordered of a contact: all their conversations, or one.
struct Order {
    ws: WorkspaceId,
    contact_id: ContactId,
    only: Option<ConversationId>,
    copies_id: Uuid,
    now: Millis,
}

async fn order(
    state: &Services,
    actor: &Actor,
    (contact_id, only): (ContactId, Option<ConversationId>),
    what: &'static str,
) -> Result<Erased> {
    let input = Order { ws: actor.workspace_id, contact_id, only, copies_id: mint_id(), now: state.now() };
    let jobs = state.transact(actor, contact_id, input, |conn, order| Box::pin(take_order(conn, order))).await?;
    let jobs = jobs.ok_or_else(|| ApiError::not_found(what))?;
    Ok(as_far_as_possible(state, &jobs).await)
}

/// The ordering transaction: from here on nothing of it is answered or sent any more.
async fn take_order(conn: &mut Conn, o: &Order) -> StoreResult<Option<Vec<Erasure>>> {
    let Some(known) = contact::find(conn, o.ws, o.contact_id).await? else { return Ok(None) };
    let all = conversation::list_of_contact(conn, o.ws, o.contact_id).await?;
    let chosen: Vec<_> = all.iter().filter(|(id, ..)| o.only.is_none_or(|only| only == *id)).collect();
    let job =
        |id: Uuid, kind, subject_id, upto, names| Erasure { workspace_id: o.ws, id, kind, subject_id, upto, names };
    let mut jobs = Vec::new();
    for (id, ..) in &chosen {
        let Some(last) = conversation::void_answer(conn, o.ws, *id).await? else { continue };
        queue::cancel_conversation(conn, o.ws, *id, o.now).await?;
        let subject_id = Uuid::from(*id);
        jobs.push(job(subject_id, ErasureKind::Conversation, subject_id, last, String::new()));
    }
    if o.only.is_some() && jobs.is_empty() {
        return Ok(None);
    }
    let identities = contact::list_identities(conn, o.ws, o.contact_id).await?;
    let mut names: Vec<String> = identities
        .into_iter()
        .filter(|(kind, ..)| kind != IdentityKind::VisitorId.as_str())
        .map(|(_, _, value)| value)
        .chain(known.phone)
        .filter(|name| name.len() >= NAME_MIN)
        .collect();
    names.sort_unstable();
    names.dedup();
    // Nothing comes in for a website that could hold copies.
    let number = chosen.iter().find(|(_, _, channel)| channel.capabilities().sends).map(|(_, id, _)| *id);
    if !names.is_empty() && (number.is_some() || chosen.is_empty()) {
        // When they have other conversations, what they wrote to other numbers is not meant.
        let place = number.filter(|_| all.len() > chosen.len()).unwrap_or_default();
        // A list of texts is always JSON.
        let names = serde_json::to_string(&names).unwrap_or_default();
        jobs.push(job(o.copies_id, ErasureKind::Copies, place.into(), o.now, names));
    }
    for job in &jobs {
        erasure::insert(conn, job, o.now).await?;
    }
    if o.only.is_none() {
        // At once, whoever writes meanwhile: they begin afresh.
        contact::forget_what_was_noted(conn, o.ws, o.contact_id, o.now).await?;
    }
    if all.is_empty() {
        contact::delete_orphaned(conn, o.ws, &[o.contact_id]).await?;
    }
    let of = o.only.map_or(Erasable::Contact(o.contact_id), Erasable::Conversation);
    conn.tell(o.ws, DomainEvent::ErasureOrdered { of }, o.now);
    Ok(Some(jobs))
}

/// Carries orders out while somebody waits.
async fn as_far_as_possible(state: &Services, jobs: &[Erasure]) -> Erased {
    let work = async {
        let mut all = true;
        for job in jobs {
            all &= carry_out(state, job, Priority::Interactive).await?;
        }
        Ok::<_, crate::server::error::Error>(all)
    };
    match timeout(PATIENCE, work).await {
        Ok(Ok(all)) => Erased { all },
        Ok(Err(error)) => {
            tracing::warn!(error = ?error, "Erasing was cut off and goes on later");
            Erased { all: false }
        }
        Err(_) => Erased { all: false },
    }
}

/// Carries out what is left of all orders. The sweep calls it once a minute.
///
/// # Errors
/// When the database is unavailable.
pub async fn go_on(state: &Services) -> Result<()> {
    let jobs = erasure::list(&mut state.store.read().await?).await?;
    for job in &jobs {
        if state.life.shutdown.is_cancelled() {
            break;
        }
        // One that cannot be carried out is tried again the next time, and holds up no other.
        if let Err(error) = go_on_with(state, job).await {
            tracing::warn!(erasure_id = %job.id, error = ?error, "Something could not be erased; it is tried again");
        }
    }
    Ok(())
}

async fn go_on_with(state: &Services, job: &Erasure) -> Result<()> {
    let waits = job.kind == ErasureKind::Copies
        && erasure::is_awaited(&mut state.store.read().await?, job.workspace_id, job.upto).await?;
    if !waits {
        carry_out(state, job, Priority::Bulk).await?;
    }
    Ok(())
}

/// Whether nothing of it is left.
async fn carry_out(state: &Services, job: &Erasure, priority: Priority) -> Result<bool> {
    let all = match job.kind {
        ErasureKind::Conversation => {
            let id = job.subject_id.into();
            erase_up_to(state, job.workspace_id, id, Some(job.upto), priority).await.map(|()| true)?
        }
        ErasureKind::Website => erase_visitors(state, job).await.map(|()| true)?,
        ErasureKind::Copies => copies::erase(state, job).await?,
    };
    if !all || state.life.shutdown.is_cancelled() {
        return Ok(false);
    }
    let key = (job.workspace_id, job.id);
    state
        .writer
        .write(Priority::Bulk, job.subject_id, key, |conn, (ws, id)| Box::pin(erasure::finish(conn, *ws, *id)))
        .await?;
    Ok(true)
}

/// The conversations of a website, some beside each other: each is written in a lane of its own.
async fn erase_visitors(state: &Services, job: &Erasure) -> Result<()> {
    let (ws, chatbot_id) = (job.workspace_id, job.subject_id.into());
    loop {
        let mut conn = state.store.read().await?;
        let ids = conversation::ids_of_website(&mut conn, ws, chatbot_id, job.upto, CONVERSATIONS).await?;
        drop(conn);
        let each = ids.iter().map(|id| erase_up_to(state, ws, *id, None, Priority::Bulk));
        for erased in futures::future::join_all(each).await {
            erased?;
        }
        if ids.is_empty() || state.life.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// Erases a conversation up to a place, or up to its end.
async fn erase_up_to(
    state: &Services,
    ws: WorkspaceId,
    id: ConversationId,
    upto: Option<i64>,
    priority: Priority,
) -> Result<()> {
    let Some(row) = conversation::find(&mut state.store.read().await?, ws, id).await? else { return Ok(()) };
    // The lane of all that the pipeline does to it.
    let lane = conversations::lane(row.channel, row.integration_id, id);
    loop {
        let input = (ws, id, upto, state.now());
        let done = state
            .writer
            .write(priority, lane, input, |conn, (ws, id, upto, now)| Box::pin(erase_some(conn, *ws, *id, *upto, *now)))
            .await?;
        if done || state.life.shutdown.is_cancelled() {
            return Ok(());
        }
    }
}

/// Erases some messages, and the conversation when none is left; whether it is done.
async fn erase_some(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: ConversationId,
    upto: Option<i64>,
    now: Millis,
) -> StoreResult<bool> {
    let upto = match upto {
        Some(upto) => upto,
        None => {
            let Some(last) = conversation::void_answer(conn, ws, id).await? else { return Ok(true) };
            queue::cancel_conversation(conn, ws, id, now).await?;
            last
        }
    };
    // Whoever writes at the same time has done so, or comes later and begins afresh.
    conversation::hold(conn, ws, id).await?;
    let deleted = message::delete_some(conn, ws, id, upto, MESSAGES).await?;
    conn.tell(ws, DomainEvent::ConversationErased { id }, now);
    if deleted >= MESSAGES || note::delete_some(conn, ws, id, upto, MESSAGES).await? >= MESSAGES {
        return Ok(false);
    }
    // Lines that say what was done to it meanwhile, and notes, are about what was erased: words alone begin it afresh.
    if !message::has_words_after(conn, ws, id, upto).await? {
        let deleted = message::delete_some(conn, ws, id, i64::MAX, MESSAGES).await?;
        if deleted >= MESSAGES || note::delete_some(conn, ws, id, i64::MAX, MESSAGES).await? >= MESSAGES {
            return Ok(false);
        }
    }
    if let Some(contact_id) = conversation::delete_emptied(conn, ws, id).await? {
        contact::delete_orphaned(conn, ws, &[contact_id]).await?;
    }
    Ok(true)
}
