//! Webhook deliveries, dead letters, counts, and what an integration keeps of them.

use super::{Bench, START};
use crate::{
    domain::{
        channel::Channel,
        ids::{DeadLetterId, DeliveryId, LeaseId},
        integration::Trouble,
    },
    server::{
        base::clock::mint_id,
        store::{
            StoreError,
            dead_letter::{self, NewDeadLetter},
            delivery::{self, ClaimSize, Done, NewDelivery},
            integration::{self, Activity, Findings},
        },
    },
    tests::{app::Database, on_both_databases},
};

on_both_databases!(
    the_oldest_are_taken_first_and_only_once,
    a_claim_is_bounded_by_bytes,
    a_lease_that_ran_out_is_taken_over,
    released_deliveries_wait_again,
    only_what_is_done_and_old_is_pruned,
    two_workers_take_different_deliveries,
    a_dead_letter_is_kept_once,
    integrations_keep_what_they_saw,
    a_number_is_connected_once_per_workspace,
);

async fn insert(b: &mut Bench, count: usize) -> Vec<DeliveryId> {
    let (mut ids, mut deliveries) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let new = NewDelivery {
            id: mint_id(),
            workspace_id: Some(b.ws),
            integration_id: None,
            channel: Channel::Whatsapp,
            body: vec![0, 255, 1],
            received_at: START,
        };
        ids.push(new.id);
        deliveries.push(new);
    }
    delivery::insert_many(&mut b.conn, &deliveries).await.unwrap();
    ids
}

const fn size(deliveries: i64) -> ClaimSize {
    ClaimSize { deliveries, bytes: i64::MAX }
}

async fn finish(b: &mut Bench, id: DeliveryId, lease: LeaseId, items: i64, dropped: i64) {
    delivery::finish_many(&mut b.conn, &[Done { id, lease, items, dropped }]).await.unwrap();
}

async fn claim(b: &mut Bench, lease: LeaseId, now: i64, limit: i64) -> Vec<DeliveryId> {
    let rows = delivery::claim(&mut b.conn, lease, now, now + 60, size(limit)).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

async fn the_oldest_are_taken_first_and_only_once(database: Database) {
    let mut b = Bench::new(database).await;
    assert!(!delivery::backlog_exists(&mut b.conn, START).await.unwrap());
    let ids = insert(&mut b, 5).await;
    assert!(delivery::backlog_exists(&mut b.conn, START).await.unwrap());
    assert_eq!(delivery::backlog(&mut b.conn).await.unwrap(), 5);
    assert_eq!(claim(&mut b, mint_id(), START, 2).await, ids[..2]);
    assert_eq!(claim(&mut b, mint_id(), START, 10).await, ids[2..]);
    assert!(claim(&mut b, mint_id(), START, 10).await.is_empty());
    assert_eq!(delivery::backlog(&mut b.conn).await.unwrap(), 0);
    assert!(!delivery::backlog_exists(&mut b.conn, START).await.unwrap());
    let again = insert(&mut b, 1).await;
    let rows = delivery::claim(&mut b.conn, mint_id(), START, START + 60, size(10)).await.unwrap();
    assert_eq!((rows[0].id, rows[0].body.as_slice(), rows[0].attempts), (again[0], &[0, 255, 1][..], 1));
}

async fn a_claim_is_bounded_by_bytes(database: Database) {
    let mut b = Bench::new(database).await;
    let ids = insert(&mut b, 4).await;
    // Three bytes each: the second reaches the limit, so the third waits.
    let some = ClaimSize { deliveries: 10, bytes: 4 };
    let rows = delivery::claim(&mut b.conn, mint_id(), START, START + 60, some).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids[..2]);
    // One that is too large alone goes alone.
    let tiny = ClaimSize { deliveries: 10, bytes: 1 };
    let rows = delivery::claim(&mut b.conn, mint_id(), START, START + 60, tiny).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), ids[2..3]);
}

async fn a_lease_that_ran_out_is_taken_over(database: Database) {
    let mut b = Bench::new(database).await;
    let ids = insert(&mut b, 1).await;
    let (dead, alive) = (mint_id(), mint_id());
    claim(&mut b, dead, START, 1).await;
    assert!(claim(&mut b, alive, START + 59, 1).await.is_empty());
    assert!(delivery::backlog_exists(&mut b.conn, START + 60).await.unwrap());
    assert_eq!(claim(&mut b, alive, START + 60, 1).await, ids);
    // The dead worker wakes up: what it says counts no more.
    finish(&mut b, ids[0], dead, 9, 9).await;
    delivery::postpone(&mut b.conn, ids[0], dead, 0, true).await.unwrap();
    assert_eq!(b.count("select count(*) from deliveries where state = 'working' and attempts = 2").await, 1);
    finish(&mut b, ids[0], alive, 3, 1).await;
    assert_eq!(b.count("select count(*) from deliveries where state = 'done' and items = 3 and dropped = 1").await, 1);
    assert!(claim(&mut b, mint_id(), START + 999, 1).await.is_empty());
}

