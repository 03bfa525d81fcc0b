//! Live events: their order, who may read them, and how long they are kept.

use std::time::Duration;

use super::{Bench, START};
use crate::{
    domain::{
        event::DomainEvent,
        ids::{ChatbotId, ConversationId, WorkspaceId},
        live::LiveEvent,
    },
    server::{
        base::clock::mint_id,
        store::{
            Conn, Line,
            event::{self, Cursor, EventRow},
        },
    },
    tests::{app::Database, on_both_databases},
};

on_both_databases!(
    events_come_in_order_and_to_their_workspace,
    nothing_is_told_before_it_is_committed,
    a_slow_transaction_hides_no_event,
    what_is_kept_can_be_resumed,
    pruning_goes_by_age_in_chunks,
    one_event_tells_of_many_conversations,
);

async fn append(b: &mut Bench, ws: WorkspaceId, now: i64) -> ChatbotId {
    let id = mint_id();
    tell(&mut b.conn, ws, id, now).await;
    id
}

/// As the writer does it.
async fn tell(conn: &mut Conn, ws: WorkspaceId, id: ChatbotId, now: i64) {
    conn.tell(ws, DomainEvent::ChatbotChanged { id, fields: Vec::new() }, now);
    assert!(event::store_told(conn).await.unwrap());
}

async fn at_once(b: &Bench) -> Vec<EventRow> {
    event::list_after(&mut b.store.read().await.unwrap(), None, Cursor::default(), 100).await.unwrap()
}

