//! Conversations that wait for their chatbot: ask the engine, store what it says, and send it straight out where nothing
//! stands in the way.
//!
//! Whether the bot may speak is decided in the transaction that stores the answer: mode, place and lease are checked
//! there, so a take-over at any moment before it wins.

mod brake;
mod finish;

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::timeout};
use uuid::Uuid;

pub use self::finish::{Finish, Said, store_answers};
use self::{
    brake::{Heard, Pace},
    finish::finish,
};
use super::{Claim, Signals, Stage, writer::Priority};
use crate::{
    domain::channel::Channel,
    server::{
        clock::mint_id,
        engine::Turn,
        error::{Error, Result},
        service::{
            chatbot::{self, Bot},
            conversation::{self as conversations, Line},
            credentials,
        },
        state::AppState,
        store::{
            conversation::{self, Unanswered},
            letter::{self, Addressee},
            message::{self, Question},
        },
        whatsapp::text,
    },
};

/// How long the read receipt may hold up the answer.
const RECEIPT: Duration = Duration::from_secs(2);
/// After so many failures the bot gives the turn up and says its fallback.
const FAILURES_MAX: i64 = 5;

pub struct Answer;

/// A conversation under lease, with what was asked and who answers.
pub struct Job {
    lease: Uuid,
    turn: Unanswered,
    /// The messages to answer now, in order.
    questions: Vec<Question>,
    /// None when the chatbot is gone.
    bot: Option<Arc<Bot>>,
    /// Whom the answer goes to; on the website whoever looks.
    to: Option<Addressee>,
}

impl Stage for Answer {
    type Job = Job;
    const NAME: &'static str = "answer";
    const AT_ONCE: usize = 512;

    fn signal(signals: &Signals) -> &Notify {
        &signals.answer
    }

    async fn claim(state: &AppState, limit: usize) -> Result<Claim<Job>> {
        let now = state.now();
        let (due, expired) = {
            let mut conn = state.store.read().await?;
            let due = conversation::next_answer_due(&mut conn).await?;
            // Turns of inactive integrations are due in a far future: they must not hide a dead worker's.
            let looks_idle = due.is_none_or(|at| at > now);
            (due, looks_idle && conversation::has_expired_answers(&mut conn, now).await?)
        };
        match due {
            None if !expired => return Ok(Claim { jobs: Vec::new(), wake_in: None }),
            Some(at) if at > now && !expired => return Ok(Claim { jobs: Vec::new(), wake_in: Some(at - now) }),
            _ => {}
        }
        let lease = mint_id();
        let input = (lease, now, now + state.config.lease(), i64::try_from(limit).unwrap_or(1));
        let turns = state
            .writer
            .claim(input, |conn, (lease, now, until, limit)| {
                Box::pin(conversation::claim_unanswered(conn, *lease, *now, *until, *limit))
            })
            .await?;
        state.faults.point("answer.claimed").await;
        let jobs = match prepare(state, lease, &turns).await {
            Ok(jobs) => jobs,
            Err(error) => {
                for turn in turns {
                    postpone(state, turn, lease, &error).await;
                }
                Vec::new()
            }
        };
        Ok(Claim { jobs, wake_in: None })
    }

    async fn handle(state: &AppState, job: Job) {
        if let Err(error) = answer(state, &job).await {
            postpone(state, job.turn, job.lease, &error).await;
        }
    }
}

/// Gives a turn back, to be tried again later.
async fn postpone(state: &AppState, turn: Unanswered, lease: Uuid, error: &Error) {
    tracing::error!(conversation_id = %turn.id, error = ?error, "A turn was not answered; it is tried again");
    let pause = 1000_i64 << turn.answer_failures.clamp(0, 6);
    let (key, input) = (lane_key(&turn), (turn, lease, state.now() + pause));
    let postponed = state.writer.submit(Priority::Pipeline, key, input, |conn, (turn, lease, due_at)| {
        Box::pin(conversation::postpone_answer(conn, turn, *lease, *due_at))
    });
    if let Err(error) = postponed.committed().await {
        tracing::warn!(error = ?error, "A turn could not be postponed; its lease runs out");
    }
}

