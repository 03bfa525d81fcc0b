//! Conversations: their places, the inbox, and the queue of what waits for an answer.

use std::collections::HashMap;

use super::{Bench, START};
use crate::{
    domain::{
        channel::Channel,
        chatbot::{ChatbotFields, KnowledgeItem},
        contact::IdentityKind,
        conversation::{ConversationStatus, Mode},
        ids::{ConversationId, LeaseId, UserId},
        message::{Author, MessageState},
    },
    server::{
        base::clock::mint_id,
        store::{
            StoreError, chatbot,
            contact::{self, Identity, Profile},
            conversation::{self, AnswerPlace, Arrival, InboxFilter, Place, TurnEnd, TurnLease, Unanswered, Whose},
            integration, knowledge,
            message::{self, NewMessage},
        },
    },
    tests::{app::Database, on_both_databases},
};

on_both_databases!(
    a_contact_has_one_conversation_at_a_place,
    every_message_gets_the_next_place,
    a_set_gives_each_message_its_place,
    turns_are_taken_once_and_finished_by_their_taker,
    a_take_over_wins_at_any_moment,
    a_postponed_turn_comes_back,
    the_inbox_is_paged_without_gaps,
    threads_are_read_backwards,
    a_message_of_the_channel_is_stored_once,
    knowledge_belongs_to_its_chatbot,
);

async fn a_contact_has_one_conversation_at_a_place(database: Database) {
    let mut b = Bench::new(database).await;
    let (first, second) = (b.integration("316").await, b.integration("317").await);
    let here = b.conversation(&first, "491511").await;
    assert_eq!(b.conversation(&first, "491511").await, here);
    assert_ne!(b.conversation(&second, "491511").await, here);
    // The same contact under another name: the conversation is re-keyed.
    let mut place = Place {
        workspace_id: b.ws,
        chatbot_id: first.chatbot_id,
        integration_id: first.id,
        contact_id: b.contact("491511").await,
        channel: Channel::Whatsapp,
        session_id: "US.1".into(),
    };
    assert_eq!(conversation::resolve(&mut b.conn, &place, mint_id(), START).await.unwrap(), here);
    let row = conversation::find(&mut b.conn, b.ws, here).await.unwrap().unwrap();
    assert_eq!((row.session_id.as_str(), row.mode, row.status), ("US.1", Mode::Bot, ConversationStatus::Open));
    assert!(conversation::find(&mut b.conn, mint_id(), here).await.unwrap().is_none());
    // The website's conversation of a chatbot is another one, found by its visitor.
    let [site, other] = [mint_id(), mint_id()];
    for (id, chatbot_id) in [(site, first.chatbot_id), (other, second.chatbot_id)] {
        integration::insert_website(&mut b.conn, b.ws, id, (chatbot_id, "Website"), START).await.unwrap();
    }
    let visitor = Identity { kind: IdentityKind::VisitorId, scope: String::new(), value: "v1".into() };
    place.contact_id =
        contact::resolve(&mut b.conn, b.ws, &[visitor], &Profile::default(), mint_id(), START).await.unwrap().id;
    (place.integration_id, place.channel, place.session_id) = (site, Channel::Web, "v1".into());
    let web = conversation::resolve(&mut b.conn, &place, mint_id(), START).await.unwrap();
    assert_eq!(conversation::resolve(&mut b.conn, &place, mint_id(), START).await.unwrap(), web);
    for (ws, active, switched) in [(b.ws, true, Some(site)), (b.ws, true, None), (mint_id(), false, None)] {
        let did = integration::set_website_active(&mut b.conn, ws, first.chatbot_id, active, START).await.unwrap();
        assert_eq!(did, switched);
    }
    for (ws, site, visitor, found) in [
        (b.ws, site, "v1", Some((true, Some(web)))),
        (mint_id(), site, "v1", None),
        (b.ws, other, "v1", Some((false, None))),
        (b.ws, site, "491511", Some((true, None))),
        (b.ws, first.id, "v1", None),
    ] {
        let visit = conversation::find_visit(&mut b.conn, ws, site, visitor).await.unwrap();
        assert_eq!(visit.map(|v| (v.open, v.conversation_id)), found);
    }
}

