//! A chatbot that cannot answer: it costs nobody else's turn anything, and its own customers do not wait for ever.

use axum::http::StatusCode;

use super::{
    super::{
        app::{Database, Number, TestApp, change, text_message, webhook},
        on_both_databases,
    },
    customer,
};
use crate::{
    domain::{chatbot::DEFAULT_FALLBACK, ids::ChatbotId, role::Role},
    server::pipeline::{Progress, Stage, answer::Answer, faults::Faults, ingest::Ingest, step},
};

on_both_databases!(
    one_that_cannot_be_read,
    one_that_panics_while_it_is_loaded,
    one_that_panics_when_it_is_asked,
    one_that_takes_too_long_to_load,
    one_that_takes_too_long_to_answer,
    one_that_is_slow_fills_its_own_share_of_the_places,
    a_turn_is_kept_for_as_long_as_it_is_worked_on,
);

/// Customers of each number.
const COUNT: usize = 3;
const WAITING: &str = "select count(*) from conversations where mode = 'bot' and inbound_seq > answered_seq";

/// Customers of a number ask, each from a telephone of their own.
async fn ask(app: &TestApp, number: &Number, from: usize) {
    let messages: Vec<_> = (from..from + COUNT)
        .map(|n| text_message(&format!("wamid.{n}"), &customer(n), "When are you open, what are your opening hours?"))
        .collect();
    assert_eq!(app.deliver(number, webhook(&[change(number, &messages, &[])])).await, StatusCode::OK);
}

async fn ingest(app: &TestApp) {
    while step::<Ingest>(&app.state).await.unwrap() == Progress::Worked {}
}

/// What customers were told, each beginning with the one at `from`.
fn told(app: &TestApp, from: usize) -> Vec<String> {
    let of = |n: usize| app.graph.sent().into_iter().filter(move |s| s.to == customer(n)).map(|s| s.body);
    (from..from + COUNT).flat_map(of).collect()
}

/// Two workspaces, of which the first has a chatbot that is spoilt; both are asked at the same moment.
async fn spoilt(database: Database, fault: fn(ChatbotId) -> Faults, sql: Option<&'static str>, flags: &[&str]) {
    let flags: Vec<&str> = ["--quiet-time=0"].into_iter().chain(flags.iter().copied()).collect();
    let mut app = TestApp::start_with(database, &flags).await;
    let sick = app.number().await;
    app.token = app.add_user("neighbour@example.com", Role::Owner, Some("Neighbours")).await;
    let chatbot = app.chatbot().await;
    let well = app.connect(&chatbot, "316000000000002").await;
    let app = app.restart(fault(sick.chatbot_id.parse().unwrap())).await;
    if let Some(sql) = sql {
        app.execute(sql).await;
    }
    ask(&app, &sick, 1).await;
    ask(&app, &well, 1 + COUNT).await;
    app.settle().await;
    assert_eq!(told(&app, 1 + COUNT), vec!["We are open from 9 to 18."; COUNT], "neighbours were held up");
    for failures in 1..5 {
        assert!(told(&app, 1).is_empty(), "after {failures} failures");
        let counted = app.texts("select distinct cast(answer_failures as text) from conversations order by 1").await;
        assert_eq!(counted, ["0".to_owned(), failures.to_string()]);
        app.advance(60_000);
        app.settle().await;
    }
    assert_eq!(told(&app, 1), vec![DEFAULT_FALLBACK; COUNT], "after the fifth failure the fallback is said");
    app.advance(600_000);
    app.settle().await;
    assert_eq!((app.count(WAITING).await, app.graph.sent().len()), (0, 2 * COUNT), "once");
}

fn none(_: ChatbotId) -> Faults {
    Faults::default()
}

/// As one that a newer version has made, or a damaged row.
async fn one_that_cannot_be_read(database: Database) {
    let sql = "update chatbots set engine = 'of a newer version' where id =
               (select chatbot_id from integrations where external_key = '316000000000001')";
    spoilt(database, none, Some(sql), &[]).await;
}

async fn one_that_panics_while_it_is_loaded(database: Database) {
    spoilt(database, |id| Faults::panic_of("answer.loads", id), None, &[]).await;
}

async fn one_that_panics_when_it_is_asked(database: Database) {
    spoilt(database, |id| Faults::panic_of("answer.asks", id), None, &[]).await;
}

