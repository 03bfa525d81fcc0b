//! The course of the drill.

use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    database::{Backlog, Database},
    ledger::Book,
    meta::Meta,
    random::Random,
    server::Server,
    support::{
        database::{Engine, Place},
        graph::Double,
        product,
        webhook::Target,
    },
    traffic::{self, Traffic},
    verdict,
};

/// Kills in the short form.
const KILLS: u64 = 10;
/// The longest that a server lives after it is ready.
const LIFE_MAX_MS: u64 = 700;
/// Numbers that customers write to.
const NUMBERS: usize = 4;
/// How long a call to Meta takes, more or less all of it: long enough for kills to land in the middle of sends.
const CALL: Duration = Duration::from_millis(30);
/// A webhook each.
const PACE: Duration = Duration::from_millis(12);
/// How long the backlog may take in the end. Nothing waits for it: it is looked at until it is gone.
const DRAIN_MAX: Duration = Duration::from_secs(300);
const LOOK: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_on_sqlite() {
    drill(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_on_postgres() {
    drill(Engine::Postgres).await;
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

#[expect(clippy::print_stderr, reason = "whoever sees a failure needs the seed")]
fn say(text: &str) {
    eprintln!("{text}");
}

async fn drill(engine: Engine) {
    let kills = number_from("PARLANCE_KILLS").unwrap_or(KILLS);
    let seed = number_from("PARLANCE_KILL_SEED").unwrap_or_else(|| getrandom::u64().unwrap());
    say(&format!("{engine:?}: {kills} kills, PARLANCE_KILL_SEED={seed}"));
    let mut random = Random::new(seed);

    let folder = TempDir::new().unwrap();
    let place = Place::create(engine, folder.path(), None).await.unwrap();
    let graph = Double::start(Book::new(random.fork()), NUMBERS, random.next()).await.unwrap();
    let mut server = Server::new(folder.path(), &place, graph.url());
    let numbers = set_up(&mut server).await;
    graph.take_time(CALL, CALL);
    let graph = graph.ledger();
    let mut traffic = Traffic::new(numbers, random.fork());
    let meta = Meta::start(&server.address(), &mut random);

    let enough = CancellationToken::new();
    tokio::join!(write(&mut traffic, graph, &meta, &enough), async {
        kill(&mut server, kills, &mut random).await;
        enough.cancel();
    });
    let tally = meta.finish().await;
    say(&format!("{engine:?}: {} messages, {} POSTs unanswered", tally.acknowledged.len(), tally.unanswered));
    let mut database = Database::connect(&place.url).await;
    drain(&mut database, &server).await;

    verdict::stored_and_answered_once(&mut database, tally.acknowledged).await;
    let received = graph.received();
    let outbound = database.outbound().await;
    let seen = verdict::sent_once(&outbound, &received);
    let in_doubt = verdict::states_are_true(&outbound, &seen);

    let meta = Meta::start(&server.address(), &mut random);
    for message in graph.unreported() {
        meta.post(traffic.report(&message));
    }
    meta.finish().await;
    drain(&mut database, &server).await;
    let outbound = database.outbound().await;
    verdict::unknown_are_exactly_the_unsent(&outbound, &seen);
    assert_eq!(graph.received().len(), received.len(), "a settled message was sent again");
    let unsent = outbound.len() - seen.len();
    say(&format!("{engine:?}: {} answers, {in_doubt} in doubt at first, {unsent} never sent", outbound.len()));
    assert!(tally.unanswered > 0 && !seen.is_empty(), "no kill ever hit anything");
    server.stop().await;
    place.remove().await.unwrap();
}

/// A bot that answers on all numbers.
async fn set_up(server: &mut Server) -> Vec<Target> {
    server.spawn();
    let launch = server.launch.clone();
    let (numbers, _) = product::set_up(&launch, server.ready().await, traffic::knowledge(), NUMBERS).await.unwrap();
    numbers
}

/// Customers write, and Meta reports, until it is enough.
async fn write(traffic: &mut Traffic, graph: &Book, meta: &Meta, enough: &CancellationToken) {
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while !enough.is_cancelled() {
        meta.post(traffic.next_post());
        for message in graph.reports_due() {
            meta.post(traffic.report(&message));
        }
        pace.tick().await;
    }
}

/// Kills and restarts, and leaves it running.
async fn kill(server: &mut Server, kills: u64, random: &mut Random) {
    for _ in 0..kills {
        sleep(Duration::from_millis(random.below(LIFE_MAX_MS))).await;
        server.kill().await;
        server.spawn();
        // Some die while they are still starting.
        if !random.one_in(8) {
            server.ready().await;
        }
    }
    server.ready().await;
}

/// Waits until nothing waits any more.
async fn drain(database: &mut Database, server: &Server) {
    let end = Instant::now() + DRAIN_MAX;
    loop {
        let backlog = database.backlog().await;
        if backlog == Backlog::NONE {
            return;
        }
        assert!(Instant::now() < end, "it does not come to an end: {backlog:?}\n{}", server.last_words());
        sleep(LOOK).await;
    }
}
