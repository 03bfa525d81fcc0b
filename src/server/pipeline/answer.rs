//! Conversations that wait for their chatbot: ask the engine, queue what it says.
//!
//! Whether the bot may speak is decided in the transaction that queues the answer: mode, place and lease are checked
//! there, so a take-over at any moment before it wins.

use std::time::Duration;

use tokio::{sync::Notify, time::timeout};
use uuid::Uuid;

use super::{Claim, Signals, Stage, ingest::preview, writer::Priority};
use crate::{
    domain::{
        Millis,
        channel::Channel,
        live::LiveEvent,
        message::{Author, Direction, MessageKind, MessageState},
    },
    server::{
        clock::mint_id,
        engine::Turn,
        error::Result,
        service::{chatbot, credentials},
        state::AppState,
        store::{
            Conn, StoreResult, conversation,
            conversation::Unanswered,
            event,
            message::{self, NewMessage, Question},
        },
        whatsapp::{graph::Account, text},
    },
};

/// How long the read receipt may hold up the answer.
const RECEIPT: Duration = Duration::from_secs(2);
/// After so many failures the bot gives the turn up and says its fallback.
const FAILURES_MAX: i64 = 5;

pub struct Answer;

/// A conversation under lease.
pub struct Job {
    lease: Uuid,
    turn: Unanswered,
}

impl Stage for Answer {
    type Job = Job;
    const NAME: &'static str = "answer";
    const AT_ONCE: usize = 64;

    fn signal(signals: &Signals) -> &Notify {
        &signals.answer
    }

    async fn claim(state: &AppState, limit: usize) -> Result<Claim<Job>> {
        let now = state.now();
        let due = conversation::next_answer_due(&mut state.store.read().await?).await?;
        let expired = due.is_none() && conversation::has_expired_answers(&mut state.store.read().await?, now).await?;
        match due {
            None if !expired => return Ok(Claim { jobs: Vec::new(), wake_in: None }),
            Some(at) if at > now => return Ok(Claim { jobs: Vec::new(), wake_in: Some(at - now) }),
            _ => {}
        }
        let lease = mint_id();
        let input = (lease, now, now + state.config.lease(), i64::try_from(limit).unwrap_or(1));
        let turns = state
            .writer
            .write(Priority::Pipeline, Uuid::nil(), input, |conn, (lease, now, until, limit)| {
                Box::pin(conversation::claim_unanswered(conn, *lease, *now, *until, *limit))
            })
            .await?;
        state.faults.point("answer.claimed").await;
        Ok(Claim { jobs: turns.into_iter().map(|turn| Job { lease, turn }).collect(), wake_in: None })
    }

    async fn handle(state: &AppState, job: Job) {
        let outcome = answer(state, &job).await;
        if let Err(error) = outcome {
            tracing::error!(conversation_id = %job.turn.id, error = ?error, "A turn was not answered; it is tried again");
            let pause = 1000_i64 << job.turn.answer_failures.clamp(0, 6);
            let input = (job.turn, job.lease, state.now() + pause);
            let postponed = state.writer.write(Priority::Pipeline, input.0.id, input, |conn, (turn, lease, due_at)| {
                Box::pin(conversation::postpone_answer(conn, turn, *lease, *due_at))
            });
            if let Err(error) = postponed.await {
                tracing::warn!(error = ?error, "A turn could not be postponed; its lease runs out");
            }
        }
    }
}

/// The messages to answer now: with no quiet time each one alone, else the whole burst.
async fn load_turn(state: &AppState, turn: &Unanswered) -> Result<Vec<Question>> {
    let mut conn = state.store.read().await?;
    let mut questions =
        message::list_questions(&mut conn, turn.workspace_id, turn.id, turn.answered_seq, turn.inbound_seq).await?;
    if state.config.quiet_time == 0 {
        questions.truncate(1);
    }
    Ok(questions)
}

async fn answer(state: &AppState, job: &Job) -> Result<()> {
    let turn = &job.turn;
    let questions = load_turn(state, turn).await?;
    let Some(last) = questions.last() else {
        return finish(state, job, turn.inbound_seq, Vec::new()).await;
    };
    let text = questions.iter().map(|q| q.body.as_str()).collect::<Vec<_>>().join("\n");
    let (replied, ()) = tokio::join!(reply(state, turn, Turn { text }), announce(state, turn, last));
    let (greeting, said) = replied?;
    state.faults.point("answer.replied").await;
    let greeting = if turn.greeted { String::new() } else { greeting };
    let parts = [greeting, said].iter().flat_map(|t| text::split(t)).collect();
    finish(state, job, last.seq, parts).await
}

