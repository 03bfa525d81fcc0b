//! Two nodes on one PostgreSQL, of one machine and so of one name: one of them dies and comes back.

use std::time::Duration;

use axum::http::StatusCode;
use sqlx::Executor;
use tokio::time::timeout;

use super::{
    super::app::{Database, TestApp},
    books_balance, customers_ask, only, question, states,
};
use crate::server::{
    base::clock::mint_id,
    pipeline::{
        self, Progress, Stage,
        answer::Answer,
        deliver::Deliver,
        faults::Faults,
        ingest::Ingest,
        node::{Since, lock_some_name, share_rates},
    },
};

const WORKING: &str = "select count(*) from deliveries where state = 'working'";

const HELD: &str = "select count(*) from pg_locks where locktype = 'advisory'
    and database = (select oid from pg_database where datname = current_database())";

/// The clock stands still: no lease runs out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_comes_back_takes_up_its_own_and_leaves_others_theirs() {
    let first = TestApp::start(Database::Postgres).await;
    let number = first.number().await;
    let second = first.another_node().await;

    // Each holds a delivery.
    assert_eq!(first.deliver(&number, question(&number, 1, "wamid.1")).await, StatusCode::OK);
    let held = Ingest::claim(&first.state, 1).await.unwrap();
    assert_eq!(first.deliver(&number, question(&number, 2, "wamid.2")).await, StatusCode::OK);
    let kept = Ingest::claim(&second.state, 1).await.unwrap();
    assert_eq!((held.jobs.len(), kept.jobs.len(), first.count(WORKING).await), (1, 1, 2));
    drop(held);
    let first = first.restart(Faults::default()).await;
    assert_eq!(first.count(WORKING).await, 1, "only that of the node that is alive");
    for job in kept.jobs {
        Ingest::handle(&second.state, job).await;
    }
    assert_eq!(pipeline::step::<Ingest>(&first.state).await.unwrap(), Progress::Worked);
    assert_eq!(first.count("select count(*) from messages where direction = 'inbound'").await, 2);

    // A turn that one of them has begun is nobody's when it comes back, and is answered once.
    let begun = Answer::claim(&first.state, 1).await.unwrap();
    assert_eq!(begun.jobs.len(), 1);
    let begun_too = Answer::claim(&second.state, 1).await.unwrap();
    assert_eq!(begun_too.jobs.len(), 1);
    drop(begun);
    let first = first.restart(Faults::default()).await;
    assert_eq!(first.count("select count(*) from conversations where answer_lease is not null").await, 1);
    for job in begun_too.jobs {
        Answer::handle(&second.state, job).await;
    }
    // Its slice of the rates fills as time passes.
    first.advance(1000);
    first.settle().await;
    books_balance(&first, 2).await;
    assert_eq!(first.graph.sent().len(), 2);
}

/// What a dead node was sending may have left: people see so at once, and not after its lease.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_node_was_sending_is_told_as_unknown_at_once() {
    let app = TestApp::start(Database::Postgres).await;
    let number = app.number().await;
    let mut app = app.restart(Faults::stop_at("deliver.claimed")).await;
    app.direct = false;
    customers_ask(&app, &number, 3).await;
    assert!(app.settle_until_fault().await);
    let app = app.restart(Faults::default()).await;
    app.settle().await;
    assert_eq!(states(&app).await, only("unknown", 3));
    assert!(app.graph.sent().is_empty());
}

/// Two nodes that run never take anything of each other, whichever of them restarts.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_of_a_name_frees_nothing_of_the_first() {
    let first = TestApp::start(Database::Postgres).await;
    let number = first.number().await;
    customers_ask(&first, &number, 2).await;
    pipeline::step::<Ingest>(&first.state).await.unwrap();
    pipeline::step::<Answer>(&first.state).await.unwrap();
    let sending = Deliver::claim(&first.state, 2).await.unwrap();
    assert_eq!(sending.jobs.len(), 2);
    let second = first.another_node().await.restart(Faults::default()).await;
    second.settle().await;
    assert_eq!(states(&first).await, only("sending", 2));
    for job in sending.jobs {
        Deliver::handle(&first.state, job).await;
    }
    assert_eq!(states(&first).await, only("accepted", 2));
}

/// A node whose connection for its name was cut takes the name again, and continues.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_gets_its_name_again_frees_nothing_of_its_own() {
    let app = TestApp::start(Database::Postgres).await;
    let number = app.number().await;
    customers_ask(&app, &number, 2).await;
    pipeline::step::<Ingest>(&app.state).await.unwrap();
    pipeline::step::<Answer>(&app.state).await.unwrap();
    let sending = Deliver::claim(&app.state, 2).await.unwrap();
    assert_eq!(sending.jobs.len(), 2);
    // It waits until the connection is gone.
    let cut = "select pg_terminate_backend(pid, 10000) from pg_locks where locktype = 'advisory'
               and database = (select oid from pg_database where datname = current_database())";
    app.state.store.postgres().unwrap().execute(cut).await.unwrap();
    let lock = lock_some_name(&app.state, Since::Loss).await.unwrap();
    assert!(lock.is_some() && app.count("select count(*) from nodes").await == 1, "it has the same name again");
    app.settle().await;
    assert_eq!(states(&app).await, only("sending", 2));
    for job in sending.jobs {
        Deliver::handle(&app.state, job).await;
    }
    assert_eq!(states(&app).await, only("accepted", 2));
}

/// However many nodes there are, a number and a customer get no more than Meta allows one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_have_one_budget_for_a_number() {
    const RATE: usize = 8;
    let first = TestApp::start_with(Database::Postgres, &["--quiet-time=0", "--rate-per-number=8"]).await;
    let number = first.number().await;
    let second = first.another_node().await;
    // As it does when it hears of the other one.
    share_rates(&first.state).await.unwrap();
    customers_ask(&first, &number, 4 * RATE).await;
    let both = async || {
        first.settle().await;
        second.settle().await;
        first.graph.sent().len()
    };
    assert_eq!(both().await, RATE / 2, "who comes begins with nothing");
    for seconds in 1..=3 {
        first.advance(1000);
        assert_eq!(both().await, RATE / 2 + seconds * RATE);
    }
    // One goes. What it had is the other's, as time passes.
    second.state.close(Duration::from_secs(1)).await;
    let gone = async { while first.count(HELD).await > 1 {} };
    timeout(Duration::from_secs(20), gone).await.expect("the name of the dead is still held");
    share_rates(&first.state).await.unwrap();
    first.advance(500);
    first.settle().await;
    books_balance(&first, 4 * RATE).await;
    assert_eq!(first.graph.sent().len(), 4 * RATE);
}

/// A customer is written to no faster either.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_have_one_budget_for_a_customer() {
    let first = TestApp::start(Database::Postgres).await;
    let second = first.another_node().await;
    share_rates(&first.state).await.unwrap();
    let customer = mint_id();
    let at_once =
        |node: &TestApp| std::iter::from_fn(|| node.state.pair_rate.take(customer, node.state.now()).ok()).count();
    // Who comes may write to anybody, at once.
    assert_eq!((at_once(&first), at_once(&second)), (22, 22));
    first.advance(60_000);
    assert_eq!(at_once(&first) + at_once(&second), 10);
}
