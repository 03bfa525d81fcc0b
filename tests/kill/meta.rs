//! The side of Meta that posts webhooks: over kept connections, again and again until it gets a 200.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    sync::{Mutex, mpsc, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{
    random::Random,
    server::anywhere,
    support::{
        http::Connection,
        product::APP_SECRET,
        webhook::{self, Signer, Target},
    },
};

/// POSTs in progress at once.
const CONNECTIONS: usize = 16;
/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(10);
/// Meta pauses for minutes before it repeats; here a moment will do.
const PAUSE: Duration = Duration::from_millis(25);

/// A webhook, and the messages that it carries.
pub(crate) struct Post {
    pub(crate) target: Target,
    pub(crate) body: String,
    pub(crate) wamids: Vec<String>,
}

/// What came of all POSTs.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Messages of which the product has said 200.
    pub(crate) acknowledged: Vec<String>,
    /// POSTs that got no 200.
    pub(crate) unanswered: u64,
}

/// Where the server listens; nowhere while it is dead.
pub(crate) type Address = watch::Receiver<Option<SocketAddr>>;
type Queue = Arc<Mutex<mpsc::UnboundedReceiver<Post>>>;

pub(crate) struct Meta {
    posts: mpsc::UnboundedSender<Post>,
    workers: JoinSet<Tally>,
}

impl Meta {
    /// Posts to whichever of these lives.
    pub(crate) fn start(addresses: &[Address], random: &mut Random) -> Self {
        let (posts, queue) = mpsc::unbounded_channel();
        let queue = Arc::new(Mutex::new(queue));
        let signer = Signer::new(APP_SECRET);
        let mut workers = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (addresses, lines) = (addresses.to_vec(), HashMap::new());
            let worker = Worker { signer: signer.clone(), lines, addresses, random: random.fork() };
            workers.spawn(worker.run(Arc::clone(&queue)));
        }
        Self { posts, workers }
    }

    pub(crate) fn post(&self, post: Post) {
        self.posts.send(post).unwrap();
    }

    /// Waits until everything has its 200.
    pub(crate) async fn finish(self) -> Tally {
        drop(self.posts);
        let mut whole = Tally::default();
        for part in self.workers.join_all().await {
            whole.acknowledged.extend(part.acknowledged);
            whole.unanswered += part.unanswered;
        }
        whole
    }
}

struct Worker {
    signer: Signer,
    /// A connection to each server, as long as it works.
    lines: HashMap<SocketAddr, Connection>,
    addresses: Vec<Address>,
    random: Random,
}

impl Worker {
    async fn run(mut self, queue: Queue) -> Tally {
        let mut tally = Tally::default();
        loop {
            let next = queue.lock().await.recv().await;
            let Some(post) = next else { return tally };
            while !self.deliver(&post).await {
                tally.unanswered += 1;
                sleep(PAUSE).await;
            }
            // Meta delivers at least once, and sometimes more.
            if self.random.one_in(20) && !self.deliver(&post).await {
                tally.unanswered += 1;
            }
            tally.acknowledged.extend(post.wamids);
        }
    }

    /// Whether it got a 200.
    async fn deliver(&mut self, post: &Post) -> bool {
        let address = anywhere(&mut self.addresses, &mut self.random).await;
        match timeout(PATIENCE, self.exchange(address, post)).await.ok().flatten() {
            Some(200) => true,
            Some(503) | None => false,
            Some(other) => panic!("a good webhook was answered with {other}"),
        }
    }

    /// The status of the answer, if one came. A line that broke off, or is in the middle of something, is not used again.
    async fn exchange(&mut self, address: SocketAddr, post: &Post) -> Option<u16> {
        let mut line = match self.lines.remove(&address) {
            Some(line) => line,
            None => Connection::open(address).await.ok()?,
        };
        let mut request = Vec::new();
        webhook::request(&self.signer, &post.target, &post.body, &mut request);
        let status = line.exchange(&request).await.ok()?.status();
        self.lines.insert(address, line);
        Some(status)
    }
}
