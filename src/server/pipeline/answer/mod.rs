//! The answer stage: claim conversations that wait for their chatbot, ask the engine, and store what it says. Where nothing
//! prevents it, the answer is sent directly.
//!
//! Whether the bot may speak is decided in the transaction that stores the answer: mode, place and lease are checked
//! there, so a take-over at any moment before it wins.

mod asked;
mod brake;
mod finish;
mod shares;

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use tokio::{
    sync::Notify,
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

use self::{
    asked::{Asked, SharedBot},
    brake::{Heard, Pace},
    finish::{End, finish},
    shares::{FreeTurns, Place},
};
pub use self::{
    finish::{Finish, Said, store_answers},
    shares::Shares,
};
use super::{
    Claim, Pipeline, Stage,
    again::{Claimed, free},
};
use crate::{
    domain::{
        chatbot::{DEFAULT_FALLBACK, SmallTalk},
        conversation::HandOver,
        ids::LeaseId,
    },
    server::{
        base::clock::mint_id,
        engine::{Decision, EngineError, Phrases, Reply, Turn, manners::Tongue},
        error::{Error, Result, caught},
        service::{conversation as conversations, conversation::Handing, credentials},
        store::{
            StoreResult, chatbot,
            conversation::{self, TurnLease, Unanswered},
            message::Question,
        },
        writer::{Priority, signals::Signals},
    },
};

/// How long the read receipt may hold up the answer.
const RECEIPT: Duration = Duration::from_secs(2);
/// How long an engine may take before the customer sees a typing indicator.
const MOMENT: Duration = Duration::from_millis(100);
/// After this number of failures the bot gives up the turn and sends its fallback: silence helps nobody.
const FAILURES_MAX: i64 = 5;

pub struct Answer;

/// A conversation under lease, with what was asked and who answers.
pub struct Job {
    lease: LeaseId,
    turn: Unanswered,
    asked: StoreResult<Asked>,
    bot: Arc<SharedBot>,
    /// Held until the turn ends.
    _place: Place,
}

impl Stage for Answer {
    type Job = Job;
    const NAME: &'static str = "answer";
    // Of these one chatbot alone may have half.
    const AT_ONCE: usize = 1024;

    fn signal(signals: &Signals) -> &Notify {
        &signals.answer
    }

    async fn claim(state: &Pipeline, limit: usize) -> Result<Claim<Job>> {
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
        let FreeTurns { turns, without } = state.shares.free(Self::AT_ONCE);
        let (past_full, begun) = (!without.is_empty(), Instant::now());
        // A turn that ends frees its place and wakes this stage.
        if past_full && let Err(left) = state.shares.look_past(begun) {
            return Ok(Claim { jobs: Vec::new(), wake_in: Some(i64::try_from(left.as_millis()).unwrap_or(1).max(1)) });
        }
        let lease = state.node.mint_lease();
        let input = (
            TurnLease { lease, now, until: now + state.config.turn_lease() },
            without,
            i64::try_from(turns.min(limit)).unwrap_or(1),
        );
        let turns = state
            .writer
            .claim(input, |conn, (lease, without, limit)| {
                Box::pin(conversation::claim_unanswered(conn, *lease, without, *limit))
            })
            .await
            .inspect_err(|error| free(state, Claimed::Turns, lease, error))?;
        if past_full {
            state.shares.looked_past(Instant::now(), begun.elapsed());
        }
        state.faults.point("answer.claimed").await;
        let (read, bots) = (asked::read(state, &turns).await, asked::bots(&turns));
        let jobs = turns.into_iter().zip(read).zip(bots);
        let jobs = jobs.map(|((turn, asked), bot)| {
            let _place = state.shares.take(turn.chatbot_id);
            Job { lease, turn, asked, bot, _place }
        });
        let jobs = jobs.collect();
        Ok(Claim { jobs, wake_in: None })
    }

    /// A failure affects this turn alone. Failures of a chatbot are counted in the database.
    async fn handle(state: &Pipeline, job: Job) {
        let answered = tokio::select! {
            answered = caught(answer(state, &job)) => answered,
            never = renew(state, &job) => match never {},
        };
        let Err(error) = answered else { return };
        let failures = job.turn.answer_failures + i64::from(!error.is_passing());
        if failures >= FAILURES_MAX && !error.is_passing() {
            tracing::error!(
                conversation_id = %job.turn.id, chatbot_id = %job.turn.chatbot_id, error = ?error,
                "A turn failed too often; the chatbot's fallback is said"
            );
            match caught(give_up(state, &job)).await {
                Ok(()) => return,
                Err(error) => tracing::error!(error = ?error, "The fallback could not be said"),
            }
        }
        postpone(state, job, failures, &error).await;
    }
}

/// Keeps the lease of a turn for as long as it is worked on: it is short, so that the turns of a node that died are soon
/// taken up by another.
async fn renew(state: &Pipeline, job: &Job) -> Infallible {
    let pause = Duration::from_millis((state.config.turn_lease() / 3).unsigned_abs());
    loop {
        sleep(pause).await;
        let input = (job.turn.workspace_id, job.turn.id, job.lease, state.now() + state.config.turn_lease());
        let renewed =
            state.writer.submit(Priority::Pipeline, lane_key(&job.turn), input, |conn, (ws, id, lease, until)| {
                Box::pin(conversation::renew_answer(conn, *ws, *id, *lease, *until))
            });
        if let Err(error) = renewed.committed().await {
            tracing::warn!(error = ?error, "The lease of a turn could not be renewed");
        }
    }
}

/// Returns a turn, to be retried later.
async fn postpone(state: &Pipeline, job: Job, failures: i64, error: &Error) {
    let Job { lease, turn, .. } = job;
    tracing::error!(
        conversation_id = %turn.id, chatbot_id = %turn.chatbot_id, error = ?error, failures,
        "A turn was not answered; it is tried again"
    );
    let pause = 1000_i64 << (failures - 1).clamp(0, 6);
    let (key, input) = (lane_key(&turn), (turn, lease, state.now() + pause, failures));
    let postponed = state.writer.submit(Priority::Pipeline, key, input, |conn, (turn, lease, due_at, failures)| {
        Box::pin(conversation::postpone_answer(conn, turn, *lease, *due_at, *failures))
    });
    if let Err(error) = postponed.committed().await {
        tracing::warn!(error = ?error, "A turn could not be postponed; its lease runs out");
    }
}

async fn answer(state: &Pipeline, job: &Job) -> Result<()> {
    let asked = job.asked.as_ref().map_err(Clone::clone)?;
    let Some(last) = asked.questions.last() else {
        return finish(state, job, End::silent(&job.turn, asked.last_seq(&job.turn))).await;
    };
    let text = asked.questions.iter().map(|q| q.body.as_str()).collect::<Vec<_>>().join("\n");
    let pace = pace(state, &job.turn, asked, &text);
    if let Some(why) = pace.stop() {
        return stop(state, &job.turn, why).await;
    }
    let said = Turn { text, greeted: job.turn.greeted, misses: job.turn.misses };
    let mut thinking = pin!(timeout(state.config.engine_patience(), reply(state, job, &said)));
    // An engine that has nothing to say must not appear to type, so it gets a moment to find out.
    let replied = match timeout(MOMENT, &mut thinking).await {
        Ok(replied) => {
            let speaks = !matches!(&replied, Ok(Ok(Some(Reply { decision: Decision::Silence, .. }))));
            announce(state, &job.turn, last, speaks).await;
            replied
        }
        Err(_) => tokio::join!(thinking, announce(state, &job.turn, last, true)).0,
    };
    let seq = asked.last_seq(&job.turn);
    let Some(reply) = replied.map_err(|_| EngineError::TimedOut)?? else {
        return finish(state, job, End::silent(&job.turn, seq)).await;
    };
    state.faults.point("answer.replied").await;
    finish(state, job, End::with(&job.turn, seq, &reply, Some(pace.write()))).await
}

/// How the other side replies to the bot, once this turn is answered.
fn pace(state: &Pipeline, turn: &Unanswered, asked: &Asked, text: &str) -> Pace {
    let before = Pace::read(turn.pace.as_deref());
    // The first of a burst tells how long the other side took.
    let (seq, arrived_at, at) = asked.questions.first().map_or((0, 0, 0), |q| (q.seq, q.created_at, q.at));
    let heard = Heard { text, after_answer: turn.bot_seq > 0 && seq > turn.bot_seq, arrived_at, at };
    Pace::next(before, heard, state.now())
}

/// Hands over to people a conversation with another bot.
async fn stop(state: &Pipeline, turn: &Unanswered, why: String) -> Result<()> {
    tracing::warn!(conversation_id = %turn.id, "The bot was stopped: the other side seems to be one, too");
    let handing = Handing { why: HandOver::Loop, line_id: mint_id(), body: Some(why), parting: false };
    let input = (turn.workspace_id, turn.id, handing, state.now());
    state
        .writer
        .write(Priority::Pipeline, lane_key(turn), input, |conn, (ws, id, handing, now)| {
            Box::pin(conversations::hand_over(conn, *ws, *id, handing, *now))
        })
        .await?;
    Ok(())
}

/// Asks the engine; none when there is no such chatbot any more.
async fn reply(state: &Pipeline, job: &Job, said: &Turn) -> Result<Option<Reply>> {
    let (workspace_id, id) = (job.turn.workspace_id, job.turn.chatbot_id);
    let Some(bot) = job.bot.get(state, workspace_id, id).await.map_err(EngineError::NotLoaded)? else {
        return Ok(None);
    };
    state.faults.point_of("answer.asks", id).await;
    Ok(Some(bot.reply(said).await?))
}

/// Says the fallback to all that was asked, with as little of the chatbot as that takes: whatever else of it is broken. The
/// second time in a row people have to help.
async fn give_up(state: &Pipeline, job: &Job) -> Result<()> {
    let turn = &job.turn;
    let seq = job.asked.as_ref().map_or(turn.inbound_seq, |asked| asked.last_seq(turn));
    let words = async { chatbot::find_words(&mut state.store.read().await?, turn.workspace_id, turn.chatbot_id).await };
    let phrases = match words.await {
        Ok(Some((greeting, fallback, person))) => Phrases {
            greeting,
            fallback,
            small_talk: SmallTalk { person, ..SmallTalk::default() },
            ..Phrases::default()
        },
        Ok(None) => return finish(state, job, End::silent(turn, seq)).await,
        Err(error) if error.is_passing() => return Err(error.into()),
        Err(_) => Phrases { fallback: DEFAULT_FALLBACK.to_owned(), ..Phrases::default() },
    };
    let heard = Turn { text: String::new(), greeted: turn.greeted, misses: turn.misses };
    let reply = phrases.without_answer(&heard, HandOver::Failed, Tongue::English);
    // How the other side replies is not judged by what failed.
    finish(state, job, End::with(turn, seq, &reply, turn.pace.clone())).await
}

/// Read receipt, and typing indicator where an answer follows. Their failure does not affect the answer.
async fn announce(state: &Pipeline, turn: &Unanswered, last: &Question, typing: bool) {
    let Some(external_id) = &last.external_message_id else { return };
    let credentials = match credentials::of(state, turn.workspace_id, turn.integration_id).await {
        Ok(Some(credentials)) if credentials.may_send => credentials,
        _ => return,
    };
    if timeout(RECEIPT, state.channels.acknowledge(credentials.access(), external_id, typing)).await.is_err() {
        tracing::debug!("The read receipt took too long");
    }
}

fn lane_key(turn: &Unanswered) -> Uuid {
    conversations::lane(turn.channel, turn.integration_id, turn.id)
}
