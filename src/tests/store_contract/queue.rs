//! The outbound queue: what is due, who requests it, how it ends.

use uuid::{NoContext, Timestamp, Uuid};

use super::{Bench, START};
use crate::{
    domain::{
        contact::Recipient,
        conversation::Mode,
        ids::{ConversationId, IntegrationId, LeaseId, MessageId},
        integration::Trouble,
        message::{Author, MessageState},
    },
    server::{
        base::clock::mint_id,
        store::{
            attempt::{self, Attempt},
            conversation::{self, Arrival},
            integration, message, outbound,
            queue::{self, Accepted, ClaimRequest, DueMessage, OpenAttempt, SendClass, SendResult},
        },
    },
    tests::{app::Database, on_both_databases},
};

on_both_databases!(
    a_conversation_sends_in_order,
    what_is_unknown_holds_up_until_its_grace_ends,
    only_integrations_that_may_send_are_due,
    a_message_is_taken_once,
    the_bot_is_stopped_at_the_last_moment,
    an_end_counts_only_for_its_taker,
    a_set_is_taken_and_ended_together,
    tries_are_forgotten_by_the_age_of_their_message,
    sends_that_were_cut_off_become_unknown,
    withdrawing_spares_what_is_under_way,
);

async fn due(b: &mut Bench, integration_id: IntegrationId, now: i64) -> Vec<MessageId> {
    let due = queue::list_due(&mut b.conn, SendClass::Answer, &[(integration_id, 10)], now).await.unwrap();
    assert!(due.iter().all(|(of, _)| *of == integration_id));
    due.iter().map(|(_, due)| due.id).collect()
}

async fn claim(b: &mut Bench, conversation_id: ConversationId, id: MessageId, lease: LeaseId, now: i64) -> Option<i64> {
    let due = DueMessage { workspace_id: b.ws, id, conversation_id };
    claim_due(b, due, lease, now).await
}

async fn claim_due(b: &mut Bench, due: DueMessage, lease: LeaseId, now: i64) -> Option<i64> {
    let request = ClaimRequest { due, lease, now, lease_until: now + 60 };
    queue::claim_many(&mut b.conn, &[request]).await.unwrap().remove(0)
}

fn result(state: MessageState, next_attempt_at: i64) -> SendResult {
    SendResult {
        state,
        external_message_id: None,
        next_attempt_at,
        http_status: Some(200),
        error_code: None,
        error: None,
        trace_id: None,
        counts: true,
    }
}

async fn finish(b: &mut Bench, id: MessageId, lease: LeaseId, e: &SendResult) -> bool {
    let ended = OpenAttempt { workspace_id: b.ws, id, lease, started_at: START - 5 };
    queue::finish(&mut b.conn, &ended, e, START).await.unwrap()
}

async fn state_of(b: &mut Bench, id: MessageId) -> MessageState {
    message::find(&mut b.conn, b.ws, id).await.unwrap().unwrap().state
}