/// (A chatbot may take a second and a half here instead of half a minute.)
async fn one_that_takes_too_long_to_load(database: Database) {
    spoilt(database, |id| Faults::hang_of("answer.loads", id), None, &["--call-timeout=1s"]).await;
}

async fn one_that_takes_too_long_to_answer(database: Database) {
    spoilt(database, |id| Faults::hang_of("answer.asks", id), None, &["--call-timeout=1s"]).await;
}

/// More customers of one chatbot wait than there are places for, and its turns do not end.
async fn one_that_is_slow_fills_its_own_share_of_the_places(database: Database) {
    let mut app = TestApp::start_with(database, &["--quiet-time=0"]).await;
    let slow = app.number().await;
    app.token = app.add_user("neighbour@example.com", Role::Owner, Some("Neighbours")).await;
    let chatbot = app.chatbot().await;
    let well = app.connect(&chatbot, "316000000000002").await;
    for of in 0..10 {
        let messages: Vec<_> = (0..60)
            .map(|n| of * 60 + n + 100)
            .map(|n| text_message(&format!("wamid.{n}"), &customer(n), "When are you open?"))
            .collect();
        assert_eq!(app.deliver(&slow, webhook(&[change(&slow, &messages, &[])])).await, StatusCode::OK);
    }
    ingest(&app).await;
    app.advance(1000);
    ask(&app, &well, 1).await;
    ingest(&app).await;
    // Those of the slow one have waited longer. What is claimed stays in progress here for as long as it is held.
    let mut free = Answer::AT_ONCE;
    let mut claims = Vec::new();
    loop {
        let claim = Answer::claim(&app.state, free).await.unwrap();
        if claim.jobs.is_empty() {
            break;
        }
        free -= claim.jobs.len();
        claims.push(claim.jobs);
    }
    let rest = "select count(*) from conversations c join integrations i on i.id = c.integration_id
                where c.answer_lease is null and i.external_key = '316000000000001'";
    let neighbours = "select count(*) from conversations c join integrations i on i.id = c.integration_id
                      where c.answer_lease is null and i.external_key = '316000000000002'";
    assert_eq!(app.count(neighbours).await, 0, "the neighbour's customers have places");
    assert_eq!(app.count(rest).await, 600 - i64::try_from(Answer::AT_ONCE / 2).unwrap(), "the rest of its own waits");
    drop(claims);
}

/// The lease of a turn is shorter than a chatbot may take: it is renewed while the chatbot thinks.
async fn a_turn_is_kept_for_as_long_as_it_is_worked_on(database: Database) {
    let flags = ["--quiet-time=0", "--call-timeout=1s"];
    let app = TestApp::start_with(database, &flags).await;
    let number = app.number().await;
    let app = app.restart(Faults::hang_of("answer.asks", number.chatbot_id.parse::<ChatbotId>().unwrap())).await;
    ask(&app, &number, 1).await;
    ingest(&app).await;
    let until = "select coalesce(min(answer_lease_until), 0) from conversations where answer_lease is not null";
    let worker = async {
        step::<Answer>(&app.state).await.unwrap();
    };
    let watcher = async {
        while app.count(until).await == 0 {
            tokio::task::yield_now().await;
        }
        let first = app.count(until).await;
        app.advance(900);
        while app.count(until).await == first {
            tokio::task::yield_now().await;
        }
        assert_eq!(app.count(until).await, first + 900);
        app.advance(900);
        let claim = Answer::claim(&app.state, 10).await.unwrap();
        assert!(claim.jobs.is_empty(), "nobody else takes them");
    };
    // It ends when the chatbot's patience does.
    tokio::join!(worker, watcher);
}

/// PostgreSQL lets no such row in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_cannot_be_read_costs_no_other_its_answer() {
    let app = TestApp::start(Database::Sqlite).await;
    let number = app.number().await;
    ask(&app, &number, 1).await;
    crate::server::pipeline::step::<crate::server::pipeline::ingest::Ingest>(&app.state).await.unwrap();
    app.execute("update messages set body = cast(x'ff' as text) where external_message_id = 'wamid.2'").await;
    app.settle().await;
    assert_eq!(told(&app, 1), vec!["We are open from 9 to 18."; COUNT - 1]);
    for _ in 1..5 {
        app.advance(60_000);
        app.settle().await;
    }
    assert_eq!(told(&app, 1)[1], DEFAULT_FALLBACK, "it is not left without a word");
    assert_eq!((app.count(WAITING).await, app.graph.sent().len()), (0, COUNT));
}