/// What all turns of a claim need from the database, read at once.
async fn prepare(state: &AppState, lease: Uuid, turns: &[Unanswered]) -> Result<Vec<Job>> {
    if turns.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<_> = turns.iter().map(|t| (t.workspace_id, t.id, t.answered_seq, t.inbound_seq)).collect();
    let mut conn = state.store.read().await?;
    let mut questions = message::list_questions(&mut conn, &places).await?;
    let sent: Vec<_> =
        turns.iter().filter(|t| t.channel == Channel::Whatsapp).map(|t| (t.workspace_id, t.id)).collect();
    let mut addressees = letter::list_addressees(&mut conn, &sent).await?;
    drop(conn);
    let mut bots: HashMap<(Uuid, Uuid), Option<Arc<Bot>>> = HashMap::new();
    let mut jobs = Vec::with_capacity(turns.len());
    for turn in turns {
        let key = (turn.workspace_id, turn.chatbot_id);
        let bot = match bots.get(&key) {
            Some(known) => known.clone(),
            None => bots.entry(key).or_insert(chatbot::engine(state, key.0, key.1).await?.map(Arc::new)).clone(),
        };
        let mut questions = questions.remove(&turn.id).unwrap_or_default();
        if state.config.quiet_time == 0 {
            // With no quiet time each message is answered alone, else the whole burst.
            questions.truncate(1);
        }
        jobs.push(Job { lease, turn: turn.clone(), questions, bot, to: addressees.remove(&turn.id) });
    }
    Ok(jobs)
}

async fn answer(state: &AppState, job: &Job) -> Result<()> {
    let Some(last) = job.questions.last() else {
        return finish(state, job, job.turn.inbound_seq, Vec::new(), None).await;
    };
    let text = job.questions.iter().map(|q| q.body.as_str()).collect::<Vec<_>>().join("\n");
    let pace = pace(state, job, &text);
    if let Some(why) = pace.stop() {
        return stop(state, &job.turn, why).await;
    }
    let (replied, ()) = tokio::join!(reply(job, Turn { text }), announce(state, &job.turn, last));
    let (greeting, said) = replied?;
    state.faults.point("answer.replied").await;
    let greeting = if job.turn.greeted { String::new() } else { greeting };
    let parts = [greeting, said].iter().flat_map(|t| text::split(t)).collect();
    finish(state, job, last.seq, parts, Some(pace.write())).await
}

/// How the other side replies to the bot, once this turn is answered.
fn pace(state: &AppState, job: &Job, text: &str) -> Pace {
    let before = Pace::read(job.turn.pace.as_deref());
    // The first of a burst tells how long the other side took.
    let (seq, arrived_at, at) = job.questions.first().map_or((0, 0, 0), |q| (q.seq, q.created_at, q.at));
    let heard = Heard { text, after_answer: job.turn.bot_seq > 0 && seq > job.turn.bot_seq, arrived_at, at };
    Pace::next(before, heard, state.now())
}

/// Hands a conversation with another bot over to people.
async fn stop(state: &AppState, turn: &Unanswered, why: String) -> Result<()> {
    tracing::warn!(conversation_id = %turn.id, "The bot was stopped: the other side seems to be one, too");
    let line = Line { id: mint_id(), by: None, body: why };
    let input = (turn.workspace_id, turn.id, line, state.now());
    state
        .writer
        .write(Priority::Pipeline, lane_key(turn), input, |conn, (ws, id, line, now)| {
            Box::pin(conversations::hand_over(conn, *ws, *id, line.clone(), *now))
        })
        .await?;
    state.live.ring();
    Ok(())
}

/// Asks the engine. One that fails again and again gives way to the fallback: silence helps nobody.
async fn reply(job: &Job, said: Turn) -> Result<(String, String)> {
    let Some((profile, engine)) = job.bot.as_deref() else { return Ok((String::new(), String::new())) };
    match engine.reply(&said).await {
        Ok(reply) => Ok((profile.greeting.clone(), reply.text)),
        Err(error) if job.turn.answer_failures + 1 >= FAILURES_MAX => {
            tracing::error!(conversation_id = %job.turn.id, error = ?error, "The engine failed too often; the fallback is said");
            Ok((profile.greeting.clone(), profile.fallback.clone()))
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
    let Some(account) = credentials.account() else { return };
    match timeout(RECEIPT, state.graph.mark_read(account, wamid)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(code = error.code, "No read receipt was sent"),
        Err(_) => tracing::debug!("The read receipt took too long"),
    }
}

/// All writes on conversations of an integration go through one lane.
fn lane_key(turn: &Unanswered) -> Uuid {
    turn.integration_id.unwrap_or(turn.id)
}