async fn a_conversation_sends_in_order(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let (one, two) = (b.conversation(&i, "491511").await, b.conversation(&i, "491512").await);
    let first = b.outbound(&i, one, Author::Bot, MessageState::Queued).await;
    let second = b.outbound(&i, one, Author::Bot, MessageState::Queued).await;
    let third = b.outbound(&i, two, Author::User, MessageState::Queued).await;
    for (id, wa_id) in [(one, "491511"), (two, "491512")] {
        let reply = Recipient { wa_id: Some(wa_id.to_owned()), user_id: None };
        let heard = Arrival { reply, ..b.arrival(id, START) };
        conversation::arrive(&mut b.conn, &heard, START).await.unwrap();
    }
    assert!(due(&mut b, i.id, START - 1).await.is_empty());
    assert_eq!(due(&mut b, i.id, START).await, [first, third]);
    assert_eq!(queue::backlog(&mut b.conn).await.unwrap(), (3, 0));
    let lease = mint_id();
    assert_eq!(claim(&mut b, one, first, lease, START).await, Some(1));
    let due_now = [first, third].map(|id| DueMessage { workspace_id: b.ws, id, conversation_id: one });
    let messages = outbound::list(&mut b.conn, &due_now).await.unwrap();
    let to = |to: &Recipient| (to.wa_id.clone(), to.user_id.clone());
    let phone = |number: &str| (Some(number.to_owned()), None);
    assert_eq!((to(&messages[&first].to), to(&messages[&third].to)), (phone("491511"), phone("491512")));
    let found = outbound::list_recipients(&mut b.conn, &[(b.ws, one), (b.ws, two), (mint_id(), one)]).await.unwrap();
    assert_eq!((to(&found[&one]), to(&found[&two]), found.len()), (phone("491511"), phone("491512"), 2));
    let foreign = due_now.map(|due| DueMessage { workspace_id: mint_id(), ..due });
    assert!(outbound::list(&mut b.conn, &foreign).await.unwrap().is_empty());
    assert_eq!(queue::backlog(&mut b.conn).await.unwrap(), (2, 1));
    assert_eq!(due(&mut b, i.id, START).await, [third]);
    // A retry holds its place: nobody overtakes it.
    assert!(finish(&mut b, first, lease, &result(MessageState::Queued, START + 50)).await);
    assert_eq!(due(&mut b, i.id, START + 49).await, [third]);
    assert_eq!(due(&mut b, i.id, START + 50).await, [third, first]);
    let waiting = message::find(&mut b.conn, b.ws, first).await.unwrap().unwrap();
    assert_eq!(waiting.next_attempt_at, Some(START + 50));
    let again = mint_id();
    assert_eq!(claim(&mut b, one, first, again, START + 50).await, Some(2));
    assert!(finish(&mut b, first, again, &result(MessageState::Failed, 0)).await);
    assert_eq!(due(&mut b, i.id, START + 50).await, [second, third]);
    let other = DueMessage { workspace_id: b.ws, id: second, conversation_id: one };
    queue::postpone(&mut b.conn, other, START + 70).await.unwrap();
    assert_eq!(due(&mut b, i.id, START + 69).await, [third]);
    assert_eq!(b.count("select count(*) from attempts where finished_at is not null").await, 2);
}

async fn what_is_unknown_holds_up_until_its_grace_ends(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    let first = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let second = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let lease = mint_id();
    claim(&mut b, id, first, lease, START).await.unwrap();
    assert!(finish(&mut b, first, lease, &result(MessageState::Unknown, START + 60)).await);
    assert!(due(&mut b, i.id, START + 59).await.is_empty());
    assert_eq!(due(&mut b, i.id, START + 60).await, [second]);
}

async fn only_integrations_that_may_send_are_due(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let idle = b.integration("317").await;
    let id = b.conversation(&i, "491511").await;
    b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let ws = b.ws;
    assert_eq!(
        queue::list_due_integrations(&mut b.conn, SendClass::Answer, IntegrationId::nil(), START - 1, 9).await.unwrap(),
        Vec::<IntegrationId>::new()
    );
    assert_eq!(
        queue::list_due_integrations(&mut b.conn, SendClass::Answer, IntegrationId::nil(), START, 9).await.unwrap(),
        [i.id]
    );
    let trouble = Trouble { reason: "stopped".into(), action: "mend it".into(), remedy: None };
    integration::set_error(&mut b.conn, ws, i.id, &trouble, START).await.unwrap();
    assert_eq!(
        queue::list_due_integrations(&mut b.conn, SendClass::Answer, IntegrationId::nil(), START, 9).await.unwrap(),
        Vec::<IntegrationId>::new()
    );
    let nothing = integration::Findings::default();
    integration::set_findings(&mut b.conn, ws, i.id, &nothing, START, (START, START)).await.unwrap();
    assert_eq!(
        queue::list_due_integrations(&mut b.conn, SendClass::Answer, IntegrationId::nil(), START, 9)
            .await
            .unwrap()
            .len(),
        1
    );
    integration::delete(&mut b.conn, ws, i.id, START).await.unwrap();
    assert_eq!(
        queue::list_due_integrations(&mut b.conn, SendClass::Answer, IntegrationId::nil(), START, 9).await.unwrap(),
        Vec::<IntegrationId>::new()
    );
    assert!(due(&mut b, idle.id, START).await.is_empty());
}

async fn a_message_is_taken_once(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    let message = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let foreign = DueMessage { workspace_id: mint_id(), id: message, conversation_id: id };
    assert!(claim_due(&mut b, foreign, mint_id(), START).await.is_none());
    assert!(claim(&mut b, id, message, mint_id(), START - 1).await.is_none(), "not due yet");
    assert!(claim(&mut b, id, message, mint_id(), START).await.is_some());
    assert!(claim(&mut b, id, message, mint_id(), START).await.is_none());
}

