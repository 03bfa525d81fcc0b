//! The disk cannot keep up: intake says so at once instead of growing.

use axum::http::StatusCode;
use futures::FutureExt;
use secrecy::ExposeSecret;
use sqlx::{Connection, Executor, PgConnection, SqliteConnection};

use super::{
    super::{
        app::{Database, TestApp},
        on_both_databases,
    },
    all_is_well, customers_ask, question,
};
use crate::{
    domain::channel::Channel,
    server::{
        pipeline::{
            bodies::{BodyReservation, Sender},
            intake::{self, BODY_MAX},
        },
        store::StoreError,
    },
};

on_both_databases!(
    a_stalled_writer_makes_intake_refuse_at_once,
    a_body_counts_until_it_is_written_even_when_its_sender_has_gone,
);

/// Room for a body of Meta's.
fn reserve(app: &TestApp, bytes: usize) -> Option<BodyReservation> {
    let mut room = app.state.bodies.open(Sender::Known);
    room.grow_to(bytes).is_ok().then_some(room)
}

/// Somebody else holds the lock that the writer needs; nothing fails, everything waits.
pub(super) enum Stall {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Stall {
    async fn begin(app: &TestApp) -> Self {
        Self::of(app, "deliveries").await
    }

    /// Of a table; on SQLite of all.
    pub(super) async fn of(app: &TestApp, table: &str) -> Self {
        let url = app.state.config.database_url.expose_secret();
        if url.starts_with("sqlite") {
            let mut conn = SqliteConnection::connect(url).await.unwrap();
            conn.execute("begin immediate").await.unwrap();
            return Self::Sqlite(conn);
        }
        let mut conn = PgConnection::connect(url).await.unwrap();
        let lock = sqlx::AssertSqlSafe(format!("begin; lock table {table} in exclusive mode"));
        conn.execute(lock).await.unwrap();
        Self::Postgres(conn)
    }

    pub(super) async fn end(self) {
        match self {
            Self::Sqlite(mut conn) => drop(conn.execute("rollback").await.unwrap()),
            Self::Postgres(mut conn) => drop(conn.execute("rollback").await.unwrap()),
        }
    }
}

async fn a_stalled_writer_makes_intake_refuse_at_once(database: Database) {
    let app = TestApp::start(database).await;
    let number = app.number().await;
    customers_ask(&app, &number, 2).await;
    app.settle().await;
    let stall = Stall::begin(&app).await;
    // Straight into intake: thousands of connections would only test the machine. PostgreSQL has several lanes, chosen by
    // chance: that many refusals in a row mean that all of them are full.
    let mut waiting = Vec::new();
    let mut refused = 0;
    while refused < 100 {
        let room = reserve(&app, 2).unwrap();
        let state = app.state.clone();
        let mut accepted =
            Box::pin(async move { intake::accept(&state, Channel::Whatsapp, None, b"{}".to_vec(), room).await });
        match accepted.as_mut().now_or_never() {
            None => {
                waiting.push(accepted);
                refused = 0;
            }
            Some(outcome) => {
                assert!(matches!(outcome, Err(StoreError::Overloaded)), "{outcome:?}");
                refused += 1;
                // Tokio lets a task see only a limited number of outcomes in one go.
                tokio::task::yield_now().await;
            }
        }
        assert!(waiting.len() <= 4 * (8192 + 256), "intake grows without end");
    }
    let response = app.deliver(&number, question(&number, 3, "wamid.3")).await;
    assert_eq!(response, StatusCode::SERVICE_UNAVAILABLE);
    // It did not wait for the stall to end, nor for somebody else to fail.
    assert!(waiting.iter_mut().all(|accepted| accepted.now_or_never().is_none()));
    assert_eq!(app.count("select count(*) from deliveries").await, 2);
    // What people do is not refused along with it: reading goes on.
    assert_eq!(super::states(&app).await, super::only("accepted", 2));

    stall.end().await;
    let waited = waiting.len() as i64;
    for accepted in waiting {
        accepted.await.unwrap();
    }
    assert_eq!(app.count("select count(*) from deliveries").await, 2 + waited);
    assert_eq!(app.deliver(&number, question(&number, 3, "wamid.3")).await, StatusCode::OK);
    app.settle().await;
    all_is_well(&app, 3).await;
}

async fn a_body_counts_until_it_is_written_even_when_its_sender_has_gone(database: Database) {
    let app = TestApp::start(database).await;
    let stall = Stall::begin(&app).await;
    // As many bodies of the largest size as fit, each from a sender who hangs up as soon as it is handed over.
    let mut taken = 0;
    while let Some(room) = reserve(&app, BODY_MAX) {
        let accepted = intake::accept(&app.state, Channel::Whatsapp, None, vec![b' '; 16], room);
        assert!(accepted.now_or_never().is_none(), "the writer is not stalled");
        taken += 1;
        assert!(taken <= 32, "bodies in the writer's queue do not count");
    }
    assert_eq!(taken, 32);
    stall.end().await;
    // All of the room comes back, and with it everything is written.
    while reserve(&app, 32 * BODY_MAX).is_none() {
        tokio::task::yield_now().await;
    }
    app.settle().await;
    assert_eq!(app.count("select count(*) from deliveries where state = 'done'").await, 32);
}
