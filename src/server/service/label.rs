//! Labels: people with the right make them, everybody who answers uses them.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Services, actor::Actor, conversation as conversations, validate};
use crate::{
    domain::{
        Millis,
        conversation::Conversation,
        event::{DomainEvent, LabelChange},
        ids::{ConversationId, LabelId, MessageId, WorkspaceId},
        label::{Colour, LABELS_MAX, Label, NAME_MAX, PER_CONVERSATION},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        store::{Conn, StoreResult, label},
        writer::Priority,
    },
};

/// How many conversations lose a label in one transaction.
const AT_ONCE: i64 = 500;

pub async fn list(state: &Services, actor: &Actor) -> Result<Vec<Label>> {
    Ok(label::list(&mut state.store.read().await?, actor.workspace_id).await?)
}

fn taken(name: &str) -> ApiError {
    ApiError::invalid("name", format!("There is a label “{name}” already.")).action("Choose another name.")
}

fn checked(name: &str, colour: Colour) -> std::result::Result<String, ApiError> {
    if colour == Colour::Newer {
        return Err(ApiError::invalid("colour", "There is no such colour."));
    }
    validate::required("name", name, NAME_MAX)
}

/// # Errors
/// When another label has the name, in whatever case, or there are too many.
pub async fn create(state: &Services, actor: &Actor, name: &str, colour: Colour) -> Result<Label> {
    let new = Label { id: mint_id(), name: checked(name, colour)?, colour };
    let made = state.transact(
        actor,
        Uuid::from(new.id),
        (actor.workspace_id, new.clone(), state.now()),
        |conn, (ws, new, now)| Box::pin(create_within(conn, *ws, new, *now)),
    );
    made.await??;
    Ok(new)
}

async fn create_within(
    conn: &mut Conn,
    ws: WorkspaceId,
    new: &Label,
    now: Millis,
) -> StoreResult<std::result::Result<(), ApiError>> {
    let all = label::list(conn, ws).await?;
    if i64::try_from(all.len()).unwrap_or(i64::MAX) >= LABELS_MAX {
        return Ok(Err(
            ApiError::conflict("There are 200 labels, which is the most.").action("Delete one that nobody uses.")
        ));
    }
    if !label::insert(conn, ws, new, now).await? {
        return Ok(Err(taken(&new.name)));
    }
    tell(conn, ws, new, LabelChange::Created, now);
    Ok(Ok(()))
}

fn tell(conn: &mut Conn, ws: WorkspaceId, label: &Label, what: LabelChange, now: Millis) {
    conn.tell(ws, DomainEvent::LabelChanged { id: label.id, name: label.name.clone(), what }, now);
}

/// # Errors
/// When there is no such label, or another one has the name.
pub async fn update(state: &Services, actor: &Actor, id: LabelId, name: &str, colour: Colour) -> Result<Label> {
    let new = Label { id, name: checked(name, colour)?, colour };
    let input = (actor.workspace_id, new.clone(), state.now());
    let changed = state.transact(actor, Uuid::from(id), input, |conn, (ws, new, now)| {
        Box::pin(async move {
            if label::find(conn, *ws, new.id).await?.is_none() {
                return Ok(Err(ApiError::not_found("The label")));
            }
            if label::is_taken(conn, *ws, &new.name, new.id).await? {
                return Ok(Err(taken(&new.name)));
            }
            label::update(conn, *ws, new).await?;
            tell(conn, *ws, new, LabelChange::Changed, *now);
            Ok(Ok(()))
        })
    });
    changed.await??;
    Ok(new)
}

/// Deletes a label. Nobody sees it any more, and the upkeep takes it off its conversations.
pub async fn delete(state: &Services, actor: &Actor, id: LabelId) -> Result<()> {
    let input = (actor.workspace_id, id, state.now());
    let found = state.transact(actor, Uuid::from(id), input, |conn, (ws, id, now)| {
        Box::pin(async move {
            let Some(name) = label::delete(conn, *ws, *id, *now).await? else { return Ok(false) };
            conn.tell(*ws, DomainEvent::LabelChanged { id: *id, name, what: LabelChange::Deleted }, *now);
            Ok(true)
        })
    });
    if found.await? { Ok(()) } else { Err(ApiError::not_found("The label").into()) }
}