async fn the_bot_is_stopped_at_the_last_moment(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    let bots = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let persons = b.outbound(&i, id, Author::User, MessageState::Queued).await;
    conversation::set_mode(&mut b.conn, b.ws, id, Mode::Human.into(), START).await.unwrap();
    assert!(claim(&mut b, id, bots, mint_id(), START).await.is_none());
    assert!(claim(&mut b, id, persons, mint_id(), START).await.is_some());
    assert_eq!(state_of(&mut b, bots).await, MessageState::Queued);
}

async fn an_end_counts_only_for_its_taker(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    let message = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let lease = mint_id();
    claim(&mut b, id, message, lease, START).await.unwrap();
    assert!(!finish(&mut b, message, mint_id(), &result(MessageState::Failed, 0)).await);
    assert_eq!(state_of(&mut b, message).await, MessageState::Sending);
    // A stopped channel uses no tries up.
    let stopped = SendResult { counts: false, ..result(MessageState::Queued, START) };
    assert!(finish(&mut b, message, lease, &stopped).await);
    let again = mint_id();
    assert_eq!(claim(&mut b, id, message, again, START).await, Some(1));
    let accepted = SendResult { external_message_id: Some("wamid.1".into()), ..result(MessageState::Accepted, 0) };
    assert!(finish(&mut b, message, again, &accepted).await);
    // Once settled, a late end adds at most the id, and never another one.
    let late = SendResult { external_message_id: Some("wamid.2".into()), ..result(MessageState::Failed, 0) };
    assert!(!finish(&mut b, message, again, &late).await);
    assert_eq!(state_of(&mut b, message).await, MessageState::Accepted);
    assert!(b.is_stored(b.ws, "316", "wamid.1").await);
    assert!(!b.is_stored(b.ws, "316", "wamid.2").await);
}

async fn a_set_is_taken_and_ended_together(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let mut requests = Vec::new();
    for wa_id in ["491511", "491512", "491513"] {
        let id = b.conversation(&i, wa_id).await;
        let message = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
        let due = DueMessage { workspace_id: b.ws, id: message, conversation_id: id };
        requests.push(ClaimRequest { due, lease: mint_id(), now: START, lease_until: START + 60 });
    }
    let due = queue::list_due(&mut b.conn, SendClass::Answer, &[(i.id, 2), (mint_id(), 9)], START).await.unwrap();
    assert_eq!(due.len(), 2, "no more than there is room for");
    conversation::set_mode(&mut b.conn, b.ws, requests[1].due.conversation_id, Mode::Human.into(), START)
        .await
        .unwrap();
    let claimed = queue::claim_many(&mut b.conn, &requests).await.unwrap();
    assert_eq!(claimed, [Some(1), None, Some(1)]);
    assert_eq!(b.count("select count(*) from attempts").await, 0, "a try is written down when it ends");
    let accepted = |request: &ClaimRequest, wamid: &str| Accepted {
        workspace_id: request.due.workspace_id,
        id: request.due.id,
        lease: request.lease,
        external_message_id: wamid.into(),
        started_at: START,
        now: START + 1,
    };
    // One was settled by somebody else meanwhile: it only gets its id.
    assert!(finish(&mut b, requests[2].due.id, requests[2].lease, &result(MessageState::Failed, 0)).await);
    let set = [accepted(&requests[0], "wamid.1"), accepted(&requests[2], "wamid.3")];
    queue::accept_many(&mut b.conn, &set).await.unwrap();
    assert_eq!(state_of(&mut b, requests[0].due.id).await, MessageState::Accepted);
    assert_eq!(state_of(&mut b, requests[2].due.id).await, MessageState::Failed);
    assert!(b.is_stored(b.ws, "316", "wamid.1").await && b.is_stored(b.ws, "316", "wamid.3").await);
    assert_eq!(b.count("select count(*) from attempts where outcome = 'accepted'").await, 2);
}