/// Waits until everything that is committed can be read: on PostgreSQL, transactions of other databases count as well.
async fn settle(b: &Bench) {
    let mut conn = b.store.read().await.unwrap();
    let Line::Postgres(c) = conn.line() else { return };
    let sql = "select count(*) from events where xact >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
    for _ in 0..1000 {
        let hidden: i64 = sqlx::query_scalar(sql).fetch_one(&mut **c).await.unwrap();
        if hidden == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("committed events stay hidden");
}

async fn after(b: &Bench, ws: Option<WorkspaceId>, cursor: Cursor) -> Vec<EventRow> {
    settle(b).await;
    event::list_after(&mut b.store.read().await.unwrap(), ws, cursor, 100).await.unwrap()
}

/// What an event tells of.
fn subject(row: &EventRow) -> ChatbotId {
    match serde_json::from_str(&row.payload).unwrap() {
        LiveEvent::Chatbot { id } => id,
        other => panic!("{other:?}"),
    }
}

fn subjects(rows: &[EventRow]) -> Vec<ChatbotId> {
    rows.iter().map(subject).collect()
}

async fn events_come_in_order_and_to_their_workspace(database: Database) {
    let mut b = Bench::new(database).await;
    let (ours, theirs) = (b.ws, mint_id());
    assert_eq!(event::newest(&mut b.conn).await.unwrap(), Cursor::default());
    let mut told = Vec::new();
    for ws in [ours, theirs, ours, theirs, ours] {
        told.push(append(&mut b, ws, START).await);
    }
    let all = after(&b, None, Cursor::default()).await;
    assert_eq!(subjects(&all), told);
    assert!(all.windows(2).all(|w| w[0].cursor() < w[1].cursor()));
    assert_eq!(event::newest(&mut b.conn).await.unwrap(), all[4].cursor());
    let mine = after(&b, Some(ours), all[0].cursor()).await;
    assert_eq!(subjects(&mine), [told[2], told[4]]);
    assert!(mine.iter().all(|row| row.workspace_id == ours));
    assert!(after(&b, Some(mint_id()), Cursor::default()).await.is_empty());
    assert!(after(&b, None, all[4].cursor()).await.is_empty());
    let page = event::list_after(&mut b.conn, None, all[0].cursor(), 2).await.unwrap();
    assert_eq!(subjects(&page), told[1..3]);
}

async fn nothing_is_told_before_it_is_committed(database: Database) {
    let mut b = Bench::new(database).await;
    let ws = b.ws;
    b.conn.begin().await.unwrap();
    append(&mut b, ws, START).await;
    assert!(at_once(&b).await.is_empty());
    b.conn.rollback().await.unwrap();
    assert!(after(&b, None, Cursor::default()).await.is_empty());
    b.conn.begin().await.unwrap();
    let told = append(&mut b, ws, START).await;
    b.conn.commit().await.unwrap();
    assert_eq!(subjects(&after(&b, None, Cursor::default()).await), [told]);
}

/// PostgreSQL gives row numbers out before commits: a reader that went past an open transaction would miss its events.
async fn a_slow_transaction_hides_no_event(database: Database) {
    let mut b = Bench::new(database).await;
    if database == Database::Sqlite {
        // One writer: transactions end in the order of their rows.
        return;
    }
    let ws = b.ws;
    let mut second = b.store.writer_connection().await.unwrap();
    b.conn.begin().await.unwrap();
    let slow = append(&mut b, ws, START).await;
    let fast = mint_id();
    tell(&mut second, ws, fast, START).await;
    // The fast one is committed, but must not be read before the slow one has ended.
    let mut cursor = Cursor::default();
    let early = at_once(&b).await;
    assert!(early.is_empty(), "{early:?}");
    assert_eq!(event::newest(&mut second).await.unwrap(), Cursor::default());
    b.conn.commit().await.unwrap();
    let mut seen = Vec::new();
    for row in after(&b, None, cursor).await {
        assert!(row.cursor() > cursor);
        cursor = row.cursor();
        seen.push(subject(&row));
    }
    assert_eq!(seen, [slow, fast]);
    // Commits in the other order: the transaction that began its work first still comes first.
    b.conn.begin().await.unwrap();
    second.begin().await.unwrap();
    let first = append(&mut b, ws, START).await;
    let last = mint_id();
    tell(&mut second, ws, last, START).await;
    let again = append(&mut b, ws, START).await;
    second.commit().await.unwrap();
    assert_eq!(at_once(&b).await.len(), 2);
    b.conn.commit().await.unwrap();
    assert_eq!(subjects(&after(&b, None, cursor).await), [first, again, last]);
}

async fn what_is_kept_can_be_resumed(database: Database) {
    let mut b = Bench::new(database).await;
    let ws = b.ws;
    assert!(!event::is_kept(&mut b.conn, Cursor::default()).await.unwrap());
    for i in 0..4 {
        append(&mut b, ws, START + i).await;
    }
    let all = after(&b, None, Cursor::default()).await;
    for row in &all {
        assert!(event::is_kept(&mut b.conn, row.cursor()).await.unwrap());
    }
    // A place from before the first event is none.
    assert!(!event::is_kept(&mut b.conn, Cursor::default()).await.unwrap());
    assert_eq!(event::prune(&mut b.conn, START + 2, 10).await.unwrap(), 2);
    let mut kept = Vec::new();
    for row in &all {
        kept.push(event::is_kept(&mut b.conn, row.cursor()).await.unwrap());
    }
    assert_eq!(kept, [false, false, true, true]);
    assert_eq!(after(&b, None, all[2].cursor()).await.len(), 1);
    // Numbers are never given out again, or an old place would mean a new event.
    assert_eq!(event::prune(&mut b.conn, START + 99, 10).await.unwrap(), 2);
    assert!(!event::is_kept(&mut b.conn, all[3].cursor()).await.unwrap());
    append(&mut b, ws, START).await;
    assert_eq!(after(&b, None, all[3].cursor()).await.len(), 1);
}

async fn pruning_goes_by_age_in_chunks(database: Database) {
    let mut b = Bench::new(database).await;
    let ws = b.ws;
    for i in 0..5 {
        append(&mut b, ws, START + i).await;
    }
    assert_eq!(event::prune(&mut b.conn, START, 10).await.unwrap(), 0);
    assert_eq!(event::prune(&mut b.conn, START + 4, 3).await.unwrap(), 3);
    assert_eq!(event::prune(&mut b.conn, START + 4, 3).await.unwrap(), 1);
    assert_eq!(event::prune(&mut b.conn, START + 4, 3).await.unwrap(), 0);
    assert_eq!(after(&b, None, Cursor::default()).await.len(), 1);
}

async fn one_event_tells_of_many_conversations(database: Database) {
    let mut b = Bench::new(database).await;
    let (ws, other) = (b.ws, mint_id());
    let ids: Vec<ConversationId> = (0..150).map(|_| mint_id()).collect();
    let changed = ids.iter().chain(&ids).map(|id| (ws, *id)).chain([(other, ids[0])]);
    for (ws, id) in changed {
        b.conn.tell(ws, DomainEvent::ConversationChanged { id }, START);
    }
    assert!(event::store_told(&mut b.conn).await.unwrap());
    assert!(!event::store_told(&mut b.conn).await.unwrap(), "it is told once");
    let told = |rows: Vec<EventRow>| -> Vec<Vec<ConversationId>> {
        let read = |row: &EventRow| match serde_json::from_str(&row.payload).unwrap() {
            LiveEvent::Conversations { ids } => ids,
            event => panic!("{event:?}"),
        };
        rows.iter().map(read).collect()
    };
    let ours = told(after(&b, Some(ws), Cursor::default()).await);
    assert_eq!(ours.iter().map(Vec::len).collect::<Vec<_>>(), [100, 50]);
    assert_eq!(ours.concat(), ids, "each once, and ids are in order");
    assert_eq!(told(after(&b, Some(other), Cursor::default()).await), [[ids[0]]]);
}
