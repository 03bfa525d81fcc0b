//! Who answers in a conversation, and whether it is open: take-over, hand-over, give-back, resolving, and the lines in the
//! thread that say so.

use super::get;
use crate::{
    domain::{
        Millis,
        conversation::{Conversation, ConversationStatus, HandOver, Mode},
        event::DomainEvent,
        ids::{ConversationId, MessageId, UserId, WorkspaceId},
    },
    error::ApiError,
    server::{
        base::clock::mint_id,
        error::Result,
        service::{Services, actor::Actor},
        store::{
            Conn, StoreResult, account,
            conversation::{self, Hands},
            episode,
            message::{self, NewMessage, Thread},
            queue,
        },
    },
};

/// Takes over or gives back.
///
/// # Errors
/// `conflict` when there is no bot any more that it could be given back to.
pub async fn set_mode(state: &Services, actor: &Actor, id: ConversationId, mode: Mode) -> Result<Conversation> {
    get(state, actor, id).await?;
    if mode == Mode::Newer {
        return Err(ApiError::invalid("mode", "The mode is bot or human.").into());
    }
    let has_bot = conversation::has_bot(&mut state.store.read().await?, actor.workspace_id, id).await?;
    if mode == Mode::Bot && !has_bot {
        return Err(ApiError::conflict(
            "The chatbot or the integration of this conversation was deleted: nobody but people can answer.",
        )
        .action("Resolve the conversation instead.")
        .into());
    }
    let input = (*actor, id, mode, mint_id(), state.now());
    state
        .transact(actor, id, input, |conn, (actor, id, mode, activity_id, now)| {
            Box::pin(change_mode(conn, actor, *id, *mode, *activity_id, *now))
        })
        .await?;
    get(state, actor, id).await
}

/// Takes over or gives back, with what follows from it, in the running transaction.
pub async fn change_mode(
    conn: &mut Conn,
    actor: &Actor,
    id: ConversationId,
    mode: Mode,
    activity_id: MessageId,
    now: Millis,
) -> StoreResult<()> {
    let ws = actor.workspace_id;
    let person_id = (mode == Mode::Human).then_some(actor.user_id);
    if !switch(conn, ws, id, Hands { mode, person_id, parting: false }, now).await? {
        return Ok(());
    }
    if mode == Mode::Human {
        episode::handed_over(conn, (ws, id), episode::TAKEN_OVER, now).await?;
    }
    let who = name_of(conn, actor).await?;
    let body = match mode {
        Mode::Human => format!("{who} took over the conversation"),
        Mode::Bot | Mode::Newer => format!("{who} gave the conversation back to the bot"),
    };
    write_line(conn, ws, id, Line { id: activity_id, by: Some(actor.user_id), body }, now).await
}

pub(super) async fn name_of(conn: &mut Conn, actor: &Actor) -> StoreResult<String> {
    Ok(account::find_name(conn, actor.user_id).await?.unwrap_or_else(|| "Somebody".to_owned()))
}

/// Who answers from now on; with a take-over what the bot had queued is withdrawn, unless it may take its leave. `false` when
/// it was so already.
async fn switch(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    to: Hands,
    now: Millis,
) -> StoreResult<bool> {
    if !conversation::set_mode(conn, workspace_id, id, to, now).await? {
        return Ok(false);
    }
    if to.mode == Mode::Human && !to.parting && queue::cancel_bot(conn, workspace_id, id, now).await? {
        conversation::answer_withdrawn(conn, workspace_id, id).await?;
    }
    Ok(true)
}

/// How a conversation goes to people though none of them pressed a button.
#[derive(Clone, Debug)]
pub struct Handing {
    pub why: HandOver,
    /// The id of the line that says so.
    pub line_id: MessageId,
    /// What it says, where that is more than [`HandOver::line`].
    pub body: Option<String>,
    /// The bot has taken its leave: what it said until now goes out, where a take-over withdraws it.
    pub parting: bool,
}