async fn sends_that_were_cut_off_become_unknown(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    let message = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let lease = mint_id();
    claim(&mut b, id, message, lease, START).await.unwrap();
    assert!(!queue::has_expired(&mut b.conn, START + 59).await.unwrap());
    assert!(queue::expire(&mut b.conn, START + 59, START + 99).await.unwrap().is_empty());
    assert!(queue::has_expired(&mut b.conn, START + 60).await.unwrap());
    let cut = queue::expire(&mut b.conn, START + 60, START + 99).await.unwrap();
    assert_eq!((cut.len(), cut[0].id, cut[0].conversation_id), (1, message, id));
    let cut_off = "select count(*) from attempts where outcome = 'unknown' and finished_at is null";
    assert_eq!(b.count(cut_off).await, 1);
    assert!(queue::expire(&mut b.conn, START + 60, START + 99).await.unwrap().is_empty());
    assert!(claim(&mut b, id, message, mint_id(), START + 999).await.is_none(), "it is never sent again by itself");
    // The answer came after all, just late.
    let accepted = SendResult { external_message_id: Some("wamid.1".into()), ..result(MessageState::Accepted, 0) };
    assert!(finish(&mut b, message, lease, &accepted).await);
    assert_eq!(b.count("select count(*) from attempts where outcome = 'accepted'").await, 1);
    assert_eq!(b.count(cut_off).await, 0, "its try has its true end");
    let second = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    claim(&mut b, id, second, mint_id(), START).await.unwrap();
    queue::expire_all(&mut b.conn).await.unwrap();
    assert!(queue::has_expired(&mut b.conn, START).await.unwrap());
}

async fn withdrawing_spares_what_is_under_way(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let (id, other) = (b.conversation(&i, "491511").await, b.conversation(&i, "491512").await);
    let sending = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    claim(&mut b, id, sending, mint_id(), START).await.unwrap();
    let queued = b.outbound(&i, id, Author::Bot, MessageState::Queued).await;
    let persons = b.outbound(&i, id, Author::User, MessageState::Queued).await;
    let elsewhere = b.outbound(&i, other, Author::Bot, MessageState::Queued).await;
    assert!(!queue::cancel_bot(&mut b.conn, b.ws, id, START).await.unwrap(), "the bot still answers here");
    conversation::set_mode(&mut b.conn, b.ws, id, Mode::Human.into(), START).await.unwrap();
    assert!(!queue::cancel_bot(&mut b.conn, mint_id(), id, START).await.unwrap());
    assert!(queue::cancel_bot(&mut b.conn, b.ws, id, START).await.unwrap());
    for (message, state) in [
        (sending, MessageState::Sending),
        (queued, MessageState::Cancelled),
        (persons, MessageState::Queued),
        (elsewhere, MessageState::Queued),
    ] {
        assert_eq!(state_of(&mut b, message).await, state);
    }
    queue::cancel_integration(&mut b.conn, mint_id(), i.id, START).await.unwrap();
    assert_eq!(state_of(&mut b, persons).await, MessageState::Queued);
    queue::cancel_integration(&mut b.conn, b.ws, i.id, START).await.unwrap();
    assert_eq!(state_of(&mut b, persons).await, MessageState::Cancelled);
    assert_eq!(state_of(&mut b, sending).await, MessageState::Sending);
    assert_eq!(queue::backlog(&mut b.conn).await.unwrap(), (0, 1));
}

async fn tries_are_forgotten_by_the_age_of_their_message(database: Database) {
    let mut b = Bench::new(database).await;
    let minted = |at: u64| MessageId::from(Uuid::new_v7(Timestamp::from_unix(NoContext, at, 0)));
    let attempt = |message_id: MessageId| Attempt {
        workspace_id: b.ws,
        id: mint_id(),
        message_id,
        started_at: START,
        finished_at: START,
        outcome: "accepted",
        http_status: Some(200),
        error_code: None,
        trace_id: None,
    };
    let tries = [10, 11, 11, 12].map(|at| attempt(minted(at)));
    attempt::insert_many(&mut b.conn, &tries).await.unwrap();
    assert_eq!(attempt::prune(&mut b.conn, 12_000, 2).await.unwrap(), 2);
    assert_eq!(attempt::prune(&mut b.conn, 12_000, 2).await.unwrap(), 1);
    assert_eq!(attempt::prune(&mut b.conn, 12_000, 2).await.unwrap(), 0);
    assert_eq!(b.count("select count(*) from attempts").await, 1);
}