/// Asks the engine. One that fails again and again gives way to the fallback: silence helps nobody.
async fn reply(state: &AppState, turn: &Unanswered, said: Turn) -> Result<(String, String)> {
    let Some((profile, engine)) = chatbot::engine(state, turn.workspace_id, turn.chatbot_id).await? else {
        return Ok((String::new(), String::new()));
    };
    match engine.reply(&said).await {
        Ok(reply) => Ok((profile.greeting, reply.text)),
        Err(error) if turn.answer_failures + 1 >= FAILURES_MAX => {
            tracing::error!(conversation_id = %turn.id, error = ?error, "The engine failed too often; the fallback is said");
            Ok((profile.greeting, profile.fallback))
        }
        Err(error) => Err(error.into()),
    }
}

/// Read receipt and typing indicator. Whatever happens to them, the answer goes on.
async fn announce(state: &AppState, turn: &Unanswered, last: &Question) {
    let (Some(integration_id), Some(wamid)) = (turn.integration_id, &last.external_message_id) else { return };
    let credentials = match credentials::of(state, turn.workspace_id, integration_id).await {
        Ok(Some(credentials)) if credentials.may_send => credentials,
        _ => return,
    };
    let Some(token) = &credentials.access_token else { return };
    let account = Account { provider: credentials.provider, phone_number_id: &credentials.phone_number_id, token };
    match timeout(RECEIPT, state.graph.mark_read(account, wamid)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(code = error.code, "No read receipt was sent"),
        Err(_) => tracing::debug!("The read receipt took too long"),
    }
}

/// What the finishing transaction needs.
struct Finish {
    turn: Unanswered,
    lease: Uuid,
    /// The newest message that this answers.
    seq: i64,
    parts: Vec<(Uuid, String)>,
    phone_number_id: Option<String>,
    now: Millis,
}

async fn finish(state: &AppState, job: &Job, seq: i64, parts: Vec<String>) -> Result<()> {
    let turn = job.turn.clone();
    let phone_number_id = match turn.integration_id {
        Some(id) => credentials::of(state, turn.workspace_id, id).await?.map(|c| c.phone_number_id.clone()),
        None => None,
    };
    let parts = parts.into_iter().map(|part| (mint_id(), part)).collect();
    let input = Finish { turn, lease: job.lease, seq, parts, phone_number_id, now: state.now() };
    let queued = state
        .writer
        .write(Priority::Pipeline, input.turn.id, input, |conn, input| Box::pin(queue_answer(conn, input)))
        .await?;
    state.faults.point("answer.finished").await;
    if !queued {
        tracing::debug!(conversation_id = %job.turn.id, "The bot was not to speak any more");
    }
    state.signals.deliver.notify_one();
    state.live.ring();
    // More may have come while the lease was held, or the burst is answered one by one.
    state.signals.answer.notify_one();
    Ok(())
}

/// The finishing transaction. `false`: somebody else answered or took over, and nothing was queued.
async fn queue_answer(conn: &mut Conn, f: &Finish) -> StoreResult<bool> {
    let turn = &f.turn;
    if !conversation::finish_answer(conn, turn, f.lease, f.seq).await? {
        return Ok(false);
    }
    // The website's visitor reads straight from the database: there, queued is sent.
    let state = match turn.channel {
        Channel::Web => MessageState::Sent,
        Channel::Whatsapp => MessageState::Queued,
    };
    for (id, body) in &f.parts {
        let shown = preview(body, MessageKind::Text);
        let seq = conversation::append(conn, turn.workspace_id, turn.id, &shown, Author::Bot, state, f.now).await?;
        let new = NewMessage {
            workspace_id: turn.workspace_id,
            id: *id,
            conversation_id: turn.id,
            integration_id: turn.integration_id,
            phone_number_id: f.phone_number_id.clone(),
            channel: turn.channel,
            direction: Direction::Outbound,
            author: Author::Bot,
            user_id: None,
            kind: MessageKind::Text,
            body: body.clone(),
            payload: None,
            external_message_id: None,
            client_id: None,
            answerable: false,
            state,
            next_attempt_at: f.now,
            at: f.now,
        };
        message::insert(conn, &new, seq, f.now).await?;
    }
    event::append(conn, turn.workspace_id, &LiveEvent::Conversation { id: turn.id }, f.now).await?;
    Ok(true)
}