/// Hands a conversation over to people, in the running transaction (the customer waits for one of them): the only way to do so but for a person's own take-over.
/// `false` when a person has it already: then there is no line either.
pub async fn hand_over(
    conn: &mut Conn,
    workspace_id: WorkspaceId,
    id: ConversationId,
    handing: &Handing,
    now: Millis,
) -> StoreResult<bool> {
    let taken = switch(conn, workspace_id, id, Hands { parting: handing.parting, ..Mode::Human.into() }, now).await?;
    if taken {
        episode::handed_over(conn, (workspace_id, id), handing.why.as_str(), now).await?;
        if handing.why.leaves_waiting() {
            conversation::call_people(conn, workspace_id, id, handing.parting, now).await?;
        }
        let body = handing.body.clone().unwrap_or_else(|| handing.why.line().to_owned());
        write_line(conn, workspace_id, id, Line { id: handing.line_id, by: None, body }, now).await?;
        message::set_reason(conn, workspace_id, handing.line_id, handing.why).await?;
    }
    Ok(taken)
}

/// A line between the messages that says what happened to the conversation.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: MessageId,
    /// The person who did it.
    pub by: Option<UserId>,
    pub body: String,
}

pub(super) async fn write_line(
    conn: &mut Conn,
    ws: WorkspaceId,
    id: ConversationId,
    line: Line,
    now: Millis,
) -> StoreResult<()> {
    let Some(row) = conversation::find(conn, ws, id).await? else { return Ok(()) };
    let seq = conversation::next_seq(conn, ws, id, now).await?;
    let place =
        Thread { workspace_id: ws, conversation_id: id, integration_id: row.integration_id, channel: row.channel };
    let activity = NewMessage::activity(&place, line.id, line.by, line.body, now);
    message::insert(conn, &activity, seq, now).await?;
    conn.tell(ws, DomainEvent::ConversationChanged { id }, now);
    Ok(())
}

/// For how long a conversation may be snoozed: a year.
const SNOOZE_MAX: Millis = 366 * 24 * 60 * 60 * 1000;

/// Opens, snoozes (until a time, or until the customer writes) or resolves. Resolved is done: people give it back to the bot with it, where there is one.
pub async fn set_status(
    state: &Services,
    actor: &Actor,
    id: ConversationId,
    status: ConversationStatus,
    until: Option<Millis>,
) -> Result<Conversation> {
    if status == ConversationStatus::Newer {
        return Err(ApiError::invalid("status", "The status is open, snoozed or resolved.").into());
    }
    if let Some(until) = until {
        let now = state.now();
        if status != ConversationStatus::Snoozed {
            return Err(ApiError::invalid("until", "Only what is snoozed opens at a time.").into());
        }
        if until <= now || until > now + SNOOZE_MAX {
            return Err(ApiError::invalid("until", "This time has passed, or is more than a year ahead.")
                .action("Choose another time.")
                .into());
        }
    }
    let input = (*actor, id, (status, until), mint_id(), state.now());
    state
        .transact(actor, id, input, |conn, (actor, id, to, line_id, now)| {
            Box::pin(change_status(conn, actor, *id, *to, *line_id, *now))
        })
        .await?;
    get(state, actor, id).await
}

async fn change_status(
    conn: &mut Conn,
    actor: &Actor,
    id: ConversationId,
    (status, until): (ConversationStatus, Option<Millis>),
    line_id: MessageId,
    now: Millis,
) -> StoreResult<()> {
    let ws = actor.workspace_id;
    if !conversation::set_status(conn, ws, id, (status, actor.user_id), now).await? {
        return Ok(());
    }
    if let Some(until) = until {
        conversation::snooze_until(conn, ws, id, until).await?;
        let body = format!("{} snoozed the conversation", name_of(conn, actor).await?);
        return write_line(conn, ws, id, Line { id: line_id, by: Some(actor.user_id), body }, now).await;
    }
    if status == ConversationStatus::Resolved
        && conversation::has_bot(conn, ws, id).await?
        && conversation::set_mode(conn, ws, id, Mode::Bot.into(), now).await?
    {
        let body = format!("{} resolved the conversation. The bot answers again.", name_of(conn, actor).await?);
        return write_line(conn, ws, id, Line { id: line_id, by: Some(actor.user_id), body }, now).await;
    }
    conn.tell(ws, DomainEvent::ConversationChanged { id }, now);
    Ok(())
}
