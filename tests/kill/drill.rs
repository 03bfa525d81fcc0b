//! The course of the drill.

use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    database::{Backlog, Database},
    ledger::Book,
    meta::{Address, Meta, Tally},
    random::Random,
    server::Server,
    support::{
        database::{Dialect, Place},
        double::Double,
        product,
    },
    traffic::{self, Traffic},
    verdict,
};

/// Kills in the short form.
const KILLS: u64 = 10;
/// The longest that a server lives after it is ready.
pub(crate) const LIFE_MAX_MS: u64 = 700;
/// Numbers that customers write to.
pub(crate) const NUMBERS: usize = 4;
/// How long a call to Meta takes, more or less all of it: long enough for kills to land in the middle of sends.
pub(crate) const CALL: Duration = Duration::from_millis(30);
/// A webhook each.
const PACE: Duration = Duration::from_millis(12);
/// How long the backlog may take in the end. Nothing waits for it: it is looked at until it is gone.
const DRAIN_MAX: Duration = Duration::from_secs(300);
/// How long a kill waits for what was interrupted too often.
const RESPITE_MAX: Duration = Duration::from_secs(5);
pub(crate) const LOOK: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_on_sqlite() {
    drill(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_on_postgres() {
    drill(Dialect::Postgres).await;
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

#[expect(clippy::print_stderr, reason = "whoever sees a failure needs the seed")]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

/// How often to kill.
pub(crate) fn kills() -> u64 {
    kills_or(KILLS)
}

/// The same for a drill with a short form of its own.
pub(crate) fn kills_or(short: u64) -> u64 {
    number_from("PARLANCE_KILLS").unwrap_or(short)
}

/// What all lots are drawn from.
pub(crate) fn seed() -> u64 {
    number_from("PARLANCE_KILL_SEED").unwrap_or_else(|| getrandom::u64().unwrap())
}

async fn drill(dialect: Dialect) {
    let (kills, seed) = (kills(), seed());
    say(&format!("{dialect:?}: {kills} kills, PARLANCE_KILL_SEED={seed}"));
    let mut random = Random::new(seed);

    let folder = TempDir::new().unwrap();
    let place = Place::create(dialect, folder.path(), None).await.unwrap();
    let graph = product::meta(Book::new(random.fork()), NUMBERS, random.next()).await.unwrap();
    let mut server = Server::new(folder.path(), &place, graph.url.clone());
    let (numbers, _) = server.set_up(traffic::knowledge(), NUMBERS).await;
    graph.take_time(CALL, CALL);
    let mut traffic = Traffic::new(numbers, random.fork());
    let mut database = Database::connect(&place.url).await;
    let addresses = [server.address()];
    let meta = Meta::start(&addresses, &mut random);

    let enough = CancellationToken::new();
    tokio::join!(write(&mut traffic, graph.ledger(), &meta, &enough), async {
        kill(&mut server, &mut database, kills, &mut random).await;
        enough.cancel();
    });
    let tally = meta.finish().await;
    let unanswered = tally.unanswered;
    drain(&mut database, &server).await;
    let seen = finish(&mut database, &graph, &addresses, &traffic, &server, tally, &mut random).await;
    assert!(unanswered > 0 && seen > 0, "no kill ever hit anything");
    server.stop().await;
    place.remove().await.unwrap();
}

/// When nothing waits any more: do the books balance, before and after the last reports? How many messages Meta has seen.
pub(crate) async fn finish(
    database: &mut Database,
    graph: &Double<Book>,
    addresses: &[Address],
    traffic: &Traffic,
    server: &Server,
    tally: Tally,
    random: &mut Random,
) -> usize {
    say(&format!("{} messages, {} POSTs unanswered", tally.acknowledged.len(), tally.unanswered));
    verdict::stored_and_answered_once(database, tally.acknowledged).await;
    let book = graph.ledger();
    let received = book.received();
    let outbound = database.outbound().await;
    let seen = verdict::sent_once(&outbound, &received);
    let in_doubt = verdict::states_are_true(&outbound, &seen);

    let meta = Meta::start(addresses, random);
    for message in book.unreported() {
        meta.post(traffic.report(&message));
    }
    meta.finish().await;
    drain(database, server).await;
    let outbound = database.outbound().await;
    verdict::unknown_are_exactly_the_unsent(&outbound, &seen);
    assert_eq!(book.received().len(), received.len(), "a settled message was sent again");
    let unsent = outbound.len() - seen.len();
    say(&format!("{} answers, {in_doubt} in doubt at first, {unsent} never sent", outbound.len()));
    seen.len()
}

/// Customers write, and Meta reports, until it is enough.
pub(crate) async fn write(traffic: &mut Traffic, graph: &Book, meta: &Meta, enough: &CancellationToken) {
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
async fn kill(server: &mut Server, database: &mut Database, kills: u64, random: &mut Random) {
    for _ in 0..kills {
        sleep(Duration::from_millis(random.below(LIFE_MAX_MS))).await;
        off_the_brink(database).await;
        server.kill().await;
        server.spawn();
        // Some die while they are still starting.
        if !random.one_in(8) {
            server.ready().await;
        }
    }
    server.ready().await;
}

/// Lives on for a while, until nothing was interrupted so often that one more time is too much: where the machine is busy,
/// lives are short for what has to be done in one.
pub(crate) async fn off_the_brink(database: &mut Database) {
    let end = Instant::now() + RESPITE_MAX;
    while database.is_on_the_brink().await && Instant::now() < end {
        sleep(LOOK).await;
    }
}

/// Waits until nothing waits any more.
pub(crate) async fn drain(database: &mut Database, server: &Server) {
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
