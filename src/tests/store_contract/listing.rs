//! The inbox's list: every filter in every combination, page by page, while conversations move.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::Bench;
use crate::{
    domain::{
        channel::Channel,
        conversation::ConversationStatus,
        ids::{ConversationId, LabelId, UserId},
    },
    server::{
        base::clock::mint_id,
        store::{
            conversation::{self, InboxFilter, Whose},
            on,
        },
    },
    tests::{
        app::{Database, START},
        on_both_databases,
    },
};

on_both_databases!(filters_combine_and_pages_have_no_holes_while_conversations_move,);

const COUNT: u64 = 60;

/// Lots that are the same each time.
struct Lots(u64);

impl Lots {
    fn draw(&mut self, of: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % of
    }

    fn is_one_in(&mut self, of: u64) -> bool {
        self.draw(of) == 0
    }
}

/// A conversation as the test knows it.
#[derive(Clone, Debug)]
struct Model {
    id: ConversationId,
    channel: Channel,
    status: ConversationStatus,
    assignee: Option<UserId>,
    label: Option<LabelId>,
    unread: bool,
    waits: bool,
    since: i64,
    at: i64,
}

impl Model {
    fn fits(&self, f: &InboxFilter) -> bool {
        f.channel.is_none_or(|channel| channel == self.channel)
            && f.status.is_none_or(|status| status == self.status)
            && f.label.is_none_or(|label| Some(label) == self.label)
            && (!f.unread || self.unread)
            && (!f.waiting || self.waits)
            && match f.whose {
                Whose::Anybodys => true,
                Whose::Nobodys => self.assignee.is_none(),
                Whose::Of(user) => self.assignee == Some(user),
            }
    }

    /// Where it stands, the first of all with the greatest.
    fn place(&self, waiting: bool) -> (i64, ConversationId) {
        (if waiting { -self.since } else { self.at }, self.id)
    }
}

/// Conversations of all kinds.
async fn lay(b: &mut Bench, lots: &mut Lots, people: &[UserId], labels: &[LabelId]) -> Vec<Model> {
    let i = b.integration("316").await;
    let mut all = Vec::new();
    for n in 0..COUNT {
        let id = b.conversation(&i, &format!("49151{n}")).await;
        let pick = |lots: &mut Lots, of: usize| usize::try_from(lots.draw(of as u64 + 1)).unwrap();
        let (person, label) = (pick(lots, people.len()), pick(lots, labels.len()));
        let model = Model {
            id,
            channel: if lots.is_one_in(3) { Channel::Web } else { Channel::Whatsapp },
            status: [ConversationStatus::Open, ConversationStatus::Snoozed, ConversationStatus::Resolved]
                [usize::try_from(lots.draw(3)).unwrap()],
            assignee: people.get(person).copied(),
            label: labels.get(label).copied(),
            unread: lots.is_one_in(2),
            waits: lots.is_one_in(3),
            since: START + i64::try_from(lots.draw(30)).unwrap(),
            // Some at the same moment: the id decides.
            at: START + i64::try_from(lots.draw(30)).unwrap(),
        };
        if let Some(label) = model.label {
            let sql = "insert into conversation_labels (workspace_id, conversation_id, label_id, channel, status, last_message_at)
                       values ($1, $2, $3, $4, 'open', 0)";
            on!(&mut b.conn, c => sqlx::query(sql).bind(b.ws).bind(id).bind(label).bind(model.channel.as_str()).execute(c)
                .await.map(drop))
            .unwrap();
            let sql = "update conversations set labelled = 1 where workspace_id = $1 and id = $2";
            on!(&mut b.conn, c => sqlx::query(sql).bind(b.ws).bind(id).execute(c).await.map(drop)).unwrap();
        }
        let sql =
            "update conversations set channel = $3, status = $4, assignee_id = $5, unread = $6, waiting_since = $7,
                   last_message_at = $8, preview = 'Hello' where workspace_id = $1 and id = $2";
        let waiting_since = Some(model.since).filter(|_| model.waits);
        on!(&mut b.conn, c => sqlx::query(sql).bind(b.ws).bind(id).bind(model.channel.as_str()).bind(model.status.as_str())
            .bind(model.assignee).bind(i64::from(model.unread)).bind(waiting_since).bind(model.at).execute(c).await.map(drop))
        .unwrap();
        all.push(model);
    }
    all
}

