//! Whether the books balance.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use uuid::Uuid;

use crate::{
    database::{Database, Outbound},
    support::double::Sent,
};

/// How far a message may lie from the moment at which it was counted: its call takes up to 60 ms, and the machine is busy.
const JITTER: Duration = Duration::from_millis(500);

/// No number sent faster than one budget allows, whichever node sent: this number at once, and as many in each second.
pub(crate) fn within_the_rate(received: &[(String, Instant)], rate: u32) {
    let mut numbers: BTreeMap<&str, Vec<Instant>> = BTreeMap::new();
    for (number, at) in received {
        numbers.entry(number).or_default().push(*at);
    }
    for (number, times) in numbers {
        for (first, begin) in times.iter().enumerate() {
            for (last, end) in times.iter().enumerate().skip(first) {
                let (count, span) = (last - first + 1, end.duration_since(*begin) + JITTER);
                let most = f64::from(rate) * (1.0 + span.as_secs_f64());
                assert!(count as f64 <= most, "{count} messages of {number} in {span:?}: more than {most}");
            }
        }
    }
}

/// How many of each conversation.
fn count(conversations: impl Iterator<Item = Uuid>) -> BTreeMap<Uuid, usize> {
    let mut counts = BTreeMap::new();
    for id in conversations {
        *counts.entry(id).or_default() += 1;
    }
    counts
}

/// Every acknowledged message is stored, once, and was answered by exactly one message of the bot.
pub(crate) async fn stored_and_answered_once(database: &mut Database, mut acknowledged: Vec<String>) {
    let inbound = database.inbound().await;
    let mut stored: Vec<String> = inbound.iter().map(|m| m.wamid.clone()).collect();
    stored.sort();
    acknowledged.sort();
    assert!(stored == acknowledged, "stored and acknowledged differ: {}", difference(&stored, &acknowledged));
    let asked = count(inbound.iter().map(|m| m.conversation_id));
    let answered = count(database.outbound().await.iter().map(|m| m.conversation_id));
    assert_eq!(asked, answered, "each message has one answer, in its own conversation");
    // Nobody resolves anything: what each customer wanted is one episode, however often the server died over it.
    let mut episodes = database.answered_episodes().await;
    episodes.sort();
    assert_eq!(episodes, asked.keys().copied().collect::<Vec<_>>(), "each conversation has one answered episode");
    assert_eq!(database.episodes().await, i64::try_from(episodes.len()).unwrap(), "and no other");
    assert_eq!(database.dead_letters().await, [""; 0]);
    assert_eq!(database.damage().await, [""; 0]);
}

fn difference(stored: &[String], acknowledged: &[String]) -> String {
    let unique: BTreeSet<_> = stored.iter().collect();
    let lost: Vec<_> = acknowledged.iter().filter(|w| !unique.contains(w)).take(10).collect();
    format!(
        "{} stored ({} of them different), {} acknowledged, lost: {lost:?}",
        stored.len(),
        unique.len(),
        acknowledged.len()
    )
}

/// Nothing reached Meta twice, and everything reached the right customer. Gives the ids of what reached Meta.
pub(crate) fn sent_once(outbound: &[Outbound], received: &[Sent]) -> BTreeSet<Uuid> {
    let customers: BTreeMap<Uuid, &str> = outbound.iter().map(|m| (m.id, m.customer.as_str())).collect();
    let mut seen = BTreeSet::new();
    for message in received {
        let id: Uuid = message.callback_data.parse().unwrap();
        assert!(seen.insert(id), "{id} was sent twice");
        assert_eq!(customers.get(&id).copied(), Some(message.to.as_str()), "{id} went to the wrong customer");
    }
    seen
}

/// Before all reports are in: whatever Meta never saw is `unknown`, and nothing claims what did not happen. Gives how
/// many are in doubt.
pub(crate) fn states_are_true(outbound: &[Outbound], seen: &BTreeSet<Uuid>) -> usize {
    for message in outbound {
        let sent = seen.contains(&message.id);
        let fits = match message.state.as_str() {
            "accepted" | "sent" => sent,
            "unknown" => true,
            _ => false,
        };
        assert!(fits, "{message:?}, at Meta: {sent}");
    }
    outbound.iter().filter(|m| m.state == "unknown").count()
}

/// After all reports: those with no answer are exactly those marked `unknown`.
pub(crate) fn unknown_are_exactly_the_unsent(outbound: &[Outbound], seen: &BTreeSet<Uuid>) {
    for message in outbound {
        let expected = if seen.contains(&message.id) { "sent" } else { "unknown" };
        assert_eq!(message.state, expected, "{message:?}");
    }
}
