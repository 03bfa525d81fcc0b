//! The end of a bot's turn: what it says is stored, to be queued or sent directly.

use super::{Job, lane_key};
use crate::{
    domain::{
        Millis,
        content::Content,
        conversation::HandOver,
        event::DomainEvent,
        ids::MessageId,
        message::{Author, MessageState},
    },
    server::{
        base::clock::mint_id,
        channel,
        engine::{Decision, Reply},
        error::Result,
        pipeline::{Pipeline, deliver::RequeueGuard, direct},
        service::{
            conversation::{Handing, hand_over},
            credentials::{self, Credentials},
        },
        store::{
            Conn, StoreResult,
            conversation::{self, TurnEnd, Unanswered},
            message::{self, NewMessage, Sending, Thread},
            outbound::OutboundMessage,
        },
    },
};

/// What the finishing transaction needs.
pub struct Finish {
    end: TurnEnd,
    parts: Vec<(MessageId, Content)>,
    external_key: Option<String>,
    /// How the first part is marked when it may be sent directly.
    direct: Option<Sending>,
    /// With it the conversation goes to people.
    handing: Option<Handing>,
    now: Millis,
}

/// How a turn ends.
pub(super) struct End {
    /// The newest message that is answered.
    seq: i64,
    /// The messages of the answer.
    parts: Vec<Content>,
    pace: Option<String>,
    misses: i64,
    why: Option<HandOver>,
}

impl End {
    /// Nothing is said to what came in up to a place.
    pub(super) fn silent(turn: &Unanswered, seq: i64) -> Self {
        Self { seq, parts: Vec::new(), pace: None, misses: turn.misses, why: None }
    }

    /// The engine's reply is said to what came in up to a place.
    pub(super) fn with(turn: &Unanswered, seq: i64, reply: &Reply, pace: Option<String>) -> Self {
        Self {
            seq,
            parts: reply.contents.iter().flat_map(|content| channel::render(turn.channel, content)).collect(),
            pace,
            misses: reply.decision.misses(turn.misses),
            why: match reply.decision {
                Decision::HandOver(why) => Some(why),
                _ => None,
            },
        }
    }
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Somebody else answered or took over: nothing was stored.
    Nothing,
    Queued,
    /// Its first part is marked as `sending`; what is behind it is queued.
    Sending,
}

pub(super) async fn finish(state: &Pipeline, job: &Job, end: End) -> Result<()> {
    let End { seq, parts, pace, misses, why } = end;
    let turn = job.turn.clone();
    let credentials = match turn.channel.capabilities().sends {
        true => credentials::of(state, turn.workspace_id, turn.integration_id).await?,
        false => None,
    };
    let parts: Vec<_> = parts.into_iter().map(|part| (mint_id(), part)).collect();
    let mut direct = prepare_direct(state, job, credentials.as_deref(), &parts);
    let input = Finish {
        end: TurnEnd {
            lease: job.lease,
            seq,
            parts: i64::try_from(parts.len()).unwrap_or(0),
            preview: parts.last().map(|(_, part)| part.preview()).unwrap_or_default(),
            pace,
            misses,
            turn,
        },
        handing: why.map(|why| Handing { why, line_id: mint_id(), body: None, parting: true }),
        external_key: credentials.map(|c| c.external_key.clone()),
        direct: direct.as_ref().map(|(permit, ..)| permit.sending),
        parts,
        now: state.now(),
    };
    // When the answer to the commit is lost, the message may be marked: dropped here, it goes into the queue.
    let said = match state.groups.answers.write(lane_key(&job.turn), input).await {
        Ok(said) => said,
        Err(error) => {
            if let Some((.., guard)) = &mut direct
                && !error.is_doubtful()
            {
                guard.disarm();
            }
            return Err(error.into());
        }
    };
    let direct = direct.and_then(|(permit, message, mut guard)| {
        if said == Said::Sending {
            return Some((permit, message, guard));
        }
        guard.disarm();
        None
    });
    state.faults.point("answer.finished").await;
    match (said, direct) {
        // What is behind it waits for its end, which rings.
        (Said::Sending, Some((permit, message, guard))) => direct::send(permit, message, guard),
        (Said::Nothing, _) => {
            tracing::debug!(conversation_id = %job.turn.id, "The bot was not to speak any more");
        }
        _ => state.signals.deliver.notify_one(),
    }
    // More may have come while the lease was held, or the burst is answered one by one.
    state.signals.answer.notify_one();
    Ok(())
}