async fn every_message_gets_the_next_place(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    assert_eq!(b.arrive(id, START).await, 1);
    let ws = b.ws;
    let late = Arrival { answerable: false, at: START - 500, ..b.arrival(id, START + 99) };
    assert_eq!(conversation::arrive(&mut b.conn, &late, START + 1).await.unwrap(), 2);
    assert_eq!(conversation::next_seq(&mut b.conn, ws, id, START).await.unwrap(), 3);
    let seq = conversation::append(&mut b.conn, ws, id, "Hi", (Author::Bot, None), START + 2).await;
    assert_eq!(seq.unwrap(), 4);
    // What is not to be answered moves neither the queue nor the window.
    assert_eq!(b.count("select inbound_seq from conversations").await, 1);
    assert_eq!(b.count("select answer_due_at from conversations").await, START);
    assert_eq!(b.count("select last_inbound_at from conversations").await, START);
    assert!(conversation::mark_read(&mut b.conn, ws, id, 4).await.unwrap());
    assert!(!conversation::mark_read(&mut b.conn, ws, id, 4).await.unwrap());
    // A resolved conversation is open again when the customer writes.
    assert!(
        conversation::set_status(&mut b.conn, ws, id, (ConversationStatus::Resolved, UserId::nil()), START)
            .await
            .unwrap()
    );
    b.arrive(id, START).await;
    assert_eq!(b.count("select count(*) from conversations where status = 'open' and unread = 1").await, 1);
    let other = mint_id();
    assert!(
        !conversation::set_status(&mut b.conn, other, id, (ConversationStatus::Resolved, UserId::nil()), START)
            .await
            .unwrap()
    );
    assert!(!conversation::mark_read(&mut b.conn, other, id, 9).await.unwrap());
    assert!(!conversation::set_mode(&mut b.conn, other, id, Mode::Human.into(), START).await.unwrap());
    assert!(conversation::next_seq(&mut b.conn, other, id, START).await.is_err());
}

async fn claim(b: &mut Bench, lease: LeaseId, now: i64) -> Vec<Unanswered> {
    conversation::claim_unanswered(&mut b.conn, TurnLease { lease, now, until: now + 60 }, &[], 10).await.unwrap()
}

/// Ends a turn that says nothing.
async fn finish(b: &mut Bench, turn: &Unanswered, lease: LeaseId, seq: i64) -> bool {
    let end = TurnEnd { turn: turn.clone(), lease, seq, parts: 0, preview: String::new(), pace: None, misses: 0 };
    let answered = conversation::finish_answers(&mut b.conn, &[end], START).await.unwrap();
    answered.contains_key(&turn.id)
}

async fn a_set_gives_each_message_its_place(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let (first, second) = (b.conversation(&i, "491511").await, b.conversation(&i, "491512").await);
    b.arrive(second, START).await;
    let silent = Arrival { answerable: false, ..b.arrival(first, START) };
    let set = [
        b.arrival(first, START + 1),
        b.arrival(second, START + 2),
        b.arrival(first, START + 3),
        silent,
        Arrival { preview: "Bye".into(), answerable: false, ..b.arrival(second, START) },
    ];
    assert_eq!(conversation::arrive_many(&mut b.conn, &set, START).await.unwrap(), [1, 2, 2, 3, 3]);
    assert_eq!(b.count("select count(*) from conversations where last_seq = 3 and inbound_seq = 2").await, 2);
    assert_eq!(b.count("select count(*) from conversations where unread = 3").await, 2);
    assert_eq!(b.count("select count(*) from conversations where preview = 'Bye'").await, 1);
    assert_eq!(b.count("select max(answer_due_at) from conversations").await, START + 3);
    // The answers get the places after, and both are given at once.
    let lease = mint_id();
    let turns = claim(&mut b, lease, START + 3).await;
    let end = |turn: &Unanswered, parts| TurnEnd {
        turn: turn.clone(),
        lease,
        seq: turn.inbound_seq,
        parts,
        preview: "Hi".into(),
        pace: None,
        misses: 0,
    };
    let ends: Vec<TurnEnd> = turns.iter().zip([1, 2]).map(|(turn, parts)| end(turn, parts)).collect();
    b.outbound(&i, second, Author::User, MessageState::Queued).await;
    let places = conversation::finish_answers(&mut b.conn, &ends, START).await.unwrap();
    // The second waits behind what has not been sent.
    let place = |after, held_up| AnswerPlace { after, held_up };
    assert_eq!(places, HashMap::from([(first, place(3, false)), (second, place(4, true))]));
    assert_eq!(
        b.count("select cast(sum(last_seq) as bigint) from conversations where preview_author = 'bot'").await,
        10
    );
    let stranger = Arrival { workspace_id: mint_id(), ..b.arrival(first, START) };
    assert!(conversation::arrive(&mut b.conn, &stranger, START).await.is_err());
}