async fn released_deliveries_wait_again(database: Database) {
    let mut b = Bench::new(database).await;
    let ids = insert(&mut b, 3).await;
    let lease = mint_id();
    claim(&mut b, lease, START, 3).await;
    delivery::postpone(&mut b.conn, ids[1], lease, START, true).await.unwrap();
    assert_eq!(claim(&mut b, mint_id(), START, 3).await, ids[1..2]);
    finish(&mut b, ids[0], lease, 1, 0).await;
    delivery::release_all(&mut b.conn).await.unwrap();
    assert_eq!(claim(&mut b, mint_id(), START, 3).await, ids[1..]);
}

async fn only_what_is_done_and_old_is_pruned(database: Database) {
    let mut b = Bench::new(database).await;
    let ids = insert(&mut b, 4).await;
    let lease = mint_id();
    claim(&mut b, lease, START, 3).await;
    for id in &ids[..3] {
        finish(&mut b, *id, lease, 1, 0).await;
    }
    assert_eq!(delivery::prune(&mut b.conn, START, 10).await.unwrap(), 0);
    assert_eq!(delivery::prune(&mut b.conn, START + 1, 2).await.unwrap(), 2);
    assert_eq!(delivery::prune(&mut b.conn, START + 1, 2).await.unwrap(), 1);
    assert_eq!(delivery::prune(&mut b.conn, START + 1, 2).await.unwrap(), 0);
    assert_eq!(delivery::backlog(&mut b.conn).await.unwrap(), 1);
}

async fn two_workers_take_different_deliveries(database: Database) {
    let mut b = Bench::new(database).await;
    insert(&mut b, 6).await;
    if database == Database::Sqlite {
        // One writer: there is no second one at the same moment.
        return;
    }
    let mut second = b.store.writer_connection().await.unwrap();
    b.conn.begin().await.unwrap();
    second.begin().await.unwrap();
    let mut taken = claim(&mut b, mint_id(), START, 3).await;
    let rows = delivery::claim(&mut second, mint_id(), START, START + 60, size(6)).await.unwrap();
    taken.extend(rows.iter().map(|row| row.id));
    second.commit().await.unwrap();
    b.conn.commit().await.unwrap();
    taken.sort();
    taken.dedup();
    assert_eq!(taken.len(), 6);
}

async fn a_dead_letter_is_kept_once(database: Database) {
    let mut b = Bench::new(database).await;
    let (integration_id, delivery_id) = (mint_id(), mint_id());
    for (item, reason) in [("0.0.0", "first"), ("0.0.0", "again"), ("0.0.1", "second")] {
        let letter = NewDeadLetter {
            id: mint_id(),
            workspace_id: Some(b.ws),
            integration_id: Some(integration_id),
            delivery_id,
            item: item.into(),
            reason: reason.into(),
            payload: "{}".into(),
        };
        dead_letter::insert(&mut b.conn, &letter, START).await.unwrap();
        dead_letter::count(&mut b.conn, b.ws, integration_id, "field:x", START).await.unwrap();
    }
    let reasons = dead_letter::list(&mut b.conn, b.ws, integration_id, DeadLetterId::max(), 9).await.unwrap();
    assert_eq!(reasons.iter().map(|l| l.reason.as_str()).collect::<Vec<_>>(), ["second", "first"]);
    let counts = dead_letter::list_counts(&mut b.conn, b.ws, integration_id).await.unwrap();
    assert_eq!(counts, [("field:x".to_owned(), 3)]);
    assert!(
        dead_letter::list(&mut b.conn, mint_id(), integration_id, DeadLetterId::max(), 9).await.unwrap().is_empty()
    );
    assert!(dead_letter::list_counts(&mut b.conn, mint_id(), integration_id).await.unwrap().is_empty());
}

