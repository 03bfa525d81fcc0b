//! Idle hand-overs: where no person has written for as long as the chatbot's idle time, the bot gets
//! the conversation again.
//!
//! What is right for the customer: words that nobody answered get the bot's answer now, for silence helps nobody; words that
//! led to the hand-over, or that somebody answered, are dealt with. Who waits for a person was promised one, so they stay
//! among the unanswered until a person writes, resolves or gives back.

use uuid::Uuid;

use super::{Pipeline, lines};
use crate::{
    domain::{Millis, ids::MessageId},
    server::{
        error::Result,
        store::{
            Conn, StoreResult,
            conversation::{self, GivenBack},
        },
        writer::Priority,
    },
};

/// Returns a batch of idle conversations to their bots. Returns whether there were any.
///
/// # Errors
/// When the database is unavailable; the next round tries again.
pub(super) async fn step(state: &Pipeline) -> Result<bool> {
    let now = state.now();
    if !conversation::has_idle(&mut state.store.read().await?, now).await? {
        return Ok(false);
    }
    let given = state
        .writer
        .write(Priority::Pipeline, Uuid::nil(), (lines::mint_ids(), now), |conn, (ids, now)| {
            Box::pin(give_back(conn, ids, *now))
        })
        .await?;
    if given > 0 {
        tracing::info!(count = given, "Conversations in which nobody wrote any more were given back to their bots");
        state.signals.answer.notify_one();
    }
    Ok(given > 0)
}

async fn give_back(conn: &mut Conn, ids: &[MessageId], now: Millis) -> StoreResult<usize> {
    let given = conversation::give_back_idle(conn, now, lines::limit(ids)).await?;
    lines::write(conn, given.into_iter().map(|given| (given.place, line(&given))), ids, now).await
}

/// The line between the messages that says so.
fn line(given: &GivenBack) -> String {
    let waits = if given.waits { " The customer still waits for a person." } else { "" };
    format!("Nobody of the team has written for {}: the bot answers again.{waits}", words(given.idle_minutes))
}

/// A time as people say it: `"12 hours"`, `"90 minutes"`.
fn words(minutes: i64) -> String {
    let (count, unit) = match minutes {
        m if m % 1440 == 0 => (m / 1440, "day"),
        m if m % 60 == 0 => (m / 60, "hour"),
        m => (m, "minute"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn says_times_as_people_do() {
        let said = [1, 30, 60, 90, 720, 1440, 4320].map(words);
        assert_eq!(said, ["1 minute", "30 minutes", "1 hour", "90 minutes", "12 hours", "1 day", "3 days"]);
    }
}