/// Takes what is deleted off its conversations, portion by portion. The upkeep calls it.
///
/// # Errors
/// When the database is unavailable; the next round tries again.
pub async fn go_on_deleting(state: &Services) -> Result<()> {
    let deleted = label::list_deleted(&mut state.store.read().await?).await?;
    for (ws, id) in deleted {
        loop {
            let lost = state.writer.write(Priority::Bulk, Uuid::from(id), (ws, id), |conn, (ws, id)| {
                Box::pin(label::take_off_some(conn, *ws, *id, AT_ONCE))
            });
            if lost.await? == 0 || state.life.shutdown.is_cancelled() {
                break;
            }
        }
    }
    Ok(())
}

/// What a conversation gets and loses.
struct Labelling {
    actor: Actor,
    id: ConversationId,
    add: Vec<LabelId>,
    remove: Vec<LabelId>,
    line_ids: [MessageId; 2],
    now: Millis,
}

/// Puts labels on a conversation and takes others off.
///
/// # Errors
/// When there is no such conversation or label, or it would have too many.
pub async fn label(
    state: &Services,
    actor: &Actor,
    id: ConversationId,
    add: Vec<LabelId>,
    remove: Vec<LabelId>,
) -> Result<Conversation> {
    let most = usize::try_from(LABELS_MAX).unwrap_or(usize::MAX);
    if add.len() > most || remove.len() > most {
        return Err(ApiError::invalid("add", "These are too many at once.").action("Ask in parts.").into());
    }
    conversations::get(state, actor, id).await?;
    let input = Labelling { actor: *actor, id, add, remove, line_ids: [mint_id(), mint_id()], now: state.now() };
    state.transact(actor, id, input, |conn, l| Box::pin(label_within(conn, l))).await??;
    conversations::get(state, actor, id).await
}

/// Each of them once, in their order.
fn once(ids: &[LabelId]) -> impl Iterator<Item = &LabelId> {
    let mut seen = BTreeSet::new();
    ids.iter().filter(move |id| seen.insert(**id))
}

async fn label_within(conn: &mut Conn, l: &Labelling) -> StoreResult<std::result::Result<(), ApiError>> {
    let ws = l.actor.workspace_id;
    let Some(has) = label::hold(conn, ws, l.id).await? else {
        return Ok(Err(ApiError::not_found("The conversation")));
    };
    // Judged before anything is written: the transaction is committed whatever this answers.
    let (mut to_add, mut to_remove) = (Vec::new(), Vec::new());
    for id in once(&l.add) {
        match label::find(conn, ws, *id).await? {
            Some(label) => to_add.push(label),
            None => {
                return Ok(Err(
                    ApiError::invalid("add", "There is no such label any more.").action("Choose another one.")
                ));
            }
        }
    }
    for id in once(&l.remove).filter(|id| !l.add.contains(id)) {
        to_remove.extend(label::find(conn, ws, *id).await?);
    }
    let will_have = has.iter().filter(|id| !l.remove.contains(id)).chain(&l.add).collect::<BTreeSet<_>>().len();
    if i64::try_from(will_have).unwrap_or(i64::MAX) > PER_CONVERSATION {
        return Ok(Err(ApiError::conflict("A conversation has at most 20 labels.").action("Take one off first.")));
    }
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for label in to_remove {
        if label::take_off(conn, ws, l.id, label.id).await? {
            removed.push(label.name);
        }
    }
    for label in to_add {
        if label::put_on(conn, ws, l.id, label.id).await? {
            added.push(label.name);
        }
    }
    let [first, second] = l.line_ids;
    conversations::write_labels(conn, &l.actor, l.id, (first, &added, true), l.now).await?;
    conversations::write_labels(conn, &l.actor, l.id, (second, &removed, false), l.now).await?;
    Ok(Ok(()))
}