async fn turns_are_taken_once_and_finished_by_their_taker(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    assert_eq!(conversation::next_answer_due(&mut b.conn).await.unwrap(), None);
    b.arrive(id, START + 5).await;
    assert_eq!(conversation::next_answer_due(&mut b.conn).await.unwrap(), Some(START + 5));
    assert!(claim(&mut b, mint_id(), START + 4).await.is_empty());
    let (dead, alive) = (mint_id(), mint_id());
    let old = claim(&mut b, dead, START + 5).await.remove(0);
    assert_eq!((old.id, old.inbound_seq, old.answered_seq, old.greeted), (id, 1, 0, false));
    assert!(claim(&mut b, alive, START + 6).await.is_empty());
    assert_eq!(conversation::next_answer_due(&mut b.conn).await.unwrap(), None);
    assert!(!conversation::has_expired_answers(&mut b.conn, START + 64).await.unwrap());
    assert!(conversation::has_expired_answers(&mut b.conn, START + 65).await.unwrap());
    let turn = claim(&mut b, alive, START + 65).await.remove(0);
    // The first taker comes too late; the second finishes once.
    assert!(!finish(&mut b, &old, dead, 1).await);
    assert!(finish(&mut b, &turn, alive, 1).await);
    assert!(!finish(&mut b, &turn, alive, 1).await);
    assert!(claim(&mut b, mint_id(), START + 999).await.is_empty());
    // What came meanwhile waits for its own turn. Nothing has been said yet, so nobody is greeted.
    b.arrive(id, START).await;
    assert!(!claim(&mut b, alive, START + 999).await.remove(0).greeted);
    conversation::release_all_answers(&mut b.conn).await.unwrap();
    assert_eq!(claim(&mut b, alive, START + 999).await.len(), 1);
}

async fn a_take_over_wins_at_any_moment(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    b.arrive(id, START).await;
    let lease = mint_id();
    let turn = claim(&mut b, lease, START).await.remove(0);
    assert!(conversation::set_mode(&mut b.conn, b.ws, id, Mode::Human.into(), START).await.unwrap());
    assert!(!conversation::set_mode(&mut b.conn, b.ws, id, Mode::Human.into(), START).await.unwrap());
    assert!(!finish(&mut b, &turn, lease, 1).await);
    b.arrive(id, START).await;
    assert!(claim(&mut b, mint_id(), START + 999).await.is_empty());
    // Given back, the bot does not answer what the person has seen.
    assert!(conversation::set_mode(&mut b.conn, b.ws, id, Mode::Bot.into(), START).await.unwrap());
    assert!(!finish(&mut b, &turn, lease, 1).await);
    assert!(claim(&mut b, mint_id(), START + 999).await.is_empty());
    b.arrive(id, START).await;
    assert_eq!(claim(&mut b, mint_id(), START + 999).await[0].answered_seq, 2);
}

async fn a_postponed_turn_comes_back(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    b.arrive(id, START).await;
    let lease = mint_id();
    let turn = claim(&mut b, lease, START).await.remove(0);
    conversation::postpone_answer(&mut b.conn, &turn, mint_id(), START + 1, 1).await.unwrap();
    assert!(claim(&mut b, mint_id(), START + 10).await.is_empty(), "only the taker may give it back");
    conversation::postpone_answer(&mut b.conn, &turn, lease, START + 20, 1).await.unwrap();
    assert_eq!(conversation::next_answer_due(&mut b.conn).await.unwrap(), Some(START + 20));
    let again = mint_id();
    let turn = claim(&mut b, again, START + 20).await.remove(0);
    assert_eq!(turn.answer_failures, 1);
    assert!(finish(&mut b, &turn, again, 1).await);
    assert_eq!(b.count("select answer_failures from conversations").await, 0);
}