fn filters(people: &[UserId], labels: &[LabelId]) -> Vec<InboxFilter> {
    let mut all = Vec::new();
    for channel in [None, Some(Channel::Web), Some(Channel::Whatsapp)] {
        for status in [None, Some(ConversationStatus::Open), Some(ConversationStatus::Resolved)] {
            for whose in [Whose::Anybodys, Whose::Nobodys, Whose::Of(people[0])] {
                for label in [None, Some(labels[0])] {
                    for (unread, waiting) in [(false, false), (true, false), (false, true), (true, true)] {
                        let before = (i64::MAX, ConversationId::max());
                        all.push(InboxFilter { waiting, channel, status, whose, label, unread, before, limit: 4 });
                    }
                }
            }
        }
    }
    all
}

async fn filters_combine_and_pages_have_no_holes_while_conversations_move(database: Database) {
    let mut b = Bench::new(database).await;
    let people = [b.user("ada@example.com").await, b.user("grace@example.com").await];
    let labels: [LabelId; 2] = [mint_id(), mint_id()];
    for (label, name) in labels.iter().zip(["refund", "vip"]) {
        let sql = "insert into labels (workspace_id, id, name, name_key, colour, created_at) values ($1, $2, $3, $3, 'red', 1)";
        on!(&mut b.conn, c => sqlx::query(sql).bind(b.ws).bind(*label).bind(name).execute(c).await.map(drop)).unwrap();
    }
    let mut lots = Lots(14);
    let laid = lay(&mut b, &mut lots, &people, &labels).await;
    let mut all: BTreeMap<ConversationId, Model> = laid.into_iter().map(|m| (m.id, m)).collect();
    let mut now = START + 100;
    for filter in filters(&people, &labels) {
        let mut expected: Vec<Model> = all.values().filter(|m| m.fits(&filter)).cloned().collect();
        expected.sort_by_key(|m| std::cmp::Reverse(m.place(filter.waiting)));
        let count = conversation::count(&mut b.conn, b.ws, filter).await.unwrap();
        assert_eq!(count, i64::try_from(expected.len()).unwrap(), "{filter:?}");
        let ids: BTreeSet<ConversationId> = all.keys().copied().collect();
        let found = conversation::list_of(&mut b.conn, b.ws, filter, ids).await.unwrap();
        let found: BTreeSet<Uuid> = found.into_iter().map(|row| row.id.into()).collect();
        assert_eq!(found, expected.iter().map(|m| m.id.into()).collect(), "{filter:?}");
        // While it is read, conversations go to the top: none of the others is missed, and none comes twice.
        let (mut filter, mut seen, mut moved) = (filter, Vec::new(), BTreeSet::new());
        loop {
            let page = conversation::list(&mut b.conn, b.ws, filter).await.unwrap();
            assert!(page.len() <= 4);
            let Some(last) = page.last() else { break };
            filter.before = match last.waiting_since.filter(|_| filter.waiting) {
                Some(since) => (-since, last.id),
                None => (last.last_message_at, last.id),
            };
            seen.extend(page.iter().map(|row| row.id));
            if !filter.waiting {
                let keys: Vec<ConversationId> = all.keys().copied().collect();
                let id = keys[usize::try_from(lots.draw(COUNT)).unwrap()];
                now += 1;
                let sql = "update conversations set last_message_at = $3 where workspace_id = $1 and id = $2";
                on!(&mut b.conn, c => sqlx::query(sql).bind(b.ws).bind(id).bind(now).execute(c).await.map(drop))
                    .unwrap();
                all.get_mut(&id).unwrap().at = now;
                moved.insert(id);
            }
        }
        let resting: Vec<ConversationId> = seen.iter().copied().filter(|id| !moved.contains(id)).collect();
        let expected: Vec<ConversationId> = expected.iter().map(|m| m.id).filter(|id| !moved.contains(id)).collect();
        assert_eq!(resting, expected, "{filter:?}");
        let once: BTreeSet<ConversationId> = seen.iter().copied().collect();
        assert_eq!(once.len(), seen.len(), "{filter:?}");
    }
}
