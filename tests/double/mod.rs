//! The one double of Meta's Graph API, over real HTTP: for the Rust tests, the kill drill, the bench, and as a program
//! (`program.rs`) for the browser tests.
//!
//! It takes messages and answers what a connection test asks, from what its [`World`] knows; it fails on demand, call by
//! call, in its answers ([`Answer`]) or on the line ([`Trouble`]); and it tells a [`Ledger`] of all that came. It reads and
//! writes the wire types of the product, so that a further kind of message is written there once.
//!
//! It shares the processor with what the bench measures, hence HTTP by hand. Nothing in here may panic: it also runs
//! outside of tests. Each user leaves parts of it alone, and says so where it names this module.

mod desk;
pub(crate) mod http;
mod ledger;
pub(crate) mod random;
mod script;
mod world;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{net::TcpListener, task::JoinSet};

use self::{desk::Desk, http::Connection};
pub(crate) use self::{
    ledger::{Journal, Ledger, Sent},
    script::{Answer, Call, Trouble},
    world::World,
};

/// The business account that there is at first, and the app that tokens belong to.
pub(crate) const ACCOUNT: &str = "102000000000001";
pub(crate) const APP: &str = "700000000000001";

/// Any failure of a tool; the text is for the person who runs it.
pub(crate) type Result<T, E = Box<dyn std::error::Error + Send + Sync>> = std::result::Result<T, E>;

/// How a double begins.
pub(crate) struct Setup<L> {
    pub(crate) ledger: L,
    pub(crate) world: World,
    /// The wamid of the message with this number, counted from 1.
    pub(crate) wamid: fn(u64) -> String,
    /// Decides how long each call takes.
    pub(crate) seed: u64,
}

impl Default for Setup<Journal> {
    fn default() -> Self {
        Self {
            ledger: Journal::default(),
            world: World::default(),
            wamid: |number| format!("wamid.OUT{number}"),
            seed: 0,
        }
    }
}

/// The double. It serves until its last clone is dropped.
pub(crate) struct Double<L = Journal> {
    pub(crate) address: SocketAddr,
    /// The base address to give to the server.
    pub(crate) url: String,
    desk: Arc<Desk<L>>,
    serving: Arc<Mutex<JoinSet<()>>>,
}

impl<L> Clone for Double<L> {
    fn clone(&self) -> Self {
        let Self { address, url, desk, serving } = self;
        Self { address: *address, url: url.clone(), desk: Arc::clone(desk), serving: Arc::clone(serving) }
    }
}

impl<L: Ledger> Double<L> {
    /// Listens on a free port.
    pub(crate) async fn start(setup: Setup<L>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let double = Self {
            address,
            url: format!("http://{address}"),
            desk: Arc::new(Desk::new(setup)),
            serving: Arc::default(),
        };
        double.serve(listener);
        Ok(double)
    }

    fn serving(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.serving.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, listener: TcpListener) {
        self.serving().spawn(accept(listener, Arc::clone(&self.desk)));
    }

    /// What was noted.
    pub(crate) fn ledger(&self) -> &L {
        &self.desk.ledger
    }

    /// Every call takes `middle ± spread` from now on.
    pub(crate) fn take_time(&self, middle: Duration, spread: Duration) {
        self.desk.take_time(middle, spread);
    }

    /// How the next messages are answered, in turn; after that they are accepted.
    pub(crate) fn answer_next(&self, answers: impl IntoIterator<Item = Answer>) {
        self.desk.state().answers.extend(answers);
    }

    /// What happens on the line to the next messages, in turn; after that they get through.
    pub(crate) fn break_next(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.desk.state().troubles.extend(troubles);
    }

    /// Makes a call fail until it is mended.
    pub(crate) fn fail(&self, call: Call, answer: Answer) {
        self.desk.state().failures.insert(call, answer);
    }

    /// Makes every call work again, and answers those that wait.
    pub(crate) fn mend(&self) {
        self.desk.state().failures.clear();
        self.desk.mended.send_modify(|times| *times += 1);
    }

    /// Changes what Meta knows.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut self.desk.state().world)
    }

    /// How many messages came, whatever became of them.
    pub(crate) fn tried(&self) -> usize {
        *self.desk.tried.borrow()
    }

    /// Waits until this number have.
    pub(crate) async fn has_tried(&self, count: usize) {
        // The sender lives as long as we do.
        drop(self.desk.tried.subscribe().wait_for(|tried| *tried >= count).await);
    }

    /// Lets late answers through.
    pub(crate) fn release(&self) {
        self.desk.released.send_replace(true);
    }

    /// Refuses connections, and ends those that are open.
    pub(crate) async fn refuse(&self) {
        let mut serving = std::mem::take(&mut *self.serving());
        serving.shutdown().await;
    }

    /// Takes connections again.
    pub(crate) async fn stop_refusing(&self) -> Result<()> {
        self.serve(TcpListener::bind(self.address).await?);
        Ok(())
    }
}

impl Double<Journal> {
    /// Messages taken so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.ledger().noted().sent.clone()
    }

    /// wamids marked as read so far.
    pub(crate) fn read(&self) -> Vec<String> {
        self.ledger().noted().read.clone()
    }

    /// Those of them at which somebody seemed to type.
    pub(crate) fn typing(&self) -> Vec<String> {
        self.ledger().noted().typing.clone()
    }

    /// The `Authorization` of every call so far.
    pub(crate) fn tokens(&self) -> Vec<String> {
        self.ledger().noted().tokens.clone()
    }

    /// Method, path and query of every call so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.ledger().noted().calls.clone()
    }
}

async fn accept<L: Ledger>(listener: TcpListener, desk: Arc<Desk<L>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let desk = Arc::clone(&desk);
        connections.spawn(async move {
            if let Ok(connection) = Connection::over(stream) {
                // A client that goes away in the middle is the client's affair.
                let _ = desk.serve(connection).await;
            }
        });
    }
}
