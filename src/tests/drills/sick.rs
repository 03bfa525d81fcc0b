//! Deliveries that cannot be processed: they rest, longer and longer, and then say why. Those that can get past them.

use axum::http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::question;
use crate::{
    domain::ids::IntegrationId,
    server::{
        pipeline::{self, Progress, faults::Faults, ingest::Ingest},
        service::credentials,
        store::{StoreResult, on},
        writer::Priority,
    },
    tests::{
        app::{Database, Number, START, TestApp},
        on_both_databases,
    },
};

on_both_databases!(
    hundreds_that_cannot_be_worked_off_hold_up_nobody,
    what_cannot_be_worked_off_says_why_and_is_replayed,
    one_that_panics_costs_no_other,
    one_that_ends_the_server_each_time_does_not_do_so_for_ever,
);

const ATTEMPTS: &str = "select coalesce(max(attempts), 0) from deliveries where state <> 'done'";

/// As after a restore with another key: the secrets of the first number do not open any more.
async fn lock(app: &TestApp) {
    app.execute("update integrations set verify_token = access_token where external_key = '316000000000001'").await;
}

/// The right key is found again.
async fn unlock(app: &TestApp, number: &Number) {
    let place = credentials::place(number.integration_id.parse().unwrap(), "verify_token");
    let sealed = app.state.sealer.seal("open sesame", &place).unwrap();
    let written: StoreResult<()> = app
        .state
        .writer
        .write(Priority::Interactive, Uuid::nil(), sealed, |conn, sealed| {
            Box::pin(async move {
                let sql = "update integrations set verify_token = $1 where external_key = '316000000000001'";
                on!(conn, c => sqlx::query(sql).bind(sealed).execute(c).await.map(drop))?;
                Ok(())
            })
        })
        .await;
    written.unwrap();
}

/// Two numbers, of which the first one has deliveries that came in before its secrets were locked.
async fn two_numbers(database: Database, sick: usize) -> (TestApp, Number, Number) {
    let app = TestApp::start(database).await;
    let first = app.number().await;
    let second = app.connect(&first.chatbot_id, "316000000000002").await;
    for n in 0..sick {
        assert_eq!(app.deliver(&first, question(&first, n, &format!("wamid.sick.{n}"))).await, StatusCode::OK);
    }
    lock(&app).await;
    // Nothing of it is in memory any more.
    (app.restart(Faults::default()).await, first, second)
}

async fn card(app: &TestApp, number: &Number) -> Value {
    app.ok("integrations/whatsapp/get", json!({"id": number.integration_id})).await
}

async fn hundreds_that_cannot_be_worked_off_hold_up_nobody(database: Database) {
    const COUNT: usize = 300;
    let (app, _, well) = two_numbers(database, COUNT).await;
    let mut rounds = 0;
    while pipeline::step::<Ingest>(&app.state).await.unwrap() == Progress::Worked {
        rounds += 1;
        assert!(rounds < 10, "they are claimed again and again, without a pause");
    }
    // Each time their pauses end all at once, and somebody healthy writes.
    for n in 0..6 {
        app.advance(300_000);
        assert_eq!(app.deliver(&well, question(&well, 90 + n, &format!("wamid.{n}"))).await, StatusCode::OK);
        pipeline::step::<Ingest>(&app.state).await.unwrap();
        let stored = app.count("select count(*) from messages where direction = 'inbound'").await;
        assert_eq!(stored, n as i64 + 1, "the first claim takes it past the sick ones");
        while pipeline::step::<Ingest>(&app.state).await.unwrap() == Progress::Worked {}
    }
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 6);
}

async fn what_cannot_be_worked_off_says_why_and_is_replayed(database: Database) {
    let (app, sick, _) = two_numbers(database, 2).await;
    app.settle().await;
    // The pauses grow: after this many seconds in total it has been tried this often, and no more often.
    for (after, attempts) in [(1, 2), (3, 3), (7, 4), (15, 5), (31, 6)] {
        let gone = (app.state.now() - START) / 1000;
        app.advance((after - gone) * 1000 - 1);
        app.settle().await;
        assert_eq!(app.count(ATTEMPTS).await, attempts - 1, "before {after} s");
        app.advance(1);
        app.settle().await;
        assert_eq!(app.count(ATTEMPTS).await, attempts, "after {after} s");
    }
    let listed = app.ok("integrations/whatsapp/deliveries", json!({"id": sick.integration_id})).await;
    assert_eq!(listed["rows"][0]["state"], "waiting", "{listed}");
    for _ in 0..5 {
        app.advance(300_000);
        app.settle().await;
    }
    assert_eq!(app.count("select count(*) from deliveries where state <> 'done'").await, 0, "it ends");
    // The card says so, and is there although its own secrets are locked.
    let shown = card(&app, &sick).await;
    assert_eq!(shown["status"], "error", "{shown}");
    assert!(shown["status_action"].as_str().is_some_and(|a| a.contains("key")), "{shown}");
    assert_eq!(shown["health"]["dead_letters"], 2, "{shown}");
    assert!(shown["health"]["dead_letter_reason"].as_str().is_some_and(|r| r.contains("do not open")), "{shown}");
    assert_eq!(app.ok("integrations/whatsapp/list", json!({})).await.as_array().unwrap().len(), 2);
    assert_eq!(app.count("select count(*) from messages").await, 0);

    // Replayed with the wrong key it says so again at once; with the right one it is stored and answered.
    app.ok("integrations/whatsapp/replay", json!({"id": sick.integration_id})).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from dead_letters").await, 2);
    unlock(&app, &sick).await;
    app.ok("integrations/whatsapp/replay", json!({"id": sick.integration_id})).await;
    app.settle().await;
    assert_eq!(app.count("select count(*) from dead_letters").await, 0);
    assert_eq!(app.graph.sent().len(), 2);
}