async fn the_inbox_is_paged_without_gaps(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let mut ids = Vec::new();
    for n in 0..7 {
        let id = b.conversation(&i, &format!("49151{n}")).await;
        // All at the same moment: the id decides.
        b.arrive(id, START).await;
        ids.push(id);
    }
    // A conversation without a message is not shown yet.
    b.conversation(&i, "491519").await;
    let all = InboxFilter {
        waiting: false,
        channel: None,
        status: None,
        whose: Whose::Anybodys,
        label: None,
        unread: false,
        before: (i64::MAX, ConversationId::max()),
        limit: 3,
    };
    ids.sort();
    ids.reverse();
    // A filter that lets all of them through goes through them as none does, whatever else tells them apart.
    conversation::set_status(&mut b.conn, b.ws, ids[0], (ConversationStatus::Snoozed, UserId::nil()), START)
        .await
        .unwrap();
    conversation::set_status(&mut b.conn, b.ws, ids[3], (ConversationStatus::Resolved, UserId::nil()), START)
        .await
        .unwrap();
    for channel in [None, Some(Channel::Whatsapp)] {
        let (mut filter, mut seen) = (InboxFilter { channel, ..all }, Vec::new());
        loop {
            let page = conversation::list(&mut b.conn, b.ws, filter).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.before = (last.last_message_at, last.id);
            seen.extend(page.iter().map(|row| row.id));
        }
        assert_eq!(seen, ids, "{channel:?}");
    }
    for (channel, status, count) in [
        (Some(Channel::Whatsapp), None, 7),
        (Some(Channel::Web), None, 0),
        (None, Some(ConversationStatus::Snoozed), 1),
        (Some(Channel::Whatsapp), Some(ConversationStatus::Open), 5),
    ] {
        let filter = InboxFilter { waiting: false, channel, status, limit: 9, ..all };
        assert_eq!(conversation::list(&mut b.conn, b.ws, filter).await.unwrap().len(), count, "{channel:?} {status:?}");
    }
    assert!(conversation::list(&mut b.conn, mint_id(), all).await.unwrap().is_empty());
}

async fn threads_are_read_backwards(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    for author in [Author::Bot, Author::System, Author::User, Author::Bot] {
        b.outbound(&i, id, author, MessageState::Sent).await;
    }
    let (ws, c) = (b.ws, &mut b.conn);
    let seqs = |list: Vec<crate::domain::message::Message>| list.iter().map(|m| m.seq).collect::<Vec<_>>();
    assert_eq!(seqs(message::list(c, ws, id, i64::MAX, 3).await.unwrap()), [2, 3, 4]);
    assert_eq!(seqs(message::list(c, ws, id, 2, 3).await.unwrap()), [1]);
    assert_eq!(seqs(message::list(c, mint_id(), id, i64::MAX, 3).await.unwrap()), [] as [i64; 0]);
    // Visitors see no activity lines.
    assert_eq!(seqs(message::list_for_visitor(c, ws, id, 1).await.unwrap()), [3, 4]);
    assert!(message::list_for_visitor(c, mint_id(), id, 0).await.unwrap().is_empty());
}