async fn integrations_keep_what_they_saw(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let (ws, other, c) = (b.ws, mint_id(), &mut b.conn);
    let at = |webhook: i64, inbound: Option<i64>, outbound: Option<i64>| Activity {
        webhook_at: Some(START + webhook),
        inbound_at: inbound.map(|at| START + at),
        outbound_at: outbound.map(|at| START + at),
    };
    // Late ones turn nothing back; those of others change nothing here.
    for (owner, activity) in [
        (ws, at(5, Some(5), None)),
        (ws, at(4, None, Some(7))),
        (ws, at(9, None, Some(6))),
        (other, at(99, Some(99), Some(99))),
    ] {
        let changed = integration::note_activity(c, &[((owner, i.id), activity)]).await.unwrap();
        assert_eq!(changed.len(), usize::from(owner == ws));
    }
    integration::note_rejected(c, ws, i.id, 3, START + 8).await.unwrap();
    integration::note_rejected(c, other, i.id, 3, START + 8).await.unwrap();
    let trouble = |reason: &str| Trouble { reason: reason.into(), action: "action".into(), remedy: None };
    integration::set_error(c, ws, i.id, &trouble("reason"), START).await.unwrap();
    integration::set_error(c, other, i.id, &trouble("theirs"), START).await.unwrap();
    let found = integration::find(c, ws, i.id).await.unwrap().unwrap();
    let seen = (found.last_webhook_at, found.last_inbound_at, found.last_outbound_at, found.rejected_count);
    assert_eq!(seen, (Some(START + 9), Some(START + 5), Some(START + 7), 3));
    assert_eq!(found.error_reason.as_deref(), Some("reason"));
    let findings = Findings { display_name: Some("Shop".into()), ..Findings::default() };
    let times = (START, START + 9);
    // An error that is younger than what may be waved away stays.
    assert!(integration::set_findings(c, ws, i.id, &findings, START - 1, times).await.unwrap());
    let found = integration::find(c, ws, i.id).await.unwrap().unwrap();
    assert_eq!(found.error_reason.as_deref(), Some("reason"));
    integration::set_findings(c, ws, i.id, &Findings::default(), START, times).await.unwrap();
    // Nothing new is nothing to tell.
    assert!(!integration::set_findings(c, ws, i.id, &Findings::default(), START, times).await.unwrap());
    let found = integration::find(c, ws, i.id).await.unwrap().unwrap();
    assert_eq!((found.error_reason, found.display_name.as_deref()), (None, Some("Shop")));
    let since = START - 1;
    assert!(integration::list_proven(c, "316", None, since).await.unwrap().is_empty());
    let proven = Findings { app_proven: Some(true), ..Findings::default() };
    integration::set_findings(c, other, i.id, &proven, START, times).await.unwrap();
    assert!(integration::list_proven(c, "316", None, since).await.unwrap().is_empty());
    integration::set_findings(c, ws, i.id, &proven, START, times).await.unwrap();
    integration::set_findings(c, ws, i.id, &Findings::default(), START, times).await.unwrap();
    assert_eq!(integration::list_proven(c, "316", None, since).await.unwrap().len(), 1);
    assert_eq!(integration::list_proven(c, "316", Some("102"), since).await.unwrap().len(), 1);
    assert_eq!(integration::list_proven_of_account(c, "102", since).await.unwrap().len(), 1);
    // Neither beyond its age, nor for a number that is in another account by now.
    assert!(integration::list_proven(c, "316", None, START).await.unwrap().is_empty());
    assert!(integration::list_proven(c, "316", Some("103"), since).await.unwrap().is_empty());
    assert!(integration::list_proven_of_account(c, "102", START).await.unwrap().is_empty());
    assert!(integration::find_sibling(c, ws, (Channel::Whatsapp, "316"), &[3]).await.unwrap().is_some());
    assert!(integration::find_sibling(c, ws, (Channel::Whatsapp, "316"), &[4]).await.unwrap().is_none());
    assert!(integration::find_sibling(c, other, (Channel::Whatsapp, "316"), &[3]).await.unwrap().is_none());
    assert!(!integration::delete(c, other, i.id, START).await.unwrap());
    assert!(integration::delete(c, ws, i.id, START).await.unwrap());
    assert!(!integration::delete(c, ws, i.id, START).await.unwrap());
    let bare = integration::find_for_webhook(c, i.id).await.unwrap().unwrap();
    assert!(bare.access_token.is_none() && bare.app_secret.is_none() && bare.verify_token.is_none() && !bare.active);
    assert!(
        integration::find(c, ws, i.id).await.unwrap().is_none()
            && integration::list(c, ws, Channel::Whatsapp).await.unwrap().is_empty()
    );
    assert!(integration::list_proven(c, "316", None, START - 1).await.unwrap().is_empty());
}

async fn a_number_is_connected_once_per_workspace(database: Database) {
    let mut b = Bench::new(database).await;
    let i = b.integration("316").await;
    let mut twice = integration::find(&mut b.conn, b.ws, i.id).await.unwrap().unwrap();
    twice.id = mint_id();
    assert!(matches!(integration::insert(&mut b.conn, &twice).await, Err(StoreError::Conflict(_))));
    let taken = integration::name_of_key(&mut b.conn, b.ws, (Channel::Whatsapp, "316")).await.unwrap();
    assert_eq!(taken.as_deref(), Some("Number 316"));
    let names = integration::names_of_chatbot(&mut b.conn, b.ws, i.chatbot_id).await.unwrap();
    assert_eq!(names, ["Number 316"]);
    // Once it is gone, the number is free again.
    integration::delete(&mut b.conn, b.ws, i.id, START).await.unwrap();
    assert!(integration::name_of_key(&mut b.conn, b.ws, (Channel::Whatsapp, "316")).await.unwrap().is_none());
    assert!(integration::names_of_chatbot(&mut b.conn, b.ws, i.chatbot_id).await.unwrap().is_empty());
    integration::insert(&mut b.conn, &twice).await.unwrap();
}