/// A bug in what takes deliveries apart is the trouble of those that have it.
async fn one_that_panics_costs_no_other(database: Database) {
    let app = TestApp::start(database).await;
    let sick = app.number().await;
    let well = app.connect(&sick.chatbot_id, "316000000000002").await;
    let app =
        app.restart(Faults::panic_of("ingest.routes", sick.integration_id.parse::<IntegrationId>().unwrap())).await;
    for (n, number) in [(1, &sick), (2, &well), (3, &sick), (4, &well)] {
        assert_eq!(app.deliver(number, question(number, n, &format!("wamid.{n}"))).await, StatusCode::OK);
    }
    app.settle().await;
    assert_eq!(app.graph.sent().len(), 2);
    for _ in 0..12 {
        app.advance(300_000);
        app.settle().await;
    }
    assert_eq!(card(&app, &sick).await["health"]["dead_letters"], 2);
    let app = app.restart(Faults::default()).await;
    app.ok("integrations/whatsapp/replay", json!({"id": sick.integration_id})).await;
    app.settle().await;
    assert_eq!((app.graph.sent().len(), app.count("select count(*) from dead_letters").await), (4, 0));
}

/// The process dies over it (its stack gives out, it is killed for its memory), at every start.
async fn one_that_ends_the_server_each_time_does_not_do_so_for_ever(database: Database) {
    let app = TestApp::start(database).await;
    let sick = app.number().await;
    let well = app.connect(&sick.chatbot_id, "316000000000002").await;
    for (n, number) in [(1, &well), (2, &sick), (3, &well)] {
        assert_eq!(app.deliver(number, question(number, n, &format!("wamid.{n}"))).await, StatusCode::OK);
    }
    let deadly = || Faults::stop_of("ingest.routes", sick.integration_id.parse::<IntegrationId>().unwrap());
    let mut app = app.restart(deadly()).await;
    let mut deaths = 0;
    while app.settle_until_fault().await {
        deaths += 1;
        assert!(deaths < 9, "it ends the server at every start");
        app = app.restart(deadly()).await;
    }
    assert_eq!(deaths, 4);
    assert_eq!(app.graph.sent().len(), 2, "its neighbours are answered");
    let shown = card(&app, &sick).await;
    assert_eq!(shown["health"]["dead_letters"], 1, "{shown}");
    let reason = shown["health"]["dead_letter_reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("ended 4 times"), "{reason}");
    assert_eq!(card(&app, &well).await["health"]["dead_letters"], 0);
    // What it held is not lost: a version that can read it does.
    let app = app.restart(Faults::default()).await;
    app.ok("integrations/whatsapp/replay", json!({"id": sick.integration_id})).await;
    app.settle().await;
    assert_eq!((app.graph.sent().len(), app.count("select count(*) from dead_letters").await), (3, 0));
}

/// However long the database is full: nothing becomes a dead letter for it. Reads and claims work, what is to be stored does
/// not. (SQLite has no way to raise such an error by hand; there the drill with a full disk shows it.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_costs_no_try() {
    let app = TestApp::start(Database::Postgres).await;
    let number = app.number().await;
    assert_eq!(app.deliver(&number, question(&number, 1, "wamid.1")).await, StatusCode::OK);
    app.execute(
        "create function full_disk() returns trigger language plpgsql
         as $$ begin raise exception using errcode = '53100'; end $$",
    )
    .await;
    app.execute("create trigger full_disk before insert on contacts execute function full_disk()").await;
    for _ in 0..30 {
        assert_eq!(pipeline::step::<Ingest>(&app.state).await.unwrap(), Progress::Worked);
        assert_eq!(pipeline::step::<Ingest>(&app.state).await.unwrap(), Progress::Idle, "it rests");
        app.advance(1000);
    }
    assert_eq!(app.count(ATTEMPTS).await, 0);
    app.execute("drop trigger full_disk on contacts").await;
    app.settle().await;
    assert_eq!((app.graph.sent().len(), app.count("select count(*) from dead_letters").await), (1, 0));
}