async fn a_message_of_the_channel_is_stored_once(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let id = b.conversation(&i, "491511").await;
    let (wamid, client_id) = (Some("wamid.1".to_owned()), Some(mint_id()));
    let mut new = NewMessage { external_message_id: wamid, client_id, answerable: true, ..b.draft(&i, id) };
    message::insert(&mut b.conn, &new, 1, START).await.unwrap();
    assert!(b.is_stored(b.ws, "316", "wamid.1").await);
    for (ws, number, wamid) in [(b.ws, "317", "wamid.1"), (b.ws, "316", "wamid.2"), (mint_id(), "316", "wamid.1")] {
        assert!(!b.is_stored(ws, number, wamid).await);
    }
    let sent = message::find_by_client_id(&mut b.conn, b.ws, id, client_id.unwrap()).await.unwrap();
    assert_eq!(sent.unwrap().id, new.id);
    assert!(message::find_by_client_id(&mut b.conn, mint_id(), id, client_id.unwrap()).await.unwrap().is_none());
    let questions = message::list_questions(&mut b.conn, &[(b.ws, id, 0, 9)]).await.unwrap().remove(&id).unwrap();
    assert_eq!((questions.len(), questions[0].seq), (1, 1));
    assert!(message::list_questions(&mut b.conn, &[(b.ws, id, 1, 9), (mint_id(), id, 0, 9)]).await.unwrap().is_empty());
    // Twice the wamid, the client's id or the place: each is refused by the database itself.
    new.id = mint_id();
    assert!(matches!(message::insert(&mut b.conn, &new, 2, START).await, Err(StoreError::Conflict(_))));
    new.external_message_id = None;
    assert!(matches!(message::insert(&mut b.conn, &new, 2, START).await, Err(StoreError::Conflict(_))));
    new.client_id = None;
    assert!(matches!(message::insert(&mut b.conn, &new, 1, START).await, Err(StoreError::Conflict(_))));
    message::insert(&mut b.conn, &new, 2, START).await.unwrap();
    assert!(message::find(&mut b.conn, mint_id(), new.id).await.unwrap().is_none());
}

async fn knowledge_belongs_to_its_chatbot(database: Database) {
    let mut b = Bench::new(database).await;
    let (bot, second) = (b.chatbot().await, b.chatbot().await);
    let mut item =
        KnowledgeItem { id: mint_id(), chatbot_id: bot, question: "b?".into(), answer: "b".into(), updated_at: START };
    let (ws, c) = (b.ws, &mut b.conn);
    knowledge::insert(c, ws, &item).await.unwrap();
    item.answer = "c".into();
    assert!(knowledge::update(c, ws, &item).await.unwrap());
    item.chatbot_id = second;
    assert!(!knowledge::update(c, ws, &item).await.unwrap(), "an item does not change its chatbot");
    assert!(!knowledge::update(c, mint_id(), &item).await.unwrap());
    assert_eq!(knowledge::list(c, ws, bot).await.unwrap()[0].answer, "c");
    assert!(chatbot::bump_knowledge(c, ws, bot, START).await.unwrap());
    assert!(!chatbot::bump_knowledge(c, mint_id(), bot, START).await.unwrap());
    assert_eq!(chatbot::find_profile(c, ws, bot).await.unwrap().unwrap().knowledge_version, 1);
    let site = mint_id();
    integration::insert_website(c, ws, site, (bot, "Website"), START).await.unwrap();
    let public = integration::find_website(c, site).await.unwrap().unwrap();
    assert_eq!((public.workspace_id, public.name.as_str(), public.active), (ws, "Shop bot", false));
    assert!(integration::insert_website(c, ws, mint_id(), (bot, "Website"), START).await.is_err(), "there is one");
    assert!(!chatbot::update(c, mint_id(), bot, &ChatbotFields::default(), START).await.unwrap());
    assert_eq!(knowledge::delete(c, mint_id(), item.id).await.unwrap(), None);
    assert_eq!(knowledge::delete(c, ws, item.id).await.unwrap(), Some(bot));
    assert_eq!(chatbot::delete(c, mint_id(), bot).await.unwrap(), None);
    assert_eq!(chatbot::delete(c, ws, bot).await.unwrap().as_deref(), Some("Shop bot"));
    assert!(integration::find_website(c, site).await.unwrap().is_none(), "without a chatbot there is no chat");
    assert_eq!(integration::delete_website(c, ws, bot, START).await.unwrap(), Some(site));
    assert_eq!(chatbot::delete(c, ws, bot).await.unwrap(), None);
    // Knowledge of no chatbot cannot be.
    item.chatbot_id = bot;
    assert!(matches!(knowledge::insert(c, ws, &item).await, Err(StoreError::Conflict(_))));
}
