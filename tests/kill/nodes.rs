//! Two nodes on one PostgreSQL under load, and always one of them is killed: what one was at, the other takes up, and all
//! that is counted is counted for both together.

use std::time::Duration;

use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    database::Database,
    drill::{CALL, LIFE_MAX_MS, LOOK, NUMBERS, drain, finish, kills_or, off_the_brink, say, seed, write},
    ledger::Book,
    live::Page,
    meta::Meta,
    random::Random,
    server::Server,
    support::{
        database::{Dialect, Place},
        product,
    },
    traffic::{self, Traffic},
    verdict,
};

/// Kills in the short form: each node dies at least once, with a page open on each.
const KILLS: u64 = 3;
/// Messages that a number may send in a second, and at once. More come in.
const RATE: u32 = 40;
/// Between a death and the next start.
const DEATH_MAX_MS: u64 = 300;
/// How long a page may take to be told what was committed.
const TELL_MAX: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_two_nodes_is_killed_at_random() {
    let (kills, seed) = (kills_or(KILLS), seed());
    say(&format!("two nodes: {kills} kills, PARLANCE_KILL_SEED={seed}"));
    let mut random = Random::new(seed);

    let folder = TempDir::new().unwrap();
    let place = Place::create(Dialect::Postgres, folder.path(), None).await.unwrap();
    let graph = product::meta(Book::new(random.fork()), NUMBERS, random.next()).await.unwrap();
    let mut nodes = ["one", "two"].map(|name| {
        let mut node = Server::new(folder.path(), &place, graph.url.clone());
        node.set("PARLANCE_NODE_NAME", name);
        node.set("PARLANCE_DATA_DIR", folder.path().join(name).display());
        node.set("PARLANCE_RATE_PER_NUMBER", RATE);
        // What a node leaves is freed when its name comes back, so leases need not be short; and one that runs out because the
        // machine is busy would count as a death.
        node.set("PARLANCE_CALL_TIMEOUT", "10s");
        node
    });
    let (numbers, token) = nodes[0].set_up(traffic::knowledge(), NUMBERS).await;
    nodes[1].spawn();
    nodes[1].ready().await;
    graph.take_time(CALL, CALL);
    let addresses = nodes.each_ref().map(Server::address);
    let [one, two] = &addresses;
    let pages = [[one, two], [two, one]].map(|order| Page::open(&order.map(Clone::clone), &token, random.fork()));
    let began = Instant::now();
    for page in &pages {
        wait("a page does not open", began, || page.since().is_some()).await;
    }

    let mut database = Database::connect(&place.url).await;
    let mut traffic = Traffic::new(numbers, random.fork());
    let meta = Meta::start(&addresses, &mut random);
    let enough = CancellationToken::new();
    tokio::join!(write(&mut traffic, graph.ledger(), &meta, &enough), async {
        kill(&mut nodes, &mut database, kills, &mut random).await;
        enough.cancel();
    });
    let tally = meta.finish().await;
    drain(&mut database, &nodes[0]).await;
    let seen = finish(&mut database, &graph, &addresses, &traffic, &nodes[0], tally, &mut random).await;
    assert!(seen > 0, "nothing was ever sent");

    verdict::within_the_rate(&graph.ledger().received_at(), RATE);
    for page in &pages {
        let expected = database.events_after(page.told().0).await;
        let began = Instant::now();
        wait("a page was not told everything", began, || page.told().1.len() >= expected.len()).await;
        let (since, told) = page.told();
        // More may have happened meanwhile.
        let all = database.events_after(since).await;
        assert!(all.starts_with(&told), "a page was told something twice, or in another order");
        let resyncs = page.resyncs();
        assert!(resyncs <= kills / 2, "a page had to load everything again {resyncs} times");
        say(&format!("two nodes: a page was told {} events, after {resyncs} times of loading everything", told.len()));
    }
    for node in nodes {
        node.stop().await;
    }
    place.remove().await.unwrap();
}

async fn wait(complaint: &str, began: Instant, mut until: impl FnMut() -> bool) {
    while !until() {
        assert!(began.elapsed() < TELL_MAX, "{complaint}");
        sleep(LOOK).await;
    }
}

/// Kills one after the other, and leaves both running.
async fn kill(nodes: &mut [Server; 2], database: &mut Database, kills: u64, random: &mut Random) {
    for _ in 0..kills {
        sleep(Duration::from_millis(random.below(LIFE_MAX_MS))).await;
        off_the_brink(database).await;
        let node = &mut nodes[usize::from(random.one_in(2))];
        node.kill().await;
        sleep(Duration::from_millis(random.below(DEATH_MAX_MS))).await;
        node.spawn();
        // Some die while they are still starting.
        if !random.one_in(8) {
            node.ready().await;
        }
    }
    for node in nodes {
        node.ready().await;
    }
}