/// What a direct send of the first part of an answer needs, when there is a permit for it.
fn prepare_direct(
    state: &Pipeline,
    job: &Job,
    credentials: Option<&Credentials>,
    parts: &[(MessageId, Content)],
) -> Option<(direct::SendPermit, OutboundMessage, RequeueGuard)> {
    let (id, content) = parts.first()?;
    let integration_id = credentials.filter(|c| c.may_send)?.integration_id;
    let to = job.asked.as_ref().ok()?.to.clone()?;
    let permit = direct::reserve(state, integration_id, job.turn.id)?;
    let (workspace_id, conversation_id) = (job.turn.workspace_id, job.turn.id);
    let message = OutboundMessage { workspace_id, id: *id, conversation_id, content: content.clone(), to };
    let guard = RequeueGuard::new(state, integration_id, permit.sending.lease, &message);
    Some((permit, message, guard))
}

/// The finishing transaction.
pub async fn store_answers(conn: &mut Conn, finishes: &[Finish]) -> StoreResult<Vec<Said>> {
    let Some(now) = finishes.iter().map(|f| f.now).max() else { return Ok(Vec::new()) };
    let ends: Vec<TurnEnd> = finishes.iter().map(|f| f.end.clone()).collect();
    let places = conversation::finish_answers(conn, &ends, now).await?;
    let mut said = Vec::with_capacity(finishes.len());
    let mut rows: Vec<(NewMessage, i64)> = Vec::new();
    for f in finishes {
        let Some(place) = places.get(&f.end.turn.id) else {
            said.push(Said::Nothing);
            continue;
        };
        let direct = f.direct.filter(|_| !place.held_up);
        said.push(if direct.is_some() { Said::Sending } else { Said::Queued });
        let (workspace_id, id) = (f.end.turn.workspace_id, f.end.turn.id);
        // A turn may be met with silence.
        let event = match f.parts.is_empty() {
            true => DomainEvent::ConversationChanged { id },
            false => DomainEvent::MessageSent { conversation_id: id },
        };
        conn.tell(workspace_id, event, now);
        rows.extend((1..).zip(&f.parts).map(|(nth, (id, content))| {
            let sending = direct.filter(|_| nth == 1);
            (new_message(f, *id, content, sending), place.after + nth)
        }));
    }
    let placed: Vec<message::Placed<'_>> = rows.iter().map(|(row, seq)| (row, *seq)).collect();
    message::insert_many(conn, &placed, now).await?;
    for f in finishes.iter().filter(|f| places.contains_key(&f.end.turn.id)) {
        if let Some(handing) = &f.handing {
            hand_over(conn, f.end.turn.workspace_id, f.end.turn.id, handing, now).await?;
        }
    }
    Ok(said)
}

fn new_message(f: &Finish, id: MessageId, content: &Content, sending: Option<Sending>) -> NewMessage {
    let turn = &f.end.turn;
    let thread = Thread {
        workspace_id: turn.workspace_id,
        conversation_id: turn.id,
        integration_id: turn.integration_id,
        channel: turn.channel,
    };
    let message = NewMessage::outbound(&thread, id, (Author::Bot, None), content.clone(), f.now);
    let state = if sending.is_some() { MessageState::Sending } else { message.state };
    NewMessage { external_key: f.external_key.clone(), state, sending, ..message }
}
